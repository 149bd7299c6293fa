"""One harvest of one source: list, read, prepare, stage, and apply in one short transaction."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from catalogue.ingest.alignment import Traits
from catalogue.ingest.attended import Harvesting, Progress, StopSign, attended
from catalogue.ingest.change import is_unchanged, refused
from catalogue.ingest.identity import mint_key
from catalogue.ingest.new_names import NewNames
from catalogue.ingest.preparing import Wanted
from catalogue.ingest.staged import as_staged
from catalogue.ledger import KnownRecord, Lease, Rejection, StagedRecord
from catalogue.model.run import ListingFacts, Run, RunMode, RunState, WithdrawalPolicy
from harvesters.errors import Terminal
from harvesters.source import Checkpoint, Listing, Record, Rejected, Source, SourceConfig, Withdrawn
from harvesters.spool import Spool

_BATCH: Final = 200
_MENTIONS: Final = 1000


def harvest(
    config: SourceConfig,
    make_source: Callable[[], Source],
    using: Harvesting,
    *,
    mode: RunMode = RunMode.FULL,
    policy: WithdrawalPolicy | None = None,
    lease: Lease | None = None,
) -> Run:
    """Run to an end state; what the provider did wrong is no exception but the run's message.

    Nothing that is live is touched before the last transaction, so one cut off anywhere changes nothing. A
    run that was cut off is taken up where it was, in its own mode. Raises ``LeaseLost`` where another worker
    took the source over, or is to.
    """

    def work(run: Run, sign: StopSign) -> Run:
        under_way = _UnderWay(run, using.spools.open(run), sign)
        return _Harvest(config, make_source(), using, under_way).to_end(policy, lease)

    return attended(config.id, using, mode, work)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    run: Run
    spool: Spool
    sign: StopSign


class _Harvest:
    def __init__(self, config: SourceConfig, source: Source, using: Harvesting, under_way: _UnderWay) -> None:
        self._config = config
        self._source = source
        self._using = using
        self._ledger = using.ledger
        self._run = under_way.run
        self._spool = under_way.spool
        self._sign = under_way.sign
        self._known: Mapping[str, KnownRecord] = {}
        self._names = NewNames({})
        self._keys: frozenset[str] | None = None
        self._only: frozenset[str] = frozenset()
        self._seen: list[str] = []
        self._gone: list[str] = []
        self._rejected: list[Rejection] = []
        self._staged: list[StagedRecord] = []
        self._offered = 0
        self._nameless = 0
        self._attempt = under_way.run.resumed
        self._traits = Traits.of(config)

    def to_end(self, policy: WithdrawalPolicy | None, lease: Lease | None) -> Run:
        self._only = self._wanted_only()
        self._move(RunState.FETCHING, self._what_is_asked())
        self._names = NewNames(self._ledger.aliases(self._config.id))
        only = self._names.asked_for(self._only)
        listing = self._source.listing(since=self._since(), spool=self._spool, only=only)
        self._ledger.add_findings(self._run.id, listing.findings)
        self._known = self._ledger.known(self._config.id)
        for wanted, made in self._using.preparing.prepared(self._to_prepare(listing)):
            self._staged.append(as_staged(wanted, made, self._using.preparing.rules))
            self._flush_if_many()
        self._flush()
        facts = self._facts(listing)
        self._move(RunState.STAGED, f"{self._offered} records read")
        self._ledger.note_listing(self._run.id, facts, retry_after=listing.retry_after, attempt=self._attempt)
        if facts.proves_absence:
            self._keep_keys_of_renamed()
        self._move(RunState.CHECKED, _what_absence_means(facts))
        self._sign.check()
        self._move(RunState.APPLYING, "writing the differences")
        self._ledger.apply_run(self._run.id, policy=policy, lease=lease)
        return self._ledger.run(self._run.id)

    def _wanted_only(self) -> frozenset[str]:
        """What a retry is about: the records that the last harvest could not take in."""
        if self._run.mode is not RunMode.RETRY:
            return frozenset()
        last = self._ledger.last_run(self._config.id, before=self._run.id)
        found = frozenset(one.identifier for one in self._ledger.rejections(last.id)) if last else frozenset()
        if not found:
            raise Terminal(f"the last run of {self._config.id} rejected no record: there is nothing to retry")
        return found

    def _since(self) -> Checkpoint | None:
        if self._run.mode is not RunMode.INCREMENTAL:
            return None
        moment = self._ledger.checkpoint(self._config.id)
        return Checkpoint(moment) if moment else None

    def _what_is_asked(self) -> str:
        match self._run.mode:
            case RunMode.RETRY:
                return f"asking the provider for the {len(self._only)} records that failed"
            case RunMode.INCREMENTAL:
                return "asking the provider for what changed"
            case _:
                return "asking the provider for its list"

    def _to_prepare(self, listing: Listing) -> Iterator[Wanted]:
        """The records that are new, changed or to be made by other rules; all others are dealt with here."""
        for item, given in self._names.settled(self._source.records(listing, spool=self._spool)):
            self._sign.check()
            if self._only and item.identifier not in self._only:
                continue
            self._offered += 1
            match item:
                case Record():
                    yield from self._new_or_changed(item, given)
                case Rejected():
                    self._reject(item)
                case Withdrawn():
                    self._gone.append(item.identifier)
            self._flush_if_many()
            self._report(listing.total)

    def _new_or_changed(self, record: Record, given: str) -> Iterator[Wanted]:
        if rejection := refused(record):
            self._reject(rejection)
            return
        known = self._known.get(record.identifier)
        if known and is_unchanged(known, record, self._using.preparing.rules, self._traits):
            self._seen.append(record.identifier)
            return
        key = known.key if known else self._mint(record.identifier)
        yield Wanted(record, key, self._traits, given=given)

    def _keep_keys_of_renamed(self) -> None:
        """A record under a new identifier that has the DOI of exactly one that is missing is that record."""
        for given, identifier in self._ledger.moved(self._run.id):
            record = self._ledger.take_back(self._run.id, given, attempt=self._attempt)
            kept = replace(record, identifier=identifier)
            wanted = Wanted(kept, self._known[identifier].key, self._traits, given=given)
            for one in self._using.preparing.prepared([wanted]):
                self._staged.append(replace(as_staged(*one, self._using.preparing.rules), given=given))
        self._flush()

    def _facts(self, listing: Listing) -> ListingFacts:
        because = listing.incomplete_because
        return ListingFacts(
            pages=listing.pages,
            total=listing.total,
            complete=listing.complete,
            incomplete_because=because,
            proves_absence=listing.proves_absence and not self._only and not self._nameless,
            as_of=listing.as_of,
        )

    def _mint(self, identifier: str) -> str:
        if self._keys is None:
            self._keys = self._ledger.keys()
        return mint_key(self._config.id, identifier, taken=self._keys.__contains__)

    def _reject(self, item: Rejected) -> None:
        self._nameless += not item.identified
        self._rejected.append(Rejection(item.identifier, item.reason))

    def _flush_if_many(self) -> None:
        told = len(self._seen) + len(self._gone) + len(self._rejected)
        if len(self._staged) >= _BATCH or told >= _MENTIONS:
            self._flush()

    def _flush(self) -> None:
        run, attempt = self._run.id, self._attempt
        self._ledger.stage(run, self._staged, attempt=attempt)
        self._ledger.seen(run, self._seen, attempt=attempt)
        self._ledger.withdrawn(run, self._gone, attempt=attempt)
        self._ledger.add_rejections(run, self._rejected, attempt=attempt)
        self._ledger.note_offered(run, self._offered)
        self._staged, self._seen, self._gone, self._rejected = [], [], [], []

    def _move(self, state: RunState, cause: str) -> None:
        self._ledger.move_run(self._run.id, state, cause, attempt=self._attempt)
        self._using.report(Progress(self._config.id, state, self._offered))

    def _report(self, total: int | None) -> None:
        self._using.report(Progress(self._config.id, RunState.FETCHING, self._offered, total))


def _what_absence_means(facts: ListingFacts) -> str:
    if facts.proves_absence:
        return "the list is proven whole: what it does not name is missing at the source"
    return "the list is no proof of absence: what it does not name stays as it is"
