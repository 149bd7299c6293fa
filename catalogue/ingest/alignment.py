"""What a record's values mean: each raw value beside its concept, and whether the record counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from catalogue.ingest.canonical import sha256
from catalogue.profile import terms
from harvesters.errors import RecordRejected
from harvesters.findings import Finding, Severity
from harvesters.source import SourceConfig
from ontologies.aligner import Aligner, Alignment
from ontologies.concepts import Axis, ConceptScheme
from ontologies.namespaces import compact

# Two lists share dct:rights, which stands on distributions; all else stands on the dataset itself.
_ON_DISTRIBUTIONS: Final = (Axis.CONDITION, Axis.USE)
_AXIS_OF_PROPERTY: Final = {
    **{iri: axis for axis, iri in terms.AXIS_PROPERTY.items() if axis not in _ON_DISTRIBUTIONS},
    f"{terms.CIMG}otherCondition": Axis.CANCER,
}
_RIGHTS: Final = terms.AXIS_PROPERTY[Axis.CONDITION]
_VALUES: Final = {*_AXIS_OF_PROPERTY, terms.KEYWORD}
_READ: Final = {*_VALUES, _RIGHTS}
_DISTRIBUTION: Final = f"{terms.DCAT}distribution"
_PARTS: Final = {_DISTRIBUTION, terms.COUNT_BY, terms.DIMENSION}
_TRAITS: Final = {terms.DERIVED, terms.FICTIONAL}
_ALIGNED_VALUE: Final = NamedNode(terms.ALIGNED_VALUE)
_HUMAN: Final = "human"
# More than any dataset states; each is looked up, and each takes a line on the record's page.
_MOST_VALUES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Traits:
    """What a source's options say of all its records; curators may speak of its words by its id."""

    derived: bool = False
    fictional: bool = False
    source: str = ""

    @classmethod
    def of(cls, config: SourceConfig) -> "Traits":
        return cls(
            derived=config.options.get("derived") == "true",
            fictional=config.options.get("fictional") == "true",
            source=config.id,
        )


_NO_TRAITS: Final = Traits()


@dataclass(frozen=True, slots=True)
class Aligned:
    quads: list[Quad]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Stated:
    """One alignment and the property whose value it explains."""

    property: str
    alignment: Alignment


def aligned(
    quads: list[Quad],
    *,
    subject: str,
    key: str,
    aligner: Aligner,
    scheme: ConceptScheme,
    traits: Traits = _NO_TRAITS,
) -> Aligned:
    """A value that aligns gives way to its concept and stays readable as ``cimg:rawValue``.

    A value that does not align stays where it stood, with a finding. Concepts in keywords are added; the
    keywords stay. Counts per value (``cimg:countBy``) are aligned in place. Raises ``RecordRejected``
    for more values than can be looked up and shown.
    """
    said = [(quad.predicate.value, quad) for quad in quads]
    _require_few(sum(predicate in _VALUES for predicate, _ in said), subject)
    root = NamedNode(subject)
    record = _Record(said, root, aligner, traits.source)
    kept: list[Quad] = []
    stated: list[_Stated] = []
    for predicate, quad in said:
        found = record.alignments(predicate, quad) if predicate in _READ else []
        stated += found
        if predicate == terms.VALUE and quad.subject in record.dimensions:
            kept += record.counted(quad, scheme)
        elif predicate == terms.KEYWORD or not any(one.alignment.concept for one in found):
            kept.append(quad)
        elif predicate == _RIGHTS:
            kept += _in_place(quad, found, scheme)
    stated = _once(stated)
    _require_few(len(stated), subject)
    for one in stated:
        kept += _statements(one, root=root, key=key, scheme=scheme)
    kept += _traits(said, root, traits, (one.alignment for one in stated))
    return Aligned(kept, tuple(_findings(stated, subject)))


