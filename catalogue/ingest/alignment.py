"""What a record's values mean: each raw value beside its concept, and whether the record counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from catalogue.ingest.canonical import sha256
from catalogue.profile import terms
from harvesters.errors import RecordRejected
from harvesters.findings import Finding, Severity
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
_DISTRIBUTION: Final = f"{terms.DCAT}distribution"
_HUMAN: Final = "human"
# More than any dataset states; each is looked up, and each takes a line on the record's page.
_MOST_VALUES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Traits:
    """What a source's options say of all its records."""

    derived: bool = False
    fictional: bool = False


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
    _require_few(sum(_is_value(quad) for quad in quads), subject)
    root = NamedNode(subject)
    record = _Record(quads, root, aligner)
    kept: list[Quad] = []
    stated: list[_Stated] = []
    for quad in quads:
        found = record.alignments(quad)
        stated += found
        if quad.predicate.value == terms.VALUE and quad.subject in record.dimensions:
            kept += record.counted(quad, scheme)
        elif quad.predicate.value == terms.KEYWORD or not any(one.alignment.concept for one in found):
            kept.append(quad)
        elif quad.predicate.value == _RIGHTS:
            kept += _in_place(quad, found, scheme)
    stated = _once(stated)
    _require_few(len(stated), subject)
    for one in stated:
        kept += _statements(one, root=root, key=key, scheme=scheme)
    kept += _traits(kept, root, traits, (one.alignment for one in stated))
    return Aligned(kept, tuple(_findings(stated, subject)))


def counts_towards_totals(alignments: Iterable[Alignment]) -> bool:
    """Whether the patients of a record are people: animals, phantoms and mixed holdings add none.

    A record that states no kind of subject is taken for human: clinical nodes do not say so.
    """
    kinds = {one.concept for one in alignments if one.axis is Axis.SUBJECT and one.concept}
    return kinds <= {_HUMAN}


class _Record:
    """Which nodes of a record hold values of which axis."""

    def __init__(self, quads: list[Quad], root: NamedNode, aligner: Aligner) -> None:
        self._root = root
        self._aligner = aligner
        about_root = [quad for quad in quads if quad.subject == root]
        self._distributions = {quad.object for quad in about_root if quad.predicate.value == _DISTRIBUTION}
        counts = {quad.object for quad in about_root if quad.predicate.value == terms.COUNT_BY}
        self.dimensions = {
            quad.subject: Axis(quad.object.value)
            for quad in quads
            if quad.subject in counts
            and quad.predicate.value == terms.DIMENSION
            and isinstance(quad.object, Literal)
            and quad.object.value in set(Axis)
        }

    def alignments(self, quad: Quad) -> list[_Stated]:
        """What a statement's value means; empty for statements that hold no value of an axis."""
        if not isinstance(quad.object, NamedNode | Literal) or not isinstance(quad.subject, NamedNode):
            return []
        raw, predicate = quad.object.value, quad.predicate.value
        if raw.startswith(f"{terms.OWN}datasets/"):
            return []
        found: tuple[Alignment, ...] = ()
        if predicate == _RIGHTS and (quad.subject == self._root or quad.subject in self._distributions):
            both = (*self._aligner.align(raw, Axis.CONDITION), *self._aligner.align(raw, Axis.USE))
            found = tuple(one for one in both if one.concept)
        elif quad.subject == self._root and predicate in _AXIS_OF_PROPERTY:
            found = self._aligner.align(raw, _AXIS_OF_PROPERTY[predicate])
        elif quad.subject == self._root and predicate == terms.KEYWORD and isinstance(quad.object, Literal):
            found = self._aligner.recognise(raw)
        return [_Stated(predicate, alignment) for alignment in found]

    def counted(self, quad: Quad, scheme: ConceptScheme) -> list[Quad]:
        """The value of one count, as a concept where it means exactly one."""
        if not isinstance(quad.object, NamedNode | Literal):
            return [quad]
        found = self._aligner.align(quad.object.value, self.dimensions[quad.subject])
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
    quads: list[Quad], root: NamedNode, traits: Traits, alignments: Iterable[Alignment]
) -> Iterator[Quad]:
    """What the source's options or the record itself say, and whether it counts because of it."""
    said = {quad.predicate.value for quad in quads if quad.subject == root and _is_true(quad.object)}
    derived = traits.derived or terms.DERIVED in said
    fictional = traits.fictional or terms.FICTIONAL in said
    if derived:
        yield Quad(root, NamedNode(terms.DERIVED), _boolean(value=True))
    if fictional:
        yield Quad(root, NamedNode(terms.FICTIONAL), _boolean(value=True))
    if derived or fictional or not counts_towards_totals(alignments):
        yield Quad(root, NamedNode(terms.COUNTS_TOWARDS_TOTALS), _boolean(value=False))


def _is_value(quad: Quad) -> bool:
    return quad.predicate.value in _AXIS_OF_PROPERTY or quad.predicate.value == terms.KEYWORD


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
    alignment = one.alignment
    name = sha256(f"{alignment.axis} {alignment.raw} {alignment.concept}".encode())[:16]
    node = NamedNode(f"{terms.OWN}datasets/{key}#value-{name}")
    yield Quad(root, NamedNode(terms.ALIGNED_VALUE), node)
    concept = scheme.get(alignment.concept) if alignment.concept else None
    if concept is not None:
        if alignment.axis not in _ON_DISTRIBUTIONS:
            yield Quad(root, NamedNode(terms.AXIS_PROPERTY[alignment.axis]), NamedNode(concept.iri))
        yield Quad(node, NamedNode(terms.CONCEPT), NamedNode(concept.iri))
    described = {
        terms.AXIS: alignment.axis.value,
        terms.RAW_VALUE: alignment.raw,
        terms.CONCEPT_CODE: alignment.concept or "",
        terms.JUSTIFICATION: alignment.justification,
        terms.RULE: alignment.rule,
        terms.MAPPING: alignment.mapping,
        terms.SCHEME: scheme.version.partition(".")[0],
    }
    for predicate, text in described.items():
        if text:
            yield Quad(node, NamedNode(predicate), Literal(text))
    yield Quad(node, NamedNode(terms.FROM_PROPERTY), NamedNode(one.property))


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
