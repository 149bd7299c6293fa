"""Who is told that a source begins to fail, is held or is well again: of each change, at least once."""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from catalogue.ingest.schedules import OPEN_AFTER
from catalogue.ledger import Condition, Ledger, Notice, SourceRow
from catalogue.model.run import WHOLE, Run, RunState
from catalogue.settings import Settings
from catalogue.worker.channels import Channel, NotDeliveredError, channels_of
from harvesters.interruption import Interruption

_ROUND_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 60.0
_AGAIN_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
# What did not get through by then is no news any more; the dashboard shows it.
_GIVEN_UP_AFTER: Final = timedelta(days=3)

logger = logging.getLogger(__name__)


class Teller:
    """Looks at the sources when a run has changed its state, and once a minute."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._channels = channels_of(settings)
        self._looked: tuple[int, float] | None = None

    def tell(self) -> None:
        """To be called often; it takes some seconds at most, and next to none when nothing has changed."""
        last, now = self._ledger.last_transition(), time.monotonic()
        if self._looked is None or self._looked[0] != last or now - self._looked[1] > _LOOK_SECONDS:
            note_conditions(self._ledger)
            self._looked = (last, now)
        deliver(self._ledger, self._channels)


def condition_of(row: SourceRow, *, held: bool) -> Condition:
    """How a source stands. A failure or two after a success, or a list or two cut short, change nothing.

    Nor does a run that was stopped or rejected: whether the source is well again the next one tells.
    """
    if held:
        return Condition.HELD
    before = Condition(row.condition)
    state = row.last_run.state if row.last_run else None
    if state is not RunState.CANCELLED and _is_failing(row):
        return Condition.FAILING
    if state in WHOLE or (state is RunState.INCOMPLETE and before is not Condition.FAILING):
        return Condition.WELL
    return Condition.UNKNOWN if before is Condition.HELD else before


def note_conditions(ledger: Ledger) -> None:
    """Write down which conditions have changed, and what people are to be told of it."""
    held = {run.source: run for run in ledger.held_runs()}
    for row in ledger.sources():
        before = Condition(row.condition)
        condition = condition_of(row, held=row.config.id in held)
        if condition is before:
            continue
        run = held.get(row.config.id, row.last_run)
        text = _told(row, condition, run)
        ledger.note_condition(row.config.id, condition, before=before, run=run.id if run else None, text=text)


def deliver(ledger: Ledger, channels: Sequence[Channel], *, seconds: float = _ROUND_SECONDS) -> int:
    """How many notices got through all channels; one that fails is left alone for the rest of the round."""
    if not channels:
        return 0
    until = time.monotonic() + seconds
    broken: dict[str, str] = {}
    sent = 0
    for notice in ledger.claim_notices():
        if time.monotonic() >= until:
            break  # the claim runs out, and then it is this one's turn again
        for channel in channels:
            if channel.name not in (*notice.told, *broken):
                broken |= _attempted(channel, notice, until - time.monotonic())
        sent += _written_down(ledger, notice, channels, broken)
    return sent


def _is_failing(row: SourceRow) -> bool:
    never_came_in = row.failures > 0 and row.last_harvested is None
    return never_came_in or max(row.failures, row.incompletes) >= OPEN_AFTER


def _attempted(channel: Channel, notice: Notice, seconds: float) -> dict[str, str]:
    """What went wrong, by the channel's name; one that hangs is not waited for."""
    try:
        Interruption().awaited(lambda: channel.send(notice), seconds)
    except NotDeliveredError as error:
        return {channel.name: str(error)}
    except TimeoutError:
        return {channel.name: f"{channel.name}: not done within some seconds"}
    return {}


def _written_down(
    ledger: Ledger, notice: Notice, channels: Sequence[Channel], broken: Mapping[str, str]
) -> bool:
    told = tuple(
        channel.name for channel in channels if channel.name in notice.told or channel.name not in broken
    )
    if len(told) == len(channels):
        ledger.notice_sent(notice.id, told=told)
        return True
    error = "; ".join(broken[channel.name] for channel in channels if channel.name not in told)
    again_in = _AGAIN_AFTER[min(notice.tries, len(_AGAIN_AFTER)) - 1]
    is_late = ledger.now() - notice.at > _GIVEN_UP_AFTER
    logger.warning("notice %s of %s was not delivered: %s", notice.id, notice.source, error)
    ledger.notice_failed(notice.id, error, again_in=None if is_late else again_in, told=told)
    return False


def _told(row: SourceRow, condition: Condition, run: Run | None) -> str:
    """Nothing for what is no news: that a source began well."""
    message = run.message if run else ""
    match condition:
        case Condition.HELD if run:
            return (
                f"Run {run.id} is held: {message}\n\n"
                f"Nothing of it is shown until a curator decides:\n"
                f"    catalogue approve {run.id}\n    catalogue reject {run.id}"
            )
        case Condition.FAILING if row.failures:
            times = "The last run" if row.failures == 1 else f"The last {row.failures} runs"
            return f"{times} failed: {message}\n\nWhat was harvested before stays as it is."
        case Condition.FAILING:
            return (
                f"None of the last {row.incompletes} lists was whole: {message}\n\n"
                "What they name is taken in; what they do not name is neither missed nor withdrawn."
            )
        case Condition.WELL if row.condition:
            return f"Run {run.id}: {run.state}. {message}".strip() if run else "It is harvested again."
    return ""
