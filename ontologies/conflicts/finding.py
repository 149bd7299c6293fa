"""Which rows of a set of mappings contradict one another, the scheme, or a code that they name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from textwrap import shorten
from types import MappingProxyType
from typing import Final, TypeAlias

from ontologies import mappings as sssom
from ontologies.concepts import ConceptScheme
from ontologies.conflicts.cycles import circles
from ontologies.conflicts.kinship import Kinship
from ontologies.conflicts.named_codes import said_by_codes
from ontologies.mappings.subjects import Subject, subject_of

Row: TypeAlias = sssom.Mapping


class ConflictKind(StrEnum):
    UNRELATED = "exact to unrelated concepts"
    PARENT_AND_CHILD = "exact to parent and child"
    ACROSS_AXES = "across axes"
    CODE = "contradicts a code"
    CYCLE = "broader than itself"
    OBSOLETE = "obsolete concept"
    UNKNOWN = "unknown concept"
    YES_AND_NO = "said and denied"
    NO_TERM = "means something and nothing"


# A value still finds its place with these; the others put it where it does not belong, or nowhere.
_HARMLESS: Final = frozenset((ConflictKind.PARENT_AND_CHILD, ConflictKind.OBSOLETE))


@dataclass(frozen=True, slots=True)
class Conflict:
    """``rows`` are record ids, sorted; ``says`` is a sentence, ``advice`` what a curator can do."""

    kind: ConflictKind
    rows: tuple[str, ...]
    says: str
    advice: str

    @property
    def serious(self) -> bool:
        return self.kind not in _HARMLESS


def find_conflicts(
    mappings: Iterable[Row],
    scheme: ConceptScheme,
    *,
    obsolete: Mapping[str, str | None] = MappingProxyType({}),
) -> tuple[Conflict, ...]:
    """Find all conflicts of rows that hold at the same time, in the order of kinds and record ids.

    ``obsolete`` gives for the code of an obsolete concept that which replaces it, None where nothing does.
    """
    known = Kinship(scheme)
    rows = tuple(each for each in mappings if each.predicate_id in _MATCHES)
    placed = [(row, row.concept) for row in rows]
    said = [(row, code) for row, code in placed if code and known.axis(code) is row.subject_category]
    found = (
        *_targets(placed, known, obsolete),
        *_exact(said, known),
        *_codes(said, known),
        *_cycles(said, known),
        *_denied(placed),
        *_nothing(rows),
    )
    order = list(ConflictKind)
    return tuple(sorted(found, key=lambda each: (order.index(each.kind), each.rows)))


_MATCHES: Final = frozenset(
    ("skos:exactMatch", "skos:broadMatch", "skos:narrowMatch", "skos:closeMatch", "skos:relatedMatch")
)

_Placed: TypeAlias = tuple[Row, str]


def _targets(
    placed: Iterable[tuple[Row, str | None]], known: Kinship, obsolete: Mapping[str, str | None]
) -> Iterator[Conflict]:
    for row, code in placed:
        concept = known.scheme.get(code) if code else None
        if code and code in obsolete:
            yield _obsolete(row, obsolete[code], known)
        elif code and concept is None:
            yield Conflict(
                ConflictKind.UNKNOWN,
                (row.record_id,),
                f"{_subject(row)} is mapped to {row.object_id}, which is no concept of the scheme.",
                "Choose a concept that there is, or load the release that has this one.",
            )
        elif concept and concept.axis is not row.subject_category:
            yield Conflict(
                ConflictKind.ACROSS_AXES,
                (row.record_id,),
                f"{_subject(row)} is a value of {row.subject_category.value}, and {concept.label!r} is a "
                f"concept of {concept.axis.value}.",
                f"Choose a concept of {row.subject_category.value}, or correct the row's subject_category.",
            )


def _obsolete(row: Row, instead: str | None, known: Kinship) -> Conflict:
    return Conflict(
        ConflictKind.OBSOLETE,
        (row.record_id,),
        f"{_subject(row)} is mapped to {row.object_label or row.object_id}, which is obsolete.",
        f"Decide whether {known.label(instead)!r} ({instead}) is meant, which replaces it."
        if instead
        else "Choose another concept; none is said to replace it.",
    )


def _exact(said: Iterable[_Placed], known: Kinship) -> Iterator[Conflict]:
    """One conflict for each word that is said to be the very same as several concepts."""
    exact: dict[Subject, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row, code in said:
        if row.predicate_id == sssom.EXACT and not row.negative:
            exact[subject_of(row)][code].append(row)
    for by_code in exact.values():
        if len(by_code) > 1:
            yield _several(by_code, known)


def _several(by_code: Mapping[str, Sequence[Row]], known: Kinship) -> Conflict:
    rows = tuple(sorted({row.record_id for each in by_code.values() for row in each}))
    subject = _subject(next(iter(by_code.values()))[0])
    pairs = combinations(sorted(by_code), 2)
    unrelated = next((pair for pair in pairs if not known.related(*pair)), None)
    if unrelated:
        one, other = unrelated
        return Conflict(
            ConflictKind.UNRELATED,
            rows,
            f"{subject} is said to be both {known.label(one)!r} and {known.label(other)!r}, "
            "neither of which is a kind of the other.",
            "Keep the one that is meant; skos:broadMatch for each, where the word means them together.",
        )
    low, *_, high = sorted(by_code, key=lambda code: len(known.above(code)), reverse=True)
    return Conflict(
        ConflictKind.PARENT_AND_CHILD,
        rows,
        f"{subject} is said to be both {known.label(low)!r} and {known.label(high)!r}, which is broader.",
        "Keep the one that is meant; the other is at most a skos:broadMatch or a skos:narrowMatch.",
    )


def _codes(said: Iterable[_Placed], known: Kinship) -> Iterator[Conflict]:
    for row, code in said:
        if against := said_by_codes(row, code, known):
            verb = "is denied to be" if row.negative else "is mapped to"
            yield Conflict(
                ConflictKind.CODE,
                (row.record_id,),
                f"{_subject(row)} {verb} {known.label(code)!r}, but {against}.",
                "Decide whether the code or the row is wrong: a value that is a code aligns by it.",
            )


_Node: TypeAlias = str | Subject


@dataclass(frozen=True, slots=True)
class _Step:
    """``low`` is narrower than ``high``, or the same where the row is an exact one."""

    row: Row
    low: _Node
    high: _Node


def _cycles(said: Iterable[_Placed], known: Kinship) -> Iterator[Conflict]:
    """Follow what the rows and the scheme say is broader."""
    steps = tuple(_steps([pair for pair in said if not pair[0].negative], known))
    equal = [(each.low, each.high) for each in steps if each.row.predicate_id == sssom.EXACT]
    rows = [(each.low, each.high) for each in steps if each.row.predicate_id != sssom.EXACT]
    own = [(each.code, parent) for each in known.scheme for parent in each.parents]
    circle_of = {node: at for at, circle in enumerate(circles(equal, [*rows, *own])) for node in circle}
    inside: dict[int, list[Row]] = defaultdict(list)
    for step in steps:
        at = circle_of.get(step.low)
        if at is not None and at == circle_of.get(step.high):
            inside[at].append(step.row)
    for found in inside.values():
        yield Conflict(
            ConflictKind.CYCLE,
            tuple(sorted({row.record_id for row in found})),
            f"{_subject(found[0])} is said to be broader than itself: the rows lead round in a circle.",
            "Take one of the rows back, or turn its skos:broadMatch and skos:narrowMatch about.",
        )


def _steps(said: Sequence[_Placed], known: Kinship) -> Iterator[_Step]:
    """Rows as steps upwards. An exact one counts where its subject has but one: others are told already."""
    exact: dict[Subject, set[str]] = defaultdict(set)
    for row, code in said:
        if row.predicate_id == sssom.EXACT:
            exact[subject_of(row)].add(code)
    for row, code in said:
        subject = _node(row, known)
        match row.predicate_id:
            case "skos:narrowMatch":
                yield _Step(row, code, subject)
            case "skos:broadMatch":
                yield _Step(row, subject, code)
            case "skos:exactMatch" if len(exact[subject_of(row)]) == 1:
                yield _Step(row, subject, code)


def _node(row: Row, known: Kinship) -> _Node:
    """A subject that is a concept of the scheme, whichever of its codes was written, is that concept."""
    return (
        subject_of(row) if row.literal else known.find(row.subject_id, row.subject_category) or row.subject_id
    )


def _denied(placed: Iterable[tuple[Row, str | None]]) -> Iterator[Conflict]:
    pairs: dict[tuple[Subject, str], list[Row]] = defaultdict(list)
    for row, code in placed:
        if code:
            axis, _, word = subject_of(row)
            pairs[(axis, "", word), code].append(row)
    for rows in pairs.values():
        denials = [row for row in rows if row.negative]
        said = [row for row in rows if any(_denies(denial, row) for denial in denials)]
        if said:
            yield Conflict(
                ConflictKind.YES_AND_NO,
                tuple(sorted({row.record_id for row in (*said, *denials)})),
                f"{_subject(said[0])} is both said and denied to be {said[0].object_label!r}.",
                "Keep the rows that are right: a denied concept never gets the word, whatever else is said.",
            )


def _denies(denial: Row, row: Row) -> bool:
    """A general denial holds for each provider's rows, one provider's for its own only."""
    alike = row.places or row.predicate_id == denial.predicate_id
    return alike and not row.negative and denial.subject_source in ("", row.subject_source)


def _nothing(rows: Iterable[Row]) -> Iterator[Conflict]:
    by_subject: dict[Subject, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.negative:
            by_subject[subject_of(row)].append(row)
    for found in by_subject.values():
        if len({row.object_id == sssom.NO_TERM for row in found}) > 1:
            yield Conflict(
                ConflictKind.NO_TERM,
                tuple(sorted({row.record_id for row in found})),
                f"{_subject(found[0])} is said to mean no concept, and to mean one.",
                "Take sssom:NoTermFound back, or the rows beside it.",
            )


def _subject(row: Row) -> str:
    return repr(shorten(row.word, 80))
