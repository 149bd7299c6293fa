"""Which texts stand in which cells of a sheet, whatever program wrote it. Runs inside the sandbox."""

import codecs
import csv
import io
import re
from typing import Final

from harvesters.errors import NotMetadata
from harvesters.parsing.cells import LONGEST_CELL, Fault, Table, gathered

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_HTML: Final = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_DELIMITERS: Final = ",;\t"
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_LINES_LOOKED_AT: Final = 20


def read_sheets(body: bytes, *, main: str, beside: tuple[str, ...] = ()) -> tuple[Table, ...]:
    """Read the worksheet ``main`` first, then those of the names ``beside`` that are there.

    Raises ``NotMetadata`` in words for the person who filled the sheet in, ``LimitReached`` for a size
    that no list of datasets has.
    """
    # Only a sheet in a workbook needs the library, and starting it takes a moment.
    from harvesters.parsing.workbooks import read_workbook  # noqa: PLC0415

    if not body.strip():
        raise NotMetadata("the file is empty")
    if body.startswith(_ZIP):
        return read_workbook(body, main=main, beside=beside)
    if body.startswith(_OLD_EXCEL):
        raise NotMetadata("this is an old .xls file, or one with a password; save it as a plain .xlsx")
    if _HTML.match(body):
        raise NotMetadata("this is an HTML page (a login or error page?), no sheet")
    if b"\0" in body[:1000] and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotMetadata("this is neither an .xlsx file nor a .csv one")
    return (_read_text(body, main),)


def _read_text(body: bytes, name: str) -> Table:
    text, faults = _decoded(body)
    first = _SEPARATOR_LINE.match(text)
    delimiter = first[1] if first else _delimiter(text)
    csv.field_size_limit(LONGEST_CELL * 2)
    rows = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    try:
        lines = tuple(gathered(rows))
    except csv.Error as error:
        raise NotMetadata(f"the file is no CSV: {error}") from error
    return Table(name, tuple(line for line in lines if not (first and line.number == 1)), faults)


def _decoded(body: bytes) -> tuple[str, tuple[Fault, ...]]:
    """As the mark at its head says, else UTF-8, else what Windows writes in western Europe."""
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return body.decode("utf-16" if marked else "utf-8-sig"), ()
    except UnicodeDecodeError as error:
        if marked:
            raise NotMetadata("the file says that it is UTF-16, and it is not") from error
    message = "the file is not in UTF-8; it was read as Windows-1252, and letters may be wrong"
    fault = Fault(0, 0, "", message, "save it as CSV UTF-8, or as .xlsx")
    return body.decode("cp1252", errors="replace"), (fault,)


def _delimiter(text: str) -> str:
    """The one that divides the first lines most often; a comma where none does."""
    head = text.splitlines()[:_LINES_LOOKED_AT]
    return max(_DELIMITERS, key=lambda mark: max((_divided(line, mark) for line in head), default=0))


def _divided(line: str, mark: str) -> int:
    """Into how many cells, those in quotes taken whole."""
    return re.sub(r'"[^"]*"', "", line).count(mark)
