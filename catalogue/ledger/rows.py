"""Which values the ledger takes and gives. Moments are aware and in UTC; bytes are never compressed here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from catalogue.model.run import RecordState, Run, RunState
from harvesters.findings import Finding
from harvesters.source import SourceConfig

SHOWN: Final = frozenset({RecordState.LIVE, RecordState.UNSEEN, RecordState.DUPLICATE})
# As the tables name them; a duplicate's own state stays there, so that it is not lost with the group.
SHOWN_STATES: Final = tuple(sorted(str(state) for state in SHOWN))


@dataclass(frozen=True, slots=True)
class SourceRow:
    """``last_run`` is the newest that asked the source for something, as all that is told here.

    ``last_harvested`` is the end of the last one that applied what it found, changed or not.

    ``failures`` counts the runs that failed since then, ``last_whole_list`` is when the newest list of
    everything began that came through, ``incompletes`` counts the lists read since that were no whole ones.
    ``condition`` is what people were last told of the source.
    """

    config: SourceConfig
    added: datetime
    hold_first: bool
    paused: bool
    removed: datetime | None
    last_run: Run | None
    last_harvested: datetime | None
    failures: int = 0
    incompletes: int = 0
    last_whole_list: datetime | None = None
    condition: str = ""
    has_token: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    state: RunState
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Rejection:
    identifier: str
    reason: str


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """``argument`` names a source for ``harvest`` and ``reprocess``, a projection for ``rebuild``."""

    id: int
    kind: str
    argument: str
    state: JobState
    holder: str
    put: datetime
    claimed: datetime | None
    ended: datetime | None
    message: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something alone. ``token`` grows with every take-over."""

    name: str
    holder: str
    token: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class StagedRecord:
    """One record of a run before it is applied.

    ``subject`` is the provider's IRI of the dataset. ``received`` are the provider's bytes, ``published``
    N-Triples, or None for a record that is rejected for the reason in ``rejection``. ``crosswalk`` and
    ``aligner`` are the versions that made one of the other. ``identities`` are normalised identifiers that
    name the same dataset wherever it is offered: DOI, handle, original IRI. ``patients`` is None where
    nothing is stated. ``given`` is the new identifier under which a record came that keeps its old one.
    """

    identifier: str
    key: str
    subject: str
    received: bytes
    received_sha256: str
    media_type: str
    crosswalk: str
    published: bytes | None
    published_sha256: str | None
    aligner: str = ""
    rejection: str = ""
    findings: tuple[Finding, ...] = ()
    identities: tuple[str, ...] = ()
    title: str = ""
    patients: int | None = None
    given: str = ""


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What decides whether a record has to be looked at again.

    ``rejection`` is the reason if the bytes received last were not taken in, else ""; an older, good version
    may still be shown then. One that was ``restored`` by a curator stays as it is until its provider sends
    other bytes. ``missed_runs`` complete lists in a row did not name it, the first of them at
    ``missing_since``.
    """

    key: str
    state: RecordState
    received_sha256: str
    crosswalk: str
    published_sha256: str | None
    aligner: str
    rejection: str
    restored: bool = False
    missed_runs: int = 0
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a withdrawn record: when and why it went, and its last version.

    ``replaced_by`` is the key of the record that its provider gives in its place, "" where there is none.
    """

    key: str
    source: str
    identifier: str
    subject: str
    title: str
    withdrawn: datetime
    why: str
    version: int
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class MissingRecord:
    """A record that a run would withdraw, or that its list did not name."""

    key: str
    identifier: str
    title: str
    patients: int | None


class Outcome(StrEnum):
    """What became of a record in a run; a record that is as before is only counted."""

    NEW = "new"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    KEPT = "kept after an error"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of a run's log; ``key`` is "" for a record that was never taken in."""

    identifier: str
    key: str
    title: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Published:
    """The present published version; of a withdrawn record the last one, with the withdrawal's datestamp.

    ``run`` is the one that made this version, with ``crosswalk``. ``duplicate_of`` is the key of the record
    that represents the group of duplicates, "" for a representative and for a record without duplicates.
    """

    key: str
    source: str
    identifier: str
    subject: str
    state: RecordState
    triples: bytes
    sha256: str
    datestamp: datetime
    first_seen: datetime
    last_seen: datetime
    version: int
    run: int
    duplicate_of: str = ""
    crosswalk: str = ""

    @property
    def shown(self) -> bool:
        return self.state in SHOWN


@dataclass(frozen=True, slots=True)
class Offer:
    """Where else a dataset is offered."""

    key: str
    source: str


@dataclass(frozen=True, slots=True)
class Received:
    key: str
    source: str
    identifier: str
    body: bytes
    sha256: str
    media_type: str
    crosswalk: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One published version and its validity: from ``since`` until, not including, ``until``.

    ``why`` is the curator's reason where an earlier version was restored, else ""; ``run`` is then the one
    that brought the earlier version.
    """

    number: int
    sha256: str
    run: int
    since: datetime
    until: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """What a record said in one of its versions."""

    key: str
    source: str
    identifier: str
    subject: str
    triples: bytes
    version: Version


@dataclass(frozen=True, slots=True)
class Reception:
    """A record's bytes as its provider gave them from ``since`` on, accepted or not."""

    number: int
    sha256: str
    media_type: str
    crosswalk: str
    run: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept beside a version's bytes, for the ledger reads no RDF; see ``StagedRecord``."""

    title: str = ""
    patients: int | None = None
    identities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """How many records a curator's reversal moved; those that stood as wanted are ``unchanged``."""

    changed: int = 0
    revived: int = 0
    withdrawn: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Alias:
    """What a source gives as ``given`` is its record ``identifier``."""

    source: str
    given: str
    identifier: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Records of different sources with the same title, which may be one dataset."""

    title: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Renaming:
    """Two shown records of one source that alone in it hold ``shared``, a DOI, a handle or an address.

    ``identifier`` and ``key`` are those of the one that came first, ``given`` and ``given_key`` of the other.
    ``unseen`` says that one of them was missing from the last lists.
    """

    source: str
    shared: str
    identifier: str
    key: str
    given: str
    given_key: str
    unseen: bool


class ChangeKind(StrEnum):
    PUT = "put"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change log; ``run`` is None where no run caused it (a source was removed)."""

    number: int
    key: str
    kind: ChangeKind
    run: int | None
    at: datetime
