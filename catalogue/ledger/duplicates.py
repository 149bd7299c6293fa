"""Which records of different sources are one dataset, and which of them represents it.

An identity binds when records of several sources that are shown hold it; all its holders are one group then,
and groups that share a record are one. Two records of one source are not bound by what only they hold: a
provider that cites one paper in all its datasets still offers as many datasets.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import CompoundSelect, Connection, Select, case, delete, func, insert, select, union

from catalogue.errors import BadRequest
from catalogue.ledger.changes import ChangeLog
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import SHOWN_STATES, ChangeKind, Offer
from catalogue.ledger.tables import identity, member, record, source, version

_BATCH: Final = 5000
_T = TypeVar("_T")
RecordIds = Select[tuple[int]] | CompoundSelect[tuple[int]]


class Duplicates(OnDatabase):
    def offers(self, keys: Iterable[str]) -> Mapping[str, tuple[Offer, ...]]:
        """For each key the other records of its group, the representative first, then by first coming."""
        found: dict[str, list[Offer]] = {key: [] for key in keys}
        with self._database.reading() as connection:
            for batch in _batches(found):
                for row in connection.execute(_others().where(record.c.key.in_(batch))):
                    found[row.asked].append(Offer(row.key, row.source))
        return {key: tuple(offers) for key, offers in found.items()}


def rank_of(options: Mapping[str, str]) -> int:
    """A source's place among those that offer the same dataset: the lowest represents it."""
    told = options.get("rank", "0")
    try:
        return int(told)
    except ValueError as error:
        raise BadRequest(f"the rank {told!r} is no whole number", parameter="rank") from error


def regroup(log: ChangeLog, touched: RecordIds, *, run: int | None) -> None:
    """Judge anew the groups of records that are shown no more and of those that the query gives.

    These are all whose identities, appearance or rank may have changed. Each shown record whose group or
    representative is another than before gets a line in the change log, unless this transaction gave it a
    version and a line anyway. Where nothing changes nothing is written.
    """
    connection = log.connection
    before = _groups(connection, _touched_representatives(touched))
    binding = _binding_values(connection, touched)
    after = _unite(_bonds(connection, records=_records(before), values=binding))
    for batch in _batches(_records(after)):
        before |= _groups(connection, _representatives(batch))
    gone, come = before - after, after - before
    _write(connection, gone, come)
    regrouped = _records(gone | come)
    for batch in _batches(sorted(regrouped - _told(connection, run) if regrouped else ())):
        log.append(ChangeKind.PUT, _shown_keys(batch), run=run)


class _Holder(NamedTuple):
    """A record that holds an identity; of several the least represents them."""

    rank: int
    record: int
    source: str


@dataclass(frozen=True, slots=True)
class _Group:
    representative: int
    records: frozenset[int]


def _others() -> Select[tuple[str, str, str]]:
    other, theirs = record.alias("other"), member.alias("theirs")
    represents = case((theirs.c.record == theirs.c.representative, 0), else_=1)
    same = (theirs.c.representative == member.c.representative) & (theirs.c.record != member.c.record)
    return (
        select(record.c.key.label("asked"), other.c.key, other.c.source)
        .join(member, member.c.record == record.c.id)
        .join(theirs, same)
        .join(other, other.c.id == theirs.c.record)
        .order_by(represents, other.c.id)
    )


def _touched_representatives(touched: RecordIds) -> CompoundSelect[tuple[int]]:
    hidden = record.c.state.not_in(SHOWN_STATES)
    return union(
        _representatives(touched),
        select(member.c.representative).join(record, record.c.id == member.c.record).where(hidden),
    )


def _representatives(records: RecordIds | Sequence[int]) -> Select[tuple[int]]:
    return select(member.c.representative).where(member.c.record.in_(records))


def _groups(connection: Connection, representatives: RecordIds) -> set[_Group]:
    """The groups as they are kept."""
    records = defaultdict(set)
    for row in connection.execute(select(member).where(member.c.representative.in_(representatives))):
        records[row.representative].add(row.record)
    return {_Group(representative, frozenset(found)) for representative, found in records.items()}