def counts_towards_totals(alignments: Iterable[Alignment]) -> bool:
    """Whether the patients of a record are people: animals, phantoms and mixed holdings add none.

    A record that states no kind of subject is taken for human: clinical nodes do not say so.
    """
    kinds = {one.concept for one in alignments if one.axis is Axis.SUBJECT and one.concept}
    return kinds <= {_HUMAN}


class _Record:
    """Which nodes of a record hold values of which axis."""

    def __init__(self, said: list[tuple[str, Quad]], root: NamedNode, aligner: Aligner, source: str) -> None:
        self._root = root
        self._align = partial(aligner.align, source=source)
        self._recognise = partial(aligner.recognise, source=source)
        parts = [(predicate, quad) for predicate, quad in said if predicate in _PARTS]
        about_root = [(predicate, quad.object) for predicate, quad in parts if quad.subject == root]
        self._distributions = {value for predicate, value in about_root if predicate == _DISTRIBUTION}
        counts = {value for predicate, value in about_root if predicate == terms.COUNT_BY}
        self.dimensions = {
            quad.subject: Axis(quad.object.value)
            for predicate, quad in parts
            if predicate == terms.DIMENSION
            and quad.subject in counts
            and isinstance(quad.object, Literal)
            and quad.object.value in set(Axis)
        }

    def alignments(self, predicate: str, quad: Quad) -> list[_Stated]:
        """What a statement's value means; empty for statements that hold no value of an axis."""
        if not isinstance(quad.object, NamedNode | Literal) or not isinstance(quad.subject, NamedNode):
            return []
        raw = quad.object.value
        if raw.startswith(f"{terms.OWN}datasets/"):
            return []
        found: tuple[Alignment, ...] = ()
        if predicate == _RIGHTS and (quad.subject == self._root or quad.subject in self._distributions):
            both = (*self._align(raw, Axis.CONDITION), *self._align(raw, Axis.USE))
            found = tuple(one for one in both if one.concept)
        elif quad.subject == self._root and predicate in _AXIS_OF_PROPERTY:
            found = self._align(raw, _AXIS_OF_PROPERTY[predicate])
        elif quad.subject == self._root and predicate == terms.KEYWORD and isinstance(quad.object, Literal):
            found = self._recognise(raw)
        return [_Stated(predicate, alignment) for alignment in found]

    def counted(self, quad: Quad, scheme: ConceptScheme) -> list[Quad]:
        """The value of one count, as a concept where it means exactly one."""
        if not isinstance(quad.object, NamedNode | Literal):
            return [quad]
        found = self._align(quad.object.value, self.dimensions[quad.subject])
        concept = scheme.get(found[0].concept) if len(found) == 1 and found[0].concept else None
        if concept is None:
            return [quad]
        return [
            Quad(quad.subject, quad.predicate, NamedNode(concept.iri)),
            Quad(quad.subject, NamedNode(terms.CONCEPT_CODE), Literal(concept.code)),
            Quad(quad.subject, NamedNode(terms.RAW_VALUE), Literal(quad.object.value)),
        ]


def _in_place(quad: Quad, found: list[_Stated], scheme: ConceptScheme) -> Iterator[Quad]:
    """The concepts of a value on the very node that had it: each distribution has its own rights."""
    for one in found:
        concept = scheme.get(one.alignment.concept or "")
        if concept is not None:
            yield Quad(quad.subject, quad.predicate, NamedNode(concept.iri))


def _traits(
    said: list[tuple[str, Quad]], root: NamedNode, traits: Traits, alignments: Iterable[Alignment]
) -> Iterator[Quad]:
    """What the source's options or the record itself say, and whether it counts because of it."""
    own = [(predicate, quad) for predicate, quad in said if predicate in _TRAITS and quad.subject == root]
    true = {predicate for predicate, quad in own if _is_true(quad.object)}
    derived = traits.derived or terms.DERIVED in true
    fictional = traits.fictional or terms.FICTIONAL in true
    if derived:
        yield Quad(root, NamedNode(terms.DERIVED), _boolean(value=True))
    if fictional:
        yield Quad(root, NamedNode(terms.FICTIONAL), _boolean(value=True))
    if derived or fictional or not counts_towards_totals(alignments):
        yield Quad(root, NamedNode(terms.COUNTS_TOWARDS_TOTALS), _boolean(value=False))


