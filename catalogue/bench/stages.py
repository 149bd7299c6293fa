"""Where the time of a harvest goes: each stage alone, one after the other, in one process."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from catalogue.ingest.canonical import sha256
from catalogue.ingest.identity import mint_key
from catalogue.ingest.record import Preparation
from catalogue.ledger import Ledger, StagedRecord
from catalogue.model.run import ListingFacts
from catalogue.projections.follower import follow
from catalogue.services import Workshop
from catalogue.settings import Settings
from harvesters import crosswalks
from harvesters.source import Listing, Record, SourceConfig
from harvesters.spool import Spool

_READ: Final = "fetch and parse"
_MAP: Final = "map to the profile"
_ALIGN: Final = "align, type, name, hash"
_KEEP: Final = "ledger: stage and apply"
# The graph and the checks follow; nobody who searches waits for them.
_FOLLOWING: Final = {"index": "search index", "graph": "graph store", "quality": "validate (one round)"}
UNTIL_VISIBLE: Final = (_READ, _MAP, _ALIGN, _KEEP, _FOLLOWING["index"])

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Stage:
    """``share`` is of all that happens before a record is visible in search."""

    name: str
    milliseconds: float
    share: float


def stages(
    config: SourceConfig, settings: Settings, *, clock: Clock = time.perf_counter
) -> tuple[Stage, ...]:
    """Harvest a source into a catalogue of its own; the times are those of one record."""
    watch = _Stopwatch(clock)
    with closing(Workshop(settings)) as workshop:
        workshop.ledger.add_source(config)
        with watch.timing(_READ):
            listing, records = _read(config, workshop)
        with watch.timing(_MAP):
            for one in records:
                crosswalks.crosswalk(one.media_type)(one.received, identifier=one.identifier)
        with watch.timing(_ALIGN, besides=_MAP):  # prepared as a whole, mapping included
            staged = [_staged(config, one, workshop.preparation) for one in records]
        with watch.timing(_KEEP):
            _keep(config, listing, staged, workshop.ledger)
        counts = dict.fromkeys(watch.seconds, len(records))
        for projection in workshop.projections:
            with watch.timing(_FOLLOWING[projection.name]):
                counts[_FOLLOWING[projection.name]] = follow(workshop.ledger, projection)
    each = {name: 1000 * seconds / max(1, counts[name]) for name, seconds in watch.seconds.items()}
    until_visible = sum(each[name] for name in UNTIL_VISIBLE)
    return tuple(Stage(name, taken, taken / until_visible) for name, taken in each.items())


class _Stopwatch:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timing(self, name: str, *, besides: str = "") -> Iterator[None]:
        """``besides`` names what was measured before and is done again on the way."""
        started = self._clock()
        yield
        self.seconds[name] = max(0.0, self._clock() - started - self.seconds.get(besides, 0.0))


def _read(config: SourceConfig, workshop: Workshop) -> tuple[Listing, list[Record]]:
    spool = Spool(workshop.settings.data_dir / "bench")
    with closing(workshop.desk(remembers=False)) as desk:
        source = desk.source(config)
        listing = source.listing(since=None, spool=spool)
        found = source.records(listing, spool=spool)
        return listing, [one for one in found if isinstance(one, Record)]


def _staged(config: SourceConfig, record: Record, rules: Preparation) -> StagedRecord:
    key = mint_key(config.id, record.identifier, taken=lambda _: False)
    made = rules.prepare(record, key=key)
    return StagedRecord(
        identifier=record.identifier,
        key=key,
        subject=made.subject,
        received=record.received,
        received_sha256=sha256(record.received),
        media_type=record.media_type,
        crosswalk=crosswalks.crosswalk(record.media_type).version,
        published=made.triples,
        published_sha256=made.sha256,
        aligner=rules.aligner,
        findings=made.findings,
        identities=made.identities,
        title=made.title,
        patients=made.patients,
    )


def _keep(config: SourceConfig, listing: Listing, staged: Sequence[StagedRecord], ledger: Ledger) -> None:
    run = ledger.start_run(config.id).id
    ledger.stage(run, staged)
    facts = ListingFacts(
        pages=listing.pages,
        total=listing.total,
        complete=listing.complete,
        incomplete_because=listing.incomplete_because,
        proves_absence=listing.proves_absence,
        as_of=listing.as_of,
    )
    ledger.note_listing(run, facts)
    ledger.apply_run(run)