def _records(groups: Iterable[_Group]) -> set[int]:
    return {each for group in groups for each in group.records}


def _binding_values(connection: Connection, touched: RecordIds) -> set[str]:
    """Those that the records hold; told by the database, for nearly all identities of a run bind nothing."""
    held = select(identity.c.value).where(identity.c.record.in_(touched))
    wanted = (
        select(identity.c.value)
        .join(record, record.c.id == identity.c.record)
        .where(identity.c.value.in_(held), record.c.state.in_(SHOWN_STATES))
        .group_by(identity.c.value)
        .having(func.min(record.c.source) != func.max(record.c.source))
    )
    return set(connection.execute(wanted).scalars())


def _bonds(
    connection: Connection, *, records: Collection[int], values: Collection[str]
) -> Iterator[Sequence[_Holder]]:
    """The holders of each binding identity that can be reached from these records and identities."""
    asked_records, asked_values = set(records), set(values)
    ranks = _ranks(connection) if records or values else {}
    new_records, new_values = set(records), set(values)
    while new_records or new_values:
        new_values |= _values(connection, new_records) - asked_values
        asked_values |= new_values
        bonds = [each for each in _holders(connection, new_values, ranks) if _binds(each)]
        yield from bonds
        new_records = {holder.record for each in bonds for holder in each} - asked_records
        asked_records |= new_records
        new_values = set()


def _ranks(connection: Connection) -> Mapping[str, int]:
    return {row.id: rank_of(row.options) for row in connection.execute(select(source.c.id, source.c.options))}


def _values(connection: Connection, records: Iterable[int]) -> set[str]:
    found: set[str] = set()
    for batch in _batches(records):
        wanted = select(identity.c.value).where(identity.c.record.in_(batch))
        found.update(connection.execute(wanted).scalars())
    return found


def _holders(
    connection: Connection, values: Iterable[str], ranks: Mapping[str, int]
) -> Iterator[Sequence[_Holder]]:
    """The shown records with each of these identities."""
    shown = (
        select(identity.c.value, record.c.id, record.c.source)
        .join(record, record.c.id == identity.c.record)
        .where(record.c.state.in_(SHOWN_STATES))
    )
    for batch in _batches(values):
        found = defaultdict(list)
        for row in connection.execute(shown.where(identity.c.value.in_(batch))):
            found[row.value].append(_Holder(ranks[row.source], row.id, row.source))
        yield from found.values()


def _binds(holders: Sequence[_Holder]) -> bool:
    return any(holder.source != holders[0].source for holder in holders)


def _unite(bonds: Iterable[Sequence[_Holder]]) -> set[_Group]:
    """Groups that share a record become one; each holder leads to a lesser one, and so to the least."""
    lesser: dict[_Holder, _Holder] = {}
    for holders in bonds:
        least = min(_least(lesser, holder) for holder in holders)
        for holder in holders:
            lesser[_least(lesser, holder)] = least
    records = defaultdict(set)
    for holder in lesser:
        records[_least(lesser, holder).record].add(holder.record)
    return {_Group(representative, frozenset(found)) for representative, found in records.items()}


def _least(lesser: dict[_Holder, _Holder], holder: _Holder) -> _Holder:
    while (least := lesser.setdefault(holder, holder)) != holder:
        lesser[holder] = lesser[least]  # shortens the way for the next
        holder = least
    return holder


def _write(connection: Connection, gone: set[_Group], come: set[_Group]) -> None:
    for batch in _batches(group.representative for group in gone):
        connection.execute(delete(member).where(member.c.representative.in_(batch)))
    rows = [
        {"record": each, "representative": group.representative} for group in come for each in group.records
    ]
    if rows:
        connection.execute(insert(member), rows)


def _told(connection: Connection, run: int | None) -> set[int]:
    """The records that have their line by a version of this run."""
    return set(connection.execute(select(version.c.record).where(version.c.run == run)).scalars())


def _shown_keys(records: Sequence[int]) -> Select[tuple[str]]:
    return select(record.c.key).where(record.c.id.in_(records), record.c.state.in_(SHOWN_STATES))


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        yield batch
