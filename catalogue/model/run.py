"""What one harvest of one source did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RunState(StrEnum):
    QUEUED = "queued"
    FETCHING = "fetching"
    STAGED = "staged"
    CHECKED = "checked"
    APPLYING = "applying"
    DONE = "done"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    HELD = "held"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in _UNDER_WAY


_UNDER_WAY = {RunState.QUEUED, RunState.FETCHING, RunState.STAGED, RunState.CHECKED, RunState.APPLYING}


class RecordState(StrEnum):
    LIVE = "live"
    UNSEEN = "unseen"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class RunCounts:
    """``versions`` are published states written, ``changes`` rows of the change log; writes are records."""

    offered: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unseen: int = 0
    rejected: int = 0
    versions: int = 0
    changes: int = 0
    graph_writes: int = 0
    index_writes: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    source: str
    state: RunState
    started: datetime
    ended: datetime | None
    message: str
    counts: RunCounts
