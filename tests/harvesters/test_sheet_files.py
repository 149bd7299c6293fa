"""Which files are read as sheets, and which are refused before they can do harm."""

import datetime as dt
import io
import random
import struct
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from harvesters.errors import LimitReached, NotMetadata
from harvesters.parsing import Sandbox
from harvesters.parsing.cells import MOST_ROWS
from harvesters.parsing.sheets import read_sheets
from tests.harvesters.sheet_files import HEAD, SHEET_XML, edited, part, saved, with_parts, workbook

EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
ROW = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'


def cells(file: bytes) -> list[tuple[int, tuple[str, ...]]]:
    (table,) = read_sheets(file, main="Datasets")
    return [(line.number, line.cells) for line in table.lines]


def with_rows(rows: bytes) -> bytes:
    file = workbook(HEAD)
    content = part(file)
    return with_parts(file, {SHEET_XML: content.replace(b"</sheetData>", rows + b"</sheetData>")})


def test_dates_numbers_and_answers_are_texts_as_people_write_them() -> None:
    day, moment = dt.date(2021, 3, 31), dt.datetime(2021, 3, 31, 12, 30)  # noqa: DTZ001
    file = workbook(HEAD, (12.0, 0.5, True, False, day, moment, 1_234_567, None, " x\u00a0"))
    row = ("12", "0.5", "yes", "no", "2021-03-31", "2021-03-31T12:30:00", "1234567", "", "x")
    assert cells(file)[1] == (2, row)


def test_hidden_rows_are_read_and_empty_ones_keep_the_numbers_of_the_others() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A9"] = "far"
        sheet.row_dimensions[9].hidden = True
        sheet["A40"].number_format = "@"

    assert cells(edited(edit, HEAD)) == [(1, HEAD), (9, ("far",))]


def test_a_formula_without_a_result_and_a_cell_in_error_are_told() -> None:
    file = edited(lambda sheet: sheet.cell(3, 1, "#REF!"), HEAD, ("a", "=1+1"))
    (table,) = read_sheets(file, main="Datasets")
    assert [(fault.row, fault.column, fault.value) for fault in table.faults] == [
        (3, 0, "#REF!"),
        (2, 1, "=1+1"),
    ]


def test_the_result_that_a_program_kept_of_a_formula_is_read() -> None:
    file = workbook(HEAD, ("a", "=1+1"))
    kept = part(file).replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    (table,) = read_sheets(with_parts(file, {SHEET_XML: kept}), main="Datasets")
    assert (table.lines[1].cells, table.faults) == (("a", "2"), ())


def test_merged_cells_are_told_with_their_range() -> None:
    file = edited(lambda sheet: sheet.merge_cells("B2:B4"), HEAD, ("a", "one title"))
    (table,) = read_sheets(file, main="Datasets")
    assert [(fault.row, fault.column, fault.value) for fault in table.faults] == [(2, 1, "B2:B4")]


def test_a_wrong_statement_of_the_sheets_size_cuts_nothing_off() -> None:
    file = workbook(HEAD, ("a", "b"), ("c", "d"))
    content = part(file).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')
    assert len(cells(with_parts(file, {SHEET_XML: content}))) == 3


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        (b"Identifier,Title\na,b\n", [(1, HEAD), (2, ("a", "b"))]),
        ("\ufeffIdentifier;Title\r\na;b\r\n".encode(), [(1, HEAD), (2, ("a", "b"))]),
        ("Identifier\tTitle\na\tb".encode("utf-16"), [(1, HEAD), (2, ("a", "b"))]),
        (b"sep=;\nIdentifier;Title\na,x;b", [(2, HEAD), (3, ("a,x", "b"))]),
        (b'Identifier,Title\n\n"two\nlines",b', [(1, HEAD), (3, ("two\nlines", "b"))]),
        (b"Identifier,Title\na,'=1+1\n,,,\n", [(1, HEAD), (2, ("a", "=1+1"))]),
    ],
)
def test_a_csv_file_is_read_whatever_program_wrote_it(
    file: bytes, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert cells(file) == wanted


def test_a_csv_file_of_an_old_windows_is_read_with_a_remark() -> None:
    (table,) = read_sheets("Identifier;Title\na;M\u00fcnchen".encode("cp1252"), main="Datasets")
    assert table.lines[1].cells == ("a", "M\u00fcnchen")
    assert [fault.how_to_fix for fault in table.faults] == ["save it as CSV UTF-8, or as .xlsx"]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html>", "HTML page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old .xls file"),
        (b"\x7fELF\0\0\0", "neither an .xlsx file nor a .csv one"),
        (b"PK\x03\x04 and no archive", "damaged"),
    ],
)
def test_another_kind_of_file_is_refused_with_the_reason(file: bytes, reason: str) -> None:
    with pytest.raises(NotMetadata, match=reason):
        read_sheets(file, main="Datasets")


