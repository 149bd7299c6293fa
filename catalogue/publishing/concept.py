"""One concept in RDF, and the scheme of an axis: SKOS, names that no person has read kept apart."""

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from catalogue.profile import terms
from catalogue.publishing.addresses import served_triples
from catalogue.publishing.formats import written
from ontologies.concepts import Axis, Concept, ConceptScheme, Label
from ontologies.namespaces import CONCEPTS, PREFIXES
from ontologies.own_scheme import credit

_SKOS: Final = terms.SKOS
_RELEASE: Final = PREFIXES["owl"] + "versionInfo"
_RELATED: Final = f"{terms.CIMG}relatedLabel"
# By whether it is preferred, and whether a person has read it.
_LABELS: Final = {
    (True, True): f"{_SKOS}prefLabel",
    (False, True): f"{_SKOS}altLabel",
    (True, False): f"{terms.CIMG}draftLabel",
    (False, False): f"{terms.CIMG}draftSynonym",
}
_Said = tuple[str, NamedNode | Literal]


def scheme_node(axis: Axis) -> str:
    return f"{CONCEPTS}{axis.value}#scheme"


def concept_triples(concept: Concept, scheme: ConceptScheme) -> Iterator[Triple]:
    """What the graph says of a concept, in stored form.

    ``skos:broaderTransitive`` leads to all broader ones, not to itself.
    """
    yield from _about(concept.iri, _said(concept, scheme))


def concept_document(concept: Concept, scheme: ConceptScheme, *, base_url: str, media_type: str) -> bytes:
    """What the concept's address serves: also what is narrower, and the scheme that it is in."""
    narrower = (scheme.get(code) for code in scheme.children(concept.code))
    triples = [
        *concept_triples(concept, scheme),
        *_about(concept.iri, ((f"{_SKOS}narrower", NamedNode(one.iri)) for one in narrower if one)),
        *_scheme(concept.axis, scheme),
    ]
    return _served(triples, base_url=base_url, media_type=media_type)


def scheme_document(axis: Axis, scheme: ConceptScheme, *, base_url: str, media_type: str) -> bytes:
    """The whole scheme of an axis."""
    triples = [*_scheme(axis, scheme)]
    for concept in scheme.on(axis):
        triples += concept_triples(concept, scheme)
    return _served(triples, base_url=base_url, media_type=media_type)


def _said(concept: Concept, scheme: ConceptScheme) -> Iterator[_Said]:
    yield terms.RDF_TYPE, NamedNode(f"{_SKOS}Concept")
    yield f"{_SKOS}inScheme", NamedNode(scheme_node(concept.axis))
    yield f"{_SKOS}prefLabel", Literal(concept.label, language="en")
    yield f"{_SKOS}notation", Literal(concept.code)
    yield from ((f"{_SKOS}notation", Literal(code)) for code in concept.notations)
    yield from ((f"{_SKOS}altLabel", Literal(text, language="en")) for text in concept.synonyms)
    yield from ((_RELATED, Literal(text, language="en")) for text in concept.related)
    yield from (_spoken(label) for label in concept.labels)
    if concept.note:
        yield f"{_SKOS}scopeNote", Literal(concept.note, language="en")
    if concept.release:
        yield f"{terms.DCT}source", Literal(concept.release)
    for iri in concept.same_as:
        yield f"{_SKOS}exactMatch", NamedNode(iri)
    for code in concept.parents:
        if parent := scheme.get(code):
            yield f"{_SKOS}broader", NamedNode(parent.iri)
    for code in scheme.broader(concept.code):
        above = scheme.get(code)
        if above and above is not concept:
            yield f"{_SKOS}broaderTransitive", NamedNode(above.iri)


def _spoken(label: Label) -> _Said:
    return _LABELS[label.preferred, label.reviewed], Literal(label.text, language=label.language)


def _scheme(axis: Axis, scheme: ConceptScheme) -> Iterator[Triple]:
    found = credit(axis)
    said: list[_Said] = [
        (terms.RDF_TYPE, NamedNode(f"{_SKOS}ConceptScheme")),
        (f"{terms.DCT}title", Literal(found.title, language="en")),
        (_RELEASE, Literal(scheme.version)),
    ]
    said += [(f"{terms.DCT}description", Literal(found.note, language="en"))] if found.note else []
    said += [(f"{terms.DCT}source", NamedNode(found.source))] if found.source else []
    said += [(f"{terms.DCT}license", NamedNode(found.licence))] if found.licence else []
    tops = (concept for concept in scheme.on(axis) if not concept.parents)
    said += [(f"{_SKOS}hasTopConcept", NamedNode(concept.iri)) for concept in tops]
    yield from _about(scheme_node(axis), said)


def _about(node: str, said: Iterable[_Said]) -> Iterator[Triple]:
    subject = NamedNode(node)
    return (Triple(subject, NamedNode(predicate), value) for predicate, value in dict.fromkeys(said))


def _served(triples: Iterable[Triple], *, base_url: str, media_type: str) -> bytes:
    stored = bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    return written(served_triples(stored, base_url), base_url=base_url, media_type=media_type)
