"""What one harvest of one source did, or one making anew of what it gave."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


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


# The ends of a run whose list was whole and was taken in.
WHOLE: Final = frozenset({RunState.DONE, RunState.UNCHANGED, RunState.PARTIAL})


class RecordState(StrEnum):
    LIVE = "live"
    UNSEEN = "unseen"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class RunCounts:
    """``versions`` are published states written, ``changes`` rows of the change log; writes are records.

    ``unseen`` are records that a complete list did not name; ``withdrawn`` those that ended because of the
    run. Of a run that is held they say what approving it would do. ``offered`` are the records that the
    source named; where its records are made anew, those that had to be.
    """

    offered: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unseen: int = 0
    withdrawn: int = 0
    rejected: int = 0
    versions: int = 0
    changes: int = 0
    graph_writes: int = 0
    index_writes: int = 0


class RunMode(StrEnum):
    """What the source was asked for: everything, what changed, what failed the last time, or nothing at all.

    ``REPROCESS`` is no harvest: what the source gave before is made anew by newer rules.
    """

    FULL = "full"
    INCREMENTAL = "incremental"
    RETRY = "retry"
    REPROCESS = "reprocess"


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What a run keeps of its listing, so that it can be applied later: see ``harvesters.source.Listing``.

    ``total`` is what the source claims, None where it says nothing; where its records are made anew, how many
    it has here.
    """

    pages: int
    total: int | None
    complete: bool
    incomplete_because: str
    proves_absence: bool
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class WithdrawalPolicy:
    """When absence is believed, and how much a run may withdraw without a curator.

    A record is withdrawn by absence after ``runs`` complete lists without it and ``days`` since the first of
    these. A run is held that would take away more than ``most`` records and more than ``share`` of those that
    are live, or ``half`` of them or more.
    """

    runs: int = 2
    days: float = 7.0
    most: int = 3
    share: float = 0.1
    half: float = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """``resumed`` counts how often it was taken up again, ``crashes`` how often it had to be; ``listing`` is
    None until it was read.

    A run that failed is ``worth_retrying`` unless trying again gives the same; ``not_before`` is when the
    provider asked us to come back, None where it did not. ``software`` is the version that began it, "" of
    the first runs.
    """

    id: int
    source: str
    state: RunState
    started: datetime
    ended: datetime | None
    message: str
    counts: RunCounts
    mode: RunMode = RunMode.FULL
    resumed: int = 0
    crashes: int = 0
    stop_requested: bool = False
    listing: ListingFacts | None = None
    worth_retrying: bool = True
    not_before: datetime | None = None
    software: str = ""
