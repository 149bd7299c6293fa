"""Which datasets a sheet tells, and whether each fault is told with its sheet, row and column."""

import json

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from harvesters.errors import NotMetadata
from harvesters.findings import Severity
from harvesters.sheets.choices import Choices, load_choices
from harvesters.sheets.columns import columns
from harvesters.sheets.remarks import MOST, letters
from tests.harvesters.sheet_files import HEAD, edited, reading, told, workbook


@pytest.fixture(scope="module")
def choices() -> Choices:
    return load_choices()


def test_moving_a_row_or_a_column_changes_nothing_of_its_record(choices: Choices) -> None:
    plain = reading(workbook((*HEAD, "Country"), ("a", "A", "Spain"), ("b", "B", "Italy")), choices)
    moved = reading(workbook((), ("Country", *HEAD), ("Italy", "b", "B"), (), ("Spain", "a", "A")), choices)
    assert {row.identifier: row.received for row in plain.rows} == {
        row.identifier: row.received for row in moved.rows
    }


def test_a_short_identifier_is_a_name_of_its_source_and_a_doi_one_everywhere(choices: Choices) -> None:
    file = workbook(HEAD, ("dataset 1", "A"), ("doi:10.1234/ABC", "B"), ("https://node.example/x", "C"))
    assert [row.identifier for row in reading(file, choices, source="north").rows] == [
        "urn:catalogue:unnamed/north/dataset%201",
        "https://doi.org/10.1234/abc",
        "https://node.example/x",
    ]


def test_missing_placeholder_and_repeated_identifiers_are_rejected_with_their_place(choices: Choices) -> None:
    file = workbook(HEAD, ("a", "A"), (None, "no id"), ("TODO", "T"), ("a", "again"), ("b", "B"))
    found = reading(file, choices)
    assert [one.reason.split(":")[0] for one in found.rejected] == [
        "Datasets!A3",
        "Datasets!A4",
        "Datasets!A5",
    ]
    assert [one.identifier for one in found.rejected] == [
        "Datasets row 3",
        "Datasets row 4",
        "urn:catalogue:unnamed/hospital/a",
    ]
    assert "stands in row 2 already" in found.rejected[2].reason
    assert len(found.rows) == 2


def test_two_spellings_of_one_doi_are_one_identifier(choices: Choices) -> None:
    found = reading(workbook(HEAD, ("10.1234/ABC", "A"), ("https://doi.org/10.1234/abc", "B")), choices)
    assert (len(found.rows), len(found.rejected)) == (1, 1)


def test_each_value_that_is_not_understood_is_told_with_its_cell(choices: Choices) -> None:
    head = (*HEAD, "Cancer type", "Number of subjects", "Images from", "Structured data", "Request address")
    row = ("a", "A", "Brest cancer", "1.000", "06/05/2009", "perhaps", "ask Maria")
    assert told(reading(workbook((), head, row), choices)) == [
        ("Datasets!C3", "Cancer type", "Brest cancer"),
        ("Datasets!D3", "Number of subjects", "1.000"),
        ("Datasets!E3", "Images from", "06/05/2009"),
        ("Datasets!F3", "Structured data", "perhaps"),
        ("Datasets!G3", "Request address", "ask Maria"),
    ]


def test_the_nearest_values_of_the_list_are_offered(choices: Choices) -> None:
    found = reading(workbook((*HEAD, "Cancer type"), ("a", "A", "Brest cancer")), choices)
    (finding,) = (one for one in found.findings if one.value)
    assert finding.how_to_fix.startswith("did you mean Breast cancer")


def test_of_several_values_only_the_wrong_one_is_told(choices: Choices) -> None:
    head = (*HEAD, "Imaging modality", "Access rights")
    found = reading(workbook(head, ("a", "A", "MR; CT;Xray of sorts\nUS", "Restricted")), choices)
    assert told(found) == [("Datasets!C2", "Imaging modality", "Xray of sorts")]


def test_thousands_by_comma_are_read_with_a_remark_and_by_point_not_guessed(choices: Choices) -> None:
    head = (*HEAD, "Number of subjects", "Number of imaging studies")
    found = reading(workbook(head, ("a", "A", "1,000", "2.000")), choices)
    said = [(one.value, one.severity, one.message) for one in found.findings if one.value]
    assert said == [
        ("1,000", Severity.INFO, "the marks between the digits were taken for thousands"),
        ("2.000", Severity.WARNING, "this is no whole number; it was taken as unknown"),
    ]


def test_a_placeholder_counts_as_an_empty_cell(choices: Choices) -> None:
    found = reading(workbook((*HEAD, "Description", "Population"), ("a", "A", "n/a", "n/a")), choices)
    assert told(found) == [("Datasets!C2", "Description", "")]


def test_the_contact_of_nobody_is_not_asked_for(choices: Choices) -> None:
    head = (*HEAD, "HDAB", "HDAB contact")
    assert told(reading(workbook(head, ("a", "A", None, None)), choices)) == [
        ("Datasets!C2", "Health data access body", "")
    ]
    assert told(reading(workbook(head, ("a", "A", "Agency", None)), choices)) == [
        ("Datasets!D2", "Health data access body contact", "")
    ]


def test_a_dataset_without_a_title_is_an_error_at_its_cell(choices: Choices) -> None:
    (error,) = (
        one
        for one in reading(workbook(HEAD, ("a", None)), choices).findings
        if one.severity is Severity.ERROR
    )
    assert (error.focus, error.path) == ("Datasets!B2", "Title")


