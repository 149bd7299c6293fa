"""All that approving a run that is held would withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.model.run import Run
from catalogue.web.held_run import Missing, missing_records
from catalogue.web.links import links
from catalogue.web.paging import Paging, page_number, paged
from catalogue.web.services import services
from catalogue.web.texts import short

_SIZE: Final = 100
_LONGEST_TITLE: Final = 120


@dataclass(frozen=True, slots=True)
class MissingView:
    """The data of ``missing.html``; ``patients`` is what all of the records state together."""

    run: Run
    title: str
    missing: tuple[Missing, ...]
    patients: int
    paging: Paging


def missing_view(run: Run, given: Mapping[str, str]) -> MissingView:
    """Empty for a run that is not held, or not any more."""
    harvests, site, page = services().harvests, links(), page_number(given)
    titles = {provider.id: provider.title for provider in services().providers()}
    count, patients = harvests.count_missing(run.id)
    found = harvests.missing(run.id, offset=(page - 1) * _SIZE, limit=_SIZE)
    return MissingView(
        run=run,
        title=short(titles.get(run.source, run.source), _LONGEST_TITLE),
        missing=missing_records(found),
        patients=patients,
        paging=paged(page, _SIZE, count, lambda number: site.missing(run.id, page=str(number))),
    )
