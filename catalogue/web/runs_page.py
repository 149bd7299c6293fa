"""What the list of runs shows, of all sources or of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.errors import BadRequest
from catalogue.model.run import Run, RunState
from catalogue.web.links import Links
from catalogue.web.paging import Paging, page_number, paged
from catalogue.web.services import Harvests
from catalogue.web.standing import Badge, run_badge, run_in_words
from catalogue.web.texts import short

SIZE: Final = 50
_LONGEST_ID: Final = 100


@dataclass(frozen=True, slots=True)
class RunLine:
    run: Run
    title: str
    badge: Badge
    said: str


@dataclass(frozen=True, slots=True)
class RunsView:
    """The data of ``runs.html``; ``source`` and ``state`` are the filters."""

    lines: tuple[RunLine, ...]
    paging: Paging
    source: str
    state: str
    sources: Mapping[str, str]
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunsAsked:
    """Which runs are wanted; raises ``BadRequest`` for a state or a page that is none."""

    source: str
    state: RunState | None
    page: int

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "RunsAsked":
        state = given.get("state", "")
        if state and state not in set(RunState):
            raise BadRequest(
                f"there is no state {state[:60]!r}; there are {', '.join(RunState)}", parameter="state"
            )
        source = given.get("source", "")
        if len(source) > _LONGEST_ID:
            raise BadRequest(f"source is longer than {_LONGEST_ID} characters", parameter="source")
        return cls(source, RunState(state) if state else None, page_number(given))

    def found(self, harvests: Harvests) -> tuple[Run, ...]:
        offset = (self.page - 1) * SIZE
        return harvests.run_page(source_id=self.source, state=self.state, offset=offset, limit=SIZE)

    def total(self, harvests: Harvests) -> int:
        return harvests.count_runs(source_id=self.source, state=self.state)


def runs_view(asked: RunsAsked, harvests: Harvests, links: Links, titles: Mapping[str, str]) -> RunsView:
    def address(number: int) -> str:
        return links.runs(source=asked.source, state=asked.state or "", page=str(number))

    return RunsView(
        lines=run_lines(asked.found(harvests), titles),
        paging=paged(asked.page, SIZE, asked.total(harvests), address),
        source=asked.source,
        state=asked.state or "",
        sources=titles,
        states=tuple(state.value for state in RunState),
    )


def run_lines(runs: tuple[Run, ...], titles: Mapping[str, str]) -> tuple[RunLine, ...]:
    return tuple(
        RunLine(run, short(titles.get(run.source, run.source), 120), run_badge(run.state), run_in_words(run))
        for run in runs
    )
