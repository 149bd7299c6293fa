"""What a curator sees of a run that is held: what it would do, why it waits, and how to decide."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from catalogue.ledger.rows import MissingRecord, SourceRow
from catalogue.model.run import Run, RunCounts
from catalogue.web.charts import share
from catalogue.web.services import Harvests
from catalogue.web.texts import UNKNOWN, counted, short

_FIRST: Final = 5
_LONGEST_TITLE: Final = 120
_COMPARED: Final[Mapping[str, Callable[[RunCounts], int]]] = {
    "Listed": lambda counts: counts.offered,
    "Unchanged": lambda counts: counts.unchanged,
    "New": lambda counts: counts.new,
    "Changed": lambda counts: counts.changed,
    "Rejected": lambda counts: counts.rejected,
    "Missing from the list": lambda counts: counts.unseen,
}


@dataclass(frozen=True, slots=True)
class Command:
    """What to type, and what for."""

    what: str
    line: str


@dataclass(frozen=True, slots=True)
class Missing:
    """``key`` is "" for a record that was never shown."""

    key: str
    title: str
    patients: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the table; the sides are written out."""

    what: str
    last_good: str
    this: str


@dataclass(frozen=True, slots=True)
class HeldRun:
    """``kept`` and ``lost`` are SVG lengths, "" where the run takes nothing away.

    ``missing`` are the first of ``count``, which state ``patients`` together; ``live`` is what readers see.
    """

    run: Run
    title: str
    heading: str
    reason: str
    live: int
    kept: str
    lost: str
    compared: tuple[Compared, ...]
    missing: tuple[Missing, ...]
    count: int
    patients: int
    commands: tuple[Command, ...]


def held_run(run: Run, row: SourceRow, harvests: Harvests, live: int) -> HeldRun:
    count, patients = harvests.count_missing(run.id)
    last_good = harvests.last_applied(run.source, before=run.id)
    return HeldRun(
        run=run,
        title=source_title(row),
        heading=_heading(run, count, live),
        reason=short(run.message),
        live=live,
        kept=share(max(0, live - count), live, 99.0) if count else "",
        lost=share(count, live) if count else "",
        compared=tuple(_compared(last_good, run)),
        missing=missing_records(harvests.missing(run.id, limit=_FIRST)),
        count=count,
        patients=patients,
        commands=decisions(run),
    )


def missing_records(found: Sequence[MissingRecord]) -> tuple[Missing, ...]:
    return tuple(
        Missing(one.key, short(one.title or one.identifier, _LONGEST_TITLE), one.patients) for one in found
    )


def decisions(run: Run) -> tuple[Command, ...]:
    return (
        Command("Ask the provider again", f"catalogue harvest {run.source}"),
        Command("Reject the run: nothing changes", f'catalogue reject {run.id} --why "..."'),
        Command("Approve it, with all that it takes away", f'catalogue approve {run.id} --why "..."'),
    )


def source_title(row: SourceRow) -> str:
    return short(row.config.title or row.config.id, _LONGEST_TITLE)


def _heading(run: Run, count: int, live: int) -> str:
    if count:
        return f"This run would withdraw {count:,} of {counted(max(live, count), 'dataset', 'datasets')}"
    return f"This run would bring in {counted(run.counts.new + run.counts.changed, 'dataset', 'datasets')}"


def _compared(last_good: Run | None, run: Run) -> Iterator[Compared]:
    for what, number in _COMPARED.items():
        yield Compared(
            what, f"{number(last_good.counts):,}" if last_good else UNKNOWN, f"{number(run.counts):,}"
        )
    yield Compared("Proof that the list is complete", _proof(last_good), _proof(run))


def _proof(run: Run | None) -> str:
    if run is None or run.listing is None:
        return UNKNOWN
    return "yes" if run.listing.complete else "no"
