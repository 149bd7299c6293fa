"""The ledger: every version of every record as received and as published. It is the truth.

    ledger = Ledger.open("sqlite:////folder/ledger.sqlite")      or postgresql://...

``sources``   which sources are harvested           ``staging``   what a run has found so far
``runs``      what each harvest did                 ``applying``  how a run becomes the truth
``jobs``      what is to be done                    ``records``   what the records say
``leases``    who may do it alone                   ``changes``   in which order they changed
``watching``  how a process learns of it            ``duplicates`` which of them are one dataset
``snapshots`` what was shown at one moment          ``overview``  what pages ask of many runs at once
``tokens``    who may ask for a harvest             ``run_log``   what became of each record in a run
``history``   what the records said before          ``restoring`` how a curator turns them back to it
``aliases``   under which other names they came     ``suggestions`` which may be one dataset too
``notices``   what people are told of a source     ``mappings``  what curators decided of words
``releases``  which other systems were loaded       ``kept``      which are to be made anew

Every method is one transaction or a few short ones. A database that fails raises ``LedgerUnavailable``.
"""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from catalogue.ledger.aliases import Aliases
from catalogue.ledger.applying import Applying
from catalogue.ledger.changes import Changes
from catalogue.ledger.duplicates import Duplicates
from catalogue.ledger.engine import Clock, Database, use_wal
from catalogue.ledger.history import History
from catalogue.ledger.holders import has_died, this_holder
from catalogue.ledger.jobs import REBUILD, REPROCESS, Jobs
from catalogue.ledger.kept import Kept, KeptRecord
from catalogue.ledger.leases import HasDied
from catalogue.ledger.mappings import Mappings
from catalogue.ledger.migrations import upgrade
from catalogue.ledger.notices import Condition, Notice, Notices
from catalogue.ledger.overview import Overview
from catalogue.ledger.quality import QualityResults, QualityState
from catalogue.ledger.records import Records
from catalogue.ledger.releases import Releases
from catalogue.ledger.restoring import Restoring
from catalogue.ledger.rows import (
    SHOWN,
    Alias,
    Change,
    ChangeKind,
    Facts,
    Job,
    JobState,
    KnownRecord,
    Lease,
    Offer,
    Published,
    PublishedVersion,
    Received,
    Reception,
    Rejection,
    Renaming,
    Restored,
    SourceRow,
    StagedRecord,
    Suggestion,
    Tombstone,
    Transition,
    Version,
)
from catalogue.ledger.run_log import RunLog
from catalogue.ledger.runs import Runs
from catalogue.ledger.snapshots import Listed, Snapshot, Snapshots
from catalogue.ledger.sources import Sources
from catalogue.ledger.staging import Staging
from catalogue.ledger.suggestions import Suggestions
from catalogue.ledger.tokens import Tokens
from catalogue.ledger.vocabulary_rows import (
    Decision,
    LoadedRelease,
    MappingEvent,
    MappingRow,
    MappingState,
    ReleaseRow,
)
from catalogue.ledger.watching import Watching

__all__ = [
    "REBUILD",
    "REPROCESS",
    "SHOWN",
    "Alias",
    "Change",
    "ChangeKind",
    "Condition",
    "Decision",
    "Facts",
    "Job",
    "JobState",
    "KeptRecord",
    "KnownRecord",
    "Lease",
    "Ledger",
    "Listed",
    "LoadedRelease",
    "MappingEvent",
    "MappingRow",
    "MappingState",
    "Notice",
    "Offer",
    "Published",
    "PublishedVersion",
    "QualityState",
    "Received",
    "Reception",
    "Rejection",
    "ReleaseRow",
    "Renaming",
    "Restored",
    "Snapshot",
    "SourceRow",
    "StagedRecord",
    "Suggestion",
    "Tombstone",
    "Transition",
    "Version",
    "this_holder",
]


class Ledger(
    Sources,
    Runs,
    Jobs,
    Staging,
    Applying,
    Records,
    History,
    Restoring,
    RunLog,
    Aliases,
    Duplicates,
    Suggestions,
    QualityResults,
    Changes,
    Snapshots,
    Watching,
    Overview,
    Tokens,
    Notices,
    Mappings,
    Releases,
    Kept,
):
    def __init__(self, database: Database, *, has_died: HasDied = has_died) -> None:
        Jobs.__init__(self, database, has_died=has_died)
        Watching.__init__(self, database)

    @classmethod
    def open(cls, url: str, *, clock: Clock | None = None, has_died: HasDied = has_died) -> Self:
        """Make or upgrade the database as needed; one of a newer version is refused (``LedgerUnavailable``).

        ``clock`` replaces the database's time, ``has_died`` the judgement on the holders of leases and jobs.
        """
        database = Database.at(url, clock=clock)
        with ExitStack() as undo:
            undo.callback(database.close)
            if database.is_sqlite:
                use_wal(database)
            upgrade(database)
            undo.pop_all()
        return cls(database, has_died=has_died)

    def close(self) -> None:
        self.close_watches()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
