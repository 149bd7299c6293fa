"""What a worker does next: a queued job, or what the projections are behind."""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from catalogue.errors import CatalogueError, LedgerUnavailable
from catalogue.ingest.attended import Progress
from catalogue.ledger import REBUILD, REPROCESS, Job, this_holder
from catalogue.services import FOLLOWERS, Workshop
from catalogue.worker.crew import Crew
from catalogue.worker.harvests import MODES
from catalogue.worker.leases import Heartbeat
from catalogue.worker.notices import Teller
from catalogue.worker.projecting import Projecting
from catalogue.worker.scheduling import SCHEDULING, queue_due
from harvesters.errors import HarvestError

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
        with self._at_work() as hands:
            while not stop.is_set():
                try:
                    if not self._step(hands):
                        self._pause(hands)
                except (LedgerUnavailable, OSError) as error:
                    # A full disk, a ledger locked for minutes: it passes, and the other parts still serve.
                    logger.warning("the worker waits: %s", error)
                    stop.wait(_PAUSE_SECONDS)

    def drain(self) -> bool:
        """Do all that is queued and return; False where a running worker projects and does it instead."""
        with self._at_work() as hands:
            if hands.heartbeat.hold(PROJECTING) is None:
                return False
            while self._step(hands) or hands.under_way:
                wait(hands.under_way, timeout=_BUSY_SECONDS, return_when=FIRST_COMPLETED)
            return True

    @contextmanager
    def _at_work(self) -> Iterator["_Hands"]:
        seconds = self._workshop.settings.lease_seconds
        with (
            Heartbeat(self._ledger, self._holder, seconds) as heartbeat,
            closing(Projecting(self._workshop, self._followers)) as projecting,
            closing(Crew(self._workshop, heartbeat, report=self._report)) as crew,
        ):
            yield _Hands(heartbeat, projecting, crew)

    def _pause(self, hands: "_Hands") -> None:
        """Wait for something to do; a harvest under way changes the ledger all the time."""
        if hands.under_way:
            wait(hands.under_way, timeout=_BUSY_SECONDS, return_when=FIRST_COMPLETED)
        else:
            self._ledger.wait_for_change(_IDLE_SECONDS)

    def _step(self, hands: "_Hands") -> bool:
        """Begin what is queued, and one round of projecting; whether anything was done."""
        for left in self._ledger.requeue_lost_jobs(alive=self._holder):
            logger.warning("job %s (%s %s) was left by a dead worker", left.id, left.kind, left.argument)
        self._queue_due(hands.heartbeat)
        ended = hands.crew.gather()
        begun = self._begin(hands)
        written = 0
        if hands.heartbeat.hold(PROJECTING) is not None:
            written = hands.projecting.bring_up()
            self._teller.tell()
        return begun or ended + written > 0

    def _begin(self, hands: "_Hands") -> bool:
        crew = hands.crew
        job = self._ledger.claim_job(self._holder, harvests=crew.has_room, but_not=crew.waiting_sources())
        if job is None:
            return False
        logger.info("job %s: %s %s", job.id, job.kind, job.argument)
        try:
            if job.kind in MODES:
                url = self._ledger.source(job.argument).config.url
                # What asks no host for anything holds up no other source of it.
                crew.begin(job, "" if job.kind == REPROCESS else url)
            else:
                ok, message = _rebuilt(job, hands)
                self._ledger.end_job(job.id, ok=ok, message=message)
        except (LedgerUnavailable, OSError):
            crew.give_back(job, was_begun=False)
            raise
        except (CatalogueError, HarvestError) as error:
            self._ledger.end_job(job.id, ok=False, message=str(error))
        return True

    def _queue_due(self, heartbeat: Heartbeat) -> None:
        """Look from time to time which sources are due; a command that only drains the queue does not."""
        now = time.monotonic()
        if self._scheduled is not None and now >= self._scheduled and heartbeat.hold(SCHEDULING):
            self._scheduled = now + _SCHEDULE_SECONDS
            queue_due(self._ledger)


@dataclass(frozen=True, slots=True)
class _Hands:
    """What works for a worker beside its own thread."""

    heartbeat: Heartbeat
    projecting: Projecting
    crew: Crew

    @property
    def under_way(self) -> set[Future[Any]]:
        return {*self.crew.under_way, *self.projecting.under_way}


def _rebuilt(job: Job, hands: _Hands) -> tuple[bool, str]:
    if job.kind != REBUILD:
        return False, f"this version of the worker knows no job {job.kind!r}"
    if hands.heartbeat.hold(PROJECTING) is None:
        return False, "another worker projects; give it the job"
    if hands.projecting.rebuild(job.argument):
        return True, f"the {job.argument} was built anew"
    return False, f"there is no projection {job.argument!r}; there are {', '.join(FOLLOWERS)}"
