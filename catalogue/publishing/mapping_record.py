"""What the graph says of a mapping: its statement, the reason, and who decided (SSSOM, PROV-O)."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from catalogue.profile import terms
from catalogue.publishing.mappings import KnownMapping
from catalogue.publishing.record import Said, lines, moment
from ontologies.concepts import ConceptScheme
from ontologies.mappings import Mapping
from ontologies.mappings.curies import expanded
from ontologies.namespaces import PREFIXES

_OWL: Final = PREFIXES["owl"]
_SSSOM: Final = PREFIXES["sssom"]
_COMMENT: Final = PREFIXES["rdfs"] + "comment"


def mapping_node(record_id: str) -> str:
    """One segment of an address, whatever the record id holds."""
    return f"{terms.OWN}mappings/{quote(record_id, safe='')}"


def mapping_triples(known: KnownMapping, scheme: ConceptScheme) -> bytes:
    """In stored form; the subject is a literal, as the provider wrote it, or a code of another system."""
    return lines(mapping_node(known.mapping.record_id), _said(known, scheme))


def act_triples(known: KnownMapping) -> bytes:
    """The act of curating that decided, and whose it was; nothing of what came with the software."""
    if known.at is None:
        return b""
    said: Said = [
        (terms.RDF_TYPE, NamedNode(f"{terms.PROV}Activity")),
        (f"{terms.PROV}endedAtTime", moment(known.at)),
    ]
    if not known.who:
        return lines(_act_node(known), said)
    curator = f"{terms.OWN}curators/{quote(known.who, safe='')}"
    agent: Said = [
        (terms.RDF_TYPE, NamedNode(f"{terms.PROV}Agent")),
        (f"{terms.FOAF}name", Literal(known.who)),
    ]
    said.append((f"{terms.PROV}wasAssociatedWith", NamedNode(curator)))
    return lines(_act_node(known), said) + lines(curator, agent)


def _said(known: KnownMapping, scheme: ConceptScheme) -> Iterator[tuple[str, NamedNode | Literal]]:
    row = known.mapping
    yield terms.RDF_TYPE, NamedNode(f"{_SSSOM}Mapping")
    yield f"{_OWL}annotatedSource", Literal(row.subject_label) if row.literal else _named(row.subject_id)
    yield f"{_OWL}annotatedProperty", _named(row.predicate_id)
    yield f"{_OWL}annotatedTarget", _object(row, scheme)
    yield f"{_SSSOM}mapping_justification", _named(row.mapping_justification)
    if row.negative:
        yield f"{_SSSOM}predicate_modifier", Literal(row.predicate_modifier)
    yield terms.AXIS, Literal(row.subject_category.value)
    yield f"{terms.DCT}identifier", Literal(row.record_id)
    if row.subject_source:
        yield f"{_SSSOM}subject_source", Literal(row.subject_source)
    if known.author:
        yield f"{terms.DCT}creator", Literal(known.author)
    if known.day:
        yield f"{terms.DCT}date", Literal(known.day.isoformat(), datatype=NamedNode(f"{terms.XSD}date"))
    if row.comment:
        yield _COMMENT, Literal(row.comment)
    if known.why:
        yield f"{terms.ADMS}versionNotes", Literal(known.why)
    if known.act:
        yield f"{terms.PROV}wasGeneratedBy", NamedNode(_act_node(known))


def _object(row: Mapping, scheme: ConceptScheme) -> NamedNode | Literal:
    concept = scheme.get(row.concept or "")
    return NamedNode(concept.iri) if concept else _named(row.object_id)


def _named(name: str) -> NamedNode | Literal:
    """What an imported row names by no address stays a text."""
    try:
        return NamedNode(expanded(name) or name)
    except ValueError:
        return Literal(name)


def _act_node(known: KnownMapping) -> str:
    return f"{terms.OWN}acts/{known.act}"
