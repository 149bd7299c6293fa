"""How the cells of a sheet are told, tidied and limited, whatever file they come from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from harvesters.errors import LimitReached

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 300
LONGEST_CELL: Final = 100_000
MOST_FAULTS: Final = 1_000

# What a program puts before a text so that another one does not take it for a formula.
_GUARDED: Final = re.compile(r"'(?=[=+\-@])")
_SPACES: Final = " \t\r\n\u00a0\u202f\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is not empty, by the number that the person sees; cells from column A on."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a cell has that is no text; ``column`` counts from 0, and a fault of the whole table has row 0."""

    row: int
    column: int
    value: str
    message: str
    how_to_fix: str


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...] = ()


def tidy(text: str) -> str:
    """Without space around it, with plain line ends, and without the guard against formulas."""
    return _GUARDED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").strip(_SPACES), count=1)


def gathered(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Line]:
    """The rows that are not empty. Raises ``LimitReached``."""
    kept = 0
    for number, cells in rows:
        texts = [tidy(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        kept += 1
        if kept > MOST_ROWS:
            raise LimitReached(f"the sheet has more than {MOST_ROWS:,} rows")
        if len(texts) > MOST_COLUMNS:
            raise LimitReached(f"row {number} has more than {MOST_COLUMNS} columns")
        if any(len(text) > LONGEST_CELL for text in texts):
            raise LimitReached(f"row {number} has a cell of more than {LONGEST_CELL:,} characters")
        yield Line(number, tuple(texts))
