"""What is to be done, and which worker does it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from catalogue.errors import Conflict, NotFound
from catalogue.ledger.changes import lock_ledger
from catalogue.ledger.leases import Leases
from catalogue.ledger.rows import Job, JobState
from catalogue.ledger.tables import job, lease

REBUILD: Final = "rebuild"
REPROCESS: Final = "reprocess"
# A worker that has just claimed a job may not hold its lease yet.
_GRACE: Final = timedelta(seconds=60)


class Jobs(Leases):
    def put_job(self, kind: str, argument: str) -> Job:
        """Queue a job; an equal one that is still queued is given back instead of a second."""
        with self._database.writing() as connection:
            lock_ledger(connection)
            put = put_job(connection, kind, argument, now=self._database.now(connection))
            self._database.announce(connection)
            return put

    def claim_job(self, holder: str, *, harvests: bool = True, but_not: Collection[str] = ()) -> Job | None:
        """The oldest queued job, now this holder's, or None.

        Without ``harvests`` only one of another kind is wanted; ``but_not`` are sources that must wait.
        """
        waiting = (job.c.kind == REBUILD) | job.c.argument.not_in(sorted(but_not))
        wanted = select(job.c.id).where(job.c.state == str(JobState.QUEUED), waiting).order_by(job.c.id)
        if not harvests:
            wanted = wanted.where(job.c.kind == REBUILD)
        with self._database.writing() as connection:
            first = wanted.limit(1).with_for_update(skip_locked=True)
            found = connection.execute(first).scalar_one_or_none()
            if found is None:
                return None
            now = self._database.now(connection)
            claim = {"state": str(JobState.RUNNING), "holder": holder, "claimed": now}
            return _read(
                connection.execute(update(job).where(job.c.id == found).values(claim).returning(job)).one()
            )

    def end_job(self, job_id: int, *, ok: bool, message: str, holder: str | None = None) -> Job:
        """Raises ``Conflict`` for a job that is not running: it was given back to the queue, or has ended.

        With ``holder`` also for one that another holder has by now.
        """
        with self._database.writing() as connection:
            state = JobState.DONE if ok else JobState.FAILED
            running = _is_running(job_id, holder)
            ending = {"state": str(state), "ended": self._database.now(connection), "message": message}
            row = connection.execute(update(job).where(running).values(ending).returning(job)).one_or_none()
            if row is None:
                raise Conflict(f"job {job_id} is not running")
            self._database.announce(connection)
            return _read(row)

    def job(self, job_id: int) -> Job:
        with self._database.reading() as connection:
            row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no job {job_id}")
        return _read(row)

    def queued(self) -> tuple[Job, ...]:
        """The oldest first."""
        return self._in_state(JobState.QUEUED)

    def running(self) -> tuple[Job, ...]:
        return self._in_state(JobState.RUNNING)

    def requeue_jobs_of(self, holder: str) -> tuple[Job, ...]:
        """Give back to the queue what a holder claimed and will not finish."""
        with self._database.writing() as connection:
            lock_ledger(connection)
            wanted = select(job).where(job.c.state == str(JobState.RUNNING), job.c.holder == holder)
            left = connection.execute(wanted.order_by(job.c.id).with_for_update()).all()
            now = self._database.now(connection)
            given_back = tuple(_give_back(connection, _read(row), now) for row in left)
            if given_back:
                self._database.announce(connection)
            return given_back

    def give_back_job(self, job_id: int, *, holder: str | None = None) -> None:
        """Queue a job again that was claimed and cannot be finished here; one that has ended stays so.

        With ``holder`` also one that another holder has by now.
        """
        with self._database.writing() as connection:
            lock_ledger(connection)
            this = _is_running(job_id, holder)
            row = connection.execute(select(job).where(this).with_for_update()).one_or_none()
            if row is not None:
                _give_back(connection, _read(row), self._database.now(connection))
                self._database.announce(connection)

    def requeue_lost_jobs(self, *, alive: str = "") -> tuple[Job, ...]:
        """The same for every holder that has died on this host, or holds no lease any more.

        ``alive`` is who asks: one that was suspended holds no lease for a moment, and goes on.
        """
        lost = dict.fromkeys(
            each.holder for each in self.running() if each.holder != alive and self._is_lost(each)
        )
        return tuple(each for holder in lost for each in self.requeue_jobs_of(holder))

    def _is_lost(self, claimed: Job) -> bool:
        if self._has_died(claimed.holder):
            return True
        with self._database.reading() as connection:
            now = self._database.now(connection)
            held = select(lease.c.name).where(lease.c.holder == claimed.holder, lease.c.expires > now)
            waited = claimed.claimed is None or now - claimed.claimed > _GRACE
            return waited and connection.execute(held.limit(1)).one_or_none() is None

    def _in_state(self, state: JobState) -> tuple[Job, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(job).where(job.c.state == str(state)).order_by(job.c.id))
            return tuple(_read(row) for row in rows)


def put_job(connection: Connection, kind: str, argument: str, *, now: datetime) -> Job:
    """The same as part of another act, under the ledger's lock."""
    waiting = _equal_queued(connection, kind, argument)
    if waiting is not None:
        return waiting
    values = {"kind": kind, "argument": argument, "state": str(JobState.QUEUED)}
    made = insert(job).values(**values, holder="", put=now, message="").returning(job)
    return _read(connection.execute(made).one())


def _is_running(job_id: int, holder: str | None) -> ColumnElement[bool]:
    running = (job.c.id == job_id) & (job.c.state == str(JobState.RUNNING))
    return running if holder is None else running & (job.c.holder == holder)


def _equal_queued(connection: Connection, kind: str, argument: str) -> Job | None:
    wanted = select(job).where(
        job.c.kind == kind, job.c.argument == argument, job.c.state == str(JobState.QUEUED)
    )
    row = connection.execute(wanted.limit(1)).one_or_none()
    return None if row is None else _read(row)


def _give_back(connection: Connection, left: Job, now: datetime) -> Job:
    """An equal job that is queued already will do the work: then this one ends."""
    waiting = _equal_queued(connection, left.kind, left.argument)
    values: dict[str, object] = {"state": str(JobState.QUEUED), "holder": "", "claimed": None}
    if waiting is not None:
        message = f"its worker died; job {waiting.id} does the same"
        values = {"state": str(JobState.FAILED), "ended": now, "message": message}
    return _read(
        connection.execute(update(job).where(job.c.id == left.id).values(values).returning(job)).one()
    )


def _read(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        row.id,
        row.kind,
        row.argument,
        JobState(row.state),
        row.holder,
        row.put,
        row.claimed,
        row.ended,
        row.message,
    )
