"""How fast records come from a node into search: at first, again unchanged, and after a small change."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalogue.errors import CatalogueError
from catalogue.ledger import JobState, Ledger
from catalogue.ports import IndexQuery, IndexReader

_POLL_SECONDS: Final = 0.02
_CHECKED_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Watched:
    """The catalogue of one source that a running worker fills; ``worker`` is its process.

    ``check`` raises where that has ended.
    """

    ledger: Ledger
    index: IndexReader
    source: str
    worker: int
    check: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """``ratio`` is to the records a second of the first harvest."""

    name: str
    records: int
    seconds: float
    ratio: float

    @property
    def rate(self) -> float:
        return self.records / self.seconds


@dataclass(frozen=True, slots=True)
class Harvested:
    """``megabytes`` is the worker's peak.

    ``quality_behind`` records were not checked yet when all were visible, ``quality_rate`` a second are.
    """

    kind: str
    timings: tuple[Timing, ...]
    revised: int
    quality_behind: int
    quality_rate: float
    megabytes: float


def measure_harvests(kind: str, watched: Watched, *, revise: Callable[[], int]) -> Harvested:
    """``revise`` changes some of the node's records and says how many. Raises ``CatalogueError``."""
    first = _harvested(watched)
    behind = _behind(watched)
    records = _visible(watched)
    timings = {
        "first, visible in search": first,
        "first, visible by SPARQL too": first + _until(watched, "graph"),
    }
    timings["again, nothing changed"] = _harvested(watched)
    revised = revise()
    timings[f"again, {revised:,} changed, visible in search"] = _harvested(watched)
    return Harvested(
        kind=kind,
        timings=tuple(Timing(name, records, seconds, first / seconds) for name, seconds in timings.items()),
        revised=revised,
        quality_behind=behind,
        quality_rate=_quality_rate(watched),
        megabytes=peak_megabytes(watched.worker),
    )


def peak_megabytes(process: int) -> float:
    """The largest resident set that a process ever had (``proc_pid_status(5)``, VmHWM)."""
    for line in Path(f"/proc/{process}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise CatalogueError(f"the system does not tell how much memory process {process} takes")


def _harvested(watched: Watched) -> float:
    """From the order of a harvest until all that it changed is visible."""
    started = time.monotonic()
    job = watched.ledger.put_job("harvest", watched.source)
    while (job := watched.ledger.job(job.id)).state in (JobState.QUEUED, JobState.RUNNING):
        watched.check()
        time.sleep(_POLL_SECONDS)
    if job.state is not JobState.DONE:
        raise CatalogueError(f"the harvest of {watched.source} failed: {job.message}")
    _until(watched, "index")
    return time.monotonic() - started


def _until(watched: Watched, follower: str) -> float:
    """How long it takes a follower to hold all that the ledger has now."""
    started, last = time.monotonic(), watched.ledger.last_change()
    while watched.ledger.watermark(follower) < last:
        watched.check()
        time.sleep(_POLL_SECONDS)
    return time.monotonic() - started


def _visible(watched: Watched) -> int:
    return watched.index.search(IndexQuery(limit=1)).total.datasets


def _behind(watched: Watched) -> int:
    return watched.ledger.last_change() - watched.ledger.watermark("quality")


def _quality_rate(watched: Watched) -> float:
    """Records checked a second; 0 where none is left to check."""
    before, started = _behind(watched), time.monotonic()
    if not before:
        return 0.0
    while _behind(watched) and time.monotonic() - started < _CHECKED_SECONDS:
        time.sleep(_POLL_SECONDS)
    return (before - _behind(watched)) / (time.monotonic() - started)
