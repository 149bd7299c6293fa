"""How a harvest would go, step by step, on nothing but memory."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from catalogue.errors import NotFound
from catalogue.ingest.alignment import Traits
from catalogue.ingest.change import is_unchanged, refused
from catalogue.ingest.facts import read_facts
from catalogue.ingest.identity import mint_key
from catalogue.ingest.new_names import Item, NewNames
from catalogue.ingest.preparing import Made, Preparing, Wanted
from catalogue.ingest.record import Prepared
from catalogue.ledger import SHOWN, KnownRecord, Ledger, Published, Rejection
from catalogue.ledger.aliases import single_pairs
from catalogue.ledger.staging import NAMED_TWICE
from catalogue.model.run import RecordState, WithdrawalPolicy
from catalogue.profile.reader import read_dataset
from catalogue.publishing.difference import FieldChange, differences
from harvesters.errors import RecordRejected
from harvesters.findings import Finding
from harvesters.source import Record, Rejected, SourceConfig, Withdrawn


@dataclass(frozen=True, slots=True)
class PreviewedRecord:
    """A record that would be new, or changed as ``changes`` say; ``patients`` is None where none count."""

    identifier: str
    title: str
    patients: int | None
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class NewName:
    """The record ``identifier`` comes as ``given`` and keeps its key, for a DOI or the like tells."""

    given: str
    identifier: str


@dataclass(slots=True)
class Rehearsal:
    """The steps of a harvest and of applying it: ``take`` all that is ``to_prepare``, then ``settle``.

    Only where the list proves absence ``rename`` what came under a new identifier, and ask what is missing.
    """

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

    @property
    def live(self) -> set[str]:
        """What is shown now, by identifier."""
        return {identifier for identifier, known in self.known.items() if known.state in SHOWN}

    @property
    def named(self) -> set[str]:
        """What the list holds, whether it could be taken in or not."""
        return {*self.staged, *self.seen, *(one.identifier for one in self.rejected)}

    @property
    def missing(self) -> set[str]:
        """What is shown now and neither in the list nor told to be gone."""
        return self.live - self.named - set(self.gone)

    def to_prepare(self, items: Iterable[Item]) -> Iterator[Wanted]:
        for item, given in self.names.settled(items):
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

    def rename(self) -> tuple[NewName, ...]:
        """A new record that alone comes with what one that is missing alone held, is that record."""
        absent = self.missing
        alone = {value: next(iter(news)) for value, news in self.shared.items() if len(news) == 1}
        pairs = single_pairs(
            (new, self.held[value])
            for value, new in alone.items()
            if new in self.movable and self.held[value] in absent
        )
        self._take_back({given for given, _ in pairs})
        for one in self.preparing.prepared(self._kept(given, identifier) for given, identifier in pairs):
            self._stage(*one)
        return tuple(NewName(given, identifier) for given, identifier in pairs)

    def due(self, policy: WithdrawalPolicy) -> set[str]:
        """What was missing in enough lists, for long enough, with this one."""
        now = self.ledger.now()
        long_ago = now - timedelta(days=policy.days)
        return {
            one
            for one in self.missing
            if self.known[one].missed_runs + 1 >= policy.runs
            and (self.known[one].missing_since or now) <= long_ago
        }

    def _new_or_changed(self, record: Record, given: str) -> Iterator[Wanted]:
        identifier = record.identifier
        if rejection := refused(record):
            self._reject(rejection)
            return
        known = self.known.get(identifier)
        if known and is_unchanged(known, record, self.preparing.rules, self.traits):
            self.seen.append(identifier)
            return
        key = known.key if known else mint_key(self.config.id, identifier, taken=lambda _: False)
        yield Wanted(record, key, self.traits, given=given)

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
            facts = read_facts(last.subject, last.triples)
            self.changed.append(PreviewedRecord(identifier, facts.title, facts.patients))

    def _take_back(self, given: Collection[str]) -> None:
        self.staged.difference_update(given)
        self.new = {identifier: one for identifier, one in self.new.items() if identifier not in given}
        self.rejected = [one for one in self.rejected if one.identifier not in given]
        self.findings = [one for one in self.findings if one[0] not in given]

    def _kept(self, given: str, identifier: str) -> Wanted:
        """What came as ``given``, under the name and the key that it had."""
        wanted = self.movable[given]
        record = replace(wanted.record, identifier=identifier)
        return Wanted(record, self.known[identifier].key, self.traits, given=wanted.given)
