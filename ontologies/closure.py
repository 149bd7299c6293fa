"""What is broader and narrower at any distance, where no concept is broader than itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final


def refuse_cycles(parents: Mapping[str, tuple[str, ...]]) -> None:
    """Raises ``ValueError`` on a cycle, naming the path, and on a parent that is not among the codes."""
    finished: set[str] = set()
    for code in parents:
        if code not in finished:
            _walk(code, parents, finished)


def reached(start: str, steps: Mapping[str, Iterable[str]]) -> set[str]:
    """All that the steps lead to, the start included."""
    found, waiting = {start}, [start]
    while waiting:
        more = [each for each in steps.get(waiting.pop(), ()) if each not in found]
        found.update(more)
        waiting += more
    return found


def turned(above: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    below: dict[str, set[str]] = {}
    for code, broader in above.items():
        for each in broader:
            below.setdefault(each, set()).add(code)
    return below


# How much of each end of a long cycle is named.
_TOLD: Final = 10


def _walk(start: str, parents: Mapping[str, tuple[str, ...]], finished: set[str]) -> None:
    """Finish all that is broader, depth first; without recursion, for a release may be very deep."""
    path: dict[str, Iterator[str]] = {start: iter(parents[start])}
    while path:
        code, left = next(reversed(path.items()))
        above = next((each for each in left if each not in finished), None)
        if above is None:
            finished.add(code)
            del path[code]
        elif above in path:
            raise ValueError(f"a cycle of broader concepts: {_told(above, list(path))}")
        elif above not in parents:
            raise ValueError(f"{code} is said to be narrower than {above}, which is no concept of the scheme")
        else:
            path[above] = iter(parents[above])


def _told(first: str, path: list[str]) -> str:
    """Name the cycle's path, of a long one the two ends."""
    cycle = [*path[path.index(first) :], first]
    left_out = len(cycle) - 2 * _TOLD
    if left_out > 0:
        cycle[_TOLD:-_TOLD] = [f"({left_out} more)"]
    return " > ".join(cycle)
