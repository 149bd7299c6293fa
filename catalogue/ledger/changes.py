"""In which order published records changed, and how far each follower has read.

Numbers are given under one lock that is held to the commit: whoever sees a number sees all smaller ones.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, Select, func, insert, literal, select, update

from catalogue.ledger.engine import Clock, OnDatabase
from catalogue.ledger.rows import Change, ChangeKind
from catalogue.ledger.tables import NUMBER, Moment, change, counter, record, version, watermark
from catalogue.model.run import RecordState


class Changes(OnDatabase):
    def changes_after(self, number: int, limit: int) -> tuple[Change, ...]:
        """In order, without a gap that a later commit could fill."""
        wanted = select(change).where(change.c.number > number).order_by(change.c.number).limit(limit)
        with self._database.reading() as connection:
            return tuple(
                Change(row.number, row.key, ChangeKind(row.kind), row.run, row.at)
                for row in connection.execute(wanted)
            )

    def last_change(self) -> int:
        with self._database.reading() as connection:
            return int(connection.execute(select(counter.c.last_change)).scalar_one())

    def last_datestamp(self) -> datetime | None:
        """The newest datestamp given; no later change will carry it or an older one."""
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(select(counter.c.last_datestamp)).scalar_one()
            return found

    def watermark(self, follower: str) -> int:
        """The number of the last change the follower has taken in, 0 for one that has read nothing."""
        wanted = select(watermark.c.number).where(watermark.c.follower == follower)
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one_or_none() or 0)

    def set_watermark(self, follower: str, number: int) -> None:
        with self._database.writing() as connection:
            moved = connection.execute(
                update(watermark).where(watermark.c.follower == follower).values(number=number)
            )
            if not moved.rowcount:
                connection.execute(insert(watermark).values(follower=follower, number=number))


@dataclass(slots=True)
class ChangeLog:
    """The open end of the change log, locked by the transaction that holds it.

    ``now`` was read under the lock; ``stamp`` is the datestamp of everything that this transaction changes:
    whole seconds, later than any before.
    """

    connection: Connection
    now: datetime
    stamp: datetime
    _last: int
    _first: int

    @classmethod
    def lock(cls, connection: Connection, clock: Clock) -> Self:
        """Wait for the lock (SQLite: held already by the writing transaction)."""
        lock_ledger(connection)
        now = clock()
        last, newest = connection.execute(select(counter.c.last_change, counter.c.last_datestamp)).one()
        stamp = now.replace(microsecond=0)
        if newest is not None:
            stamp = max(stamp, newest + timedelta(seconds=1))
        return cls(connection, now, stamp, last, last)

    @property
    def written(self) -> int:
        return self._last - self._first

    def append(self, kind: ChangeKind, keys: Select[tuple[str]], *, run: int | None) -> None:
        """One line for each key that the query gives, which must name its column ``key``."""
        chosen = keys.subquery()
        number = literal(self._last, NUMBER) + func.row_number().over(order_by=chosen.c.key)
        lines = select(
            number, chosen.c.key, literal(str(kind)), literal(run, NUMBER), literal(self.stamp, Moment)
        )
        columns = ["number", "key", "kind", "run", "at"]
        self.connection.execute(insert(change).from_select(columns, lines))
        self._last = self.connection.execute(select(func.coalesce(func.max(change.c.number), 0))).scalar_one()

    def withdraw(self, chosen: Select[tuple[int]], *, run: int | None, why: str = "") -> int:
        """End the published versions of the records whose numbers the query gives; gives how many ended.

        The query is asked three times and must give the same records until their state is moved. Their groups
        of duplicates are to be judged anew afterwards (``duplicates.regroup``).
        """
        before = self._last
        shown = select(record.c.key).join(version, version.c.record == record.c.id)
        self.append(ChangeKind.DROP, shown.where(version.c.until.is_(None), record.c.id.in_(chosen)), run=run)
        self.connection.execute(
            update(version)
            .where(version.c.until.is_(None), version.c.record.in_(chosen))
            .values(until=self.stamp)
        )
        self.connection.execute(
            update(record)
            .where(record.c.id.in_(chosen))
            .values(state=str(RecordState.WITHDRAWN), datestamp=self.stamp, withdrawal=why, restored=False)
        )
        return self._last - before

    def close(self) -> None:
        """Keep the last number and datestamp; a transaction that changed nothing uses up neither."""
        if self.written:
            self.connection.execute(update(counter).values(last_change=self._last, last_datestamp=self.stamp))


def lock_ledger(connection: Connection) -> None:
    """One writer at a time from here to the commit: the counter's row in PostgreSQL, SQLite's write lock."""
    connection.execute(select(counter.c.id).with_for_update())
