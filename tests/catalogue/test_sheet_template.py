"""Whether the template offers what the catalogue understands, and comes back as it went out."""

import csv
import io

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from catalogue.publishing.sheet_template import csv_template, guarded, xlsx_template
from harvesters.parsing.sheets import read_sheets
from harvesters.sheets.choices import Choices
from harvesters.sheets.columns import COUNTS, DATASETS, READ_ME, VALUES, Need, columns, dimensions
from harvesters.sheets.lists import FixedList
from harvesters.sheets.reading import Reading, read_rows
from ontologies.aligner import Aligner, load_aligner
from ontologies.concepts import Axis, ConceptScheme


@pytest.fixture(scope="module")
def aligner(scheme: ConceptScheme) -> Aligner:
    return load_aligner(scheme)


@pytest.fixture(scope="module")
def choices(scheme: ConceptScheme, aligner: Aligner) -> Choices:
    return Choices(scheme, aligner)


@pytest.fixture(scope="module")
def template(choices: Choices) -> bytes:
    return xlsx_template(choices)


@pytest.fixture
def book(template: bytes) -> Workbook:
    return load_workbook(io.BytesIO(template))


def read(file: bytes, choices: Choices) -> Reading:
    return read_rows(
        read_sheets(file, main=DATASETS, beside=(COUNTS, READ_ME)), source="hospital", choices=choices
    )


def test_an_empty_template_tells_no_dataset_and_no_fault(template: bytes, choices: Choices) -> None:
    for file in (template, csv_template()):
        assert read(file, choices) == Reading((), (), ())


def test_the_sheets_are_there_and_the_one_to_fill_in_is_open(book: Workbook) -> None:
    assert book.sheetnames == [READ_ME, DATASETS, COUNTS, VALUES]
    assert book.active is not None
    assert book.active.title == DATASETS


def test_what_must_be_filled_in_is_marked_and_every_heading_has_help(book: Workbook) -> None:
    headings = book[DATASETS][1]
    assert [cell.value for cell in headings] == [column.heading for column in columns().values()]
    assert {column.heading[-1] for column in columns().values() if column.need is Need.MUST} == {"*"}
    assert all(cell.comment and len(cell.comment.text) > 10 for cell in headings)


def test_every_value_that_is_offered_is_understood(choices: Choices, aligner: Aligner) -> None:
    for column in columns().values():
        if isinstance(column.choices, Axis):
            for name in choices.offered(column.choices):
                assert aligner.align(name, column.choices)[0].concept, name
                assert ";" not in name
        elif isinstance(column.choices, FixedList):
            assert all(column.choices.find(name) for name in choices.offered(column.choices))


def test_the_lists_to_choose_from_are_those_of_the_values_sheet(book: Workbook, choices: Choices) -> None:
    ranges = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in book[DATASETS].data_validations.dataValidation
        if rule.type == "list" and rule.formula1.startswith(VALUES)
    }
    for at, column in enumerate(columns().values(), start=1):
        if column.choices is None:
            continue
        place = book[DATASETS].cell(2, at).coordinate
        first, last = ranges.pop(place).removeprefix(f"{VALUES}!").replace("$", "").split(":")
        offered = tuple(row[0].value for row in book[VALUES][first:last])
        assert offered == choices.offered(column.choices)
    assert not ranges


def test_lists_guide_and_do_not_forbid_several_values(book: Workbook) -> None:
    assert not any(rule.showErrorMessage for rule in book[DATASETS].data_validations.dataValidation)


def test_codes_and_versions_stay_texts_in_the_sheet(book: Workbook) -> None:
    formats = book[DATASETS].column_dimensions
    assert (formats["A"].number_format, formats["I"].number_format) == ("@", "General")


def test_every_example_is_understood(choices: Choices, template: bytes) -> None:
    """The examples stand on the read-me sheet; here they are filled in as a hospital would."""
    book = load_workbook(io.BytesIO(template))
    for at, column in enumerate(columns().values(), start=1):
        book[DATASETS].cell(2, at).value = column.example or None
    for name, column in dimensions().items():
        if column.example:
            book[COUNTS].append(["breast-mri-2021", name, column.example, 210])
    file = io.BytesIO()
    book.save(file)
    found = read(file.getvalue(), choices)
    assert (len(found.rows), found.rejected, found.findings) == (1, (), ())


def test_every_column_is_explained_with_its_example(book: Workbook) -> None:
    said = {row[0]: row for row in book[READ_ME].iter_rows(values_only=True)}
    for column in columns().values():
        assert said[column.name][4] == (column.example or None)


def test_the_csv_template_has_the_same_headings() -> None:
    rows = list(csv.reader(io.StringIO(csv_template().decode("utf-8-sig"))))
    assert rows[0] == ["# Template version 1"]
    assert rows[1] == [column.heading for column in columns().values()]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil")'])
def test_nothing_that_is_written_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_the_template_holds_no_formula(book: Workbook) -> None:
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    assert not any(cell.data_type == "f" for cell in cells)
