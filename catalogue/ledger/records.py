"""What the records say at present: as published, as received."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, case, func, select, union

from catalogue.errors import NotFound
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import SHOWN_STATES, Published, Received
from catalogue.ledger.staging import unpack
from catalogue.ledger.tables import alias, identity, member, received, record, version
from catalogue.model.run import RecordState

_BATCH: Final = 500


class Records(OnDatabase):
    def published(self, key: str) -> Published:
        """Withdrawn records too, with their last version; ``NotFound`` for what was never published."""
        with self._database.reading() as connection:
            row = connection.execute(_with_versions().where(record.c.key == key, _is_newest())).one_or_none()
        if row is None:
            raise NotFound(f"there is no dataset {key!r}")
        return _read(row)

    def published_many(self, keys: Iterable[str]) -> tuple[Published, ...]:
        """Those of the keys that are shown at present, in no order."""
        wanted = list(dict.fromkeys(keys))
        found: list[Published] = []
        with self._database.reading() as connection:
            for start in range(0, len(wanted), _BATCH):
                chosen = _shown().where(record.c.key.in_(wanted[start : start + _BATCH]))
                found += [_read(row) for row in connection.execute(chosen)]
        return tuple(found)

    def iterate_published(self, batch: int = _BATCH) -> Iterator[Published]:
        """All that is shown, in the order of their coming, in constant memory and without a long transaction.

        Who needs a state of one moment reads ``last_change`` first, then follows the changes from there.
        """
        last = 0
        while True:
            wanted = _shown().where(record.c.id > last).order_by(record.c.id).limit(batch)
            with self._database.reading() as connection:
                rows = connection.execute(wanted).all()
            if not rows:
                return
            yield from (_read(row) for row in rows)
            last = rows[-1].id

    def count_live(self) -> int:
        """How many are shown: duplicates and those not seen lately too, the withdrawn and quarantined not."""
        wanted = select(func.count()).select_from(record).where(record.c.state.in_(SHOWN_STATES))
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def count_distinct(self) -> int:
        """The same with each group of duplicates counted once."""
        shown = select(func.count()).select_from(record.outerjoin(member, _is_duplicate()))
        wanted = shown.where(record.c.state.in_(SHOWN_STATES), member.c.record.is_(None))
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def count_by_source(self) -> Mapping[str, int]:
        """The same by source; sources that show nothing are missing."""
        wanted = select(record.c.source, func.count()).where(record.c.state.in_(SHOWN_STATES))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.group_by(record.c.source)).all()
        return {row[0]: row[1] for row in rows}

    def has_unseen(self, source_id: str) -> bool:
        """Whether a record of a source was missing from its last list and may have to go."""
        unseen = (record.c.source == source_id) & (record.c.state == str(RecordState.UNSEEN))
        with self._database.reading() as connection:
            found = connection.execute(select(record.c.id).where(unseen).limit(1))
            return found.one_or_none() is not None

    def keys(self) -> frozenset[str]:
        """All that were ever given to a record, whatever became of it."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(record.c.key)).scalars())

    def resolve(self, identifier: str) -> tuple[str, ...]:
        """The keys of the records that have this key, this identity or this identifier, also a former one.

        Shown ones come first; of these the one with this very key, then representatives before duplicates.
        """
        named = union(
            select(record.c.id).where((record.c.key == identifier) | (record.c.identifier == identifier)),
            select(identity.c.record).where(identity.c.value == identifier),
            _meant_by(identifier),
        )
        order = (record.c.state.in_(SHOWN_STATES), record.c.key == identifier, member.c.record.is_(None))
        wanted = (
            select(record.c.key)
            .select_from(record.outerjoin(member, _is_duplicate()))
            .where(record.c.id.in_(named))
            .order_by(*(case((first, 0), else_=1) for first in order), record.c.id)
        )
        with self._database.reading() as connection:
            return tuple(connection.execute(wanted).scalars())

    def received(self, key: str) -> Received:
        """The provider's newest bytes, accepted or not."""
        wanted = (
            select(record.c.key, record.c.source, record.c.identifier, received)
            .join(received, received.c.record == record.c.id)
            .where(record.c.key == key, received.c.until.is_(None))
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound(f"there is no dataset {key!r}")
        body = unpack(row.body)
        return Received(
            row.key, row.source, row.identifier, body, row.sha256, row.media_type, row.crosswalk, row.since
        )


def _shown() -> Select[tuple[Any, ...]]:
    """What is shown has an open version, which is cheaper to find in a large ledger than the newest one."""
    return _with_versions().where(record.c.state.in_(SHOWN_STATES), version.c.until.is_(None))


def _with_versions() -> Select[tuple[Any, ...]]:
    wanted = (version.c.number, version.c.run, version.c.subject, version.c.body, version.c.sha256)
    made_with = version.c.crosswalk.label("made_with")
    chosen = select(record, *wanted, made_with, _representative().label("duplicate_of"))
    return chosen.join(version, version.c.record == record.c.id)


def _is_newest() -> ColumnElement[bool]:
    other = version.alias("other")
    newest = select(func.max(other.c.number)).where(other.c.record == record.c.id).scalar_subquery()
    return version.c.number == newest


def _representative() -> ScalarSelect[str]:
    """Looked up for each row; joined, PostgreSQL would read the whole table for each batch."""
    represents = record.alias("represents")
    found = select(represents.c.key).join(member, member.c.representative == represents.c.id)
    return found.where(_is_duplicate()).correlate(record).scalar_subquery()


def _meant_by(given: str) -> Select[tuple[int]]:
    """The records that a source gives under this alias."""
    meant = (alias.c.source == record.c.source) & (alias.c.identifier == record.c.identifier)
    return select(record.c.id).join(alias, meant).where(alias.c.given == given)


def _is_duplicate() -> ColumnElement[bool]:
    return (member.c.record == record.c.id) & (member.c.representative != record.c.id)


def _read(row: Row[tuple[Any, ...]]) -> Published:
    return Published(
        key=row.key,
        source=row.source,
        identifier=row.identifier,
        subject=row.subject,
        state=RecordState.DUPLICATE if row.duplicate_of else RecordState(row.state),
        triples=unpack(row.body),
        sha256=row.sha256,
        datestamp=row.datestamp,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        version=row.number,
        run=row.run,
        duplicate_of=row.duplicate_of or "",
        crosswalk=row.made_with,
    )