def _require_few(values: int, subject: str) -> None:
    if values > _MOST_VALUES:
        raise RecordRejected(
            f"{subject}: the dataset states {values:,} keywords, conditions, body parts and the like; "
            f"at most {_MOST_VALUES:,} are read"
        )


def _once(stated: list[_Stated]) -> list[_Stated]:
    """Each value once an axis; a value stated outright goes before the same word among the keywords."""
    ranked = sorted(stated, key=lambda one: one.property == terms.KEYWORD)
    found: dict[tuple[Axis, str, str | None], _Stated] = {}
    for one in ranked:
        found.setdefault((one.alignment.axis, one.alignment.raw, one.alignment.concept), one)
    return list(found.values())


def _statements(one: _Stated, *, root: NamedNode, key: str, scheme: ConceptScheme) -> Iterator[Quad]:
    explanation = _explained(one, scheme)
    node = NamedNode(f"{terms.OWN}datasets/{key}#value-{explanation.name}")
    yield Quad(root, _ALIGNED_VALUE, node)
    for predicate, concept in explanation.about_root:
        yield Quad(root, predicate, concept)
    for predicate, value in explanation.about_value:
        yield Quad(node, predicate, value)


@dataclass(frozen=True, slots=True)
class _Explanation:
    """What is said because of one alignment, the same in every record."""

    name: str
    about_root: tuple[tuple[NamedNode, NamedNode], ...]
    about_value: tuple[tuple[NamedNode, NamedNode | Literal], ...]


@lru_cache(maxsize=4_096)
def _explained(one: _Stated, scheme: ConceptScheme) -> _Explanation:
    alignment = one.alignment
    concept = scheme.get(alignment.concept) if alignment.concept else None
    about_root: list[tuple[NamedNode, NamedNode]] = []
    about_value: list[tuple[NamedNode, NamedNode | Literal]] = []
    if concept is not None:
        if alignment.axis not in _ON_DISTRIBUTIONS:
            about_root.append((NamedNode(terms.AXIS_PROPERTY[alignment.axis]), NamedNode(concept.iri)))
        about_value.append((NamedNode(terms.CONCEPT), NamedNode(concept.iri)))
    described = {
        terms.AXIS: alignment.axis.value,
        terms.RAW_VALUE: alignment.raw,
        terms.CONCEPT_CODE: alignment.concept or "",
        terms.JUSTIFICATION: alignment.justification,
        terms.RULE: alignment.rule,
        terms.MAPPING: alignment.mapping,
        terms.SCHEME: (concept and concept.release) or scheme.version.partition(".")[0],
    }
    about_value += ((NamedNode(predicate), Literal(text)) for predicate, text in described.items() if text)
    about_value.append((NamedNode(terms.FROM_PROPERTY), NamedNode(one.property)))
    name = sha256(f"{alignment.axis} {alignment.raw} {alignment.concept}".encode())[:16]
    return _Explanation(name, tuple(about_root), tuple(about_value))


def _findings(stated: list[_Stated], subject: str) -> Iterator[Finding]:
    for one in stated:
        if one.alignment.concept is None and not one.alignment.justification:
            yield Finding(
                Severity.INFO,
                focus=subject,
                path=compact(one.property),
                value=one.alignment.raw[:200],
                message=f"this value means no {one.alignment.axis} that the catalogue knows",
                how_to_fix="use a code or label of the EUCAIM hyperontology, or ask a curator for a mapping",
            )


def _boolean(*, value: bool) -> Literal:
    return Literal(str(value).lower(), datatype=NamedNode(f"{terms.XSD}boolean"))


def _is_true(term: object) -> bool:
    return isinstance(term, Literal) and term.value.strip().lower() in ("true", "1")
