"""How what is wrong in a sheet is told: by sheet, row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from harvesters.findings import Finding, Severity
from harvesters.sheets.checks import Problem

# More than anybody mends at once; the sheet is read on, without looking for more.
MOST: Final = 1_000


@dataclass(slots=True)
class Remarks:
    """What was found so far, in the order of the sheet."""

    _found: list[Finding] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self._found) >= MOST

    def add(self, place: str, path: str, problems: Iterable[Problem]) -> None:
        for one in problems:
            if self.full:
                return
            self._found.append(
                Finding(one.severity, place, path, one.value, one.message, how_to_fix=one.how_to_fix)
            )

    def findings(self) -> tuple[Finding, ...]:
        if not self.full:
            return tuple(self._found)
        last = Finding(
            Severity.WARNING,
            focus="",
            path="",
            value="",
            message=f"the sheet has more than {MOST:,} faults; the others are not listed",
            how_to_fix="mend these, and ask again",
        )
        return (*self._found, last)


def place(sheet: str, row: int, at: int) -> str:
    """As spreadsheets write it; ``at`` counts from 0."""
    return f"{sheet}!{letters(at)}{row}"


def letters(at: int) -> str:
    """The name of a column: A to Z, then AA."""
    before, last = divmod(at, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)
