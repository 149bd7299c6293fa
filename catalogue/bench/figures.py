"""How a figure is measured: rounds that alternate between the candidates, medians and ratios."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds over all rounds; ``ratio`` is to the first candidate's median."""

    name: str
    p50: float
    p95: float
    ratio: float


def compare(
    candidates: Mapping[str, Callable[[_T], object]], inputs: Sequence[_T], rounds: int
) -> list[Figure]:
    """Time every candidate on every input, in turn in each round, so that noise hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for candidate in candidates.values():
        candidate(inputs[0])
    for _ in range(rounds):
        for one in inputs:
            for name, candidate in candidates.items():
                started = time.perf_counter()
                candidate(one)
                taken[name].append((time.perf_counter() - started) * 1000)
    base = quantile(next(iter(taken.values())), 0.5)
    return [
        Figure(name, quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.5) / base)
        for name, times in taken.items()
    ]


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of at least one value."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
