"""What a harvest of a source would bring, found out without leaving a trace."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import NotFound
from catalogue.ingest.preparing import Preparing
from catalogue.ingest.rehearsal import NewName, PreviewedRecord, Rehearsal
from catalogue.ledger import Ledger, Rejection
from catalogue.ledger.holding import FIRST_OF_ALL, Stakes, hold_reason
from catalogue.model.run import ListingFacts, WithdrawalPolicy
from harvesters.findings import Finding
from harvesters.source import Listing, Source, SourceConfig
from harvesters.spool import Spool


@dataclass(frozen=True, slots=True)
class UnmappedValue:
    """A provider's word that means no concept yet, and in how many of its datasets it stands."""

    axis: str
    raw: str
    datasets: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The lists count as a run does: what was withdrawn and comes back is ``changed``, what is ``renamed`` is
    changed or unchanged too, and nothing is ``missing`` where the list does not ``proves_absence``.

    ``missing`` are identifiers of records that are shown, ``due`` those of them that would be withdrawn at
    once. ``held_because`` is "" where no curator need be asked. Findings and unmapped values are those of the
    records that are new or to be made anew.
    """

    listing: Listing
    proves_absence: bool
    new: tuple[PreviewedRecord, ...]
    changed: tuple[PreviewedRecord, ...]
    unchanged: int
    renamed: tuple[NewName, ...]
    deleted: tuple[str, ...]
    missing: tuple[str, ...]
    due: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    findings: tuple[tuple[str, Finding], ...]
    unmapped: tuple[UnmappedValue, ...]
    held_because: str


def preview(
    config: SourceConfig, source: Source, ledger: Ledger, preparing: Preparing, policy: WithdrawalPolicy
) -> Preview:
    """List everything and prepare what a full harvest would, compare it with what is live; write nothing.

    A source that the ledger does not know is all new. Raises ``HarvestError`` where the provider fails.
    """
    with tempfile.TemporaryDirectory(prefix="catalogue-preview-") as folder:
        spool = Spool(Path(folder))
        rehearsal = Rehearsal(config, ledger, preparing)
        listing = source.listing(since=None, spool=spool)
        items = source.records(listing, spool=spool)
        for wanted, made in preparing.prepared(rehearsal.to_prepare(items)):
            rehearsal.take(wanted, made)
    rehearsal.settle()
    return _outcome(rehearsal, _facts(listing, rehearsal), listing, policy)


def _facts(listing: Listing, rehearsal: Rehearsal) -> ListingFacts:
    return ListingFacts(
        listing.pages,
        listing.total,
        listing.complete,
        listing.incomplete_because,
        proves_absence=listing.proves_absence and not rehearsal.nameless,
        as_of=listing.as_of,
    )


def _outcome(
    rehearsal: Rehearsal, facts: ListingFacts, listing: Listing, policy: WithdrawalPolicy
) -> Preview:
    proves = facts.proves_absence
    renamed = rehearsal.rename() if proves else ()
    live, deleted = rehearsal.live, rehearsal.live.intersection(rehearsal.gone)
    missing, due = (rehearsal.missing, rehearsal.due(policy)) if proves else (set(), set())
    stakes = Stakes(
        live=len(live),
        deleted=len(deleted),
        due=len(due),
        newly_missing=sum(rehearsal.known[one].missing_since is None for one in missing),
        absent=len(missing),
        named=len(rehearsal.named) + len(rehearsal.gone),
    )
    words = rehearsal.unmapped.most_common()
    return Preview(
        listing=listing,
        proves_absence=proves,
        new=tuple(rehearsal.new.values()),
        changed=tuple(rehearsal.changed),
        unchanged=rehearsal.unchanged,
        renamed=renamed,
        deleted=tuple(sorted(deleted)),
        missing=tuple(sorted(missing)),
        due=tuple(sorted(due)),
        rejected=tuple(rehearsal.rejected),
        findings=(*(("", one) for one in listing.findings), *rehearsal.findings),
        unmapped=tuple(UnmappedValue(*word, count) for word, count in words),
        held_because=_held_as_first(rehearsal) or hold_reason(stakes, policy, facts),
    )


def _held_as_first(rehearsal: Rehearsal) -> str:
    """Why the first run of a source waits; a source that came back after it was removed begins anew."""
    try:
        row = rehearsal.ledger.source(rehearsal.config.id)
    except NotFound:
        return ""
    was_applied = row.last_harvested is not None and row.last_harvested >= row.added
    return FIRST_OF_ALL if row.hold_first and not was_applied else ""
