"""What was shown at one moment: lists in which nothing changes while somebody reads them page by page.

A snapshot is the number of the last change that it holds. Versions say from when until when they were shown;
who represents a group of duplicates is asked of the present, for groups keep no history.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, select

from catalogue.errors import BadRequest
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.staging import unpack
from catalogue.ledger.tables import Moment, change, counter, member, record, version

# What was withdrawn meanwhile is not to be read for ever.
KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``moment`` is the datestamp of its last change, None before anything was published."""

    number: int
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset as it was published at the moment of a snapshot."""

    key: str
    subject: str
    triples: bytes


class Snapshots(OnDatabase):
    def snapshot(self, number: int | None = None) -> Snapshot:
        """The present one, or an earlier one by its number; raises ``BadRequest`` for what is not kept."""
        with self._database.reading() as connection:
            last = int(connection.execute(select(counter.c.last_change)).scalar_one())
            wanted = last if number is None else number
            if not 0 <= wanted <= last:
                raise BadRequest(f"there is no snapshot {wanted}", parameter="snapshot")
            outdated = _moment_of(connection, wanted + 1)
            if outdated is not None and self._database.now(connection) - outdated > KEPT:
                raise BadRequest(
                    f"the list has changed since snapshot {wanted}, and an old list is kept for a day; "
                    "begin again at its first page",
                    parameter="snapshot",
                )
            return Snapshot(wanted, _moment_of(connection, wanted))

    def count_at(self, snapshot: Snapshot) -> int:
        """How many datasets were shown, each group of duplicates counted once."""
        with self._database.reading() as connection:
            shown = select(func.count()).select_from(_shown_at(snapshot).subquery())
            return int(connection.execute(shown).scalar_one())

    def page_at(self, snapshot: Snapshot, *, offset: int, limit: int) -> tuple[Listed, ...]:
        """Some of these datasets, in the order of their first coming."""
        chosen = _shown_at(snapshot).order_by(version.c.record).offset(offset).limit(limit)
        with self._database.reading() as connection:
            records = connection.execute(chosen).scalars().all()
            wanted = (
                select(record.c.key, version.c.subject, version.c.body)
                .join(version, version.c.record == record.c.id)
                .where(record.c.id.in_(records), _is_valid_at(snapshot))
            )
            rows = connection.execute(wanted.order_by(record.c.id)).all()
        return tuple(Listed(row.key, row.subject, unpack(row.body)) for row in rows)


def _moment_of(connection: Connection, number: int) -> datetime | None:
    wanted = select(change.c.at).where(change.c.number == number)
    found: datetime | None = connection.execute(wanted).scalar_one_or_none()
    return found


def _shown_at(snapshot: Snapshot) -> Select[tuple[int]]:
    represented = exists().where(
        member.c.record == version.c.record, member.c.representative != member.c.record
    )
    return select(version.c.record).where(_is_valid_at(snapshot), ~represented)


def _is_valid_at(snapshot: Snapshot) -> ColumnElement[bool]:
    """All changes of one transaction have one moment, which no other transaction has."""
    moment = literal(snapshot.moment, Moment)
    return (version.c.since <= moment) & (version.c.until.is_(None) | (version.c.until > moment))
