"""What a provider node is to us: its configuration, what it lists, the records it gives."""

from collections.abc import Collection, Iterator, Mapping
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
    """A record that the source holds and that cannot be taken in, with the reason.

    Without an identifier of its own it is not ``identified``, and ``identifier`` says where it stands: it may
    be any of the records that seem to be missing.
    """

    identifier: str
    reason: str
    identified: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source said when it was asked for everything, and whether that is proven to be all.

    ``complete`` is true only for a list without loop, whose every page was read strictly, whose last page was
    reached and whose totals are met; ``incomplete_because`` says what is missing. A complete list may be
    empty: what that means is not the source's to decide. ``total`` is what the source claims.
    An ``incremental`` list holds only what changed since a checkpoint, or only what was asked for by name.
    A list is ``revalidated`` where an answer in it is an earlier one that the source said still holds (304).
    ``as_of`` is the source's own time of the list, taken from its first page. ``retry_after`` are the seconds
    that the source asked us to wait when the list broke off, None where it did not.
    """

    pages: int
    total: int | None
    complete: bool
    incomplete_because: str = ""
    findings: tuple[Finding, ...] = ()
    incremental: bool = False
    revalidated: bool = False
    as_of: datetime | None = None
    retry_after: float | None = None

    @property
    def proves_absence(self) -> bool:
        """Whether a record that is not in it is not at the source any more."""
        return self.complete and not self.incremental and not self.revalidated


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """From where an incremental listing goes on: ``since`` is the ``as_of`` of the list before."""

    since: datetime


class Source(Protocol):
    """One protocol, one provider. ``listing`` does all requests; ``records`` reads only what was spooled.

    Both raise ``HarvestError``. A page that cannot be fetched or parsed after the first one makes the listing
    incomplete, with the reason; at the first page it is raised. One bad record is yielded as ``Rejected``.

    A spool that holds pages already is that of a run cut off: the same way is walked again, each answer is
    taken from the spool as long as it has it (``Spool.replay``), and only what is missing is asked for.
    ``since`` asks for what changed, ``only`` for these records alone; a source that cannot do the one or the
    other lists everything, and its listing says so (``incremental`` is false).
    """

    def listing(self, *, since: Checkpoint | None, spool: "Spool", only: Collection[str] = ()) -> Listing: ...

    def records(self, listing: Listing, *, spool: "Spool") -> Iterator[Record | Withdrawn | Rejected]: ...
