"""Which datasets a sheet tells, and what is wrong in which of its cells."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from harvesters import recognition
from harvesters.errors import NotMetadata
from harvesters.findings import Finding, Severity
from harvesters.parsing.cells import Table
from harvesters.parsing.sheets import read_sheets
from harvesters.sheets.checks import Problem, missing, problems
from harvesters.sheets.choices import Choices, load_choices
from harvesters.sheets.columns import (
    COUNT_COLUMNS,
    COUNTS,
    READ_ME,
    TEMPLATE_VERSION,
    VERSION_LABEL,
    columns,
    dimensions,
)
from harvesters.sheets.grid import Grid, find_grid, remark_on_headings
from harvesters.sheets.remarks import Remarks
from harvesters.sheets.row import Count, Row
from harvesters.sheets.values import is_empty, number
from harvesters.source import Rejected

_BESIDE: Final = (COUNTS, READ_ME)
_UNNAMED: Final = "urn:catalogue:unnamed"
_IDENTIFIER: Final = "identifier"
_LONGEST_SHOWN: Final = 200
# More than all lists together hold; each becomes several statements.
_MOST_COUNTS: Final = 2_000
_DATASET: Final = "dataset"


@dataclass(frozen=True, slots=True)
class FoundRow:
    """Where it stands in the sheet is no part of it: a row that is moved says the same."""

    identifier: str
    received: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    rows: tuple[FoundRow, ...]
    rejected: tuple[Rejected, ...]
    findings: tuple[Finding, ...]


def read_sheet(body: bytes, *, main: str, source: str) -> Reading:
    """Read a whole file. Runs inside the sandbox, for a hostile one may be long in being looked through.

    Raises ``NotMetadata`` and ``LimitReached`` in words for the person who filled the sheet in.
    """
    return read_rows(read_sheets(body, main=main, beside=_BESIDE), source=source, choices=load_choices())


def read_rows(tables: Sequence[Table], *, source: str, choices: Choices) -> Reading:
    """``tables`` are the datasets' and those beside it. Raises ``NotMetadata`` for a sheet without headings.

    A short identifier is a name in this ``source`` only, as two hospitals may both have a ``dataset-1``.
    """
    remarks = Remarks()
    main, beside = tables[0], {table.name.casefold(): table for table in tables[1:]}
    _remark_on_version(tables, remarks)
    grid = find_grid(main, columns(), key=_IDENTIFIER)
    remark_on_headings(grid, remarks)
    rows = _Rows(grid, source, choices, remarks)
    rows.read()
    if counts := beside.get(COUNTS.casefold()):
        rows.count(counts)
    return Reading(tuple(rows.found()), tuple(rows.rejected), remarks.findings())


@dataclass(slots=True)
class _Rows:
    grid: Grid
    source: str
    choices: Choices
    remarks: Remarks
    rejected: list[Rejected] = field(default_factory=list)
    _cells: dict[str, tuple[int, Mapping[str, str]]] = field(default_factory=dict)
    _counts: dict[str, dict[tuple[str, str], Count]] = field(default_factory=lambda: defaultdict(dict))

    def read(self) -> None:
        for row, cells in self.grid.rows():
            if cells:
                self._take(row, cells)

    def count(self, table: Table) -> None:
        """Counts per value belong to the dataset that they name."""
        if not table.lines:
            return
        try:
            grid = find_grid(table, COUNT_COLUMNS, key=_DATASET)
        except NotMetadata as error:
            problem = Problem(Severity.WARNING, "", f"it was not read: {error}", "take it from the template")
            self.remarks.add(table.name, "", (problem,))
            return
        remark_on_headings(grid, self.remarks)
        for row, cells in grid.rows():
            problem_at = self._keep_count(cells) if cells else None
            if problem_at:
                key, problem = problem_at
                self.remarks.add(grid.place(row, key), grid.columns[key].name, (problem,))

    def found(self) -> Iterator[FoundRow]:
        for name, (_, cells) in self._cells.items():
            yield FoundRow(name, Row(cells, tuple(self._counts[name].values())).received())

    def _take(self, row: int, cells: Mapping[str, str]) -> None:
        text = cells.get(_IDENTIFIER, "")
        name = self._name(text)
        if reason := self._refusal(text, name):
            place = f"{self.grid.table.name} row {row}"
            told = f"{self.grid.place(row, _IDENTIFIER)}: {reason}"
            # A row without a name may be any dataset that seems to be missing.
            self.rejected.append(Rejected(name or place, told, identified=bool(name)))
            return
        self._cells[name] = row, cells
        if not self.remarks.full:
            self._remark(row, cells)

    def _refusal(self, text: str, name: str) -> str:
        if not text:
            return "the row has no identifier; write one that stays for ever"
        if is_empty(text):
            return f"{text[:_LONGEST_SHOWN]!r} is a placeholder, no identifier; write one that stays for ever"
        if name in self._cells:
            shown = text[:_LONGEST_SHOWN]
            return (
                f"the identifier {shown!r} stands in row {self._cells[name][0]} already; the first was taken"
            )
        return ""

    def _name(self, identifier: str) -> str:
        """A web address or the address of a DOI is a name everywhere."""
        if is_empty(identifier):
            return ""
        local = f"{_UNNAMED}/{quote(self.source, safe='')}/{quote(identifier, safe='')}"
        return recognition.address(identifier) or local

    def _remark(self, row: int, cells: Mapping[str, str]) -> None:
        """What is missing, and what is not understood, in the order of the sheet."""
        said = {key: text for key, text in cells.items() if not is_empty(text)}
        for key in self.grid.at:
            column, text = self.grid.columns[key], said.get(key, "")
            absent = missing(said, column) if not text else None
            found = problems(text, column, self.choices) if text else filter(None, (absent,))
            self.remarks.add(self.grid.place(row, key), column.name, found)

    def _keep_count(self, cells: Mapping[str, str]) -> tuple[str, Problem] | None:
        """Gives the column that is wrong in the row."""
        text = cells.get(_DATASET, "")
        name = self._name(text)
        if name not in self._cells:
            repair = "write the identifier of a row of the first sheet"
            return _DATASET, Problem(Severity.ERROR, text, "no dataset has this identifier", repair)
        count, problem_at = self._counted(cells)
        told = self._counts[name]
        if count and len(told) >= _MOST_COUNTS:
            message = f"the dataset has more than {_MOST_COUNTS:,} counts; this one was not read"
            return "value", Problem(Severity.WARNING, count.value, message, "tell fewer of them")
        if count and (count.dimension, count.value) in told:
            message = "this value is counted twice for the dataset; the first count was taken"
            return "value", Problem(Severity.WARNING, count.value, message, "keep one row")
        if count:
            told[count.dimension, count.value] = count
        return problem_at

    def _counted(self, cells: Mapping[str, str]) -> tuple[Count | None, tuple[str, Problem] | None]:
        """The count of a row, or the column that is wrong in it; both where the value is of no list."""
        named = {name.casefold(): column for name, column in dimensions().items()}
        given, value = cells.get("dimension", ""), cells.get("value", "")
        column = named.get(given.casefold())
        if column is None:
            repair = f"write one of {', '.join(dimensions())}"
            return None, (
                "dimension",
                Problem(Severity.WARNING, given, "this is nothing to count by", repair),
            )
        if not value:
            return None, ("value", Problem(Severity.WARNING, "", "the value is missing", "write one"))
        for key in ("subjects", "studies"):
            text = cells.get(key, "")
            if (text or key == "subjects") and not number(text):
                message = "this is no whole number; the row was not read"
                return None, (key, Problem(Severity.WARNING, text, message, "write digits only, such as 120"))
        count = Count(column.key, value, cells["subjects"], cells.get("studies", ""))
        odd = next(problems(value, column, self.choices), None)
        return count, ("value", odd) if odd else None


def _remark_on_version(tables: Sequence[Table], remarks: Remarks) -> None:
    """Older templates are read as they are: columns keep the names that they had."""
    lines = (line for table in tables for line in table.lines[:5] if VERSION_LABEL in line.cells[0])
    for line in lines:
        said = "".join(cell for cell in (line.cells[0].removeprefix("#"), *line.cells[1:2]))
        version = number(said.replace(VERSION_LABEL, "").strip(" :"))
        if version and int(version) > TEMPLATE_VERSION:
            message = f"the template is of version {version}; this catalogue knows {TEMPLATE_VERSION}"
            problem = Problem(
                Severity.WARNING, version, message, "ask the catalogue's operators to update it"
            )
            remarks.add(READ_ME, VERSION_LABEL, (problem,))
