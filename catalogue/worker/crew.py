"""Which harvests are under way at once: each in a thread, at a desk of its own, never two on one host."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import Final

import httpx

from catalogue.errors import CatalogueError, Conflict, LeaseLost, LedgerUnavailable, SourceBusy
from catalogue.ingest.attended import Progress
from catalogue.ledger import Job
from catalogue.services import Desk, Workshop
from catalogue.worker.harvests import Harvests
from catalogue.worker.leases import Heartbeat
from harvesters.errors import HarvestError

# Longer than a request takes to notice that it is interrupted.
_LEAVING_SECONDS: Final = 8.0
REST_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Post:
    job: Job
    desk: Desk
    host: str


class Crew:
    """One slow or hostile provider holds up no other: as many are harvested at once as there are desks."""

    def __init__(
        self, workshop: Workshop, heartbeat: Heartbeat, *, report: Callable[[Progress], None]
    ) -> None:
        self._workshop = workshop
        self._ledger = workshop.ledger
        self._leaving = Event()
        self._harvests = Harvests(workshop, heartbeat, report=report, leaving=self._leaving)
        self._most = workshop.settings.harvests
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="harvest")
        self._desks: list[Desk] = []
        self._at_work: dict[Future[None], _Post] = {}
        self._to_give_back: list[tuple[Job, bool]] = []
        self._rests_until = 0.0

    @property
    def under_way(self) -> set["Future[None]"]:
        """Those that have ended, too, until they are gathered."""
        return set(self._at_work)

    @property
    def has_room(self) -> bool:
        return len(self._at_work) < self._most and time.monotonic() >= self._rests_until

    def waiting_sources(self) -> set[str]:
        """The sources that must wait: another of the same host is being harvested."""
        if not self._at_work:
            return set()
        hosts = {post.host for post in self._at_work.values()}
        waiting = {one for one, url in self._ledger.addresses().items() if _host(url) in hosts}
        # A source may have moved to another host meanwhile.
        return waiting | {post.job.argument for post in self._at_work.values()}

    def begin(self, job: Job, url: str) -> None:
        self._workshop.take_up()
        desk = self._desks.pop() if self._desks else self._workshop.desk()
        desk.take_up(self._workshop.preparation)
        self._at_work[self._threads.submit(self._do, job, desk)] = _Post(job, desk, _host(url))

    def gather(self) -> int:
        """Clear the desks of those that have ended; gives how many."""
        self._give_back()
        done = [future for future in self._at_work if future.done()]
        for future in done:
            post = self._at_work.pop(future)
            self._desks.append(post.desk)
            if error := future.exception():
                logger.warning("job %s waits: %s", post.job.id, error)
                self.give_back(post.job, was_begun=not isinstance(error, SourceBusy))
        return len(done)

    def give_back(self, job: Job, *, was_begun: bool) -> None:
        """Have a job queued again that could not be ended, as soon as the ledger can keep it.

        The run of one that ``was_begun`` is left in good order, for whoever takes it up. What was in the way
        may last: nothing is begun for a few seconds.
        """
        self._to_give_back.append((job, was_begun))
        self._rests_until = time.monotonic() + REST_SECONDS

    def _give_back(self) -> None:
        while self._to_give_back:
            job, was_begun = self._to_give_back[0]
            if was_begun:
                self._ledger.leave_run(job.argument)
            self._ledger.give_back_job(job.id, holder=job.holder)
            self._to_give_back.pop(0)

    def close(self) -> None:
        """Leave what is under way to the next worker."""
        self._leaving.set()
        for post in self._at_work.values():
            post.desk.transport.interrupt()
        wait(self._at_work, timeout=_LEAVING_SECONDS)
        with suppress(CatalogueError):
            self.gather()
            self._give_back()
        self._threads.shutdown(wait=not self._at_work, cancel_futures=True)
        for desk in (*self._desks, *(post.desk for post in self._at_work.values())):
            desk.close()

    def _do(self, job: Job, desk: Desk) -> None:
        """Do a job to its end. What it raises passes by itself: then it is queued again."""
        try:
            ok, message = self._harvests.do(job, desk)
        except (LedgerUnavailable, OSError, LeaseLost, SourceBusy):
            raise  # a full disk, a ledger locked for minutes, a worker that ends
        except (CatalogueError, HarvestError) as error:
            self._ledger.abandon_runs(job.argument, str(error))
            ok, message = False, str(error)
        except Exception as error:  # the one place: whatever one source brings up must not stop the others
            logger.exception("job %s failed", job.id)
            self._ledger.abandon_runs(job.argument, f"the catalogue failed: {type(error).__name__}")
            ok, message = False, f"the catalogue failed: {type(error).__name__}: {error}"
        try:
            self._ledger.end_job(job.id, ok=ok, message=message, holder=job.holder)
        except Conflict as error:
            logger.warning("job %s was given to another worker meanwhile: %s", job.id, error)


def _host(url: str) -> str:
    """Where requests go; an uploaded file has no host and is nobody's neighbour."""
    try:
        return httpx.URL(url).netloc.decode("ascii") or url
    except httpx.InvalidURL:
        return url
