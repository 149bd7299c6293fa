"""When a source is due, whose clock counts, and what failures change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from catalogue.errors import BadRequest
from catalogue.ingest.schedules import check_schedule, next_run, scheduled_after
from catalogue.ledger.rows import SourceRow
from catalogue.model.run import Run, RunCounts, RunMode, RunState
from harvesters.source import SourceConfig

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ADDED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def config(source: str = "upv", **options: str) -> SourceConfig:
    return SourceConfig(source, "oai_pmh", "https://node.example/oai", options=options)


def row(last: Run | None = None, *, failures: int = 0, source: str = "upv", **options: str) -> SourceRow:
    return SourceRow(
        config=config(source, **options),
        added=ADDED,
        hold_first=False,
        paused=False,
        removed=None,
        last_run=last,
        last_harvested=None,
        failures=failures,
    )


def run(started: datetime, state: RunState = RunState.DONE, *, took: timedelta = MINUTE) -> Run:
    ended = started + took if state.ended else None
    return Run(1, "upv", state, started, ended, "", RunCounts())


def told(
    found: SourceRow,
    *,
    last_full: datetime | None = None,
    worth_retrying: bool = True,
    not_before: datetime | None = None,
) -> SourceRow:
    """A source of which more is known."""
    last = found.last_run and replace(found.last_run, worth_retrying=worth_retrying, not_before=not_before)
    return replace(found, last_whole_list=last_full, last_run=last)


def due_at(found: SourceRow, *, now: datetime = ADDED, **more: object) -> datetime:
    due = next_run(told(found, **more), now=now)  # type: ignore[arg-type]
    assert due is not None
    return due.at


def moments(found: SourceRow, number: int) -> list[datetime]:
    """The times of runs that each start when they are due."""
    times: list[datetime] = []
    for _ in range(number):
        times.append(due_at(found, now=times[-1] if times else ADDED))
        found = replace(found, last_run=run(times[-1]))
    return times


def test_a_source_without_a_schedule_is_harvested_by_command_only() -> None:
    assert next_run(row(), now=ADDED + 365 * DAY) is None


@pytest.mark.parametrize("change", [{"paused": True}, {"removed": ADDED}])
def test_a_source_that_rests_is_never_due(change: dict[str, object]) -> None:
    assert next_run(replace(row(schedule="* * * * *"), **change), now=ADDED) is None  # type: ignore[arg-type]


def test_a_new_source_waits_for_its_first_moment() -> None:
    assert at("2026-03-02T02:30Z") <= due_at(row(schedule="30 2 * * *")) <= at("2026-03-02T02:35Z")


def test_the_moment_does_not_drift_however_long_runs_take() -> None:
    found = row(schedule="30 2 * * *")
    first = due_at(found)
    for day in range(1, 40):
        late = run(first + (day - 1) * DAY + 17 * MINUTE, took=3 * HOUR)
        found = replace(found, last_run=late)
        assert due_at(found, now=late.started + 4 * HOUR) == first + day * DAY


def test_what_was_missed_is_made_up_for_once() -> None:
    found = row(run(at("2026-03-01T02:30Z")), schedule="30 2 * * *")
    now = at("2026-03-09T10:00Z")
    assert due_at(found, now=now) < now
    assert due_at(replace(found, last_run=run(now)), now=now) > now


def test_a_run_under_way_does_what_came_due_meanwhile() -> None:
    found = row(run(at("2026-03-01T02:30Z"), RunState.FETCHING), schedule="0 * * * *")
    now = at("2026-03-01T09:30Z")
    assert due_at(found, now=now) > now


def test_a_run_that_is_held_does_not_stop_the_schedule() -> None:
    found = row(run(at("2026-03-02T02:30Z"), RunState.HELD), schedule="0 4 * * *")
    assert at("2026-03-02T04:00Z") <= due_at(found) <= at("2026-03-02T04:05Z")


def test_sources_of_one_schedule_do_not_all_come_at_once() -> None:
    times = {due_at(row(source=f"node-{number}", schedule="0 3 * * *")) for number in range(50)}
    assert len(times) == 50
    assert max(times) - min(times) < 5 * MINUTE
    assert due_at(row(schedule="0 3 * * *")) == due_at(row(schedule="0 3 * * *"))


def test_the_jitter_is_small_beside_the_schedule() -> None:
    for source in ("a", "b", "c", "d"):
        times = moments(row(source=source, schedule="* * * * *"), 20)
        assert {later - earlier for earlier, later in pairwise(times)} == {MINUTE}


def test_the_clock_is_that_of_the_zone() -> None:
    due = due_at(row(schedule="30 2 * * *", zone="Asia/Kathmandu"))
    assert at("2026-03-01T20:45Z") <= due <= at("2026-03-01T20:50Z")


def test_in_the_night_of_the_longer_hour_there_is_one_run() -> None:
    """The clocks of Lisbon show 01:00 to 02:00 twice on 25 October 2026."""
    found = replace(row(schedule="30 1 * * *", zone="Europe/Lisbon"), added=at("2026-10-23T12:00Z"))
    gaps = [later - earlier for earlier, later in pairwise(moments(found, 5))]
    assert gaps == [DAY, DAY + HOUR, DAY, DAY] or gaps == [DAY, DAY, DAY + HOUR, DAY]


def test_in_the_night_of_the_missing_hour_there_is_one_run_too() -> None:
    """The clocks of Lisbon leave out 01:00 to 02:00 on 29 March 2026."""
    found = replace(row(schedule="30 1 * * *", zone="Europe/Lisbon"), added=at("2026-03-27T12:00Z"))
    days = [moment.date().isoformat() for moment in moments(found, 4)]
    assert days == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]


@pytest.mark.parametrize("minute", range(0, 60, 7))
def test_a_run_in_the_hour_that_comes_twice_is_followed_by_a_later_one(minute: int) -> None:
    begun = at("2026-10-25T01:00Z") + minute * MINUTE  # the second time 01:xx in Lisbon
    found = row(run(begun), schedule="45 1 * * *", zone="Europe/Lisbon")
    assert due_at(found, now=begun) > begun


def test_outside_its_window_a_source_waits_for_the_opening() -> None:
    found = row(run(at("2026-03-02T02:00Z")), schedule="0 * * * *", window="22:00-05:30")
    assert due_at(found, now=at("2026-03-02T02:30Z")) < at("2026-03-02T03:06Z")
    late = replace(found, last_run=run(at("2026-03-02T05:02Z")))
    assert due_at(late, now=at("2026-03-02T05:10Z")) == at("2026-03-02T22:00Z")


def test_what_is_overdue_waits_for_the_opening_too() -> None:
    found = row(run(at("2026-03-01T23:00Z")), schedule="0 23 * * *", window="22:00-05:30")
    now = at("2026-03-04T12:00Z")
    assert due_at(found, now=now) == at("2026-03-04T22:00Z")
    assert due_at(found, now=at("2026-03-04T03:00Z")) < at("2026-03-04T03:00Z")


def test_the_jitter_stays_within_the_window() -> None:
    for number in range(40):
        found = row(source=f"node-{number}", schedule="29 5 * * *", window="22:00-05:30")
        assert at("2026-03-02T05:29Z") <= due_at(found) < at("2026-03-02T05:30Z")


def test_the_window_is_one_of_the_zone_s_clock() -> None:
    found = row(schedule="0 12 * * *", zone="Europe/Madrid", window="22:00-05:30")
    assert due_at(found) == at("2026-03-01T21:00Z") or due_at(found) == at("2026-03-02T21:00Z")


def test_a_window_that_a_change_of_clocks_leaves_out_opens_a_day_later() -> None:
    found = replace(
        row(schedule="0 0 * * *", zone="Europe/Lisbon", window="01:10-01:50"), added=at("2026-03-28T12:00Z")
    )
    assert due_at(found, now=at("2026-03-29T00:30Z")) == at("2026-03-30T00:10Z")


def test_a_failure_is_followed_by_another_try_after_a_quarter_of_an_hour() -> None:
    failed = run(at("2026-03-02T02:30Z"), RunState.FAILED, took=5 * MINUTE)
    due = next_run(row(failed, failures=1, schedule="30 2 * * *"), now=ADDED)
    assert due is not None
    assert (due.at, due.why) == (at("2026-03-02T02:50Z"), "once more after a failure")
    assert due_at(row(failed, failures=2, schedule="30 2 * * *")) == at("2026-03-02T03:35Z")


def test_another_try_is_never_later_than_the_schedule() -> None:
    failed = run(at("2026-03-02T02:30Z"), RunState.FAILED)
    assert due_at(row(failed, failures=2, schedule="0 * * * *")) <= at("2026-03-02T03:05Z")


def test_what_would_fail_again_waits_for_the_schedule() -> None:
    failed = run(at("2026-03-02T02:30Z"), RunState.FAILED)
    found = row(failed, failures=1, schedule="30 2 * * *")
    assert due_at(found, worth_retrying=False) >= at("2026-03-03T02:30Z")


@pytest.mark.parametrize("failures", [3, 4, 100])
@pytest.mark.parametrize("schedule", ["*/5 * * * *", "30 2 * * *", "0 0 1 * *"])
def test_after_three_failures_there_is_one_try_a_day(failures: int, schedule: str) -> None:
    failed = run(at("2026-03-02T02:30Z"), RunState.FAILED)
    due = due_at(row(failed, failures=failures, schedule=schedule))
    assert at("2026-03-03T01:30Z") < due <= at("2026-03-03T02:35Z")


def test_a_run_that_was_stopped_does_not_close_the_circuit() -> None:
    stopped = run(at("2026-03-02T02:30Z"), RunState.CANCELLED)
    assert due_at(row(stopped, failures=3, schedule="*/5 * * * *")) > at("2026-03-03T01:30Z")


def test_the_tries_of_a_day_do_not_drift() -> None:
    found = row(run(at("2026-03-02T02:31Z"), RunState.FAILED), failures=3, schedule="30 2 * * *")
    first = due_at(found)
    for day in range(1, 30):
        late = run(first + (day - 1) * DAY + 40 * MINUTE, RunState.FAILED)
        assert due_at(replace(found, last_run=late), now=late.started) == first + day * DAY


def test_one_success_brings_the_schedule_back() -> None:
    assert due_at(row(run(at("2026-03-02T02:30Z")), schedule="*/30 * * * *")) <= at("2026-03-02T03:03Z")


def test_a_pause_that_the_provider_asked_for_is_kept() -> None:
    failed = run(at("2026-03-02T02:30Z"), RunState.FAILED)
    wanted = at("2026-03-02T03:20Z")
    assert due_at(row(failed, failures=1, schedule="30 2 * * *"), not_before=wanted) == wanted


def mode_of(found: SourceRow, **more: object) -> RunMode:
    due = next_run(told(found, **more), now=ADDED)  # type: ignore[arg-type]
    assert due is not None
    return due.mode


def test_a_source_that_is_not_incremental_is_always_asked_for_everything() -> None:
    assert mode_of(row(run(ADDED), schedule="0 * * * *"), last_full=ADDED) is RunMode.FULL


def test_the_first_list_is_a_whole_one() -> None:
    assert mode_of(row(schedule="0 * * * *", incremental="true")) is RunMode.FULL


def test_between_whole_lists_only_changes_are_asked_for() -> None:
    found = row(run(ADDED), schedule="0 * * * *", incremental="true")
    assert mode_of(found, last_full=ADDED - DAY) is RunMode.INCREMENTAL


def test_without_a_schedule_of_their_own_whole_lists_come_once_a_week() -> None:
    found = row(run(ADDED), schedule="0 * * * *", incremental="true")
    assert mode_of(found, last_full=ADDED - 6 * DAY - 22 * HOUR) is RunMode.INCREMENTAL
    assert mode_of(found, last_full=ADDED - 7 * DAY) is RunMode.FULL


def test_whole_lists_have_moments_of_their_own() -> None:
    found = row(run(ADDED), schedule="0 0 1 * *", incremental="true", full="0 3 * * 6")
    due = next_run(replace(found, last_whole_list=ADDED - 3 * DAY), now=ADDED)
    assert due is not None
    assert due.mode is RunMode.FULL
    # The Saturday after the last whole list was the day before: it is made up for with the next run.
    assert due.at >= at("2026-04-01T00:00Z")
    later = next_run(replace(found, last_whole_list=ADDED - HOUR), now=ADDED)
    assert later is not None
    assert later.mode is RunMode.FULL
    assert at("2026-03-07T03:00Z") <= later.at <= at("2026-03-07T03:05Z")


def test_a_whole_list_that_did_not_come_through_is_not_asked_for_without_pause() -> None:
    found = row(run(ADDED, RunState.INCOMPLETE), schedule="0 * * * *", incremental="true", full="0 3 * * 6")
    due = next_run(replace(found, last_whole_list=ADDED - 10 * DAY), now=ADDED)
    assert due is not None
    assert due.mode is RunMode.FULL
    assert due.at >= ADDED + HOUR


@pytest.mark.parametrize(
    ("parameter", "options"),
    [
        ("schedule", {"schedule": "now and then"}),
        ("schedule", {"schedule": "@daily"}),
        ("schedule", {"schedule": "61 * * * *"}),
        ("schedule", {"schedule": "0 0 30 2 *"}),
        ("schedule", {"schedule": "* * * * * *"}),
        ("schedule", {"schedule": ""}),
        ("zone", {"schedule": "0 * * * *", "zone": "Europe/Nowhere"}),
        ("zone", {"schedule": "0 * * * *", "zone": "../../etc/passwd"}),
        ("zone", {"schedule": "0 * * * *", "zone": "Europe"}),
        ("zone", {"schedule": "0 * * * *", "zone": "/etc/passwd"}),
        ("zone", {"schedule": "0 * * * *", "zone": "a\0b"}),
        ("zone", {"schedule": "0 * * * *", "zone": ""}),
        ("zone", {"zone": "UTC"}),
        ("window", {"window": "22:00-05:30"}),
        ("window", {"schedule": "0 * * * *", "window": "22-5"}),
        ("window", {"schedule": "0 * * * *", "window": "22:00-24:00"}),
        ("window", {"schedule": "0 * * * *", "window": "05:00-05:00"}),
        ("full", {"schedule": "0 * * * *", "full": "0 3 * * 6"}),
        ("full", {"schedule": "0 * * * *", "incremental": "true", "full": "soon"}),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(parameter: str, options: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as refused:
        check_schedule(config(**options))
    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"schedule": "30 2 * * MON-FRI"},
        {"schedule": "0 0 29 2 *", "zone": "America/Argentina/Buenos_Aires", "window": "00:00-23:59"},
        {"schedule": "*/15 * * * *", "incremental": "true", "full": "0 3 * * 6#1"},
    ],
)
def test_a_right_schedule_is_accepted(options: dict[str, str]) -> None:
    check_schedule(config(**options))


def test_when_a_harvest_was_to_be_expected_can_be_asked() -> None:
    wanted = scheduled_after(config(schedule="30 2 * * *"), ADDED)
    assert wanted is not None
    assert at("2026-03-02T02:30Z") <= wanted <= at("2026-03-02T02:35Z")
    assert scheduled_after(config(), ADDED) is None
