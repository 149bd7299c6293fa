"""What the page of one run shows: its stages, what its list proved, what it found, what became of records."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalogue.errors import BadRequest
from catalogue.ledger.rows import Logged, Outcome, Transition
from catalogue.model.run import ListingFacts, Run, RunCounts, RunMode, RunState
from catalogue.web.finding_groups import GroupView, group_views
from catalogue.web.held_run import Command, decisions
from catalogue.web.links import links
from catalogue.web.paging import Paging, page_number, paged
from catalogue.web.services import Harvests, services
from catalogue.web.standing import Badge, run_badge
from catalogue.web.texts import moment, number, short

LOG_SIZE: Final = 50
GROUPS_SIZE: Final = 20

_LONGEST_NAME: Final = 160
_LONGEST_MESSAGE: Final = 1000
_MODES: Final = {
    RunMode.FULL: "everything",
    RunMode.INCREMENTAL: "what changed since the last list",
    RunMode.RETRY: "what failed the last time",
    RunMode.REPROCESS: "nothing: what it gave before was made anew by newer rules",
}
_COUNTS: Final[tuple[tuple[str, Callable[[RunCounts], int]], ...]] = (
    ("listed", lambda counts: counts.offered),
    ("new", lambda counts: counts.new),
    ("changed", lambda counts: counts.changed),
    ("unchanged", lambda counts: counts.unchanged),
    ("missing from the list", lambda counts: counts.unseen),
    ("withdrawn", lambda counts: counts.withdrawn),
    ("rejected", lambda counts: counts.rejected),
)
_WRITES: Final[tuple[tuple[str, Callable[[RunCounts], int]], ...]] = (
    ("versions", lambda counts: counts.versions),
    ("changes of the change log", lambda counts: counts.changes),
    ("graph writes", lambda counts: counts.graph_writes),
    ("index writes", lambda counts: counts.index_writes),
)


@dataclass(frozen=True, slots=True)
class Amount:
    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Stage:
    """``lasted`` is "" for the last one."""

    word: str
    at: datetime
    cause: str
    lasted: str


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LogLine:
    identifier: str
    key: str
    title: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundView:
    """A page of the groups of equal findings; ``all`` is how many findings there are in all groups."""

    all: int
    groups: tuple[GroupView, ...]
    paging: Paging


@dataclass(frozen=True, slots=True)
class LogView:
    """A page of what became of the records; ``outcome`` is the filter, "" for none."""

    lines: tuple[LogLine, ...]
    outcome: str
    outcomes: tuple[str, ...]
    paging: Paging


@dataclass(frozen=True, slots=True)
class RunView:
    """The data of ``run.html``."""

    run: Run
    title: str
    badge: Badge
    message: str
    amounts: tuple[Amount, ...]
    writes: tuple[Amount, ...]
    proof: tuple[Fact, ...]
    stages: tuple[Stage, ...]
    found: FoundView
    log: LogView
    commands: tuple[Command, ...]


def page_of_run(number: int, given: Mapping[str, str]) -> RunView:
    """Raises ``NotFound``, and ``BadRequest`` for a page or an outcome that is none."""
    harvests = services().harvests
    run = harvests.run(number)
    titles = {provider.id: provider.title for provider in services().providers()}
    log = _log(run, harvests, given)
    newest = harvests.run_page(source_id=run.source, limit=1)
    return RunView(
        run=run,
        title=short(titles.get(run.source, run.source), _LONGEST_NAME),
        badge=run_badge(run.state),
        message=short(run.message, _LONGEST_MESSAGE),
        amounts=tuple(Amount(name, count(run.counts)) for name, count in _COUNTS),
        writes=tuple(Amount(name, count(run.counts)) for name, count in _WRITES),
        proof=tuple(_proof(run)),
        stages=tuple(stages(harvests.transitions(run.id))),
        found=_found(run, harvests, given),
        log=log,
        commands=tuple(_commands(run, log, is_newest=newest == (run,))),
    )


def read_outcome(text: str) -> Outcome | None:
    if text and text not in set(Outcome):
        raise BadRequest(
            f"there is no outcome {text[:60]!r}; there are {', '.join(Outcome)}", parameter="outcome"
        )
    return Outcome(text) if text else None


def _found(run: Run, harvests: Harvests, given: Mapping[str, str]) -> FoundView:
    page = page_number(given, "findings")
    groups, findings = harvests.count_finding_groups(run.id)
    found = harvests.finding_groups(run.id, offset=(page - 1) * GROUPS_SIZE, limit=GROUPS_SIZE)

    def address(number: int) -> str:
        return links().run(run.id, findings=str(number)) + "#findings"

    return FoundView(findings, group_views(found, run), paged(page, GROUPS_SIZE, groups, address))


def _log(run: Run, harvests: Harvests, given: Mapping[str, str]) -> LogView:
    outcome = read_outcome(given.get("outcome", ""))
    page = page_number(given)
    total = harvests.count_run_log(run.id, outcome=outcome)
    found = harvests.run_log(run.id, offset=(page - 1) * LOG_SIZE, limit=LOG_SIZE, outcome=outcome)

    def address(number: int) -> str:
        return links().run(run.id, outcome=outcome or "", page=str(number)) + "#log"

    lines = tuple(_line(one) for one in found)
    return LogView(lines, outcome or "", tuple(Outcome), paged(page, LOG_SIZE, total, address))


def stages(transitions: tuple[Transition, ...]) -> Iterator[Stage]:
    for place, one in enumerate(transitions):
        following = transitions[place + 1].at if place + 1 < len(transitions) else None
        lasted = _seconds((following - one.at).total_seconds()) if following else ""
        yield Stage(one.state.value, one.at, short(one.cause), lasted)


def _proof(run: Run) -> Iterator[Fact]:
    yield Fact("Asked for", _MODES[run.mode])
    if run.resumed:
        yield Fact("Resumed after being cut off", f"{run.resumed} times" if run.resumed > 1 else "once")
    if run.listing is None:
        yield Fact("The list", "was not read to its end")
        return
    if run.mode is RunMode.REPROCESS:
        yield Fact("Records that it gave before", number(run.listing.total or 0))
        return
    yield from _listing(run.listing)


def _listing(facts: ListingFacts) -> Iterator[Fact]:
    yield Fact("Pages read", number(facts.pages))
    yield Fact("The provider’s own total", "not stated" if facts.total is None else number(facts.total))
    yield Fact(
        "Proof that the list is complete",
        "yes" if facts.complete else f"no: {short(facts.incomplete_because)}",
    )
    yield Fact(
        "What is not in the list",
        "counts as missing" if facts.proves_absence else "is not taken for missing",
    )
    if facts.as_of:
        yield Fact("The provider’s time of the list", moment(facts.as_of))


def _line(one: Logged) -> LogLine:
    return LogLine(
        identifier=short(one.identifier, _LONGEST_NAME),
        key=one.key,
        title=short(one.title, _LONGEST_NAME),
        outcome=one.outcome.value,
        reason=short(one.reason),
    )


def _commands(run: Run, log: LogView, *, is_newest: bool) -> Iterator[Command]:
    key = next((one.key for one in log.lines if one.key), "KEY")
    if run.state is RunState.HELD:
        yield from decisions(run)
    if not run.state.ended:
        yield Command("Stop it", f"catalogue stop {run.id}")
    asked = is_newest and run.mode is not RunMode.REPROCESS
    if run.state.ended and run.counts.rejected and asked:
        yield Command("Ask again for what failed only", f"catalogue retry {run.id}")
    if asked:  # of earlier runs the answers are not kept
        yield Command("What the provider answered, byte for byte", f"catalogue run {run.id} --answers")
    yield Command("All findings, with their values", f"catalogue run {run.id} --findings")
    yield Command("What the provider sent for a record", f"catalogue record {key} --received")
    yield Command("What changed between two versions of a record", f"catalogue diff {key}")


def _seconds(seconds: float) -> str:
    if seconds < 10:  # noqa: PLR2004
        return f"{max(0.0, seconds):.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
