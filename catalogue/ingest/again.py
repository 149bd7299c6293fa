"""What a source gave before through newer crosswalks, concepts or mappings. It is asked for nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from catalogue.ingest.alignment import Traits
from catalogue.ingest.attended import Harvesting, Progress, StopSign, attended
from catalogue.ingest.preparing import Wanted
from catalogue.ingest.staged import as_staged
from catalogue.ledger import Alias, KeptRecord, Lease, StagedRecord
from catalogue.model.run import ListingFacts, Run, RunMode, RunState
from harvesters.source import Record, SourceConfig

_BATCH: Final = 200


def reprocess(config: SourceConfig, using: Harvesting, *, lease: Lease | None = None) -> Run:
    """Make every record of a source anew that other rules made, and publish those that come out otherwise.

    What its provider said stays as it is: when it was asked, what is missing, what is withdrawn. So does what
    a curator restored. A record that cannot be made any more keeps its last good version. Raises
    ``LeaseLost`` where another worker took the source over, or is to.
    """
    return attended(
        config.id, using, RunMode.REPROCESS, lambda run, sign: _Again(config, using, run, sign).to_end(lease)
    )


@dataclass(slots=True)
class _Again:
    config: SourceConfig
    using: Harvesting
    run: Run
    sign: StopSign
    made: int = 0
    staged: list[StagedRecord] = field(default_factory=list)

    def to_end(self, lease: Lease | None) -> Run:
        ledger = self.using.ledger
        total = ledger.count_kept(self.config.id)
        self._move(RunState.FETCHING, "reading what the source gave before", total)
        rules = self.using.preparing.rules
        for wanted, made in self.using.preparing.prepared(self._to_prepare(total)):
            # The ledger has the bytes already.
            self.staged.append(replace(as_staged(wanted, made, rules), received=b""))
            if len(self.staged) >= _BATCH:
                self._flush()
        self._flush()
        ledger.note_listing(self.run.id, _nothing_asked(total), attempt=self.run.resumed)
        self._move(RunState.STAGED, f"{self.made} of {total} records made anew", total)
        self.sign.check()
        self._move(RunState.APPLYING, "writing the differences", total)
        ledger.apply_run(self.run.id, lease=lease)
        return ledger.run(self.run.id)

    def _to_prepare(self, total: int) -> Iterator[Wanted]:
        traits = Traits.of(self.config)
        names = self._other_names()
        for kept in self._outdated(traits):
            self.sign.check()
            self.made += 1
            record = Record(kept.identifier, kept.received, kept.media_type)
            yield Wanted(record, kept.key, traits, given=_came_as(kept, names.get(kept.identifier, [])))
            self._report(RunState.FETCHING, total)

    def _outdated(self, traits: Traits) -> Iterator[KeptRecord]:
        ledger, rules = self.using.ledger, self.using.preparing.rules
        media_types = ledger.kept_media_types(self.config.id)
        crosswalks = {each: rules.crosswalk(Record("", b"", each), traits) for each in media_types}
        return ledger.outdated_records(self.config.id, crosswalks=crosswalks, aligner=rules.aligner)

    def _other_names(self) -> dict[str, list[Alias]]:
        """Under which other identifiers each record came, the latest said first."""
        names: defaultdict[str, list[Alias]] = defaultdict(list)
        for one in sorted(self.using.ledger.list_aliases(self.config.id), key=lambda one: one.at)[::-1]:
            names[one.identifier].append(one)
        return names

    def _flush(self) -> None:
        self.using.ledger.stage(self.run.id, self.staged, attempt=self.run.resumed)
        self.using.ledger.note_offered(self.run.id, self.made)
        self.staged = []

    def _move(self, state: RunState, cause: str, total: int) -> None:
        self.using.ledger.move_run(self.run.id, state, cause, attempt=self.run.resumed)
        self._report(state, total)

    def _report(self, state: RunState, total: int) -> None:
        self.using.report(Progress(self.config.id, state, self.made, total))


def _came_as(kept: KeptRecord, names: list[Alias]) -> str:
    """What its source called the record when it gave these bytes, and what it is called in them.

    A version that was made of them tells; of bytes that were rejected only the time does.
    """
    if kept.subject:
        return kept.subject if any(one.given == kept.subject for one in names) else kept.identifier
    return next((one.given for one in names if one.at <= kept.since), kept.identifier)


def _nothing_asked(total: int) -> ListingFacts:
    return ListingFacts(
        pages=0, total=total, complete=True, incomplete_because="", proves_absence=False, as_of=None
    )
