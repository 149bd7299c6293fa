"""How a source and a run stand, in words and with a mark beside the colour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from catalogue.ledger.rows import SourceRow
from catalogue.model.run import Run, RunMode, RunState
from catalogue.web.texts import counted, short

# From here on the schedule tries no more than once a day.
MANY_FAILURES: Final = 3
# Nobody promised when a source without a schedule is harvested.
UNSCHEDULED: Final = timedelta(days=30)


class Standing(StrEnum):
    """The gravest first."""

    HELD = "held"
    FAILING = "failing"
    LATE = "late"
    INCOMPLETE = "incomplete"
    NEVER = "never harvested"
    PAUSED = "paused"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Badge:
    """``state`` is a class of the theme, ``icon`` one of Bootstrap's."""

    state: str
    icon: str
    word: str


_MARKS: Final = {
    Standing.HELD: ("state-bad", "pause-circle"),
    Standing.FAILING: ("state-bad", "x-octagon"),
    Standing.LATE: ("state-warn", "clock-history"),
    Standing.INCOMPLETE: ("state-warn", "exclamation-triangle"),
    Standing.NEVER: ("", "hourglass-split"),
    Standing.PAUSED: ("", "pause-circle"),
    Standing.FRESH: ("state-good", "check-circle"),
}
_RUN_MARKS: Final = {
    RunState.DONE: ("state-good", "check-circle"),
    RunState.UNCHANGED: ("state-good", "check-circle"),
    RunState.PARTIAL: ("state-warn", "exclamation-triangle"),
    RunState.INCOMPLETE: ("state-warn", "exclamation-triangle"),
    RunState.HELD: ("state-bad", "pause-circle"),
    RunState.FAILED: ("state-bad", "x-octagon"),
    RunState.CANCELLED: ("", "dash-circle"),
}
_UNDER_WAY: Final = ("", "hourglass-split")


def standing_of(row: SourceRow, *, held: bool, wanted_by: datetime | None, now: datetime) -> Standing:
    """``wanted_by`` is when a good harvest should have come in at the latest, None where nobody said."""
    state = row.last_run.state if row.last_run else None
    good = row.last_harvested
    rules = (
        (Standing.PAUSED, row.paused),
        (Standing.HELD, held),
        (Standing.FAILING, row.failures >= MANY_FAILURES or (state is RunState.FAILED and good is None)),
        (Standing.NEVER, good is None),
        (Standing.LATE, good is not None and now > (wanted_by or good + UNSCHEDULED)),
        (Standing.FAILING, state is RunState.FAILED),
        (Standing.INCOMPLETE, row.incompletes > 0 or state is RunState.INCOMPLETE),
    )
    return next((standing for standing, applies in rules if applies), Standing.FRESH)


def standing_badge(standing: Standing, row: SourceRow, now: datetime) -> Badge:
    word = standing.value.capitalize()
    if standing is Standing.LATE and row.last_harvested:
        word = f"Late, {counted(max(1, (now - row.last_harvested).days), 'day', 'days')}"
    return Badge(*_MARKS[standing], word)


def run_badge(state: RunState) -> Badge:
    return Badge(*_RUN_MARKS.get(state, _UNDER_WAY), state.value.capitalize())


def run_in_words(run: Run | None) -> str:
    """What the run did, or why it did not."""
    if run is None:
        return "none yet"
    match run.state:
        case RunState.FAILED | RunState.CANCELLED:
            return short(f"{run.state.value}: {run.message}" if run.message else run.state.value)
        case RunState.HELD:
            return f"held: {run.counts.offered:,} listed, {run.counts.withdrawn:,} would go"
        case RunState.INCOMPLETE:
            return short(f"incomplete: {run.message}; {counts_in_words(run)}")
        case state if not state.ended:
            return f"{state.value}, {run.counts.offered:,} read"
    return counts_in_words(run)


def counts_in_words(run: Run) -> str:
    """Only what is not nought; of a run that asked for changes alone it says so."""
    counts = run.counts
    told = (
        (counts.new, "new"),
        (counts.changed, "changed"),
        (counts.withdrawn, "withdrawn"),
        (counts.unseen, "missing"),
        (counts.rejected, "rejected"),
        (counts.unchanged, "unchanged"),
    )
    words = ", ".join(f"{number:,} {word}" for number, word in told if number)
    if run.mode is RunMode.FULL:
        return words or "nothing listed"
    if run.mode is RunMode.REPROCESS:
        return words or "nothing to make anew"
    return words or "no changes since the last list"
