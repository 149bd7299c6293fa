"""Sheets as people and attackers make them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from harvesters.parsing.sheets import read_sheets
from harvesters.sheets.choices import Choices
from harvesters.sheets.reading import Reading, read_rows

HEAD = ("Identifier", "Title")
SHEET_XML = "xl/worksheets/sheet1.xml"


def workbook(
    *rows: Sequence[object], counts: Iterable[Sequence[object]] = (), name: str = "Datasets"
) -> bytes:
    """An .xlsx file of these rows, the headings being the first of them."""
    return edited(lambda _: None, *rows, counts=counts, name=name)


def edited(
    edit: Callable[[Worksheet], object],
    *rows: Sequence[object],
    counts: Iterable[Sequence[object]] = (),
    name: str = "Datasets",
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    edit(sheet)
    if told := list(counts):
        beside = book.create_sheet("Counts")
        for row in (("Dataset", "Dimension", "Value", "Subjects", "Studies"), *told):
            beside.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_parts(file: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive with some of its parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), *parts)):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return out.getvalue()


def part(file: bytes, name: str = SHEET_XML) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return archive.read(name)


def reading(file: bytes, choices: Choices, *, source: str = "hospital") -> Reading:
    return read_rows(
        read_sheets(file, main="Datasets", beside=("Counts", "Read me")), source=source, choices=choices
    )


def told(found: Reading) -> list[tuple[str, str, str]]:
    """Place, column and value of each finding about a cell; missing columns are no cells."""
    return [
        (one.focus, one.path, one.value) for one in found.findings if one.message != "this column is missing"
    ]
