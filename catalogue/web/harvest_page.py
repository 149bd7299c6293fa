"""What the harvest dashboard shows: what waits for a decision, how each source stands, what readers see."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from catalogue.errors import BadRequest
from catalogue.ledger.rows import SourceRow
from catalogue.model.run import Run
from catalogue.web.due import Schedule, schedule_of
from catalogue.web.held_run import Command, HeldRun, held_run, source_title
from catalogue.web.services import Harvests, Health, services
from catalogue.web.standing import Badge, Standing, run_in_words, standing_badge, standing_of
from catalogue.web.texts import moment, near_moment, short
from catalogue.web.trend import RUNS, Trend, trend

_KINDS: Final = {
    "dcat": "DCAT feed",
    "fdp": "FAIR Data Point",
    "oai_pmh": "OAI-PMH",
    "emx2": "Molgenis EMX2",
    "sheet": "Spreadsheet",
}
_LAGS: Final = {
    "graph": "graph store behind the ledger",
    "index": "search index behind the ledger",
    "quality": "quality checks behind",
}
_BEGINNINGS: Final = (
    Command("Look at a node without taking anything in", "catalogue source preview URL"),
    Command(
        "Register it, its first run to be held", "catalogue source add ID --kind dcat --url URL --hold-first"
    ),
    Command("Harvest it now", "catalogue harvest ID"),
)
_LONGEST_FILTER: Final = 200
_LONGEST_SAID: Final = 140


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source. ``patients`` are those that count towards the totals.

    Moments are written out at the clock of the source's zone; ``last_run`` is 0 before the first.
    """

    id: str
    title: str
    kind: str
    fictional: bool
    standing: Standing
    badge: Badge
    datasets: int
    patients: int
    last_good: str
    next_run: str
    due: datetime | None
    last_run: int
    said: str
    trend: Trend


@dataclass(frozen=True, slots=True)
class Lag:
    what: str
    behind: int


@dataclass(frozen=True, slots=True)
class HarvestView:
    """The data of ``harvest.html``. ``chosen`` and ``text`` are the filters, ``all`` counts without them."""

    now: str
    held: tuple[HeldRun, ...]
    lines: tuple[SourceLine, ...]
    all: int
    standings: tuple[tuple[Standing, int], ...]
    chosen: str
    text: str
    lags: tuple[Lag, ...]
    beginnings: tuple[Command, ...] = _BEGINNINGS


@dataclass(frozen=True, slots=True)
class Shown:
    """What readers see of the sources, by their ids; ``patients`` are those that count towards the totals."""

    datasets: Mapping[str, int]
    patients: Mapping[str, int]


def harvest_view(harvests: Harvests, shown: Shown, health: Health, given: Mapping[str, str]) -> HarvestView:
    """Raises ``BadRequest`` for a filter that is none."""
    now = datetime.now(UTC)
    rows = {row.config.id: row for row in harvests.sources()}
    held = {run.source: run for run in harvests.held_runs() if run.source in rows}
    lines = source_lines(rows.values(), harvests, shown, now=now)
    return HarvestView(
        now=moment(now),
        held=tuple(
            held_run(run, rows[name], harvests, shown.datasets.get(name, 0)) for name, run in held.items()
        ),
        lines=_filtered(lines, given),
        all=len(lines),
        standings=tuple((one, sum(line.standing is one for line in lines)) for one in Standing),
        chosen=given.get("state", ""),
        text=given.get("q", ""),
        lags=tuple(Lag(_LAGS.get(name, name), behind) for name, behind in health.lag.items()),
    )


def source_lines(
    rows: Iterable[SourceRow], harvests: Harvests, shown: Shown, *, now: datetime
) -> tuple[SourceLine, ...]:
    """The gravest first, then by title."""
    held = {run.source for run in harvests.held_runs()}
    recent = harvests.recent_runs(RUNS)
    lines = [
        source_line(row, recent.get(row.config.id, ()), shown, held=row.config.id in held, now=now)
        for row in rows
    ]
    order = list(Standing)
    return tuple(sorted(lines, key=lambda line: (order.index(line.standing), line.title.casefold())))


def source_line(
    row: SourceRow, recent: tuple[Run, ...], shown: Shown, *, held: bool, now: datetime
) -> SourceLine:
    config = row.config
    schedule = schedule_of(row, now)
    standing = standing_of(row, held=held, wanted_by=schedule.wanted_by, now=now)
    return SourceLine(
        id=config.id,
        title=source_title(row),
        kind=kind_in_words(config.kind),
        fictional=config.options.get("fictional") == "true",
        standing=standing,
        badge=standing_badge(standing, row, now),
        datasets=shown.datasets.get(config.id, 0),
        patients=shown.patients.get(config.id, 0),
        last_good=near_moment(row.last_harvested, schedule.zone, now) if row.last_harvested else "not yet",
        next_run=_next(row, schedule, now),
        due=schedule.due,
        last_run=row.last_run.id if row.last_run else 0,
        said=short(run_in_words(row.last_run), _LONGEST_SAID),
        trend=trend(recent),
    )


def shown_of_sources() -> Shown:
    found = services()
    datasets = {provider.id: provider.datasets for provider in found.providers()}
    return Shown(datasets, found.harvests.patients_by_source())


def kind_in_words(kind: str) -> str:
    return _KINDS.get(kind, short(kind))


def _next(row: SourceRow, schedule: Schedule, now: datetime) -> str:
    if row.paused:
        return "when resumed"
    return near_moment(schedule.due, schedule.zone, now) if schedule.due else "by command"


def _filtered(lines: tuple[SourceLine, ...], given: Mapping[str, str]) -> tuple[SourceLine, ...]:
    state, text = given.get("state", ""), given.get("q", "")
    if state and state not in set(Standing):
        raise BadRequest(
            f"there is no state {state[:60]!r}; there are {', '.join(Standing)}", parameter="state"
        )
    if len(text) > _LONGEST_FILTER:
        raise BadRequest(f"q is longer than {_LONGEST_FILTER} characters", parameter="q")
    return tuple(_matching(lines, state, text.casefold()))


def _matching(lines: tuple[SourceLine, ...], state: str, words: str) -> Iterator[SourceLine]:
    for line in lines:
        if state in ("", line.standing) and words in f"{line.title} {line.id} {line.kind}".casefold():
            yield line
