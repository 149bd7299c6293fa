"""How a run becomes the truth: one short transaction moves what it staged, or holds it for a curator."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, false, func, select, union_all

from catalogue.errors import Conflict
from catalogue.ledger.acts import reason
from catalogue.ledger.application import Application
from catalogue.ledger.changes import ChangeLog
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.holding import FIRST_OF_ALL
from catalogue.ledger.jobs import REPROCESS, put_job
from catalogue.ledger.leases import require_lease
from catalogue.ledger.named import Named
from catalogue.ledger.reapplication import Reapplication
from catalogue.ledger.rows import Lease, MissingRecord
from catalogue.ledger.runs import (
    APPLIED,
    end_held,
    finish,
    forget_staged,
    is_harvest,
    read_run,
    require_held,
    require_under_way,
    row_of,
)
from catalogue.ledger.tables import record, run, source
from catalogue.model.run import Run, RunCounts, RunMode, RunState, WithdrawalPolicy


class Applying(OnDatabase):
    def apply_run(
        self,
        run_id: int,
        *,
        policy: WithdrawalPolicy | None = None,
        now: datetime | None = None,
        lease: Lease | None = None,
    ) -> RunCounts:
        """End a run under way by applying what it staged, or hold it for what it would take away.

        What its listing proved was noted before (``note_listing``), or it raises ``Conflict``. The counts of
        a run that is held say what approving it would do; what it staged is kept. With ``lease`` the
        transaction is fenced: it raises ``LeaseLost`` and leaves nothing if another process took the work
        over. Without ``now`` the time is read under the lock. A run of the source that is still held is
        superseded by a later whole list; by anything less it is not, and then nothing is applied: it was
        compared with the records as they are. Records that were made anew are applied beside it, and never
        held: nothing can be taken away by them.
        """
        with self._writing(now, lease) as log:
            found = require_under_way(log.connection, run_id)
            if found.mode is RunMode.REPROCESS:
                return self._apply_made_anew(log, found)
            application = _application(log, found, policy or WithdrawalPolicy())
            if waiting := _waits_behind(log.connection, found):
                return _end_unapplied(log, found, waiting)
            reason = _first_of_all(log.connection, found.source) or application.hold_reason()
            end_held(log.connection, found.source, cause=f"superseded by run {found.id}", now=log.now)
            if reason:
                counts = application.counts_if_approved()
                finish(log.connection, run_id, RunState.HELD, reason, counts, now=log.now)
            else:
                counts = application.apply()
                _end(log, found, counts, application.listing.incomplete_because)
            self._database.announce(log.connection)
            return counts

    def _apply_made_anew(self, log: ChangeLog, found: Run) -> RunCounts:
        application = _application(log, found, WithdrawalPolicy())
        counts = application.apply()
        waiting = _held_run(log.connection, found.source)
        message = f"run {waiting} waits for a curator; once approved, what it brings is made anew too"
        _end(log, found, counts, message if waiting else "")
        self._database.announce(log.connection)
        return counts

    def approve_run(self, run_id: int, why: str, *, lease: Lease | None = None) -> RunCounts:
        """Apply a run that is held, with all that it takes away; raises ``Conflict`` for any other.

        Where the source's records were made anew while it waited, a job is put that makes them anew once
        more: what it staged was made by the rules of its day.
        """
        with self._writing(None, lease) as log:
            found = require_held(log.connection, run_id)
            application = _application(log, found, WithdrawalPolicy(), approved=True)
            counts = application.apply()
            _end(log, found, counts, f"approved: {reason(why)}")
            if _made_anew_since(log.connection, found):
                put_job(log.connection, REPROCESS, found.source, now=log.now)
            self._database.announce(log.connection)
            return counts

    def missing(self, run_id: int, *, offset: int = 0, limit: int = 100) -> tuple[MissingRecord, ...]:
        """What approving a run that is held would withdraw, most patients first."""
        columns = (record.c.key, record.c.identifier, record.c.title, record.c.patients)
        with self._database.reading() as connection:
            going = self._going(connection, run_id, *columns).subquery()
            wanted = select(going).order_by(
                func.coalesce(going.c.patients, -1).desc(), going.c.title, going.c.identifier
            )
            rows = connection.execute(wanted.offset(offset).limit(limit))
            return tuple(MissingRecord(row.key, row.identifier, row.title, row.patients) for row in rows)

    def count_missing(self, run_id: int) -> tuple[int, int]:
        """How many records that are, and how many patients they state together."""
        with self._database.reading() as connection:
            going = self._going(connection, run_id, record.c.key, record.c.patients).subquery()
            wanted = select(func.count(), func.coalesce(func.sum(going.c.patients), 0))
            records, patients = connection.execute(wanted.select_from(going)).one()
            return int(records), int(patients)

    def _going(
        self, connection: Connection, run_id: int, *columns: ColumnElement[Any]
    ) -> Select[Any] | CompoundSelect[Any]:
        found = read_run(row_of(connection, run_id))
        named = Named(run_id, found.source)
        if found.state is not RunState.HELD:
            return named.deleted(*columns).where(false())
        if found.listing is None or not found.listing.proves_absence:
            return named.deleted(*columns)
        return union_all(named.deleted(*columns), named.absent(*columns))

    @contextmanager
    def _writing(self, now: datetime | None, lease: Lease | None) -> Iterator[ChangeLog]:
        with self._database.writing() as connection:
            log = ChangeLog.lock(connection, lambda: now or self._database.now(connection))
            if lease is not None:
                require_lease(connection, lease)
            yield log


def _application(
    log: ChangeLog, found: Run, policy: WithdrawalPolicy, *, approved: bool = False
) -> Application:
    removed = select(source.c.removed).where(source.c.id == found.source)
    if log.connection.execute(removed).scalar_one() is not None:
        raise Conflict(f"run {found.id} belongs to {found.source!r}, a source that was removed")
    if found.listing is None:
        raise Conflict(f"run {found.id} has not read its source's list to the end")
    named = Named(found.id, found.source)
    applies = Reapplication if found.mode is RunMode.REPROCESS else Application
    return applies(
        log.connection, log, found.id, found.source, named, found.listing, policy, approved=approved
    )


def _waits_behind(connection: Connection, found: Run) -> int | None:
    """The run that is held and that this one, being no whole list, cannot supersede."""
    if found.mode is RunMode.FULL and found.listing is not None and found.listing.complete:
        return None
    return _held_run(connection, found.source)


def _held_run(connection: Connection, source_id: str) -> int | None:
    held = select(run.c.id).where(run.c.source == source_id, run.c.state == str(RunState.HELD))
    number: int | None = connection.execute(held.limit(1)).scalar_one_or_none()
    return number


def _end_unapplied(log: ChangeLog, found: Run, waiting: int) -> RunCounts:
    because = found.listing.incomplete_because if found.listing else ""
    message = "; ".join(filter(None, (because, f"run {waiting} waits for a curator: nothing was applied")))
    forget_staged(log.connection, found.id)
    finish(log.connection, found.id, RunState.INCOMPLETE, message, None, now=log.now)
    return RunCounts()


def _first_of_all(connection: Connection, source_id: str) -> str:
    """Why the first run of a source waits, "" where it need not or is not the first that comes through."""
    wanted = select(source.c.hold_first).where(source.c.id == source_id)
    if not connection.execute(wanted).scalar_one():
        return ""
    added = select(source.c.added).where(source.c.id == source_id).scalar_subquery()
    applied = select(run.c.id).where(
        run.c.source == source_id, run.c.state.in_(APPLIED), run.c.started >= added, is_harvest()
    )
    if connection.execute(applied.limit(1)).one_or_none() is not None:
        return ""
    return FIRST_OF_ALL


def _made_anew_since(connection: Connection, held: Run) -> bool:
    wanted = select(run.c.id).where(
        run.c.source == held.source, ~is_harvest(), run.c.state.in_(APPLIED), run.c.ended >= held.ended
    )
    return connection.execute(wanted.limit(1)).one_or_none() is not None


def _end(log: ChangeLog, found: Run, counts: RunCounts, message: str) -> None:
    complete = found.listing is not None and found.listing.complete
    finish(log.connection, found.id, _end_state(counts, complete=complete), message, counts, now=log.now)


def _end_state(counts: RunCounts, *, complete: bool) -> RunState:
    if not complete:
        return RunState.INCOMPLETE
    if counts.rejected:
        return RunState.PARTIAL
    return RunState.DONE if counts.changes or counts.unseen else RunState.UNCHANGED
