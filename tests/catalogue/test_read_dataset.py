"""Which dataset a record's statements describe."""

from datetime import date

import pytest

from catalogue.model.dataset import Agent, AgeRange, Distribution, Text
from catalogue.profile.identifiers import normal_identifier
from tests.catalogue.descriptions import read


def test_texts_keep_their_languages() -> None:
    dataset = read('<> dct:title "Lungen-CT"@de, "Lung CT"@en-GB, "CT" .')
    assert dataset.titles == (Text("CT", ""), Text("Lungen-CT", "de"), Text("Lung CT", "en-gb"))


@pytest.mark.parametrize(
    ("titles", "best"),
    [
        ('"Lungen-CT"@de, "Lung CT"@en', "Lung CT"),
        ('"Lungen-CT"@de, "Lung CT"@en-GB', "Lung CT"),
        ('"Lungen-CT"@de, "CT"', "CT"),
        ('"Lungen-CT"@de', "Lungen-CT"),
        ('"  "', ""),
    ],
)
def test_the_english_title_is_shown_else_the_undeclared_one_else_the_first(titles: str, best: str) -> None:
    assert read(f"<> dct:title {titles} .").title == best


def test_a_dataset_without_title_has_an_empty_one() -> None:
    assert read("<> a dcat:Dataset .").title == ""


def test_a_record_that_says_nothing_is_a_dataset_of_unknowns() -> None:
    dataset = read("")
    assert (dataset.counts.patients, dataset.ages, dataset.publisher) == (None, AgeRange(), None)
    assert dataset.counts_towards_totals


@pytest.mark.parametrize(
    ("lowest", "highest", "range_"),
    [
        ("20", "80", AgeRange(20, 80)),
        ("20", "155", AgeRange(20, None)),
        ("121", "155", AgeRange()),
        ("0", "120", AgeRange(0, 120)),
        ("80", "20", AgeRange()),
        ("000Y", "80", AgeRange(None, 80)),
    ],
)
def test_ages_that_are_none_are_unknown(lowest: str, highest: str, range_: AgeRange) -> None:
    assert read(f'<> health:minTypicalAge "{lowest}" ; health:maxTypicalAge "{highest}" .').ages == range_


def test_of_several_counts_the_largest_holds() -> None:
    assert read("<> health:numberOfUniqueIndividuals 20, 120, 9 .").counts.patients == 120


@pytest.mark.parametrize(
    "written",
    [
        "10.1234/Lung.A",
        "https://doi.org/10.1234/lung.a",
        "http://dx.doi.org/10.1234/LUNG.A",
        "doi:10.1234/lung.a",
        "DOI:10.1234/lung.a",
        "doi: 10.1234/lung.a",
        "HTTPS://DOI.ORG/10.1234/lung.a",
        "https://www.doi.org/10.1234/lung.a",
    ],
)
def test_a_doi_has_one_form(written: str) -> None:
    assert normal_identifier(written) == "10.1234/lung.a"


@pytest.mark.parametrize("written", ["UPV-17", "https://node.example/Dataset/1", "doi:nonsense", "10.1/x y"])
def test_other_identifiers_stay_as_they_are(written: str) -> None:
    assert normal_identifier(written) == written


def test_identifiers_of_both_kinds_are_read_once() -> None:
    dataset = read(
        '<> dct:identifier "https://doi.org/10.1234/A", " " ; '
        'adms:identifier ex:i . ex:i skos:notation "10.1234/a", "UPV-1" .'
    )
    assert dataset.identifiers == ("10.1234/a", "UPV-1")


def test_a_publisher_is_named_however_it_is_written() -> None:
    assert read('<> dct:publisher "UPV" .').publisher == Agent("UPV")
    assert read('<> dct:publisher ex:upv . ex:upv foaf:name "UPV" .').publisher == Agent(
        "UPV", "https://node.example/upv"
    )
    assert read("<> dct:publisher ex:upv .").publisher == Agent(
        "https://node.example/upv", "https://node.example/upv"
    )


def test_a_publisher_without_an_address_shows_none_of_our_own_names() -> None:
    own = "<urn:catalogue:datasets/abcdefgh2345#0123456789abcdef>"
    assert read(f'<> dct:publisher {own} . {own} foaf:name "UPV" .').publisher == Agent("UPV")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2024-02-29T10:00:00+02:00", date(2024, 2, 29)),
        ("2024", None),
        ("29/02/2024", None),
        ("2023-02-29", None),
    ],
)
def test_a_day_is_read_and_other_forms_are_not_guessed_at(written: str, day: date | None) -> None:
    assert read(f'<> dct:modified "{written}" .').modified == day


def test_distributions_are_read_with_their_licence_and_size() -> None:
    dataset = read(
        '<> dcat:distribution ex:d . ex:d dct:title "Images" ; dcat:accessURL ex:files ; '
        'dct:license <https://creativecommons.org/licenses/by/4.0/> ; dcat:byteSize "1024.0" .'
    )
    assert dataset.distributions == (
        Distribution(
            title="Images",
            access_url="https://node.example/files",
            licence="https://creativecommons.org/licenses/by/4.0/",
            byte_size=1024,
        ),
    )
