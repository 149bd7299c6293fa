"""What a provider node is to us: its configuration, what it lists, the records it gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from harvesters.findings import Finding

if TYPE_CHECKING:
    from harvesters.spool import Spool


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """How one provider is harvested. ``options`` are the KEY=VALUE pairs of ``catalogue source add``.

    ``pace`` is the least time between two requests to the host, in seconds.
    """

    id: str
    kind: str
    url: str
    title: str = ""
    pace: float = 1.0
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One dataset description as the provider gave it.

    ``received`` is canonical N-Triples (RDFC-1.0, sorted lines) of the dataset's closure for RDF sources,
    the payload's bytes for XML ones: equal bytes mean an unchanged record.
    """

    identifier: str
    received: bytes
    media_type: str
    datestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The provider says that a record is gone (OAI-PMH status deleted, HTTP 410)."""

    identifier: str
    datestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that the source holds and that cannot be taken in, with the reason."""

    identifier: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source said when it was asked for everything, and whether that is proven to be all.

    ``complete`` is true only for a list without loop, whose last page was reached, whose totals are met and
    which is not empty; ``incomplete_because`` says what is missing. ``total`` is what the source claims.
    An ``incremental`` list holds only what changed since a checkpoint and may be empty: that a record is
    absent from it says nothing. ``as_of`` is the source's own time of the list, where it tells it.
    """

    pages: int
    total: int | None
    complete: bool
    incomplete_because: str = ""
    findings: tuple[Finding, ...] = ()
    incremental: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """From where an incremental listing goes on."""

    since: datetime


class Source(Protocol):
    """One protocol, one provider. ``listing`` does all requests; ``records`` reads only what was spooled.

    Both raise ``HarvestError``. A page that cannot be fetched or parsed after the first one makes the listing
    incomplete, with the reason; at the first page it is raised. One bad record is yielded as ``Rejected``.
    """

    def listing(self, *, since: Checkpoint | None, spool: "Spool") -> Listing: ...

    def records(self, listing: Listing, *, spool: "Spool") -> Iterator[Record | Withdrawn | Rejected]: ...
