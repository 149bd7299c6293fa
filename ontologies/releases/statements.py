"""What RDF says of each class or concept: OWL and SKOS in the forms that terminologies use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ontologies.concepts import Label
from ontologies.namespaces import CIMG, PREFIXES
from ontologies.releases.codes import code_of_iri, reference_code, system_code
from ontologies.releases.terms import Limits, ReleaseRefused, Term
from ontologies.releases.wording import Header, is_formal, plain, stated_version

_DC: Final = "http://purl.org/dc/elements/1.1/"
_DCT, _OWL, _RDF, _RDFS, _SKOS = (PREFIXES[name] for name in ("dct", "owl", "rdf", "rdfs", "skos"))
_OBO: Final = "http://purl.obolibrary.org/obo/"
_OBO_IN_OWL: Final = "http://www.geneontology.org/formats/oboInOwl#"

TYPE: Final = _RDF + "type"
CLASS: Final = _OWL + "Class"
CONCEPT: Final = _SKOS + "Concept"

_LABELS: Final = (_SKOS + "prefLabel", _RDFS + "label")
_SYNONYMS: Final = (*_LABELS, _SKOS + "altLabel", _OBO_IN_OWL + "hasExactSynonym")
# The hyperontology has properties of its own with these names.
_SYNONYM_NAMES: Final = ("acronym", "synonym")
_RELATED: Final = (
    *(_OBO_IN_OWL + f"has{scope}Synonym" for scope in ("Broad", "Narrow", "Related")),
    _SKOS + "hiddenLabel",
    CIMG + "relatedLabel",
)
_BROADER: Final = (_RDFS + "subClassOf", _SKOS + "broader")
_SAME: Final = (_SKOS + "exactMatch", _OWL + "equivalentClass")
_REFERENCES: Final = (_OBO_IN_OWL + "hasDbXref", _OBO_IN_OWL + "hasAlternativeId", _SKOS + "notation")
_REPLACED: Final = (_OBO + "IAO_0100001", _DCT + "isReplacedBy")
_PART_OF: Final = _OBO + "BFO_0000050"
_DESCRIBED: Final = (_OWL + "Ontology", _SKOS + "ConceptScheme")


@dataclass(frozen=True, slots=True)
class Value:
    """The object of a statement; ``language`` is that of a literal, ``iri`` says whether it is a resource.

    Blank nodes are resources whose name begins with ``_:``.
    """

    text: str
    language: str = ""
    iri: bool = False


Statements = Mapping[str, Mapping[str, list[Value]]]
_Values = Mapping[str, list[Value]]
_NOTHING: Final[_Values] = MappingProxyType({})


def gathered(triples: Iterable[tuple[str, str, Value]]) -> Statements:
    """Bring together what is said of each subject, by property."""
    subjects: dict[str, dict[str, list[Value]]] = {}
    for subject, predicate, value in triples:
        subjects.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return subjects


def header_of(statements: Statements) -> Header:
    # owlready2 adds an ontology without a word of its own.
    described = sorted(_of_types(statements, _DESCRIBED), key=lambda item: len(item[1]))
    iri, values = described[-1] if described else ("", _NOTHING)

    def said(*predicates: str) -> str:
        return plain(next((value.text for name in predicates for value in values.get(name, ())), ""))

    return Header(
        title=said(_DCT + "title", _DC + "title", _RDFS + "label", _SKOS + "prefLabel"),
        version=stated_version(said(_OWL + "versionInfo", _OWL + "versionIRI", _DCT + "modified")),
        licence=said(_DCT + "license", _DC + "rights", _DCT + "rights"),
        iri=iri,
    )


def terms_of(statements: Statements, limits: Limits) -> tuple[Term, ...]:
    """Read each class and concept that is named by an IRI; raises ``ReleaseRefused`` for too many."""
    found = [item for item in _of_types(statements, (CLASS, CONCEPT)) if not item[0].startswith("_:")]
    if len(found) > limits.terms:
        raise ReleaseRefused(f"the file has more than {limits.terms:,} terms")
    narrower = _inverted(statements)
    return tuple(_term(iri, values, statements, narrower.get(iri, ())) for iri, values in found)


def disjoint_of(statements: Statements, limits: Limits) -> tuple[tuple[str, str], ...]:
    """Give the pairs of classes that are said to share nothing; raises ``ReleaseRefused`` for too many."""
    pairs = {
        (min(iri, other.text), max(iri, other.text))
        for iri, values in statements.items()
        for other in values.get(_OWL + "disjointWith", ())
        if not iri.startswith("_:") and other.iri and not other.text.startswith("_:")
    }
    for _, values in _of_types(statements, (_OWL + "AllDisjointClasses",)):
        members = sorted(_members(statements, values.get(_OWL + "members", [])))
        # A short list of members says as much as its square.
        if len(pairs) + len(members) ** 2 // 2 > limits.disjoint:
            raise ReleaseRefused(f"more than {limits.disjoint:,} pairs of classes are said to share nothing")
        pairs.update((one, other) for place, one in enumerate(members) for other in members[place + 1 :])
    return tuple(sorted(pairs))


def _of_types(statements: Statements, types: tuple[str, ...]) -> Iterator[tuple[str, _Values]]:
    for iri, values in statements.items():
        if any(value.text in types for value in values.get(TYPE, ())):
            yield iri, values


def _inverted(statements: Statements) -> Mapping[str, list[str]]:
    """What is broader by ``skos:narrower``, said at the broader one."""
    found: dict[str, list[str]] = {}
    for iri, values in statements.items():
        for value in values.get(_SKOS + "narrower", ()):
            found.setdefault(value.text, []).append(iri)
    return found


def _term(iri: str, values: _Values, statements: Statements, wider: Iterable[str]) -> Term:
    code = code_of_iri(iri)
    label, synonyms = _names(values)
    return Term(
        iri=iri,
        code=code,
        label=label,
        synonyms=synonyms,
        related=_unique(plain(value.text) for value in _said(values, _RELATED) if _english(value)),
        parents=_unique([*_parents(values, statements), *wider]),
        wholes=_unique(_wholes(values, statements) if code.startswith("UBERON:") else ()),
        codes=_unique(each for each in _codes(code, values) if each != code),
        obsolete=any(value.text in ("true", "1") for value in values.get(_OWL + "deprecated", ())),
        replaced_by=_unique(_code(value) for value in _said(values, _REPLACED)),
        consider=_unique(_code(value) for value in values.get(_OBO_IN_OWL + "consider", ())),
        labels=_foreign(values),
    )


def _names(values: _Values) -> tuple[str, tuple[str, ...]]:
    """The label, ``skos:prefLabel`` before ``rdfs:label``, and all other exact names, in English."""
    named = [value for name in _LABELS for value in sorted(values.get(name, ()), key=_by_language)]
    named += _said(values, _SYNONYMS[len(_LABELS) :])
    named += [value for name in values if _local(name) in _SYNONYM_NAMES for value in values[name]]
    texts = _unique(plain(value.text) for value in named if _english(value) and not is_formal(value.text))
    labelled = any(_english(value) for value in _said(values, _LABELS))
    return (texts[0], texts[1:]) if labelled and texts else ("", texts)


def _by_language(value: Value) -> tuple[bool, str, str]:
    return (not value.language, value.language, value.text)


def _english(value: Value) -> bool:
    return not value.iri and (not value.language or value.language.partition("-")[0].lower() == "en")


def _parents(values: _Values, statements: Statements) -> Iterator[str]:
    """Named classes above, also those of a definition."""
    for value in _said(values, _BROADER):
        if value.iri and not value.text.startswith("_:"):
            yield value.text
    for value in values.get(_OWL + "equivalentClass", ()):
        if value.text.startswith("_:"):
            defined = statements.get(value.text, _NOTHING)
            yield from _members(statements, defined.get(_OWL + "intersectionOf", []))


def _wholes(values: _Values, statements: Statements) -> Iterator[str]:
    for value in values.get(_RDFS + "subClassOf", ()):
        restriction = statements.get(value.text, _NOTHING)
        if any(each.text == _PART_OF for each in restriction.get(_OWL + "onProperty", ())):
            named = (each.text for each in restriction.get(_OWL + "someValuesFrom", ()))
            yield from (each for each in named if not each.startswith("_:"))


def _members(statements: Statements, heads: list[Value]) -> Iterator[str]:
    """Yield the named members of RDF lists; one that bites its tail ends."""
    seen: set[str] = set()
    open_ends = [value.text for value in heads]
    while open_ends:
        node = open_ends.pop()
        if node in seen:
            continue
        seen.add(node)
        values = statements.get(node, _NOTHING)
        yield from (v.text for v in values.get(_RDF + "first", ()) if v.iri and not v.text.startswith("_:"))
        open_ends += [value.text for value in values.get(_RDF + "rest", ())]


def _codes(code: str, values: _Values) -> Iterator[str]:
    for value in _said(values, _SAME):
        if value.iri and not value.text.startswith("_:"):
            yield reference_code(value.text) or code_of_iri(value.text)
    # What MONDO refers to is near, at best; its exact matches are told apart.
    references = () if code.startswith("MONDO:") else _REFERENCES
    for value in _said(values, references):
        if found := reference_code(value.text):
            yield found
    # The hyperontology has a property for each code system.
    for name, written in values.items():
        yield from (found for value in written if (found := system_code(_local(name), value.text)))


def _code(value: Value) -> str:
    return code_of_iri(value.text) if value.iri or value.text.startswith("http") else plain(value.text)


def _foreign(values: _Values) -> tuple[Label, ...]:
    """Names in other languages; nobody here has reviewed them."""
    found = [
        Label(plain(value.text), value.language.lower(), preferred=name in _LABELS)
        for name in _SYNONYMS
        for value in values.get(name, ())
        if not value.iri and not _english(value)
    ]
    return tuple(dict.fromkeys(found))


def _said(values: _Values, predicates: Iterable[str]) -> list[Value]:
    return [value for name in predicates for value in values.get(name, ())]


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
