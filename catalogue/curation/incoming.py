"""What taking a set of mappings in would change, and what speaks against it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalogue.ledger import Decision, MappingState
from catalogue.publishing.mappings import KnownMapping, KnownMappings
from ontologies.concepts import Axis, ConceptScheme
from ontologies.conflicts import Conflict, find_conflicts
from ontologies.mappings import Mapping
from ontologies.mappings.subjects import place_of


@dataclass(frozen=True, slots=True)
class Turned:
    """A row that is known and would be another one, or in another state."""

    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A row in force that says otherwise of a word, and would act no more."""

    row: Mapping
    by: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """``conflicts`` are those that the incoming rows take part in, together with all that is in force."""

    new: tuple[Decision, ...]
    changed: tuple[Turned, ...]
    same: int
    contradicted: tuple[Contradicted, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return (*self.new, *(one.after for one in self.changed))

    @property
    def serious(self) -> int:
        return sum(one.serious for one in self.conflicts)


def compared(wanted: Sequence[Decision], known: KnownMappings, scheme: ConceptScheme) -> Incoming:
    """Proposed rows act on nothing yet: their conflicts are those they would have once they are accepted."""
    pairs = [(one, known.by_id.get(one.mapping.record_id)) for one in wanted]
    before = [(one, Decision(found.mapping, found.state) if found else None) for one, found in pairs]
    changed = tuple(Turned(found, one) for one, found in before if found is not None and found != one)
    decided = (*(one for one, found in before if found is None), *(one.after for one in changed))
    coming = [one.mapping for one in decided if one.state is not MappingState.REJECTED]
    accepted = [one.mapping for one in decided if one.state is MappingState.ACCEPTED]
    return Incoming(
        new=tuple(one for one, found in before if found is None),
        changed=changed,
        same=len(before) - len(decided),
        contradicted=tuple(_contradicted(accepted, known)),
        conflicts=tuple(_conflicts(coming, {one.mapping.record_id for one in decided}, known, scheme)),
    )


def in_force(known: KnownMappings) -> tuple[Mapping, ...]:
    return tuple(one.mapping for one in known.rows if one.acts)


def _contradicted(accepted: Iterable[Mapping], known: KnownMappings) -> Iterator[Contradicted]:
    by_place: dict[tuple[Axis, str, str], list[Mapping]] = {}
    for row in accepted:
        by_place.setdefault(place_of(row), []).append(row)
    for (axis, word, source), rows in by_place.items():
        said, coming = {_says(row) for row in rows}, {row.record_id for row in rows}
        for one in known.of_word(axis, word):
            if one.mapping.subject_source == source and _contradicts(one, said, coming):
                yield Contradicted(one.mapping, rows[0].record_id)


def _contradicts(one: KnownMapping, said: set[tuple[str, str, str]], coming: set[str]) -> bool:
    return one.mapping.record_id not in coming and _says(one.mapping) not in said


def _conflicts(
    coming: Sequence[Mapping], decided: set[str], known: KnownMappings, scheme: ConceptScheme
) -> Iterator[Conflict]:
    """Of the rows that would hold afterwards; those of our own step back where the word is decided here."""
    places = {place_of(row) for row in coming}
    kept = (
        one.mapping
        for one in known.rows
        if one.acts
        and one.mapping.record_id not in decided
        and not (one.own and one.act == 0 and place_of(one.mapping) in places)
    )
    ids = {row.record_id for row in coming}
    for conflict in find_conflicts((*kept, *coming), scheme):
        if ids.intersection(conflict.rows):
            yield conflict


def _says(row: Mapping) -> tuple[str, str, str]:
    return row.object_id, row.predicate_id, row.predicate_modifier
