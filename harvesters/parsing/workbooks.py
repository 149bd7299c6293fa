"""What the worksheets of an .xlsx file hold, and which files of that kind are refused unread."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from harvesters.errors import LimitReached, NotMetadata
from harvesters.parsing.cells import MOST_FAULTS, Fault, Table, gathered

_MOST_PARTS: Final = 2_000
_MOST_BYTES: Final = 100_000_000
_MOST_RATIO: Final = 100
# Below this size no ratio is dangerous, and a sheet of equal rows packs well.
_RATIO_COUNTS_FROM: Final = 5_000_000
_LAST_ROW: Final = 1_048_576
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["'](\w{2,12}):(\w{2,12})["']""")
# What the libraries raise on files that no office program wrote.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    OSError,
    EOFError,
    RuntimeError,
    AssertionError,
)


def read_workbook(body: bytes, *, main: str, beside: tuple[str, ...]) -> tuple[Table, ...]:
    """Macros, pictures and links of a workbook are left where they are; no formula is computed."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _require_harmless(archive)
        with warnings.catch_warnings():
            # The library warns of what it would not keep if it wrote the file again.
            warnings.simplefilter("ignore", UserWarning)
            return _tables(body, main, beside)
    except _DAMAGE as error:
        raise NotMetadata(f"the .xlsx file is damaged ({type(error).__name__}); save it again") from error


def _require_harmless(archive: zipfile.ZipFile) -> None:
    """Before anything is unpacked: the sizes in the directory bound what the library may then read."""
    parts = archive.infolist()
    if "mimetype" in archive.namelist():
        raise NotMetadata("this is an OpenDocument file; save it as .xlsx or .csv")
    if "[Content_Types].xml" not in archive.namelist():
        raise NotMetadata("this is a ZIP archive, no .xlsx file")
    if len(parts) > _MOST_PARTS:
        raise LimitReached(f"the .xlsx file has more than {_MOST_PARTS:,} parts")
    loose, packed = (
        sum(sizes) for sizes in zip(*((p.file_size, p.compress_size) for p in parts), strict=True)
    )
    if loose > _MOST_BYTES:
        raise LimitReached(f"the .xlsx file unpacks to more than {_MOST_BYTES:,} bytes")
    if loose > _RATIO_COUNTS_FROM and loose > packed * _MOST_RATIO:
        raise LimitReached(f"the .xlsx file unpacks to more than {_MOST_RATIO} times its size")
    for part in parts:
        if part.flag_bits & 1:
            raise NotMetadata("the .xlsx file has a password; save it without one")
        _require_no_doctype(archive, part)


def _require_no_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Where there is no document type there are no entities; it can only stand before the first element.

    Every part is looked at: what a worksheet is, a file says by links and not by names. A part that is no
    XML, a picture say, is none to the library either.
    """
    parser = expat.ParserCreate()
    started = False

    def refuse(*_: object) -> None:
        raise NotMetadata(f"the part {part.filename!r} of the .xlsx file has a DOCTYPE, which is not read")

    def start(*_: object) -> None:
        nonlocal started
        started = True

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    with archive.open(part) as file:
        while not started and (piece := file.read(4096)):
            try:
                parser.Parse(piece, False)
            except expat.ExpatError:
                return


def _tables(body: bytes, main: str, beside: tuple[str, ...]) -> tuple[Table, ...]:
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    tables = tuple(_table(body, book, name) for name in _wanted(book, main, beside))
    book.close()
    return tables


def _wanted(book: Workbook, main: str, beside: tuple[str, ...]) -> list[str]:
    """A workbook of one worksheet needs no name for it."""
    names = {name.strip().casefold(): name for name in reversed([each.title for each in book.worksheets])}
    if not names:
        raise NotMetadata("the .xlsx file has no worksheet")
    first = names.get(main.strip().casefold())
    if first is None and len(names) > 1:
        listed = ", ".join(sorted(names.values()))
        raise NotMetadata(
            f"there is no worksheet {main!r}; there are {listed}. Name one in the option sheet="
        )
    others = (names.get(name.casefold()) for name in beside)
    chosen = [first or next(iter(names.values()))]
    return [*chosen, *(name for name in others if name and name not in chosen)]


def _table(body: bytes, book: Workbook, name: str) -> Table:
    sheet = book[name]
    sheet.reset_dimensions()  # programs write them wrongly
    # The library has no public name for where a worksheet lies.
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        content = archive.read(sheet._worksheet_path)  # type: ignore[attr-defined]  # noqa: SLF001
    faults: list[Fault] = []
    lines = tuple(gathered(_rows(book, name, faults)))
    if _FORMULA.search(content):
        faults += _uncomputed(body, name, {(line.number, at) for line in lines for at in _filled(line.cells)})
    return Table(name, lines, (*faults, *_merged(content))[:MOST_FAULTS])


def _filled(cells: tuple[str, ...]) -> Iterator[int]:
    return (at for at, text in enumerate(cells) if text)


def _rows(book: Workbook, name: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(book[name].iter_rows(), start=1):
        if number > _LAST_ROW:
            raise LimitReached(f"the sheet has more than {_LAST_ROW:,} rows")
        texts: list[str] = []
        for at, cell in enumerate(row):
            if cell.data_type == "e":
                message = "the cell shows an error; it was taken as empty"
                if len(faults) < MOST_FAULTS:
                    faults.append(Fault(number, at, str(cell.value), message, "write the value itself"))
                texts.append("")
            else:
                texts.append(_text(cell.value))
        yield number, texts


def _text(value: object) -> str:
    """A date as ISO 8601 writes it, a whole number without a fraction."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.12g}"
        case datetime():
            return value.date().isoformat() if value.time() == time.min else value.isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _uncomputed(body: bytes, name: str, filled: set[tuple[int, int]]) -> Iterator[Fault]:
    """Formulas whose result the file does not hold: it was written by a program, and never opened in one."""
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
    sheet = book[name]
    sheet.reset_dimensions()
    found = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        for at, cell in enumerate(row):
            if cell.data_type == "f" and (number, at) not in filled and found < MOST_FAULTS:
                found += 1
                message = "the formula has no result in the file; it was taken as empty"
                yield Fault(number, at, str(cell.value)[:200], message, "write the value itself")
    book.close()


def _merged(content: bytes) -> Iterator[Fault]:
    for first, last in _MERGED.findall(content)[:MOST_FAULTS]:
        row, column = coordinate_to_tuple(first.decode())
        place = f"{first.decode()}:{last.decode()}"
        message = "these cells are merged; the value counts for the first of them alone"
        yield Fault(row, column - 1, place, message, "take them apart, and repeat the value in each row")
