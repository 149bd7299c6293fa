"""Which mappings are known: those that come with the software, and what this instance's curators decided."""

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from threading import Lock

from catalogue.ledger import Ledger, MappingRow, MappingState
from ontologies.concepts import Axis
from ontologies.mappings import Mapping, MappingSet, load_mappings
from ontologies.mappings.subjects import place_of, subject_word


@dataclass(frozen=True, slots=True)
class KnownMapping:
    """``own`` comes with the software; ``who``, ``why``, ``at`` and ``act`` tell of this instance's decision.

    ``acts`` says whether values align by it where the scheme has its concept: an accepted row of our own
    does not where curators decided otherwise of the same word.
    """

    mapping: Mapping
    state: MappingState
    own: bool
    acts: bool
    who: str = ""
    why: str = ""
    at: datetime | None = None
    act: int = 0

    @property
    def author(self) -> str:
        """Who made it: whom the row names, else who decided here; "" where nobody is named."""
        row = self.mapping
        return ", ".join(row.author_label or row.author_id or row.creator_label or row.creator_id) or self.who

    @property
    def day(self) -> date | None:
        return self.mapping.mapping_date or (self.at.date() if self.at else None)

    @property
    def sort_key(self) -> tuple[str, str, str]:
        return self.mapping.subject_category, subject_word(self.mapping.word), self.mapping.record_id


@dataclass(frozen=True)
class KnownMappings:
    """In the order of axis, word and record id."""

    rows: tuple[KnownMapping, ...]

    @cached_property
    def by_id(self) -> MappingOf[str, KnownMapping]:
        return {one.mapping.record_id: one for one in self.rows}

    @cached_property
    def _by_concept(self) -> MappingOf[str, tuple[KnownMapping, ...]]:
        found: dict[str, list[KnownMapping]] = {}
        for one in self.rows:
            if one.acts and one.mapping.concept and one.mapping.places:
                found.setdefault(one.mapping.concept, []).append(one)
        return {code: tuple(rows) for code, rows in found.items()}

    @cached_property
    def _by_word(self) -> MappingOf[tuple[Axis, str], tuple[KnownMapping, ...]]:
        found: dict[tuple[Axis, str], list[KnownMapping]] = {}
        for one in self.rows:
            if one.acts:
                found.setdefault(place_of(one.mapping)[:2], []).append(one)
        return {place: tuple(rows) for place, rows in found.items()}

    def to_concept(self, code: str) -> tuple[KnownMapping, ...]:
        """Those that say at present that a word means this concept, or does not."""
        return self._by_concept.get(code, ())

    def of_word(self, axis: Axis, word: str) -> tuple[KnownMapping, ...]:
        """Those that say at present what a word means on an axis."""
        return self._by_word.get((axis, subject_word(word)), ())

    def found(
        self, *, axis: Axis | None = None, state: MappingState | None = None, word: str = ""
    ) -> tuple[KnownMapping, ...]:
        """``word`` is a part of the word or code."""
        part = subject_word(word)
        return tuple(
            one
            for one in self.rows
            if axis in (None, one.mapping.subject_category)
            and state in (None, one.state)
            and part in subject_word(one.mapping.word)
        )


def known_mappings(own: MappingSet, decided: Iterable[MappingRow]) -> KnownMappings:
    """A decision on a row of our own takes its place."""
    rows = tuple(decided)
    record_ids = {row.mapping.record_id for row in rows}
    accepted = (row.mapping for row in rows if row.state is MappingState.ACCEPTED)
    decided_words = {place_of(row) for row in accepted if not row.negative}
    kept = (each for each in own.mappings if each.record_id not in record_ids)
    ours = (
        KnownMapping(each, MappingState.ACCEPTED, True, place_of(each) not in decided_words) for each in kept
    )
    own_ids = {each.record_id for each in own.mappings}
    theirs = (_decided(row, own=row.mapping.record_id in own_ids) for row in rows)
    return KnownMappings(tuple(sorted((*ours, *theirs), key=lambda one: one.sort_key)))


class MappingsReader:
    """Reads them anew after each act; may be shared by threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._own = load_mappings()
        self._lock = Lock()
        self._read: tuple[int, KnownMappings] | None = None

    def known(self) -> KnownMappings:
        with self._lock:
            act = self._ledger.last_act()
            if self._read is None or self._read[0] != act:
                # What is decided between the two is read once more next time.
                self._read = act, known_mappings(self._own, self._ledger.mapping_rows())
            return self._read[1]


def _decided(row: MappingRow, *, own: bool) -> KnownMapping:
    acts = row.state is MappingState.ACCEPTED
    return KnownMapping(row.mapping, row.state, own, acts, row.who, row.why, row.at, row.act)
