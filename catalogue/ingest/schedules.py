"""When a source is harvested next: by its schedule, after a failure, and never twice for one moment.

schedule=30 2 * * *         cron, five fields           zone=Europe/Lisbon      whose clock, else UTC
window=22:00-05:30          when it may be asked        full=0 3 * * 6          whole lists of an
                                                                                incremental source
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from catalogue.errors import BadRequest
from catalogue.ingest.asking import FULL_EVERY
from catalogue.ingest.policies import usual_mode
from catalogue.ledger.rows import SourceRow
from catalogue.model.run import Run, RunMode, RunState
from harvesters.source import SourceConfig

OPEN_AFTER: Final = 3
# After the first failure and the second; from the third on there is one try a day.
_AGAIN_AFTER: Final = (timedelta(minutes=15), timedelta(hours=1))
_DAY: Final = timedelta(days=1)
# Earlier than a day by this much still counts as the next day: the last try may have been late.
_LATE: Final = timedelta(hours=1)
_LONGEST_JITTER: Final = timedelta(minutes=5)
_FIELDS: Final = 5
_WINDOW: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Due:
    """``at`` is in UTC; one that has passed is due now."""

    at: datetime
    mode: RunMode
    why: str


def check_schedule(config: SourceConfig) -> None:
    """Raise ``BadRequest`` for an option of the schedule that is wrong, or that does nothing."""
    options = config.options
    if "schedule" not in options:
        for name in ("zone", "window", "full"):
            if name in options:
                raise BadRequest(f"{name} says nothing without a schedule", parameter=name)
        return
    if "full" in options and usual_mode(config) is not RunMode.INCREMENTAL:
        raise BadRequest("full says nothing without incremental=true: every list is whole", parameter="full")
    plan = _plan(config)
    _require_cron("schedule", plan.schedule)
    if "full" in options:
        _require_cron("full", plan.full)


def next_run(row: SourceRow, *, now: datetime) -> Due | None:
    """None for a source that is harvested by command only, or paused.

    A run that is held does not stop the schedule. Raises ``BadRequest`` as ``check_schedule`` does.
    """
    if "schedule" not in row.config.options or row.paused or row.removed is not None:
        return None
    plan = _plan(row.config)
    due = _by_schedule(plan, row, now)
    last = row.last_run
    if last is not None and row.failures and last.state.ended:
        due = _after_failures(plan, last, row.failures, due)
    if last is not None and last.not_before is not None and last.not_before > due.at:
        due = Due(last.not_before.astimezone(UTC), due.mode, "the provider asked for a pause until then")
    return _within_the_window(plan, due, now)


def scheduled_after(config: SourceConfig, moment: datetime) -> datetime | None:
    """The first scheduled moment after another, whatever became of the runs; None without a schedule."""
    if "schedule" not in config.options:
        return None
    plan = _plan(config)
    return _moment(plan, plan.schedule, moment)


@dataclass(frozen=True, slots=True)
class _Plan:
    """``share`` is the source's own part of the longest jitter; ``full`` is "" where every list is whole."""

    schedule: str
    full: str
    zone: ZoneInfo
    window: tuple[time, time] | None
    share: float
    usual: RunMode

    def is_open(self, moment: datetime) -> bool:
        if self.window is None:
            return True
        opens, closes = self.window
        local = moment.astimezone(self.zone).time()
        return opens <= local < closes if opens < closes else local >= opens or local < closes

    def opening(self, moment: datetime) -> datetime:
        """The first time from a moment on at which the window is open."""
        if self.window is None or self.is_open(moment):
            return moment
        today = moment.astimezone(self.zone).date()
        # A window may lie within an hour that a change of clocks leaves out: then it is the next day's.
        for day in range(3):
            opens = datetime.combine(today + timedelta(days=day), self.window[0], self.zone).astimezone(UTC)
            if opens >= moment and self.is_open(opens):
                return opens
        return moment


