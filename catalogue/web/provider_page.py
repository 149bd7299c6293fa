"""What a provider comes for: how its node stands, what is to be mended, how to have it harvested again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from catalogue.errors import NotFound
from catalogue.ledger.rows import SourceRow
from catalogue.model.quality import CheckedRecord, Level, LevelFinding
from catalogue.model.run import Run
from catalogue.web.finding_groups import GroupView, group_views
from catalogue.web.harvest_page import Shown, SourceLine, shown_of_sources, source_line
from catalogue.web.held_run import source_title
from catalogue.web.quality_panel import LEVELS
from catalogue.web.runs_page import RunLine, run_lines
from catalogue.web.services import Harvests, ProviderView, services
from catalogue.web.texts import short
from catalogue.web.trend import RUNS

_RUNS_SHOWN: Final = 10
_GROUPS_SHOWN: Final = 20
_MENDING_SHOWN: Final = 15
# So many are looked at for one page; their findings repeat.
_RECORDS_READ: Final = 500


@dataclass(frozen=True, slots=True)
class LevelShare:
    label: str
    meaning: str
    reached: int
    checked: int


@dataclass(frozen=True, slots=True)
class Mending:
    """What would bring ``records`` records nearer to the levels."""

    path: str
    message: str
    how_to_fix: str
    levels: tuple[str, ...]
    records: int


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """The data of ``provider.html``.

    ``found_in`` is the last run with findings, ``more_groups`` are not listed. The mendings are those of the
    first ``records_read`` records.
    """

    provider: ProviderView
    line: SourceLine
    message: str
    held: Run | None
    runs: tuple[RunLine, ...]
    found_in: Run | None
    groups: tuple[GroupView, ...]
    more_groups: int
    levels: tuple[LevelShare, ...]
    mendings: tuple[Mending, ...]
    records_read: int
    has_token: bool
    paused: bool


def page_of_provider(source: str) -> ProviderPage:
    """Raises ``NotFound``."""
    found = services()
    providers = {provider.id: provider for provider in found.providers()}
    if source not in providers:
        raise NotFound("There is no provider of this name.")
    row = found.harvests.source(source)
    return provider_page(providers[source], row, found.harvests, shown_of_sources())


def provider_page(provider: ProviderView, row: SourceRow, harvests: Harvests, shown: Shown) -> ProviderPage:
    runs = harvests.run_page(source_id=row.config.id, limit=RUNS)
    held = next((run for run in harvests.held_runs() if run.source == row.config.id), None)
    found_in = harvests.last_findings(row.config.id)
    groups = harvests.finding_groups(found_in.id, limit=_GROUPS_SHOWN) if found_in else ()
    all_groups = harvests.count_finding_groups(found_in.id)[0] if found_in else 0
    checked = harvests.quality_of_source(row.config.id, _RECORDS_READ)
    return ProviderPage(
        provider=provider,
        line=source_line(row, runs, shown, held=held is not None, now=datetime.now(UTC)),
        message=short(row.last_run.message, 1000) if row.last_run else "",
        held=held,
        runs=run_lines(runs[:_RUNS_SHOWN], {row.config.id: source_title(row)}),
        found_in=found_in,
        groups=group_views(groups, found_in) if found_in else (),
        more_groups=all_groups - len(groups),
        levels=_levels(row.config.id, harvests),
        mendings=mendings(checked),
        records_read=len(checked),
        has_token=row.has_token,
        paused=row.paused,
    )


def mendings(checked: Iterable[CheckedRecord]) -> tuple[Mending, ...]:
    """What keeps most records from a level, first; remarks that cost none are left out."""
    records: Counter[tuple[str, str, str, tuple[Level, ...]]] = Counter()
    for one in checked:
        records.update({_kind(finding) for finding in one.quality.findings if finding.levels})
    return tuple(
        Mending(
            path=short(path),
            message=short(message),
            how_to_fix=short(how_to_fix),
            levels=tuple(LEVELS[level][0] for level in levels),
            records=number,
        )
        for (path, message, how_to_fix, levels), number in records.most_common(_MENDING_SHOWN)
    )


def _kind(finding: LevelFinding) -> tuple[str, str, str, tuple[Level, ...]]:
    return finding.path, finding.message, finding.how_to_fix, finding.levels


def _levels(source_id: str, harvests: Harvests) -> tuple[LevelShare, ...]:
    counts = harvests.levels_of_source(source_id)
    return tuple(
        LevelShare(label, meaning, counts.reached[level], counts.checked)
        for level, (label, meaning) in LEVELS.items()
    )
