"""How many datasets a source listed over its last runs, as bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from catalogue.model.run import Run, RunMode, RunState

RUNS: Final = 14
WIDTH: Final = 84
HEIGHT: Final = 18
_STEP: Final = 6
_HIGHEST: Final = 16.0
_LOWEST: Final = 1.0


@dataclass(frozen=True, slots=True)
class TrendBar:
    """SVG lengths: a strict content security policy leaves no other way."""

    x: int
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Trend:
    """``label`` says the numbers in words; ``bad``: the last one is far below the others."""

    bars: tuple[TrendBar, ...]
    label: str
    bad: bool


def trend(newest_first: Iterable[Run]) -> Trend:
    numbers = _listed([run for run in newest_first if run.state.ended][::-1])[-RUNS:]
    most = max(numbers, default=0)
    return Trend(
        bars=tuple(_bar(place, number, most) for place, number in enumerate(numbers)),
        label=f"datasets listed in {len(numbers)} runs: {', '.join(f'{number:,}' for number in numbers)}",
        bad=bool(numbers) and 2 * numbers[-1] < most,
    )


def _listed(oldest_first: Sequence[Run]) -> list[int]:
    """A run that asked for changes alone adds them to what was there; one that failed listed nothing."""
    numbers: list[int] = []
    for run in oldest_first:
        if run.mode is RunMode.FULL or run.state in (RunState.FAILED, RunState.CANCELLED):
            numbers.append(run.counts.offered)
        else:
            before = numbers[-1] if numbers else run.counts.unchanged
            numbers.append(max(0, before + run.counts.new - run.counts.withdrawn))
    return numbers


def _bar(place: int, number: int, most: int) -> TrendBar:
    height = max(_LOWEST, _HIGHEST * number / most) if most else _LOWEST
    return TrendBar(place * _STEP, f"{HEIGHT - height:.1f}", f"{height:.1f}")
