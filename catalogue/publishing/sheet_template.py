"""The sheet that a hospital fills in: an .xlsx file with lists to choose from, or a plain .csv one."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from harvesters.sheets.choices import Choices
from harvesters.sheets.columns import (
    COUNT_COLUMNS,
    COUNTS,
    DATASETS,
    READ_ME,
    TEMPLATE_VERSION,
    VALUES,
    VERSION_LABEL,
    Column,
    Form,
    Need,
    columns,
    dimensions,
)
from harvesters.sheets.lists import FixedList
from ontologies.concepts import Axis

# Lists to choose from reach so far down; nobody fills in more by hand.
_LAST_ROW: Final = 1_001
_WIDTHS: Final = {Form.NUMBER: 14, Form.ANSWER: 12, Form.DATE: 14, Form.SIZE: 12}
_WIDTH: Final = 28
_TEXT: Final = "@"
_FILLS: Final = {Need.MUST: "F4B6B6", Need.EXPECTED: "FCE8B2", Need.WELCOME: "E3ECF7"}
# Excel shows no more of an input message.
_LONGEST_PROMPT: Final = 250
_HOW_TO: Final = (
    "Write one row a dataset on the sheet Datasets. Columns with a star must be filled in; those with a ring",
    "are asked for by EUCAIM or the EHDS; all others are welcome. Leave a cell empty where nothing is known.",
    "Where several values are allowed, write ; between them. Lists of values are on the sheet Values.",
    "How many people have each value may be told on the sheet Counts, one row for each count.",
    "Please tell nothing about single patients, and leave out counts that are too small to be told.",
    "The order of rows and columns does not matter. Do not change an identifier once it has been told.",
    "Have the file checked before you send it: catalogue check FILE.",
)


def csv_template() -> bytes:
    """The headings alone, below the version; with the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guarded(f"# {VERSION_LABEL} {TEMPLATE_VERSION}")])
    writer.writerow([guarded(column.heading) for column in columns().values()])
    return text.getvalue().encode("utf-8-sig")


def xlsx_template(choices: Choices) -> bytes:
    """Lists, help beside each heading, and an example that stands where it is not harvested."""
    book = Workbook()
    datasets = _active(book)
    datasets.title = DATASETS
    counts = book.create_sheet(COUNTS)
    lists = _Lists(book.create_sheet(VALUES), choices)
    _headings(datasets, tuple(columns().values()))
    _headings(counts, tuple(COUNT_COLUMNS.values()))
    for at, column in enumerate(columns().values(), start=1):
        _validate(datasets, at, column, lists)
    _validate_counts(counts, lists)
    _read_me(book.create_sheet(READ_ME, 0))
    book.active = book.index(datasets)
    book.properties.title = "Datasets of cancer images"
    book.properties.version = str(TEMPLATE_VERSION)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


class _Lists:
    """The sheet of values: a column for each list, each list once."""

    def __init__(self, sheet: Worksheet, choices: Choices) -> None:
        self._sheet = sheet
        self._choices = choices
        self._ranges: dict[str, str] = {}

    def range(self, column: Column) -> str:
        """Where the values of a column stand, as a formula of a validation."""
        match column.choices:
            case FixedList(title=title) as listed:
                return self._listed(title, self._choices.offered(listed))
            case Axis() as axis:
                return self._listed(column.name, self._choices.offered(axis))
            case None:
                raise ValueError(column.key)

    def dimensions(self) -> str:
        return self._listed("Dimensions", tuple(dimensions()))

    def _listed(self, title: str, values: Sequence[str]) -> str:
        if title not in self._ranges:
            at = len(self._ranges) + 1
            letter = get_column_letter(at)
            _write(self._sheet, 1, at, title)
            self._sheet.cell(1, at).font = Font(bold=True)
            self._sheet.column_dimensions[letter].width = _WIDTH
            for row, value in enumerate(values, start=2):
                _write(self._sheet, row, at, value)
            self._ranges[title] = f"{VALUES}!${letter}$2:${letter}${len(values) + 1}"
        return self._ranges[title]


def _active(book: Workbook) -> Worksheet:
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has one worksheet")
    return sheet


def _headings(sheet: Worksheet, named: Sequence[Column]) -> None:
    for at, column in enumerate(named, start=1):
        letter = get_column_letter(at)
        _write(sheet, 1, at, column.heading)
        cell = sheet.cell(1, at)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color=_FILLS[column.need])
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(_help(column), "Template", width=320, height=140)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.form, _WIDTH)
        # Numbers and dates are texts too: a program must not turn 1.0 into 1, or a code into a date.
        if column.form not in (Form.NUMBER, Form.SIZE):
            sheet.column_dimensions[letter].number_format = _TEXT
    sheet.freeze_panes = "B2"


def _help(column: Column) -> str:
    several = " Several values, with ; between them." if column.several else ""
    return f"{column.help}{several}"


def _validate(sheet: Worksheet, at: int, column: Column, lists: _Lists) -> None:
    """A list to choose from, and a message in each cell. Other texts are let in, and checked later."""
    chosen = column.form is Form.CHOICE
    rule = DataValidation(
        type="list" if chosen else None,
        formula1=lists.range(column) if chosen else None,
        allow_blank=True,
        showErrorMessage=False,
        showInputMessage=True,
        promptTitle=column.name[:32],
        prompt=_help(column)[:_LONGEST_PROMPT],
    )
    if column.form is Form.ANSWER:
        rule.type, rule.formula1 = "list", '"yes,no"'
    letter = get_column_letter(at)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    sheet.add_data_validation(rule)


def _validate_counts(sheet: Worksheet, lists: _Lists) -> None:
    """The datasets told so far, what is counted by, and only numbers where numbers belong."""
    rules = {
        "A": DataValidation(type="list", formula1=f"{DATASETS}!$A$2:$A${_LAST_ROW}", showErrorMessage=False),
        "B": DataValidation(type="list", formula1=lists.dimensions(), showErrorMessage=True),
        "D": DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", showErrorMessage=True),
        "E": DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", showErrorMessage=True),
    }
    for letter, rule in rules.items():
        rule.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)


def _read_me(sheet: Worksheet) -> None:
    rows: Iterable[Sequence[str]] = (
        (VERSION_LABEL, str(TEMPLATE_VERSION)),
        (),
        *((line,) for line in _HOW_TO),
        (),
        ("Column", "Needed", "What to write", "Explanation", "Example (not read by the catalogue)"),
        *_explained(),
    )
    for number, row in enumerate(rows, start=1):
        for at, text in enumerate(row, start=1):
            _write(sheet, number, at, text)
    sheet.cell(len(_HOW_TO) + 4, 1).font = Font(bold=True)
    for letter, width in zip("ABCDE", (34, 12, 26, 90, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _explained() -> Iterator[Sequence[str]]:
    needs = {Need.MUST: "must", Need.EXPECTED: "expected", Need.WELCOME: ""}
    for column in columns().values():
        yield column.name, needs[column.need], column.form.value, _help(column), column.example


def _write(sheet: Worksheet, row: int, at: int, text: str) -> None:
    """As a text, whatever it begins with."""
    cell = sheet.cell(row, at)
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@")
