"""What a worker does next: a queued job, or what the projections are behind."""

import logging
import shutil
from collections.abc import Callable, Collection
from threading import Event
from typing import Final

from catalogue.errors import CatalogueError, Conflict, LeaseLost, LedgerUnavailable, StoreUnavailable
from catalogue.ingest.harvest import Progress, harvest
from catalogue.ledger import Job, Lease, this_holder
from catalogue.model.run import Run, RunState
from catalogue.projections.follower import Projection, follow, rebuild
from catalogue.services import FOLLOWERS, Workshop
from catalogue.worker.leases import Heartbeat

PROJECTING: Final = "projecting"

_IDLE_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 5.0
_SUCCEEDED: Final = {RunState.DONE, RunState.UNCHANGED, RunState.PARTIAL}

logger = logging.getLogger(__name__)


class Worker:
    """Harvests one source after another; whoever holds the projections' lease also projects."""

    def __init__(
        self,
        workshop: Workshop,
        *,
        report: Callable[[Progress], None] = lambda _: None,
        followers: Collection[str] = FOLLOWERS,
    ) -> None:
        """``followers`` are the projections that this worker brings up."""
        self._workshop = workshop
        self._followers = followers
        self._ledger = workshop.ledger
        self._report = report
        self._holder = this_holder()

    def run(self, stop: Event) -> None:
        with self._heartbeat() as heartbeat:
            interrupted = False
            while not stop.is_set():
                try:
                    if interrupted:  # the job under way could not even be ended: it is done anew
                        self._ledger.requeue_jobs_of(self._holder)
                        interrupted = False
                    if not self._step(heartbeat):
                        self._ledger.wait_for_change(_IDLE_SECONDS)
                except (LedgerUnavailable, OSError) as error:
                    # A full disk, a ledger locked for minutes: it passes, and the other parts still serve.
                    logger.warning("the worker waits: %s", error)
                    interrupted = True
                    stop.wait(_PAUSE_SECONDS)

    def drain(self) -> bool:
        """Do all that is queued and return; False where a running worker projects and does it instead."""
        with self._heartbeat() as heartbeat:
            if heartbeat.hold(PROJECTING) is None:
                return False
            while self._step(heartbeat):
                pass
            return True

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(self._ledger, self._holder, self._workshop.settings.lease_seconds)

    def _step(self, heartbeat: Heartbeat) -> bool:
        """One job or one round of projecting; whether anything was done."""
        for left in self._ledger.requeue_lost_jobs():
            logger.warning("job %s (%s %s) was left by a dead worker", left.id, left.kind, left.argument)
        job = self._ledger.claim_job(self._holder)
        if job is not None:
            self._do(job, heartbeat)
        projecting = heartbeat.hold(PROJECTING) is not None
        written = self._project() if projecting else 0
        return job is not None or written > 0

    def _do(self, job: Job, heartbeat: Heartbeat) -> None:
        logger.info("job %s: %s %s", job.id, job.kind, job.argument)
        try:
            ok, message = (
                self._rebuild(job, heartbeat) if job.kind == "rebuild" else self._harvest(job, heartbeat)
            )
        except LeaseLost as error:
            logger.warning("job %s: %s", job.id, error)
            return
        except CatalogueError as error:
            ok, message = False, str(error)
        except Exception as error:  # the one place: whatever one source brings up must not stop the others
            logger.exception("job %s failed", job.id)
            self._ledger.abandon_runs(job.argument, f"the catalogue failed: {type(error).__name__}")
            ok, message = False, f"the catalogue failed: {type(error).__name__}: {error}"
        try:
            self._ledger.end_job(job.id, ok=ok, message=message)
        except Conflict as error:
            logger.warning("job %s was given to another worker meanwhile: %s", job.id, error)

    def _harvest(self, job: Job, heartbeat: Heartbeat) -> tuple[bool, str]:
        with heartbeat.holding(f"source:{job.argument}") as lease:
            if lease is None:
                return False, f"{job.argument} is being harvested by another worker"
            self._clear_after_a_crash(job.argument)
            run = self._run(job, lease)
        logger.info("run %s of %s: %s %s", run.id, run.source, run.state, run.message)
        return run.state in _SUCCEEDED, run.message or str(run.state)

    def _run(self, job: Job, lease: Lease) -> Run:
        config = self._ledger.source(job.argument).config
        using = self._workshop.harvesting(self._report)
        return harvest(config, self._workshop.source(config), using, lease=lease)

    def _clear_after_a_crash(self, source: str) -> None:
        self._ledger.abandon_runs(source, "the worker stopped before the end; the harvest begins anew")
        using = self._workshop.harvesting(self._report)
        under_way = {str(run.id) for run in self._ledger.runs(limit=200) if not run.state.ended}
        for folder in using.spool_folder.glob("*"):
            if folder.name not in under_way:
                shutil.rmtree(folder, ignore_errors=True)

    def _rebuild(self, job: Job, heartbeat: Heartbeat) -> tuple[bool, str]:
        if heartbeat.hold(PROJECTING) is None:
            return False, "another worker projects; give it the job"
        for projection in self._workshop.projections:
            if projection.name == job.argument:
                rebuild(self._ledger, projection)
                return True, f"the {projection.name} was built anew"
        return False, f"there is no projection {job.argument!r}; there are {', '.join(FOLLOWERS)}"

    def _project(self) -> int:
        try:
            kept = [one for one in self._workshop.projections if one.name in self._followers]
            return sum(self._brought_up(projection) for projection in kept)
        except StoreUnavailable as error:
            logger.warning("projections wait: %s", error)
            return 0

    def _brought_up(self, projection: Projection) -> int:
        written = follow(self._ledger, projection)
        if written:
            logger.info("%s: %s records written", projection.name, written)
        return written
