"""What a harvest of a source would bring, found out without leaving a trace."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from catalogue.errors import NotFound
from catalogue.ingest.alignment import Traits
from catalogue.ingest.canonical import sha256
from catalogue.ingest.identity import mint_key
from catalogue.ingest.new_names import NewNames
from catalogue.ingest.preparing import Made, Preparing, Wanted
from catalogue.ingest.record import Prepared
from catalogue.ledger import SHOWN, KnownRecord, Ledger, Published, Rejection
from catalogue.ledger.aliases import single_pairs
from catalogue.ledger.holding import Stakes, hold_reason
from catalogue.ledger.staging import NAMED_TWICE
from catalogue.model.run import ListingFacts, RecordState, WithdrawalPolicy
from catalogue.profile.reader import read_dataset
from catalogue.publishing.difference import FieldChange, differences
from harvesters.errors import RecordRejected
from harvesters.findings import Finding
from harvesters.source import Listing, Record, Rejected, Source, SourceConfig, Withdrawn
from harvesters.spool import Spool

FIRST_OF_ALL: Final = "this is the first run of the source; a curator lets it in"
# As in a harvest: PostgreSQL keeps no longer ones in an index.
_LONGEST_IDENTIFIER: Final = 2_000


@dataclass(frozen=True, slots=True)
class PreviewedRecord:
    """A record that would be new, or changed as ``changes`` say; ``patients`` is None where none count."""

    identifier: str
    title: str
    patients: int | None
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class NewName:
    """The record ``identifier`` comes as ``given`` and keeps its key: a DOI or the like says that it is it."""

    given: str
    identifier: str


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
        trial = _Trial(config, ledger, preparing)
        listing = source.listing(since=None, spool=spool)
        for wanted, made in preparing.prepared(trial.to_prepare(source, listing, spool)):
            trial.take(wanted, made)
    trial.settle()
    return trial.outcome(listing, policy)


@dataclass(slots=True)
class _Trial:
    """The steps of a harvest and of applying it, in their order, on nothing but memory."""

    config: SourceConfig
    ledger: Ledger
    preparing: Preparing
    known: Mapping[str, KnownRecord] = field(init=False)
    names: NewNames = field(init=False)
    held: Mapping[str, str] = field(init=False)
    traits: Traits = field(init=False)
    new: dict[str, PreviewedRecord] = field(default_factory=dict)
    changed: list[PreviewedRecord] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    # What was made anew, what is as before, what its provider says is gone.
    staged: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    # By identity which records came with it, and the new ones among these.
    shared: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    movable: dict[str, Wanted] = field(default_factory=dict)
    nameless: int = 0
    unchanged: int = 0

    def __post_init__(self) -> None:
        self.known = self.ledger.known(self.config.id)
        self.names = NewNames(self.ledger.aliases(self.config.id))
        self.held = self.ledger.sole_identities(self.config.id)
        self.traits = Traits.of(self.config)

    def to_prepare(self, source: Source, listing: Listing, spool: Spool) -> Iterator[Wanted]:
        for item, given in self.names.settled(source.records(listing, spool=spool)):
            match item:
                case Withdrawn():
                    self.gone.append(item.identifier)
                case Rejected():
                    self._reject(item)
                case Record():
                    yield from self._new_or_changed(item, given)

    def take(self, wanted: Wanted, made: Made) -> None:
        identifier = wanted.record.identifier
        if identifier in self.staged:
            self.rejected.append(Rejection(identifier, NAMED_TWICE))
            return
        self._stage(wanted, made)
        if isinstance(made, Prepared):
            self._note_words(wanted.key, made)
            self._note_identities(wanted, made)

    def settle(self) -> None:
        """What was named in another way too counts as it was named first; then see what is as before."""
        told = set(self.staged)
        self.seen = list(self._firsts(self.seen, told))
        self.gone = list(self._firsts(self.gone, told))
        rejected = {one.identifier for one in self.rejected}
        for identifier in self.seen:
            known = self.known[identifier]
            if known.rejection and identifier not in rejected:
                self.rejected.append(Rejection(identifier, known.rejection))
            elif not known.rejection:
                self._see(identifier, known)

    def outcome(self, listing: Listing, policy: WithdrawalPolicy) -> Preview:
        facts = self._facts(listing)
        renamed = self._renamed() if facts.proves_absence else ()
        live = {identifier for identifier, known in self.known.items() if known.state in SHOWN}
        deleted, missing = live.intersection(self.gone), self._absent() if facts.proves_absence else set()
        due = self._due(missing, policy)
        stakes = Stakes(
            live=len(live),
            deleted=len(deleted),
            due=len(due),
            newly_missing=sum(self.known[one].missing_since is None for one in missing),
            absent=len(missing),
            named=len(self._named()) + len(self.gone),
        )
        return Preview(
            listing=listing,
            proves_absence=facts.proves_absence,
            new=tuple(self.new.values()),
            changed=tuple(self.changed),
            unchanged=self.unchanged,
            renamed=renamed,
            deleted=tuple(sorted(deleted)),
            missing=tuple(sorted(missing)),
            due=tuple(sorted(due)),
            rejected=tuple(self.rejected),
            findings=(*(("", one) for one in listing.findings), *self.findings),
            unmapped=tuple(UnmappedValue(*word, count) for word, count in self.unmapped.most_common()),
            held_because=self._held_as_first() or hold_reason(stakes, policy, facts),
        )

    def _new_or_changed(self, record: Record, given: str) -> Iterator[Wanted]:
        identifier = record.identifier
        if len(identifier.encode()) > _LONGEST_IDENTIFIER:
            reason = f"its identifier is longer than {_LONGEST_IDENTIFIER} bytes"
            self._reject(Rejected(identifier[:200], reason, identified=False))
            return
        known = self.known.get(identifier)
        if known and self._is_unchanged(known, record):
            self.seen.append(identifier)
            return
        key = known.key if known else mint_key(self.config.id, identifier, taken=lambda _: False)
        yield Wanted(record, key, self.traits, given=given)

    def _is_unchanged(self, known: KnownRecord, record: Record) -> bool:
        if known.received_sha256 != sha256(record.received):
            return False
        rules = self.preparing.rules
        made_with = (rules.crosswalk(record, self.traits), rules.aligner)
        return known.restored or (known.crosswalk, known.aligner) == made_with

    def _reject(self, item: Rejected) -> None:
        self.nameless += not item.identified
        self.rejected.append(Rejection(item.identifier, item.reason))

    def _stage(self, wanted: Wanted, made: Made) -> None:
        identifier = wanted.record.identifier
        self.staged.add(identifier)
        if isinstance(made, RecordRejected):
            self.rejected.append(Rejection(identifier, str(made)))
            return
        self.findings += ((identifier, finding) for finding in made.findings)
        last = self._last(self.known.get(identifier))
        record = PreviewedRecord(identifier, made.title, made.patients)
        if last is None:
            self.new[identifier] = record
        elif last.shown and last.sha256 == made.sha256:
            self.unchanged += 1
        else:
            self.changed.append(replace(record, changes=differences(last.triples, made.triples)))

    def _last(self, known: KnownRecord | None) -> Published | None:
        """The last published version of a record, also of one that is withdrawn."""
        if known is None:
            return None
        try:
            return self.ledger.published(known.key)
        except NotFound:
            return None

    def _note_words(self, key: str, made: Prepared) -> None:
        dataset = read_dataset(key, made.subject, made.triples)
        self.unmapped.update(
            {(value.axis.value, value.raw) for value in dataset.values if value.concept is None}
        )

    def _note_identities(self, wanted: Wanted, made: Prepared) -> None:
        identifier = wanted.record.identifier
        for value in self.held.keys() & set(made.identities):
            self.shared[value].add(identifier)
            if identifier not in self.known:
                self.movable[identifier] = wanted

    def _firsts(self, identifiers: list[str], told: set[str]) -> Iterator[str]:
        for identifier in identifiers:
            if identifier in told:
                self.rejected.append(Rejection(identifier, NAMED_TWICE))
            else:
                told.add(identifier)
                yield identifier

    def _see(self, identifier: str, known: KnownRecord) -> None:
        """A record that was withdrawn and is seen again gets its last version back."""
        if known.state is not RecordState.WITHDRAWN or known.restored:
            self.unchanged += 1
        elif last := self._last(known):
            dataset = read_dataset(known.key, last.subject, last.triples)
            self.changed.append(PreviewedRecord(identifier, dataset.title, dataset.patients))

    def _renamed(self) -> tuple[NewName, ...]:
        """As a harvest finds them: who alone comes with what one that is missing alone held."""
        absent = self._absent()
        alone = {value: next(iter(news)) for value, news in self.shared.items() if len(news) == 1}
        pairs = single_pairs(
            (new, self.held[value])
            for value, new in alone.items()
            if new in self.movable and self.held[value] in absent
        )
        for given, identifier in pairs:
            self._take_back(given)
            wanted = self.movable[given]
            kept = replace(wanted.record, identifier=identifier)
            again = Wanted(kept, self.known[identifier].key, self.traits, given=wanted.given)
            for one in self.preparing.prepared([again]):
                self._stage(*one)
        return tuple(NewName(given, identifier) for given, identifier in pairs)

    def _take_back(self, given: str) -> None:
        self.staged.discard(given)
        self.new.pop(given, None)
        self.rejected = [one for one in self.rejected if one.identifier != given]
        self.findings = [one for one in self.findings if one[0] != given]

    def _named(self) -> set[str]:
        return {*self.staged, *self.seen, *(one.identifier for one in self.rejected)}

    def _absent(self) -> set[str]:
        shown = {identifier for identifier, known in self.known.items() if known.state in SHOWN}
        return shown - self._named() - set(self.gone)

    def _due(self, missing: set[str], policy: WithdrawalPolicy) -> set[str]:
        """Those that were missing in enough lists, for long enough, with this one."""
        now = self.ledger.now()
        long_ago = now - timedelta(days=policy.days)
        return {
            one
            for one in missing
            if self.known[one].missed_runs + 1 >= policy.runs
            and (self.known[one].missing_since or now) <= long_ago
        }

    def _facts(self, listing: Listing) -> ListingFacts:
        return ListingFacts(
            listing.pages,
            listing.total,
            listing.complete,
            listing.incomplete_because,
            proves_absence=listing.proves_absence and not self.nameless,
            as_of=listing.as_of,
        )

    def _held_as_first(self) -> str:
        """Why the first run of a source waits; a source that came back after it was removed begins anew."""
        try:
            row = self.ledger.source(self.config.id)
        except NotFound:
            return ""
        was_applied = row.last_harvested is not None and row.last_harvested >= row.added
        return FIRST_OF_ALL if row.hold_first and not was_applied else ""
