"""How a curator turns records back to what they said before: as new versions, never by rewriting old ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    CursorResult,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from catalogue.errors import Conflict, NotFound
from catalogue.ledger.acts import reason, require_kept, require_quiet
from catalogue.ledger.changes import ChangeLog
from catalogue.ledger.duplicates import regroup
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.history import is_valid_at
from catalogue.ledger.identities import set_identities
from catalogue.ledger.rows import ChangeKind, Facts, Restored
from catalogue.ledger.runs import APPLIED, row_of
from catalogue.ledger.staging import unpack
from catalogue.ledger.tables import Moment, Prose, change, record, run, version
from catalogue.model.run import RecordState

# What the ledger keeps beside a version's bytes, from the dataset's IRI and its statements.
ReadFacts = Callable[[str, bytes], Facts]

_BATCH: Final = 200
_WITHDRAWN: Final = str(RecordState.WITHDRAWN)


class Restoring(OnDatabase):
    """What is restored stays as it is until its provider sends other bytes. What stands already as wanted is
    left alone: a second time nothing is written.

    All raise ``BadRequest`` without a reason, ``NotFound`` for what was never there, and ``Conflict`` for a
    source that was removed or is being harvested: its run decided by what is restored meanwhile.
    """

    def restore_record(self, key: str, number: int, *, why: str, read: ReadFacts) -> Restored:
        """Publish an earlier version anew; a withdrawn record is revived by it."""
        with self._restoration(why, read) as restoration:
            wanted = select(record.c.id, record.c.source).where(record.c.key == key)
            row = restoration.connection.execute(wanted).one_or_none()
            if row is None:
                raise NotFound(f"there is no dataset {key!r}")
            require_kept(restoration.connection, row.source)
            require_quiet(restoration.connection, row.source)
            mine = (version.c.record == row.id) & (version.c.number == number)
            if restoration.connection.execute(select(version.c.id).where(mine)).one_or_none() is None:
                raise NotFound(f"there is no version {number} of {key!r}")
            restored = restoration.bring_back(select(version.c.id).where(mine))
            return restoration.closed(restored, select(record.c.id).where(record.c.id == row.id))

    def restore_source(self, source_id: str, run_id: int, *, why: str, read: ReadFacts) -> Restored:
        """Publish every record of a source as it was when a run had been applied.

        Records that came later are withdrawn for the same reason. Raises ``Conflict`` for a run that was
        never applied.
        """
        with self._restoration(why, read) as restoration:
            connection = restoration.connection
            require_kept(connection, source_id)
            require_quiet(connection, source_id)
            moment = _end_of(connection, source_id, run_id)
            mine = select(version.c.id).join(record, record.c.id == version.c.record)
            mine = mine.where(record.c.source == source_id, is_valid_at(moment))
            restored = restoration.bring_back(mine)
            withdrawn = restoration.take_away(_later(source_id, moment))
            everything = select(record.c.id).where(record.c.source == source_id)
            return restoration.closed(replace(restored, withdrawn=withdrawn), everything)

    @contextmanager
    def _restoration(self, why: str, read: ReadFacts) -> Iterator["_Restoration"]:
        said = reason(why)
        with self._database.writing() as connection:
            log = ChangeLog.lock(connection, lambda: self._database.now(connection))
            yield _Restoration(connection, log, said, read)
            self._database.announce(connection)


@dataclass(frozen=True, slots=True)
class _Restoration:
    """One transaction."""

    connection: Connection
    log: ChangeLog
    why: str
    read: ReadFacts

    def bring_back(self, versions: Select[tuple[int]]) -> Restored:
        """Publish these versions, at most one of each record, where they are not what stands."""
        present = version.alias("present")
        is_open = (present.c.record == version.c.record) & present.c.until.is_(None)
        wanted = (
            select(version.c.id, version.c.record, record.c.state, present.c.sha256 == version.c.sha256)
            .join(record, record.c.id == version.c.record)
            .outerjoin(present, is_open)
            .where(version.c.id.in_(versions))
            .order_by(version.c.id)
        )
        rows = self.connection.execute(wanted).all()
        outdated = [row for row in rows if not row[3]]
        for batch in _batches(outdated):
            self._publish([row.id for row in batch], [row.record for row in batch])
        revived = sum(row.state == _WITHDRAWN for row in outdated)
        return Restored(changed=len(outdated) - revived, revived=revived, unchanged=len(rows) - len(outdated))

    def take_away(self, records: Select[tuple[int]]) -> int:
        gone = self.connection.execute(records.order_by(record.c.id)).all()
        for batch in _batches(gone):
            ids = [row.id for row in batch]
            self.log.withdraw(select(record.c.id).where(record.c.id.in_(ids)), run=None, why=self.why)
            self.connection.execute(update(record).where(record.c.id.in_(ids)).values(restored=True))
        return len(gone)

    def closed(self, restored: Restored, touched: Select[tuple[int]]) -> Restored:
        if restored.changed or restored.revived or restored.withdrawn:
            regroup(self.log, touched, run=None)
        self.log.close()
        return restored

    def _publish(self, versions: Sequence[int], records: Sequence[int]) -> None:
        self.connection.execute(
            update(version)
            .where(version.c.record.in_(records), version.c.until.is_(None))
            .values(until=self.log.stamp)
        )
        self._insert_versions(versions)
        keys = select(record.c.key).where(record.c.id.in_(records))
        self.log.append(ChangeKind.PUT, keys, run=None)
        self._touch(records)
        self._keep_facts(versions)

    def _insert_versions(self, versions: Sequence[int]) -> CursorResult[Any]:
        """With the run that brought them: it is the one they were generated by."""
        kept = ("record", "run", "subject", "body", "sha256", "crosswalk", "aligner")
        other = version.alias("other")
        last = select(func.max(other.c.number)).where(other.c.record == version.c.record).scalar_subquery()
        rows = select(
            *(version.c[name] for name in kept),
            last + 1,
            literal(self.why, Prose),
            literal(self.log.stamp, Moment),
        ).where(version.c.id.in_(versions))
        return self.connection.execute(insert(version).from_select([*kept, "number", "why", "since"], rows))

    def _touch(self, records: Sequence[int]) -> None:
        """A record that is revived begins anew to be missed; one that is missed goes on."""
        was_withdrawn = record.c.state == _WITHDRAWN
        self.connection.execute(
            update(record)
            .where(record.c.id.in_(records))
            .values(
                missing_since=case((was_withdrawn, None), else_=record.c.missing_since),
                missed_runs=case((was_withdrawn, 0), else_=record.c.missed_runs),
                state=case((was_withdrawn, str(RecordState.LIVE)), else_=record.c.state),
                withdrawal="",
                restored=True,
                datestamp=self.log.stamp,
            )
        )

    def _keep_facts(self, versions: Sequence[int]) -> None:
        wanted = select(version.c.record, version.c.subject, version.c.body).where(version.c.id.in_(versions))
        facts = {
            row.record: self.read(row.subject, unpack(row.body)) for row in self.connection.execute(wanted)
        }
        set_identities(self.connection, {each: told.identities for each, told in facts.items()})
        shown = update(record).where(record.c.id == bindparam("number"))
        self.connection.execute(
            shown.values(title=bindparam("said"), patients=bindparam("counted")),
            [{"number": each, "said": told.title, "counted": told.patients} for each, told in facts.items()],
        )


def _end_of(connection: Connection, source_id: str, run_id: int) -> datetime:
    """A moment of the change log at which a run was the last word on its source.

    Datestamps run ahead of the clock where transactions follow one another within a second.
    """
    found = row_of(connection, run_id)
    if found.source != source_id:
        raise NotFound(f"run {run_id} is none of {source_id}, but of {found.source}")
    if found.state not in APPLIED:
        raise Conflict(f"run {run_id} was never applied: it is {found.state}")
    stamps = select(func.max(change.c.at), func.min(change.c.at)).join(run, run.c.id == change.c.run)
    of_source = stamps.where(run.c.source == source_id)
    last, _ = connection.execute(of_source.where(run.c.id <= run_id)).one()
    _, following = connection.execute(of_source.where(run.c.id > run_id)).one()
    moment: datetime = found.ended if last is None else max(last, found.ended)
    return moment if following is None else min(moment, following - timedelta(microseconds=1))


def _later(source_id: str, moment: datetime) -> Select[tuple[int]]:
    """Records that are published now and were not then."""
    then, now = version.alias("then"), version.alias("now")
    was = (then.c.since <= moment) & (then.c.until.is_(None) | (then.c.until > moment))
    return select(record.c.id).where(
        record.c.source == source_id,
        exists().where(now.c.record == record.c.id, now.c.until.is_(None)),
        ~exists().where(then.c.record == record.c.id, was),
    )


def _batches(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
