"""How a harvest or a making anew that is queued is done: alone on its source, watched, and to an end."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import MappingProxyType
from typing import Final

from catalogue.errors import SourceBusy
from catalogue.ingest.again import reprocess
from catalogue.ingest.asking import may_remember, next_mode
from catalogue.ingest.attended import Harvesting, Progress
from catalogue.ingest.harvest import harvest
from catalogue.ingest.policies import run_limit, withdrawal_policy
from catalogue.ledger import REPROCESS, Job, Lease, Ledger
from catalogue.model.run import WHOLE, Run, RunMode
from catalogue.services import Desk, Workshop
from catalogue.worker.leases import Heartbeat
from catalogue.worker.watch import RunWatch

# Which kinds of job ask a source for what; None is as its options say, ``REPROCESS`` nothing at all.
MODES: Final = MappingProxyType(
    {
        "harvest": None,
        "harvest-full": RunMode.FULL,
        "harvest-retry": RunMode.RETRY,
        REPROCESS: RunMode.REPROCESS,
    }
)

logger = logging.getLogger(__name__)


def source_lease(source: str) -> str:
    """The name of the lease under which one process at a time harvests a source or decides on its runs."""
    return f"source:{source}"


class Harvests:
    """``leaving`` is set when the worker ends: runs are then left as they are, for the next one."""

    def __init__(
        self,
        workshop: Workshop,
        heartbeat: Heartbeat,
        *,
        report: Callable[[Progress], None],
        leaving: Event,
    ) -> None:
        self._workshop = workshop
        self._ledger: Ledger = workshop.ledger
        self._heartbeat = heartbeat
        self._report = report
        self._leaving = leaving

    def do(self, job: Job, desk: Desk) -> tuple[bool, str]:
        """Whether it went well, and what is to be said of it."""
        with self._heartbeat.holding(source_lease(job.argument)) as lease:
            if lease is None:
                raise SourceBusy(f"{job.argument} is being harvested, or decided about, by another process")
            run = self._run(job, desk, lease)
        logger.info("run %s of %s: %s %s", run.id, run.source, run.state, run.message)
        return run.state in WHOLE, run.message or str(run.state)

    def _run(self, job: Job, desk: Desk, lease: Lease) -> Run:
        config = self._ledger.source(job.argument).config
        using = Harvesting(
            ledger=self._ledger,
            preparing=desk.preparing,
            spools=self._workshop.spools,
            report=self._report,
            watch=lambda run: self._watching(run, desk, lease),
        )
        if job.kind == REPROCESS:
            return reprocess(config, using, lease=lease)
        remembers = may_remember(self._ledger, config.id)
        return harvest(
            config,
            lambda: desk.source(config, remembers=remembers),
            using,
            mode=MODES[job.kind] or next_mode(self._ledger, config.id),
            policy=withdrawal_policy(config),
            lease=lease,
        )

    @contextmanager
    def _watching(self, run: Run, desk: Desk, lease: Lease) -> Iterator[RunWatch]:
        config = self._ledger.source(run.source).config
        desk.transport.resume()
        watch = RunWatch(
            ledger=self._ledger,
            run=run,
            limit=run_limit(config),
            is_ours=lambda: self._heartbeat.holds(lease.name) and not self._leaving.is_set(),
            interrupt=desk.transport.interrupt,
        )
        with watch.looking():
            yield watch
