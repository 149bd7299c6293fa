"""What a worker does next: a queued job, or what the projections are behind."""

import logging
import time
from collections.abc import Callable, Collection
from contextlib import closing
from threading import Event
from typing import Final

from catalogue.errors import CatalogueError, LedgerUnavailable, StoreUnavailable
from catalogue.ingest.harvest import Progress
from catalogue.ledger import REBUILD, Job, this_holder
from catalogue.projections.follower import Projection, follow, rebuild
from catalogue.services import FOLLOWERS, Workshop
from catalogue.worker.crew import Crew
from catalogue.worker.harvests import MODES
from catalogue.worker.leases import Heartbeat
from catalogue.worker.notices import Teller
from catalogue.worker.scheduling import SCHEDULING, queue_due

PROJECTING: Final = "projecting"

_IDLE_SECONDS: Final = 1.0
_BUSY_SECONDS: Final = 0.2
_PAUSE_SECONDS: Final = 5.0
_SCHEDULE_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


class Worker:
    """Harvests a few sources at a time; whoever holds the projections' lease also projects."""

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
        self._scheduled: float | None = None
        self._teller = Teller(workshop.ledger, workshop.settings)
        self._holder = this_holder()

    def run(self, stop: Event) -> None:
        self._scheduled = time.monotonic()
        with self._heartbeat() as heartbeat, closing(self._crew(heartbeat)) as crew:
            while not stop.is_set():
                try:
                    if not self._step(heartbeat, crew):
                        self._pause(crew)
                except (LedgerUnavailable, OSError) as error:
                    # A full disk, a ledger locked for minutes: it passes, and the other parts still serve.
                    logger.warning("the worker waits: %s", error)
                    stop.wait(_PAUSE_SECONDS)

    def drain(self) -> bool:
        """Do all that is queued and return; False where a running worker projects and does it instead."""
        with self._heartbeat() as heartbeat, closing(self._crew(heartbeat)) as crew:
            if heartbeat.hold(PROJECTING) is None:
                return False
            while self._step(heartbeat, crew) or crew.is_busy:
                crew.gather(_BUSY_SECONDS)
            return True

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(self._ledger, self._holder, self._workshop.settings.lease_seconds)

    def _crew(self, heartbeat: Heartbeat) -> Crew:
        return Crew(self._workshop, heartbeat, report=self._report)

    def _pause(self, crew: Crew) -> None:
        """Wait for something to do; a harvest under way changes the ledger all the time."""
        if crew.is_busy:
            crew.gather(_BUSY_SECONDS)
        else:
            self._ledger.wait_for_change(_IDLE_SECONDS)

    def _step(self, heartbeat: Heartbeat, crew: Crew) -> bool:
        """Begin what is queued, and one round of projecting; whether anything was done."""
        for left in self._ledger.requeue_lost_jobs():
            logger.warning("job %s (%s %s) was left by a dead worker", left.id, left.kind, left.argument)
        self._queue_due(heartbeat)
        ended = crew.gather()
        begun = self._begin(heartbeat, crew)
        projecting = heartbeat.hold(PROJECTING) is not None
        written = self._project() if projecting else 0
        if projecting:
            self._teller.tell()
        return begun or ended + written > 0

    def _begin(self, heartbeat: Heartbeat, crew: Crew) -> bool:
        job = self._ledger.claim_job(self._holder, harvests=crew.has_room, but_not=crew.waiting_sources())
        if job is None:
            return False
        logger.info("job %s: %s %s", job.id, job.kind, job.argument)
        try:
            if job.kind in MODES:
                crew.begin(job, self._ledger.source(job.argument).config.url)
            else:
                ok, message = self._rebuild(job, heartbeat)
                self._ledger.end_job(job.id, ok=ok, message=message)
        except (LedgerUnavailable, OSError):
            crew.give_back(job)
            raise
        except CatalogueError as error:
            self._ledger.end_job(job.id, ok=False, message=str(error))
        return True

    def _queue_due(self, heartbeat: Heartbeat) -> None:
        """Look from time to time which sources are due; a command that only drains the queue does not."""
        now = time.monotonic()
        if self._scheduled is not None and now >= self._scheduled and heartbeat.hold(SCHEDULING):
            self._scheduled = now + _SCHEDULE_SECONDS
            queue_due(self._ledger)

    def _rebuild(self, job: Job, heartbeat: Heartbeat) -> tuple[bool, str]:
        if job.kind != REBUILD:
            return False, f"this version of the worker knows no job {job.kind!r}"
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
