"""What a harvest of a source would bring, found out without leaving a trace."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalogue.ingest.alignment import Traits
from catalogue.ingest.canonical import sha256
from catalogue.ingest.identity import mint_key
from catalogue.ingest.preparing import Preparing, Wanted
from catalogue.ingest.record import Prepared
from catalogue.ledger import SHOWN, KnownRecord, Ledger, Rejection
from catalogue.ledger.holding import Stakes, hold_reason
from catalogue.model.run import ListingFacts, WithdrawalPolicy
from catalogue.profile.reader import read_dataset
from catalogue.publishing.difference import FieldChange, differences
from harvesters.errors import RecordRejected
from harvesters.findings import Finding
from harvesters.source import Listing, Record, Rejected, Source, SourceConfig, Withdrawn
from harvesters.spool import Spool


@dataclass(frozen=True, slots=True)
class PreviewedRecord:
    """A record that would be new, or changed as ``changes`` say; ``patients`` is None where none count."""

    identifier: str
    title: str
    patients: int | None
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class UnmappedValue:
    """A provider's word that means no concept yet, and in how many of its datasets it stands."""

    axis: str
    raw: str
    datasets: int


@dataclass(frozen=True, slots=True)
class Preview:
    """``missing`` are identifiers of live records; ``held_because`` is "" where no curator need be asked."""

    listing: Listing
    new: tuple[PreviewedRecord, ...]
    changed: tuple[PreviewedRecord, ...]
    unchanged: int
    deleted: tuple[str, ...]
    missing: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    findings: tuple[tuple[str, Finding], ...]
    unmapped: tuple[UnmappedValue, ...]
    held_because: str


def preview(
    config: SourceConfig, source: Source, ledger: Ledger, preparing: Preparing, policy: WithdrawalPolicy
) -> Preview:
    """List and prepare everything as a harvest would, and compare it with what is live; write nothing.

    A source that the ledger does not know is all new. Raises ``HarvestError`` where the provider fails.
    """
    with tempfile.TemporaryDirectory(prefix="catalogue-preview-") as folder:
        spool = Spool(Path(folder))
        trial = _Trial(config, ledger, preparing)
        listing = source.listing(since=None, spool=spool)
        for wanted, made in preparing.prepared(trial.to_prepare(source, listing, spool)):
            trial.take(wanted, made)
    return trial.outcome(listing, policy)


@dataclass(slots=True)
class _Trial:
    config: SourceConfig
    ledger: Ledger
    preparing: Preparing
    known: Mapping[str, KnownRecord] = field(init=False)
    aliases: Mapping[str, str] = field(init=False)
    traits: Traits = field(init=False)
    new: list[PreviewedRecord] = field(default_factory=list)
    changed: list[PreviewedRecord] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    named: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    nameless: int = 0
    unchanged: int = 0

    def __post_init__(self) -> None:
        self.known = self.ledger.known(self.config.id)
        self.aliases = self.ledger.aliases(self.config.id)
        self.traits = Traits.of(self.config)

    def to_prepare(self, source: Source, listing: Listing, spool: Spool) -> Iterator[Wanted]:
        for item in source.records(listing, spool=spool):
            identifier = self.aliases.get(item.identifier, item.identifier)
            match item:
                case Withdrawn():
                    self.gone.add(identifier)
                case Rejected():
                    self.named.add(identifier)
                    self.nameless += not item.identified
                    self.rejected.append(Rejection(identifier, item.reason))
                case Record():
                    self.named.add(identifier)
                    known = self.known.get(identifier)
                    key = known.key if known else mint_key(self.config.id, identifier, taken=lambda _: False)
                    record = Record(identifier, item.received, item.media_type)
                    yield Wanted(record, key, self.traits, given=item.identifier)

    def take(self, wanted: Wanted, made: Prepared | RecordRejected) -> None:
        identifier = wanted.record.identifier
        if isinstance(made, RecordRejected):
            self.rejected.append(Rejection(identifier, str(made)))
            return
        self.findings += ((identifier, finding) for finding in made.findings)
        dataset = read_dataset(wanted.key, made.subject, made.triples)
        self.unmapped.update(
            {(value.axis.value, value.raw) for value in dataset.values if value.concept is None}
        )
        known = self.known.get(identifier)
        if known is None or known.published_sha256 is None:
            self.new.append(PreviewedRecord(identifier, made.title, made.patients))
        elif known.published_sha256 == sha256(made.triples):
            self.unchanged += 1
        else:
            before = self.ledger.published(known.key)
            changes = differences(before.triples, made.triples)
            self.changed.append(PreviewedRecord(identifier, made.title, made.patients, changes))

    def outcome(self, listing: Listing, policy: WithdrawalPolicy) -> Preview:
        live = {identifier for identifier, known in self.known.items() if known.state in SHOWN}
        deleted, missing = live & self.gone, live - self.named - self.gone
        facts = ListingFacts(
            listing.pages,
            listing.total,
            listing.complete,
            listing.incomplete_because,
            proves_absence=listing.proves_absence and not self.nameless,
            as_of=listing.as_of,
        )
        absent = len(missing) if facts.proves_absence else 0
        named = len(self.named) + len(self.gone)
        stakes = Stakes(len(live), len(deleted), 0, absent, absent, named)
        return Preview(
            listing=listing,
            new=tuple(self.new),
            changed=tuple(self.changed),
            unchanged=self.unchanged,
            deleted=tuple(sorted(deleted)),
            missing=tuple(sorted(missing)),
            rejected=tuple(self.rejected),
            findings=(*(("", one) for one in listing.findings), *self.findings),
            unmapped=tuple(UnmappedValue(*word, count) for word, count in self.unmapped.most_common()),
            held_because=hold_reason(stakes, policy, facts),
        )