def test_unknown_and_repeated_columns_are_remarked_on_and_not_kept(choices: Choices) -> None:
    file = workbook((*HEAD, "Countryy", "Title", "Internal notes"), ("a", "A", "Spain", "B", "Mrs. X"))
    found = reading(file, choices)
    assert told(found) == [
        ("Datasets!C1", "Countryy", "Countryy"),
        ("Datasets!D1", "Title", "Title"),
        ("Datasets!E1", "Internal notes", "Internal notes"),
    ]
    assert found.findings[0].how_to_fix == "is it 'Country'?"
    assert json.loads(found.rows[0].received)["cells"] == {"identifier": "a", "title": "A"}


def test_a_missing_column_is_told_once_and_not_for_every_row(choices: Choices) -> None:
    found = reading(workbook(HEAD, *((f"d{number}", "T") for number in range(50))), choices)
    absent = [one.path for one in found.findings]
    expected = [column.name for column in columns().values() if column.need == "expected"]
    assert absent == expected


def test_headings_are_known_in_other_cases_words_and_with_marks(choices: Choices) -> None:
    found = reading(workbook(("IDENTIFIER *", "title", "Patients", "license"), ("a", "A", 5, "CC0")), choices)
    cells = json.loads(found.rows[0].received)["cells"]
    assert cells == {"identifier": "a", "title": "A", "subjects": "5", "licence": "CC0"}


def test_a_sheet_without_headings_is_refused_with_the_way_to_the_template(choices: Choices) -> None:
    with pytest.raises(NotMetadata, match=r"no row of headings with a column 'Identifier'.*sheet template"):
        reading(workbook(("a", "A"), ("b", "B")), choices)


def test_faults_of_cells_are_told_and_a_banner_above_the_headings_is_none(choices: Choices) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("B3:B4")

    found = reading(edited(edit, ("Our datasets",), HEAD, ("a", "A"), ("b", None), ("c", "=1+1")), choices)
    assert [place for place, _, _ in told(found)] == [
        "Datasets!B5",
        "Datasets!B3",
        "Datasets!B4",
        "Datasets!B5",
    ]


def test_counts_go_to_the_dataset_that_they_name_whatever_their_order(choices: Choices) -> None:
    rows = [("a", "Imaging modality", "MR", 210, 318), ("a", "Birth sex", "Female", 200)]
    one = reading(workbook(HEAD, ("a", "A"), counts=rows), choices)
    other = reading(workbook(HEAD, ("a", "A"), counts=rows[::-1]), choices)
    assert one.rows == other.rows
    assert json.loads(one.rows[0].received)["counts"] == [
        {"dimension": "modality", "value": "MR", "subjects": "210", "studies": "318"},
        {"dimension": "sex", "value": "Female", "subjects": "200", "studies": ""},
    ]


def test_counts_that_belong_nowhere_are_told_with_their_cell(choices: Choices) -> None:
    rows = [
        ("b", "Birth sex", "Female", 1),
        ("a", "Shoe size", "44", 1),
        ("a", "Birth sex", "Female", "<5"),
        ("a", "Birth sex", "Femmale", 9),
        ("a", "Birth sex", None, 9),
        ("a", "Birth sex", "Male", 9),
        ("a", "Birth sex", "Male", 8),
    ]
    found = reading(workbook(HEAD, ("a", "A"), counts=rows), choices)
    assert told(found) == [
        ("Counts!A2", "Dataset", "b"),
        ("Counts!B3", "Dimension", "Shoe size"),
        ("Counts!D4", "Subjects", "<5"),
        ("Counts!C5", "Value", "Femmale"),
        ("Counts!C6", "Value", ""),
        ("Counts!C8", "Value", "Male"),
    ]
    counts = json.loads(found.rows[0].received)["counts"]
    assert [(one["value"], one["subjects"]) for one in counts] == [("Femmale", "9"), ("Male", "9")]


def test_counts_without_headings_cost_no_dataset(choices: Choices) -> None:
    def edit(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Counts").append(["what", "is", "this"])

    found = reading(edited(edit, HEAD, ("a", "A")), choices)
    assert len(found.rows) == 1
    assert told(found)[0][0] == "Counts"


def test_a_sheet_full_of_faults_is_told_to_a_limit_and_read_to_its_end(choices: Choices) -> None:
    rows = [(f"d{number}", "T", f"no cancer {number}") for number in range(MOST + 100)]
    found = reading(workbook((*HEAD, "Cancer type"), *rows), choices)
    assert (len(found.rows), len(found.findings)) == (MOST + 100, MOST + 1)
    assert "the others are not listed" in found.findings[-1].message


def test_a_template_of_later_years_is_read_with_a_remark(choices: Choices) -> None:
    file = b"# Template version 7\nIdentifier,Title\na,A\n"
    found = reading(file, choices)
    assert [row.identifier for row in found.rows] == ["urn:catalogue:unnamed/hospital/a"]
    assert ("Read me", "Template version", "7") in told(found)


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_more_counts_than_all_lists_hold_are_not_read(choices: Choices) -> None:
    rows = [("a", "Birth sex", f"Male {number}", 9) for number in range(2_005)]
    found = reading(workbook(HEAD, ("a", "A"), counts=rows), choices)
    assert len(json.loads(found.rows[0].received)["counts"]) == 2_000


def test_a_row_without_a_name_may_be_any_dataset_and_a_repeated_one_may_not(choices: Choices) -> None:
    found = reading(workbook(HEAD, ("a", "A"), (None, "no id"), ("TODO", "T"), ("a", "again")), choices)
    assert [one.identified for one in found.rejected] == [False, False, True]
