"""One harvest of one source: list, read, prepare, stage, and apply in one short transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from catalogue.ingest.alignment import Traits
from catalogue.ingest.canonical import sha256
from catalogue.ingest.identity import mint_key
from catalogue.ingest.record import Preparation
from catalogue.ledger import KnownRecord, Lease, Ledger, StagedRecord
from catalogue.model.run import Run, RunState
from harvesters.errors import HarvestError, RecordRejected
from harvesters.source import Listing, Record, Rejected, Source, SourceConfig, Withdrawn
from harvesters.spool import Spool

_BATCH: Final = 200
# PostgreSQL keeps no longer ones in an index.
_LONGEST_IDENTIFIER: Final = 2_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``total`` is what the source claims, None where it says nothing."""

    source: str
    state: RunState
    records: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Harvesting:
    """What a harvest needs besides the source."""

    ledger: Ledger
    preparation: Preparation
    spool_folder: Path
    report: Callable[[Progress], None] = field(default=lambda _: None)


def harvest(config: SourceConfig, source: Source, using: Harvesting, *, lease: Lease | None = None) -> Run:
    """Run to an end state; what the provider did wrong is no exception but the run's message.

    Nothing that is live is touched before the last transaction, so one cut off anywhere changes nothing.
    With ``lease`` that transaction raises ``LeaseLost`` where another worker took the source over.
    """
    run = using.ledger.start_run(config.id)
    spool = Spool(using.spool_folder / str(run.id))
    try:
        return _Harvest(config, source, using, run, spool).to_end(lease)
    except HarvestError as error:
        return using.ledger.end_run(run.id, RunState.FAILED, str(error))
    finally:
        spool.remove()


class _Harvest:
    def __init__(
        self, config: SourceConfig, source: Source, using: Harvesting, run: Run, spool: Spool
    ) -> None:
        self._config = config
        self._source = source
        self._using = using
        self._ledger = using.ledger
        self._run = run
        self._spool = spool
        self._known: Mapping[str, KnownRecord] = {}
        self._seen: list[str] = []
        self._staged: list[StagedRecord] = []
        self._offered = 0
        self._traits = _traits(config)

    def to_end(self, lease: Lease | None) -> Run:
        self._move(RunState.FETCHING, "asking the provider for its list")
        listing = self._source.listing(since=None, spool=self._spool)
        self._ledger.add_findings(self._run.id, listing.findings)
        self._known = self._ledger.known(self._config.id)
        for item in self._source.records(listing, spool=self._spool):
            self._take(item)
            self._report(RunState.FETCHING, listing.total)
        self._flush()
        self._move(RunState.STAGED, f"{self._offered} records read")
        self._move(RunState.CHECKED, "a record that is absent stays and is marked unseen")
        self._move(RunState.APPLYING, "writing the differences")
        return self._apply(listing, lease)

    def _take(self, item: Record | Withdrawn | Rejected) -> None:
        self._offered += 1
        match item:
            case Record():
                self._stage(item)
            case Rejected():
                self._reject(item.identifier, item.reason)
            case Withdrawn():
                self._ledger.withdrawn(self._run.id, [item.identifier])

    def _stage(self, record: Record) -> None:
        if len(record.identifier.encode()) > _LONGEST_IDENTIFIER:
            self._reject(
                record.identifier[:200], f"its identifier is longer than {_LONGEST_IDENTIFIER} bytes"
            )
            return
        known = self._known.get(record.identifier)
        rules = self._using.preparation
        staged = StagedRecord(
            identifier=record.identifier,
            key=known.key if known else self._mint(record.identifier),
            subject="",
            received=record.received,
            received_sha256=sha256(record.received),
            media_type=record.media_type,
            crosswalk=rules.crosswalk(record, self._traits),
            aligner=rules.aligner,
            published=None,
            published_sha256=None,
        )
        if known and _is_unchanged(known, staged):
            self._seen.append(record.identifier)
            return
        self._staged.append(self._prepared(record, staged))
        if len(self._staged) >= _BATCH:
            self._flush()

    def _prepared(self, record: Record, staged: StagedRecord) -> StagedRecord:
        """With what is published of it, or with the reason why nothing is: the bytes are kept either way."""
        try:
            made = self._using.preparation.prepare(record, key=staged.key, traits=self._traits)
        except RecordRejected as error:
            return replace(staged, rejection=str(error))
        return replace(
            staged,
            subject=made.subject,
            published=made.triples,
            published_sha256=made.sha256,
            identities=made.identities,
            findings=made.findings,
        )

    def _mint(self, identifier: str) -> str:
        return mint_key(self._config.id, identifier, taken=self._ledger.is_key_taken)

    def _reject(self, identifier: str, reason: str) -> None:
        self._ledger.add_rejection(self._run.id, identifier, reason)

    def _flush(self) -> None:
        self._ledger.stage(self._run.id, self._staged)
        self._ledger.seen(self._run.id, self._seen)
        self._ledger.note_offered(self._run.id, self._offered)
        self._staged, self._seen = [], []

    def _apply(self, listing: Listing, lease: Lease | None) -> Run:
        self._ledger.apply_run(
            self._run.id, complete=listing.complete, message=listing.incomplete_because, lease=lease
        )
        return self._ledger.run(self._run.id)

    def _move(self, state: RunState, cause: str) -> None:
        self._ledger.move_run(self._run.id, state, cause)
        self._using.report(Progress(self._config.id, state, self._offered))

    def _report(self, state: RunState, total: int | None) -> None:
        self._using.report(Progress(self._config.id, state, self._offered, total))


def _is_unchanged(known: KnownRecord, staged: StagedRecord) -> bool:
    """The same bytes under the same rules: nothing else is written, wherever the record stands."""
    return (known.received_sha256, known.crosswalk, known.aligner) == (
        staged.received_sha256,
        staged.crosswalk,
        staged.aligner,
    )


def _traits(config: SourceConfig) -> Traits:
    return Traits(
        derived=config.options.get("derived") == "true", fictional=config.options.get("fictional") == "true"
    )
