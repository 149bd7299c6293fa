"""What the REST API says of runs, and of a provider's harvests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from catalogue.model.run import ListingFacts, Run
from catalogue.web.finding_groups import GroupView
from catalogue.web.links import Links
from catalogue.web.paging import paged
from catalogue.web.provider_page import ProviderPage
from catalogue.web.records import ProviderAnswer, provider_answer
from catalogue.web.run_page import RunView
from catalogue.web.runs_page import SIZE, RunsAsked
from catalogue.web.services import Harvests
from catalogue.web.texts import short

_LONGEST_MESSAGE = 1000


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class CountsOfRun(_Answer):
    """``unseen`` are missing from the list. Of a run that is held: what approving it would do."""

    offered: int
    new: int
    changed: int
    unchanged: int
    unseen: int
    withdrawn: int
    rejected: int
    versions: int
    changes: int
    graph_writes: int
    index_writes: int


class ListingAnswer(_Answer):
    """What the provider's list proved; ``total`` is what it states itself."""

    pages: int
    total: int | None
    complete: bool
    incomplete_because: str
    proves_absence: bool
    as_of: datetime | None


class RunAnswer(_Answer):
    """``listing`` is null until the list was read."""

    id: int
    source: str
    state: str
    mode: str
    started: datetime
    ended: datetime | None
    message: str
    resumed: int
    counts: CountsOfRun
    listing: ListingAnswer | None
    links: dict[str, str]


class RunsAnswer(_Answer):
    total: int
    page: int
    pages: int
    runs: tuple[RunAnswer, ...]
    links: dict[str, str]


class StageAnswer(_Answer):
    state: str
    at: datetime
    cause: str


class FindingsAnswer(_Answer):
    """``count`` equal findings; ``examples`` are identifiers of records, "" for the list as a whole.

    A run that is held or was rejected gives none.
    """

    severity: str
    path: str
    message: str
    how_to_fix: str
    count: int
    examples: tuple[str, ...]


class LogLineAnswer(_Answer):
    identifier: str
    key: str
    title: str
    outcome: str
    reason: str


class RunDetailAnswer(_Answer):
    """One page of the log; ``page`` and ``outcome`` choose others, ``findings`` a page of the groups."""

    run: RunAnswer
    stages: tuple[StageAnswer, ...]
    findings: int
    groups: tuple[FindingsAnswer, ...]
    log_total: int
    log: tuple[LogLineAnswer, ...]


class LevelAnswer(_Answer):
    level: str
    reached: int
    checked: int


class MendingAnswer(_Answer):
    """What keeps ``records`` records from ``levels``."""

    path: str
    message: str
    how_to_fix: str
    levels: tuple[str, ...]
    records: int


class ProviderDetailAnswer(_Answer):
    """``standing`` is how the node stands, in a word; ``held`` the number of a run that waits, or null."""

    provider: ProviderAnswer
    standing: str
    next_run: datetime | None
    paused: bool
    held: int | None
    runs: tuple[RunAnswer, ...]
    groups: tuple[FindingsAnswer, ...]
    levels: tuple[LevelAnswer, ...]
    mendings: tuple[MendingAnswer, ...]


def run_answer(run: Run, links: Links) -> RunAnswer:
    return RunAnswer(
        id=run.id,
        source=run.source,
        state=run.state,
        mode=run.mode,
        started=run.started,
        ended=run.ended,
        message=short(run.message, _LONGEST_MESSAGE),
        resumed=run.resumed,
        counts=CountsOfRun.model_validate(run.counts),
        listing=_listing(run.listing) if run.listing else None,
        links={
            "self": links.absolute(links.run(run.id)),
            "api": links.absolute(links.api_run(run.id)),
            "provider": links.absolute(links.provider(run.source)),
        },
    )


def runs_answer(asked: RunsAsked, harvests: Harvests, links: Links) -> RunsAnswer:
    def address(number: int) -> str:
        filters = {"source": asked.source, "state": asked.state or "", "page": str(number)}
        return links.absolute(links.api_runs(**filters))

    paging = paged(asked.page, SIZE, asked.total(harvests), address)
    ways = {"self": address(asked.page), "previous": paging.previous, "next": paging.following}
    return RunsAnswer(
        total=paging.total,
        page=paging.number,
        pages=paging.pages,
        runs=tuple(run_answer(run, links) for run in asked.found(harvests)),
        links={name: way for name, way in ways.items() if way},
    )


def run_detail_answer(view: RunView, links: Links) -> RunDetailAnswer:
    return RunDetailAnswer(
        run=run_answer(view.run, links),
        stages=tuple(StageAnswer(state=one.word, at=one.at, cause=one.cause) for one in view.stages),
        findings=view.found.all,
        groups=_groups(view.found.groups),
        log_total=view.log.paging.total,
        log=tuple(LogLineAnswer.model_validate(one) for one in view.log.lines),
    )


def provider_detail_answer(page: ProviderPage, links: Links) -> ProviderDetailAnswer:
    return ProviderDetailAnswer(
        provider=provider_answer(page.provider, links),
        standing=page.line.standing,
        next_run=page.line.due,
        paused=page.paused,
        held=page.held.id if page.held else None,
        runs=tuple(run_answer(line.run, links) for line in page.runs),
        groups=_groups(page.groups),
        levels=tuple(
            LevelAnswer(level=one.label, reached=one.reached, checked=one.checked) for one in page.levels
        ),
        mendings=tuple(MendingAnswer.model_validate(one) for one in page.mendings),
    )


def _listing(facts: ListingFacts) -> ListingAnswer:
    because = short(facts.incomplete_because, _LONGEST_MESSAGE)
    return ListingAnswer.model_validate(replace(facts, incomplete_because=because))


def _groups(groups: Sequence[GroupView]) -> tuple[FindingsAnswer, ...]:
    return tuple(
        FindingsAnswer(
            severity=one.severity,
            path=one.path,
            message=one.message,
            how_to_fix=one.how_to_fix,
            count=one.count,
            examples=tuple(identifier for identifier, _ in one.examples),
        )
        for one in groups
    )