def _plan(config: SourceConfig) -> _Plan:
    options = config.options
    draw = int.from_bytes(hashlib.sha256(config.id.encode()).digest()[:4])
    return _Plan(
        schedule=options.get("schedule", ""),
        full=options.get("full", ""),
        zone=_zone(options.get("zone", "UTC")),
        window=_window(options["window"]) if "window" in options else None,
        share=draw / 2**32,
        usual=usual_mode(config),
    )


def _by_schedule(plan: _Plan, row: SourceRow, now: datetime) -> Due:
    begun = row.last_run.started if row.last_run else row.added
    if row.last_run and not row.last_run.state.ended:
        begun = max(begun, now)  # what has come due meanwhile is done by the run under way
    at = _moment(plan, plan.schedule, begun)
    if plan.usual is not RunMode.INCREMENTAL:
        return Due(at, RunMode.FULL, "as scheduled")
    last_full = row.last_whole_list
    if last_full is None:
        return Due(at, RunMode.FULL, "as scheduled, and there was no whole list yet")
    whole = _moment(plan, plan.full, last_full) if plan.full else last_full + FULL_EVERY
    # Of a moment for whole lists that has been tried since, the next scheduled run makes one.
    if plan.full and begun < whole < at:
        return Due(whole, RunMode.FULL, "a whole list, as scheduled")
    if whole <= at:
        return Due(at, RunMode.FULL, "as scheduled, and a whole list is due")
    return Due(at, RunMode.INCREMENTAL, "as scheduled")


def _after_failures(plan: _Plan, last: Run, failures: int, scheduled: Due) -> Due:
    if failures >= OPEN_AFTER:
        daily = _moment(plan, plan.schedule, last.started + _DAY - _LATE)
        at = min(daily, last.started + _DAY) if last.worth_retrying else daily
        return Due(at, scheduled.mode, f"one try a day after {failures} failures")
    again = (last.ended or last.started) + _AGAIN_AFTER[failures - 1]
    if last.worth_retrying and last.state is RunState.FAILED and again < scheduled.at:
        return Due(again, scheduled.mode, "once more after a failure")
    return scheduled


def _within_the_window(plan: _Plan, due: Due, now: datetime) -> Due:
    opens = plan.opening(max(due.at, now))
    if opens == max(due.at, now):
        return due
    return Due(opens, due.mode, f"{due.why}, once its window opens")


def _moment(plan: _Plan, cron: str, after: datetime) -> datetime:
    """The next moment of a cron expression, moved by the source's jitter where its window allows that."""
    moments = _cron("schedule", cron, after.astimezone(plan.zone))
    first = next(moments).astimezone(UTC)
    while first <= after:  # in the hour that the clocks give twice
        first = next(moments).astimezone(UTC)
    gap = next(moments).astimezone(UTC) - first
    moved = first + min(_LONGEST_JITTER, gap / 10) * plan.share
    return moved if plan.is_open(moved) or not plan.is_open(first) else first


def _require_cron(name: str, cron: str) -> None:
    try:
        next(_cron(name, cron, datetime(2026, 1, 1, tzinfo=UTC)))
    except StopIteration as error:
        raise BadRequest(f"{name}={cron} names a day that never comes", parameter=name) from error


def _cron(name: str, cron: str, after: datetime) -> CronSim:
    # With a sixth field it would count seconds.
    if len(cron.split()) != _FIELDS:
        raise BadRequest(f"{name}={cron} has not the five fields of a cron expression", parameter=name)
    try:
        return CronSim(cron, after)
    except CronSimError as error:
        raise BadRequest(f"{name}={cron} is no cron expression ({error})", parameter=name) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    # Names come from outside: a folder, a path upwards, or nothing at all.
    except (LookupError, ValueError, OSError) as error:
        raise BadRequest(f"zone={name} is no time zone such as Europe/Lisbon", parameter="zone") from error


def _window(text: str) -> tuple[time, time]:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise BadRequest(f"window={text} is no window such as 22:00-05:30", parameter="window")
    opens, closes = (time(int(found[at]), int(found[at + 1])) for at in (1, 3))
    if opens == closes:
        raise BadRequest(f"window={text} is never open", parameter="window")
    return opens, closes
