"""What each harvest did, step by step, and what it found."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, insert, select, update

from catalogue.errors import Conflict, LeaseLost, NotFound
from catalogue.ledger.acts import reason
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import Rejection, Transition
from catalogue.ledger.tables import (
    finding,
    mention,
    rejection,
    run,
    source,
    staged,
    staged_identity,
    transition,
)
from catalogue.model.run import WHOLE, ListingFacts, Run, RunCounts, RunMode, RunState
from harvesters.findings import Finding, Severity

APPLIED: Final = tuple(
    str(state) for state in (RunState.DONE, RunState.UNCHANGED, RunState.PARTIAL, RunState.INCOMPLETE)
)
WHOLE_STATES: Final = tuple(sorted(str(state) for state in WHOLE))
_UNDER_WAY: Final = tuple(str(state) for state in RunState if not state.ended)
_REPROCESS: Final = str(RunMode.REPROCESS)
_COUNTS: Final = tuple(field.name for field in fields(RunCounts))


class Runs(OnDatabase):
    def start_run(self, source_id: str, job: int | None = None, *, mode: RunMode = RunMode.FULL) -> Run:
        """Raises ``NotFound`` for a source that was never added or is removed."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            wanted = select(source.c.id).where(source.c.id == source_id, source.c.removed.is_(None))
            if connection.execute(wanted).one_or_none() is None:
                raise NotFound(f"there is no source {source_id!r}")
            values = {"source": source_id, "job": job, "state": str(RunState.QUEUED), "started": now}
            values["mode"] = str(mode)
            made = connection.execute(
                insert(run).values(**values, message="", **asdict(RunCounts())).returning(run)
            ).one()
            _write_transition(connection, made.id, RunState.QUEUED, "started", now)
            return read_run(made)

    def move_run(self, run_id: int, state: RunState, cause: str, *, attempt: int | None = None) -> None:
        """Raises ``Conflict`` once the run has ended, ``LeaseLost`` once another worker took it up."""
        with self._database.writing() as connection:
            require_under_way(connection, run_id, attempt)
            connection.execute(update(run).where(run.c.id == run_id).values(state=str(state)))
            _write_transition(connection, run_id, state, cause, self._database.now(connection))

    def end_run(
        self,
        run_id: int,
        state: RunState,
        message: str,
        counts: RunCounts | None = None,
        *,
        attempt: int | None = None,
    ) -> Run:
        """End a run without applying it. What it staged is kept only for a run that is held."""
        with self._database.writing() as connection:
            require_under_way(connection, run_id, attempt)
            if state is not RunState.HELD:
                forget_staged(connection, run_id)
            return finish(connection, run_id, state, message, counts, now=self._database.now(connection))

    def note_listing(
        self,
        run_id: int,
        facts: ListingFacts,
        *,
        retry_after: float | None = None,
        attempt: int | None = None,
    ) -> None:
        """What the source's list proved; a run cannot be applied before it is known.

        ``retry_after`` are the seconds that the provider asked us to wait where the list broke off.
        """
        with self._database.writing() as connection:
            require_under_way(connection, run_id, attempt)
            if retry_after is not None:
                wait = self._database.now(connection) + timedelta(seconds=retry_after)
                connection.execute(update(run).where(run.c.id == run_id).values(not_before=wait))
            connection.execute(update(run).where(run.c.id == run_id).values(asdict(facts)))

    def resumable_run(self, source_id: str, *, reprocess: bool = False) -> Run | None:
        """The newest harvest that its worker left under way; older ones are given up.

        ``reprocess``: the same of runs that make records anew. Neither kind goes on with the other's.
        """
        with self._database.writing() as connection:
            wanted = select(run).where(
                run.c.source == source_id, _kind(reprocess=reprocess), run.c.state.in_(_UNDER_WAY)
            )
            left = [read_run(row) for row in connection.execute(wanted.order_by(run.c.id.desc()))]
            now = self._database.now(connection)
            for older in left[1:]:
                forget_staged(connection, older.id)
                finish(connection, older.id, RunState.FAILED, "a later run went on instead", None, now=now)
            return left[0] if left else None

    def restart_staging(self, run_id: int, cause: str) -> Run:
        """Forget what a run read before it was cut off; what it fetched is in its spool and is read again."""
        with self._database.writing() as connection:
            found = require_under_way(connection, run_id)
            forget_staged(connection, run_id)
            for told in (finding, rejection):
                connection.execute(delete(told).where(told.c.run == run_id))
            again = {
                "resumed": found.resumed + 1,
                "crashes": run.c.crashes + case((run.c.left_in_order, 0), else_=1),
                "left_in_order": False,
                "offered": 0,
                "state": str(RunState.FETCHING),
            }
            connection.execute(update(run).where(run.c.id == run_id).values(again))
            _write_transition(connection, run_id, RunState.FETCHING, cause, self._database.now(connection))
            return read_run(row_of(connection, run_id))

    def leave_run(self, source_id: str) -> None:
        """Say of a source's run under way that its worker left it in good order: that was no crash."""
        with self._database.writing() as connection:
            mine = (run.c.source == source_id) & run.c.state.in_(_UNDER_WAY)
            connection.execute(update(run).where(mine).values(left_in_order=True))

    def request_stop(self, run_id: int) -> Run:
        """Ask the worker of a run to end it; raises ``Conflict`` once it has ended."""
        with self._database.writing() as connection:
            require_under_way(connection, run_id)
            connection.execute(update(run).where(run.c.id == run_id).values(stop_requested=True))
            self._database.announce(connection)
            return read_run(row_of(connection, run_id))

    def reject_run(self, run_id: int, why: str) -> Run:
        """Give up a run that is held: nothing of it is applied. Raises ``Conflict`` for any other."""
        with self._database.writing() as connection:
            require_held(connection, run_id)
            forget_staged(connection, run_id)
            now = self._database.now(connection)
            told = f"rejected: {reason(why)}"
            return finish(connection, run_id, RunState.CANCELLED, told, None, now=now)

    def held_runs(self) -> tuple[Run, ...]:
        """The oldest first; at most one for each source."""
        wanted = select(run).where(run.c.state == str(RunState.HELD)).order_by(run.c.id)
        with self._database.reading() as connection:
            return tuple(read_run(row) for row in connection.execute(wanted))

    def checkpoint(self, source_id: str) -> datetime | None:
        """Where the next list goes on: the source's own time of the last one that was whole and applied."""
        wanted = (
            select(run.c.as_of)
            .where(run.c.source == source_id, run.c.state.in_(WHOLE_STATES), run.c.as_of.is_not(None))
            .where(run.c.complete, run.c.mode != str(RunMode.RETRY), is_harvest(), says_something(source_id))
            .order_by(run.c.id.desc())
        )
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(wanted.limit(1)).scalar_one_or_none()
            return found

    def fail_run(
        self,
        run_id: int,
        message: str,
        *,
        worth_retrying: bool,
        retry_after: float | None = None,
        attempt: int | None = None,
    ) -> Run:
        """End a run by its provider's fault; ``retry_after`` are the seconds that it asked us to wait."""
        with self._database.writing() as connection:
            require_under_way(connection, run_id, attempt)
            forget_staged(connection, run_id)
            now = self._database.now(connection)
            wait = None if retry_after is None else now + timedelta(seconds=retry_after)
            told = {"worth_retrying": worth_retrying, "not_before": wait}
            connection.execute(update(run).where(run.c.id == run_id).values(told))
            return finish(connection, run_id, RunState.FAILED, message, None, now=now)

    def abandon_runs(self, source_id: str, cause: str) -> int:
        """Fail the runs that a dead worker left under way and forget what they staged; gives how many."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            return abandon(connection, source_id, state=RunState.FAILED, cause=cause, now=now)

    def run(self, run_id: int) -> Run:
        with self._database.reading() as connection:
            return read_run(row_of(connection, run_id))

    def runs(self, source_id: str | None = None, limit: int = 100) -> tuple[Run, ...]:
        """The newest first."""
        wanted = select(run).order_by(run.c.id.desc()).limit(limit)
        if source_id is not None:
            wanted = wanted.where(run.c.source == source_id)
        with self._database.reading() as connection:
            return tuple(read_run(row) for row in connection.execute(wanted))

    def last_run(self, source_id: str, *, reprocess: bool = False, before: int | None = None) -> Run | None:
        """The newest harvest of a source, or the newest run that made its records anew.

        With ``before`` only those that began earlier than this run.
        """
        wanted = select(run).where(run.c.source == source_id, _kind(reprocess=reprocess))
        if before is not None:
            wanted = wanted.where(run.c.id < before)
        wanted = wanted.order_by(run.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
            return None if row is None else read_run(row)

    def runs_with_changes(self) -> tuple[Run, ...]:
        """Those that changed what is published, the oldest first."""
        wanted = select(run).where(run.c.changes > 0).order_by(run.c.id)
        with self._database.reading() as connection:
            return tuple(read_run(row) for row in connection.execute(wanted))

    def note_offered(self, run_id: int, offered: int) -> None:
        """How many records a run under way has read so far; applying it counts anew."""
        with self._database.writing() as connection:
            connection.execute(update(run).where(run.c.id == run_id).values(offered=offered))

    def transitions(self, run_id: int) -> tuple[Transition, ...]:
        wanted = select(transition).where(transition.c.run == run_id).order_by(transition.c.id)
        with self._database.reading() as connection:
            return tuple(
                Transition(RunState(row.state), row.at, row.cause) for row in connection.execute(wanted)
            )

    def add_findings(self, run_id: int, findings: Iterable[Finding], *, identifier: str = "") -> None:
        """``identifier`` names the record they are about, "" for the listing as a whole."""
        with self._database.writing() as connection:
            write_findings(connection, run_id, ((identifier, each) for each in findings))

    def findings(self, run_id: int, *, identifier: str | None = None) -> tuple[Finding, ...]:
        wanted = select(finding).where(finding.c.run == run_id).order_by(finding.c.id)
        if identifier is not None:
            wanted = wanted.where(finding.c.identifier == identifier)
        with self._database.reading() as connection:
            return tuple(_read_finding(row) for row in connection.execute(wanted))

    def add_rejections(
        self, run_id: int, rejections: Iterable[Rejection], *, attempt: int | None = None
    ) -> None:
        """For records that cannot even be staged; they count as seen, not as missing."""
        with self._database.writing() as connection:
            require_under_way(connection, run_id, attempt)
            write_rejections(connection, run_id, rejections)

    def rejections(self, run_id: int) -> tuple[Rejection, ...]:
        wanted = select(rejection).where(rejection.c.run == run_id).order_by(rejection.c.id)
        with self._database.reading() as connection:
            return tuple(Rejection(row.identifier, row.reason) for row in connection.execute(wanted))

    def count_projection_writes(self, run_id: int, follower: str, writes: int) -> None:
        """Add to what the graph store or the index wrote because of this run; others are not counted."""
        column = {"graph": run.c.graph_writes, "index": run.c.index_writes}.get(follower)
        if column is None:
            return
        with self._database.writing() as connection:
            connection.execute(update(run).where(run.c.id == run_id).values({column: column + writes}))


def is_harvest() -> ColumnElement[bool]:
    """Runs that asked their source for something; the others say nothing about how it stands."""
    return run.c.mode != _REPROCESS


def _kind(*, reprocess: bool) -> ColumnElement[bool]:
    return ~is_harvest() if reprocess else is_harvest()


def whole_lists(source_id: str) -> Select[Any]:
    """When the newest list of everything began that was read to its end and applied."""
    whole = (run.c.state.in_(WHOLE_STATES)) & (run.c.mode == str(RunMode.FULL)) & run.c.complete
    return select(func.max(run.c.started)).where(run.c.source == source_id, whole, says_something(source_id))


def says_something(source_id: str) -> ColumnElement[bool]:
    """Runs since the source was added, or asked for another list: earlier ones prove nothing about it."""
    since = select(func.coalesce(source.c.relist_after, source.c.added)).where(source.c.id == source_id)
    return run.c.started >= since.scalar_subquery()


def read_run(row: Row[tuple[object, ...]]) -> Run:
    counts = RunCounts(**{name: row._mapping[name] for name in _COUNTS})  # noqa: SLF001
    return Run(
        row.id,
        row.source,
        RunState(row.state),
        row.started,
        row.ended,
        row.message,
        counts,
        mode=RunMode(row.mode),
        resumed=row.resumed,
        crashes=row.crashes,
        stop_requested=row.stop_requested,
        listing=_read_listing(row),
        worth_retrying=row.worth_retrying,
        not_before=row.not_before,
        software=row.software,
    )


def end_held(connection: Connection, source_id: str, *, cause: str, now: datetime) -> None:
    """End the runs of a source that wait for a curator: nothing of them is applied."""
    wanted = select(run.c.id).where(run.c.source == source_id, run.c.state == str(RunState.HELD))
    for run_id in connection.execute(wanted.with_for_update()).scalars().all():
        forget_staged(connection, run_id)
        finish(connection, run_id, RunState.CANCELLED, cause, None, now=now)


def require_held(connection: Connection, run_id: int) -> Run:
    """Lock the run; raises ``Conflict`` if it is not held."""
    found = locked_run(connection, run_id)
    if found.state is not RunState.HELD:
        raise Conflict(f"run {run_id} of {found.source} is not held: it is {found.state}")
    return found


def require_under_way(connection: Connection, run_id: int, attempt: int | None = None) -> Run:
    """Lock the run; raises ``Conflict`` if it has ended.

    ``attempt`` is how often it had been taken up when the caller began: ``LeaseLost`` if another worker took
    it up since. A process that was suspended for long knows nothing of that.
    """
    found = locked_run(connection, run_id)
    if found.state.ended:
        raise Conflict(f"run {run_id} has already ended: {found.state}")
    if attempt is not None and found.resumed != attempt:
        raise LeaseLost(f"run {run_id} was taken up by another worker")
    return found


def locked_run(connection: Connection, run_id: int) -> Run:
    return read_run(row_of(connection, run_id, lock=True))


def finish(
    connection: Connection,
    run_id: int,
    state: RunState,
    message: str,
    counts: RunCounts | None,
    *,
    now: datetime,
) -> Run:
    values = {"state": str(state), "ended": now, "message": message, **(asdict(counts) if counts else {})}
    connection.execute(update(run).where(run.c.id == run_id).values(values))
    _write_transition(connection, run_id, state, message, now)
    return read_run(row_of(connection, run_id))


def abandon(connection: Connection, source_id: str, *, state: RunState, cause: str, now: datetime) -> int:
    wanted = select(run.c.id).where(run.c.source == source_id, run.c.state.in_(_UNDER_WAY))
    left = connection.execute(wanted.with_for_update()).scalars().all()
    for run_id in left:
        forget_staged(connection, run_id)
        finish(connection, run_id, state, cause, None, now=now)
    return len(left)


def forget_staged(connection: Connection, run_id: int) -> None:
    connection.execute(delete(staged).where(staged.c.run == run_id))
    connection.execute(delete(staged_identity).where(staged_identity.c.run == run_id))
    connection.execute(delete(mention).where(mention.c.run == run_id))


def write_findings(connection: Connection, run_id: int, findings: Iterable[tuple[str, Finding]]) -> None:
    """Pairs of a record's identifier and what was found there."""
    rows = [{"run": run_id, "identifier": identifier, **asdict(each)} for identifier, each in findings]
    if rows:
        connection.execute(insert(finding), rows)


def write_rejections(connection: Connection, run_id: int, rejections: Iterable[Rejection]) -> None:
    rows = [{"run": run_id, **asdict(each)} for each in rejections]
    if rows:
        connection.execute(insert(rejection), rows)


def _read_listing(row: Row[tuple[object, ...]]) -> ListingFacts | None:
    if row.complete is None:
        return None
    return ListingFacts(
        row.pages, row.total, row.complete, row.incomplete_because, row.proves_absence, row.as_of
    )


def row_of(connection: Connection, run_id: int, *, lock: bool = False) -> Row[tuple[object, ...]]:
    wanted = select(run).where(run.c.id == run_id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"there is no run {run_id}")
    return row


def _write_transition(
    connection: Connection, run_id: int, state: RunState, cause: str, now: datetime
) -> None:
    connection.execute(insert(transition).values(run=run_id, state=str(state), at=now, cause=cause))


def _read_finding(row: Row[tuple[object, ...]]) -> Finding:
    return Finding(Severity(row.severity), row.focus, row.path, row.value, row.message, row.how_to_fix)
