"""What follows from rows put together, and from rows turned about (SSSOM, chaining rules)."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from ontologies import mappings as sssom
from ontologies.mappings.subjects import Subject, subject_of

Row: TypeAlias = sssom.Mapping
CHAINING: Final = "semapv:MappingChaining"
INVERSION: Final = "semapv:MappingInversion"


def chained(mappings: Iterable[Row], *, most: int = 100_000) -> tuple[Row, ...]:
    """Rows that follow from two or more of the given ones and are not among them.

    Exact, broad and narrow lead on along their like, and exact along any; close and related lead no further.
    Denied rows and those without a term lead nowhere, and what is denied does not follow.
    Raises ``ValueError`` where more than ``most`` rows follow.
    """
    rows = tuple(mappings)
    following: dict[tuple[str, str], list[Row]] = defaultdict(list)
    subjects: dict[Subject, list[Row]] = defaultdict(list)
    for row in filter(_leads, rows):
        subjects[subject_of(row)].append(row)
        if not row.literal:
            following[row.subject_category, row.subject_id].append(row)
    stated = {_statement(row) for row in rows}
    found: list[Row] = []
    for firsts in subjects.values():
        for row in _followed(firsts, following):
            if _statement(row) not in stated:
                found.append(row)
            if len(found) > most:
                raise ValueError(f"more than {most:,} rows follow from these")
    return tuple(found)


def inverted(mappings: Iterable[Row]) -> tuple[Row, ...]:
    """The same rows from their objects' side: broad becomes narrow. Words are no objects and do not turn."""
    return tuple(map(_inverse, filter(_turns, mappings)))


_BROAD: Final = "skos:broadMatch"
_NARROW: Final = "skos:narrowMatch"
_INVERSE: Final = MappingProxyType(
    {
        sssom.EXACT: sssom.EXACT,
        _BROAD: _NARROW,
        _NARROW: _BROAD,
        "skos:closeMatch": "skos:closeMatch",
        "skos:relatedMatch": "skos:relatedMatch",
    }
)


def _followed(firsts: Sequence[Row], following: Mapping[tuple[str, str], Sequence[Row]]) -> Iterator[Row]:
    """Walk on from one subject, the shortest chains first, to each object once by each predicate."""
    reached = {(str(row.predicate_id), row.object_id) for row in firsts}
    waiting = deque((row, row, str(row.predicate_id)) for row in firsts)
    while waiting:
        first, last, predicate = waiting.popleft()
        for onward in following.get((first.subject_category, last.object_id), ()):
            together = _together(predicate, onward.predicate_id)
            if together and (together, onward.object_id) not in reached:
                reached.add((together, onward.object_id))
                waiting.append((first, onward, together))
                if onward.object_id != first.subject_id:
                    yield _row(first, onward, together)


def _together(one: str, other: str) -> str:
    if one == sssom.EXACT:
        return other
    if other == sssom.EXACT or (one == other and one in (_BROAD, _NARROW)):
        return one
    return ""


def _row(first: Row, last: Row, predicate: str) -> Row:
    return sssom.Mapping.model_validate(
        {
            "record_id": _record_id(*subject_of(first), predicate, last.object_id),
            "subject_id": first.subject_id,
            "subject_label": first.subject_label,
            "subject_category": first.subject_category,
            "subject_type": first.subject_type,
            "subject_source": first.subject_source,
            "predicate_id": predicate,
            "object_id": last.object_id,
            "object_label": last.object_label,
            "mapping_justification": CHAINING,
            "comment": f"from {first.record_id} to {last.record_id}",
        }
    )


def _leads(row: Row) -> bool:
    return not row.negative and row.object_id != sssom.NO_TERM and row.predicate_id in _INVERSE


def _statement(row: Row) -> tuple[Subject, str, str]:
    return (subject_of(row), row.predicate_id, row.object_id)


def _turns(row: Row) -> bool:
    return not row.literal and row.object_id != sssom.NO_TERM and row.predicate_id in _INVERSE


def _inverse(row: Row) -> Row:
    """Who wrote and reviewed the row said nothing of it turned about, and is left out."""
    predicate = _INVERSE[row.predicate_id]
    parts = (row.subject_category, row.object_id, predicate, row.predicate_modifier, row.subject_id)
    return sssom.Mapping.model_validate(
        {
            "record_id": _record_id(*parts),
            "subject_id": row.object_id,
            "subject_label": row.object_label,
            "subject_category": row.subject_category,
            "predicate_id": predicate,
            "predicate_modifier": row.predicate_modifier,
            "object_id": row.subject_id,
            "object_label": row.subject_label,
            "mapping_justification": INVERSION,
            "comment": f"from {row.record_id}",
        }
    )


def _record_id(*parts: str) -> str:
    """The same for the same statement, whichever rows it follows from."""
    return "urn:catalogue:mappings/derived/" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
