"""Where the columns of a table are, whatever order and spelling somebody gave them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from harvesters.errors import NotMetadata
from harvesters.findings import Severity
from harvesters.parsing.cells import Line, Table
from harvesters.sheets.checks import Problem
from harvesters.sheets.columns import Column, Need, column_named, plain
from harvesters.sheets.remarks import Remarks, place

_WITHIN_LINES: Final = 20
_LIKENESS: Final = 0.75
_LONGEST_HEADING: Final = 200


@dataclass(frozen=True, slots=True)
class Grid:
    """``at`` says where a column is, by its key; the rows below ``heading`` hold the values."""

    table: Table
    columns: Mapping[str, Column]
    heading: Line
    at: Mapping[str, int]

    def rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each row's number, and its texts that are not empty, by the keys of their columns."""
        for line in self.table.lines:
            if line.number > self.heading.number:
                texts = {key: line.cells[at] for key, at in self.at.items() if at < len(line.cells)}
                yield line.number, {key: text for key, text in texts.items() if text}

    def place(self, row: int, key: str) -> str:
        return place(self.table.name, row, self.at.get(key, 0))


def find_grid(table: Table, columns: Mapping[str, Column], *, key: str) -> Grid:
    """Look for the row of headings near the top. Raises ``NotMetadata``."""
    heads = [line for line in table.lines if line.number <= _WITHIN_LINES]
    located = [(line, _located(line, columns)) for line in heads]
    heading, at = max(located, key=lambda pair: len(pair[1]), default=(None, {}))
    if heading is None or key not in at:
        raise NotMetadata(
            f"the sheet {table.name!r} has no row of headings with a column {columns[key].name!r}; "
            "begin with the template (catalogue sheet template)"
        )
    return Grid(table, columns, heading, MappingProxyType(at))


def remark_on_headings(grid: Grid, remarks: Remarks) -> None:
    """Unknown, repeated and missing columns, and what the file has in place of texts."""
    for at, heading in enumerate(grid.heading.cells):
        if heading and at not in grid.at.values():
            where = place(grid.table.name, grid.heading.number, at)
            remarks.add(where, heading[:_LONGEST_HEADING], (_unread(heading, grid.columns),))
    for column in grid.columns.values():
        if column.key not in grid.at and column.need is not Need.WELCOME:
            where = place(grid.table.name, grid.heading.number, len(grid.heading.cells))
            remarks.add(where, column.name, (_absent(column),))
    names = {at: grid.columns[key].name for key, at in grid.at.items()}
    for fault in grid.table.faults:
        # What stands above the headings is no value.
        if fault.row == 0 or (fault.row > grid.heading.number and fault.column in names):
            where = place(grid.table.name, fault.row, fault.column) if fault.row else grid.table.name
            problem = Problem(Severity.WARNING, fault.value, fault.message, fault.how_to_fix)
            remarks.add(where, names.get(fault.column, "") if fault.row else "", (problem,))


def _located(line: Line, columns: Mapping[str, Column]) -> dict[str, int]:
    """Of two columns of one name the first has it."""
    found: dict[str, int] = {}
    for at, heading in enumerate(line.cells):
        column = column_named(heading, columns) if plain(heading) else None
        if column:
            found.setdefault(column.key, at)
    return found


def _unread(heading: str, columns: Mapping[str, Column]) -> Problem:
    shown = heading[:_LONGEST_HEADING]
    if column_named(heading, columns):
        return Problem(
            Severity.WARNING, shown, "this column stands here twice; the first was read", "keep one"
        )
    names = {plain(column.name): column.name for column in columns.values()}
    near = get_close_matches(plain(shown), names, n=1, cutoff=_LIKENESS)
    repair = f"is it {names[near[0]]!r}?" if near else "take a heading of the template, or leave it"
    return Problem(Severity.WARNING, shown, "this column is not known; it was not read, nor kept", repair)


def _absent(column: Column) -> Problem:
    severity = Severity.ERROR if column.need is Need.MUST else Severity.WARNING
    return Problem(severity, "", "this column is missing", f"add a column with the heading {column.name!r}")
