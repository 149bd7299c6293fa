"""One harvest of one source: list, read, prepare, stage, and apply in one short transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from catalogue.ingest.alignment import Traits
from catalogue.ingest.canonical import sha256
from catalogue.ingest.change import is_unchanged, refused
from catalogue.ingest.identity import mint_key
from catalogue.ingest.new_names import NewNames
from catalogue.ingest.preparing import Made, Preparing, Wanted
from catalogue.ingest.spools import RunSpools
from catalogue.ledger import KnownRecord, Lease, Ledger, Rejection, StagedRecord
from catalogue.model.run import ListingFacts, Run, RunMode, RunState, WithdrawalPolicy
from harvesters.errors import HarvestError, RecordRejected, Stopped, Terminal, Transient
from harvesters.source import Checkpoint, Listing, Record, Rejected, Source, SourceConfig, Withdrawn
from harvesters.spool import Spool

_BATCH: Final = 200
_MENTIONS: Final = 1000
# A run that brings its worker down so often will do so again.
MOST_CRASHES: Final = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``total`` is what the source claims, None where it says nothing."""

    source: str
    state: RunState
    records: int = 0
    total: int | None = None


class StopSign(Protocol):
    """Whether a run under way is to end; once it is, requests to the provider raise ``Stopped`` too."""

    @property
    def end(self) -> tuple[RunState, str]:
        """The state in which it ends, and why."""
        ...

    def check(self) -> None:
        """Raise ``Stopped`` once it is to end, ``LeaseLost`` once another worker is to go on with it."""
        ...


class NeverStopped:
    end = (RunState.CANCELLED, "")

    def check(self) -> None:
        """Go on."""


Watch = Callable[[Run], AbstractContextManager[StopSign]]


@dataclass(frozen=True, slots=True)
class Harvesting:
    """What a harvest needs besides the source. ``watch`` says of a run, while it lasts, when it is to end."""

    ledger: Ledger
    preparing: Preparing
    spools: RunSpools
    report: Callable[[Progress], None] = field(default=lambda _: None)
    watch: Watch = field(default=lambda _: nullcontext(NeverStopped()))


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
    run = _begun(config, using, mode)
    if run.crashes > MOST_CRASHES:
        return using.ledger.end_run(
            run.id, RunState.FAILED, f"it was cut off {run.crashes} times and is given up"
        )
    with using.watch(run) as sign:
        try:
            under_way = _UnderWay(run, using.spools.open(run), sign)
            return _Harvest(config, make_source(), using, under_way).to_end(policy, lease)
        except HarvestError as error:
            return _failed(using.ledger, run, sign, error)


def _failed(ledger: Ledger, run: Run, sign: StopSign, error: HarvestError) -> Run:
    """End a run by what stopped it: a sign, else the provider's fault.

    A run that is stopped may fail over anything, as what it works with is taken away.
    """
    stopped = isinstance(error, Stopped)
    try:
        sign.check()
    except Stopped:
        stopped = True
    found = ledger.run(run.id)
    if found.state.ended:  # its source was removed
        return found
    if stopped:
        return ledger.end_run(run.id, *sign.end, attempt=run.resumed)
    after = error.retry_after if isinstance(error, Transient) else None
    worth_retrying = isinstance(error, Transient)
    return ledger.fail_run(
        run.id, str(error), worth_retrying=worth_retrying, retry_after=after, attempt=run.resumed
    )


def _begun(config: SourceConfig, using: Harvesting, mode: RunMode) -> Run:
    left = using.ledger.resumable_run(config.id)
    if left is None:
        return using.ledger.start_run(config.id, mode=mode)
    return using.ledger.restart_staging(left.id, "it was cut off and goes on from what was fetched")


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
            self._staged.append(self._as_staged(wanted, made))
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
        """What a retry is about: the records that the last run could not take in."""
        if self._run.mode is not RunMode.RETRY:
            return frozenset()
        earlier = (run for run in self._ledger.runs(self._config.id) if run.id != self._run.id)
        last = next(earlier, None)
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
            case RunMode.FULL:
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

    def _as_staged(self, wanted: Wanted, made: Made) -> StagedRecord:
        """What is published of it, or the reason why nothing is: the bytes are kept either way."""
        rules = self._using.preparing.rules
        staged = StagedRecord(
            identifier=wanted.record.identifier,
            key=wanted.key,
            subject="",
            received=wanted.record.received,
            received_sha256=sha256(wanted.record.received),
            media_type=wanted.record.media_type,
            crosswalk=rules.crosswalk(wanted.record, self._traits),
            aligner=rules.aligner,
            published=None,
            published_sha256=None,
        )
        if isinstance(made, RecordRejected):
            return replace(staged, rejection=str(made))
        return replace(
            staged,
            subject=made.subject,
            published=made.triples,
            published_sha256=made.sha256,
            identities=made.identities,
            findings=made.findings,
            title=made.title,
            patients=made.patients,
        )

    def _keep_keys_of_renamed(self) -> None:
        """A record under a new identifier that has the DOI of exactly one that is missing is that record."""
        for given, identifier in self._ledger.moved(self._run.id):
            record = self._ledger.take_back(self._run.id, given, attempt=self._attempt)
            kept = replace(record, identifier=identifier)
            wanted = Wanted(kept, self._known[identifier].key, self._traits, given=given)
            for one in self._using.preparing.prepared([wanted]):
                self._staged.append(replace(self._as_staged(*one), given=given))
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
