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

_AXIS_OF_PROPERTY: Final = {
    **{iri: axis for axis, iri in terms.AXIS_PROPERTY.items()},
    f"{terms.CIMG}otherCondition": Axis.CANCER,
}
_HUMAN: Final = "human"
# More than any dataset states; each is looked up, and each takes a line on the record's page.
_MOST_VALUES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Aligned:
    quads: list[Quad]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Stated:
    """One alignment and the property whose value it explains."""

    property: str
    alignment: Alignment


def aligned(quads: list[Quad], *, subject: str, key: str, aligner: Aligner, scheme: ConceptScheme) -> Aligned:
    """A value that aligns gives way to its concept and stays readable as ``cimg:rawValue``.

    A value that does not align stays where it stood, with a finding. Concepts in keywords are added; the
    keywords stay. Raises ``RecordRejected`` for more values than can be looked up and shown.
    """
    _require_few(sum(_is_value(quad) for quad in quads), subject)
    root = NamedNode(subject)
    kept: list[Quad] = []
    stated: list[_Stated] = []
    for quad in quads:
        axis = _AXIS_OF_PROPERTY.get(quad.predicate.value) if quad.subject == root else None
        if axis is not None and isinstance(quad.object, NamedNode | Literal):
            found = aligner.align(quad.object.value, axis)
            stated += [_Stated(quad.predicate.value, alignment) for alignment in found]
            kept += [] if any(alignment.concept for alignment in found) else [quad]
        else:
            kept.append(quad)
            if (
                quad.subject == root
                and quad.predicate.value == terms.KEYWORD
                and isinstance(quad.object, Literal)
            ):
                stated += [_Stated(terms.KEYWORD, found) for found in aligner.recognise(quad.object.value)]
    stated = _once(stated)
    _require_few(len(stated), subject)
    for one in stated:
        kept += _statements(one, root=root, key=key, scheme=scheme)
    if not counts_towards_totals(one.alignment for one in stated):
        kept.append(Quad(root, NamedNode(terms.COUNTS_TOWARDS_TOTALS), _boolean(value=False)))
    return Aligned(kept, tuple(_findings(stated, subject)))


def counts_towards_totals(alignments: Iterable[Alignment]) -> bool:
    """Whether the patients of a record are people: animals, phantoms and mixed holdings add none.

    A record that states no kind of subject is taken for human: clinical nodes do not say so.
    """
    kinds = {one.concept for one in alignments if one.axis is Axis.SUBJECT and one.concept}
    return kinds <= {_HUMAN}


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