def test_a_workbook_with_macros_is_read_and_they_are_left_alone() -> None:
    file = with_parts(workbook(HEAD, ("a", "b")), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen()"})
    assert cells(file)[1] == (2, ("a", "b"))


def test_the_only_worksheet_needs_no_name_and_of_several_one_is_named() -> None:
    assert cells(workbook(HEAD, name="Tabelle1")) == [(1, HEAD)]
    book = Workbook()
    book.create_sheet("Other")
    with pytest.raises(NotMetadata, match=r"Other, Sheet\. Name one in the option sheet="):
        read_sheets(saved(book), main="Datasets")
    assert read_sheets(saved(book), main="other")[0].name == "Other"


@pytest.mark.parametrize("name", [SHEET_XML, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_document_type_in_any_part_is_refused(name: str) -> None:
    file = workbook(HEAD, ("a", "b"))
    poisoned = part(file, name).replace(b"?>", b"?>" + EXTERNAL, 1)
    if not poisoned.startswith(b"<?xml"):
        poisoned = EXTERNAL + poisoned
    with pytest.raises(NotMetadata, match="has a DOCTYPE"):
        read_sheets(with_parts(file, {name: poisoned}), main="Datasets")


def test_a_document_type_hides_behind_no_other_name_and_no_other_encoding() -> None:
    file = workbook(HEAD, ("a", "b"))
    content = EXTERNAL + part(file).removeprefix(b'<?xml version="1.0"?>')
    for hidden in (content, content.decode().encode("utf-16")):
        parts = {
            "xl/worksheets/sheet1.dat": hidden,
            "xl/_rels/workbook.xml.rels": part(file, "xl/_rels/workbook.xml.rels").replace(
                b"sheet1.xml", b"sheet1.dat"
            ),
        }
        with pytest.raises(NotMetadata, match="has a DOCTYPE"):
            read_sheets(with_parts(file, parts), main="Datasets")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = with_parts(workbook(HEAD), {"xl/media/zeros.bin": bytes(50_000_000)})
    with pytest.raises(LimitReached, match="more than 100 times its size"):
        read_sheets(file, main="Datasets")


def test_an_archive_that_lies_about_its_sizes_is_damaged() -> None:
    file = bytearray(with_parts(workbook(HEAD), {SHEET_XML: b"<worksheet>" + b" " * 20_000_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := file.find(mark, at + 1)) >= 0:
            if struct.unpack_from("<I", file, at + offset)[0] > 10_000_000:
                struct.pack_into("<I", file, at + offset, 300)
    with pytest.raises(NotMetadata, match="damaged"):
        read_sheets(bytes(file), main="Datasets")


def test_a_million_rows_are_refused(sandbox: Sandbox) -> None:
    file = with_rows(b"".join(ROW % (row, row) for row in range(2, 1_000_002)))
    with pytest.raises(LimitReached):
        sandbox.call(read_sheets, file, main="Datasets")


def test_more_rows_than_anybody_lists_are_refused_by_their_number() -> None:
    file = "\n".join(("Identifier,Title", *(f"d{row},t" for row in range(MOST_ROWS)))).encode()
    with pytest.raises(LimitReached, match="more than 20,000 rows"):
        read_sheets(file, main="Datasets")


def test_a_row_far_beyond_the_end_of_all_sheets_is_refused() -> None:
    with pytest.raises(LimitReached, match="more than 1,048,576 rows"):
        read_sheets(with_rows(ROW % (900_000_000, 900_000_000)), main="Datasets")


def test_a_text_longer_than_any_cell_holds_is_refused() -> None:
    with pytest.raises(LimitReached, match="row 2 has a cell of more than 100,000 characters"):
        read_sheets(b"Identifier,Title\na," + b"x" * 100_001, main="Datasets")


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(LimitReached, match="more than 300 columns"):
        read_sheets(b"a," * 301 + b"b", main="Datasets")


def test_an_archive_of_another_kind_is_no_sheet() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    with pytest.raises(NotMetadata, match=r"ZIP archive, no \.xlsx file"):
        read_sheets(file.getvalue(), main="Datasets")


def test_a_file_damaged_anywhere_gives_a_reason_and_nothing_else() -> None:
    drawn = random.Random(20)
    file = workbook((*HEAD, "Number of subjects"), ("a", "A", 12), ("b", "=1+1", 3.5))
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        names = archive.namelist()
    outcomes: set[str] = set()
    for _ in range(400):
        name = drawn.choice(names)
        content = bytearray(part(file, name))
        at = drawn.randrange(len(content))
        content[at : at + drawn.randint(1, 20)] = drawn.choice((b"", b"<", b'"', b"A9", b"999999", b"&x;"))
        try:
            read_sheets(with_parts(file, {name: bytes(content)}), main="Datasets")
            outcomes.add("read")
        except (NotMetadata, LimitReached) as error:
            outcomes.add(type(error).__name__)
    assert outcomes >= {"read", "NotMetadata"}
