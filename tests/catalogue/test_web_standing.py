"""How sources and runs are told of in words and bars."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.errors import BadRequest
from catalogue.ledger import SourceRow
from catalogue.model.run import Run, RunCounts, RunMode, RunState
from catalogue.web.paging import page_number, paged
from catalogue.web.standing import Standing, run_in_words, standing_badge, standing_of
from catalogue.web.texts import moment, short
from catalogue.web.trend import trend
from harvesters.source import SourceConfig

NOW = datetime(2026, 11, 22, 12, 40, tzinfo=UTC)
DAY = timedelta(days=1)
DONE = Run(1, "node", RunState.DONE, NOW - DAY, NOW - DAY, "", RunCounts(offered=40, unchanged=40))
ROW = SourceRow(
    config=SourceConfig("node", "dcat", "https://node.example/"),
    added=NOW - 100 * DAY,
    hold_first=False,
    paused=False,
    removed=None,
    last_run=DONE,
    last_harvested=NOW - DAY,
)


def standing(row: SourceRow, *, held: bool = False, wanted_by: datetime | None = None) -> Standing:
    return standing_of(row, held=held, wanted_by=wanted_by, now=NOW)


def after(state: RunState, **more: object) -> SourceRow:
    return replace(ROW, last_run=replace(DONE, state=state), **more)  # type: ignore[arg-type]


def counted(
    offered: int, *, state: RunState = RunState.DONE, mode: RunMode = RunMode.FULL, new: int = 0
) -> Run:
    return replace(DONE, state=state, mode=mode, counts=RunCounts(offered=offered, new=new))


@pytest.mark.parametrize("state", [RunState.DONE, RunState.UNCHANGED, RunState.PARTIAL])
def test_a_source_that_was_harvested_lately_is_fresh(state: RunState) -> None:
    assert standing(after(state)) is Standing.FRESH


def test_a_source_that_was_never_harvested_is_not_fresh() -> None:
    assert standing(replace(ROW, last_run=None, last_harvested=None)) is Standing.NEVER


def test_a_first_run_that_failed_is_a_failing_source() -> None:
    assert standing(after(RunState.FAILED, last_harvested=None, failures=1)) is Standing.FAILING


def test_one_failure_of_a_late_source_is_told_as_being_late() -> None:
    row = after(RunState.FAILED, failures=1, last_harvested=NOW - 3 * DAY)
    found = standing(row, wanted_by=NOW - 2 * DAY)
    assert standing_badge(found, row, NOW).word == "Late, 3 days"


def test_three_failures_are_failing_however_late() -> None:
    row = after(RunState.FAILED, failures=3, last_harvested=NOW - 3 * DAY)
    assert standing(row, wanted_by=NOW - 2 * DAY) is Standing.FAILING


def test_a_source_without_schedule_is_late_after_a_month() -> None:
    assert standing(replace(ROW, last_harvested=NOW - 29 * DAY)) is Standing.FRESH
    assert standing(replace(ROW, last_harvested=NOW - 31 * DAY)) is Standing.LATE


def test_what_waits_for_a_decision_is_told_before_what_fails() -> None:
    assert standing(after(RunState.FAILED, failures=5), held=True) is Standing.HELD


def test_a_paused_source_is_paused_whatever_else() -> None:
    assert standing(after(RunState.FAILED, failures=5, paused=True), held=True) is Standing.PAUSED


def test_half_a_list_is_not_called_fresh() -> None:
    assert standing(after(RunState.INCOMPLETE)) is Standing.INCOMPLETE


@pytest.mark.parametrize("state", [RunState.FETCHING, RunState.CANCELLED])
def test_a_source_without_a_whole_list_is_not_fresh_because_another_run_began(state: RunState) -> None:
    assert standing(after(state, incompletes=3)) is Standing.INCOMPLETE


def test_a_run_is_told_by_what_is_not_nought() -> None:
    run = replace(DONE, counts=RunCounts(offered=27, new=2, unchanged=25))
    assert run_in_words(run) == "2 new, 25 unchanged"


def test_a_failed_run_says_why_in_a_line() -> None:
    said = run_in_words(replace(DONE, state=RunState.FAILED, message="no\nanswer " * 1_000))
    assert said.startswith("failed: no answer")
    assert len(said) <= 300


def test_bars_are_as_high_as_their_numbers_and_never_none() -> None:
    found = trend([counted(0), counted(20), counted(40)])
    assert [bar.height for bar in found.bars] == ["16.0", "8.0", "1.0"]
    assert found.label == "datasets listed in 3 runs: 40, 20, 0"


def test_only_the_last_runs_that_ended_have_bars() -> None:
    runs = [counted(1, state=RunState.FETCHING)] + [counted(5)] * 30
    assert len(trend(runs).bars) == 14


def test_a_sudden_fall_is_marked() -> None:
    assert trend([counted(2), counted(40)]).bad
    assert not trend([counted(39), counted(40)]).bad


def test_a_list_of_changes_adds_to_what_was_there() -> None:
    found = trend([counted(3, mode=RunMode.INCREMENTAL, new=2), counted(40)])
    assert found.label == "datasets listed in 2 runs: 40, 42"


def test_no_runs_make_no_bars() -> None:
    assert trend([]).bars == ()


def test_a_text_cannot_turn_the_line_round_or_break_it() -> None:
    assert short("good\u202edab\x1b[31m\r\n\x00end") == "good dab [31m end"


def test_a_megabyte_becomes_a_line() -> None:
    assert short("a b " * 500_000) == ("a b " * 75)[:299].rstrip() + "…"
    assert len(short(" " * 5_000 + "end")) <= 300


def test_a_moment_is_told_at_the_clock_of_its_zone() -> None:
    assert moment(NOW, "Europe/Athens") == "22 Nov 2026, 14:40 EET"


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "\u0661", "1234567890", "one"])
def test_a_page_that_is_none_is_named(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        page_number({"page": text})
    assert refused.value.parameter == "page"


def test_a_page_past_the_end_leads_back() -> None:
    found = paged(9, 10, 25, str)
    assert (found.previous, found.following, found.pages) == ("3", "", 3)
