"""Which counts are read, whatever a provider wrote."""

import pytest
from pyoxigraph import Literal, NamedNode

from catalogue.profile import terms
from catalogue.profile.datatypes import typed, whole_number
from tests.catalogue.descriptions import harvested, objects, prepared

COUNT = NamedNode(f"{terms.XSD}nonNegativeInteger")


@pytest.mark.parametrize(
    "written",
    ['"20"', "20", "20.0", '"20.0"', '"20."', '"+20"', '" 20 "', '"20"^^xsd:int', '"020"', '"20"@en'],
)
def test_a_count_gets_the_profile_s_datatype_however_it_is_written(written: str) -> None:
    found = prepared(f"health:numberOfUniqueIndividuals {written} .")
    assert objects(found.triples, terms.PATIENTS) == {f'"20"^^{COUNT}'}
    assert found.findings == ()


@pytest.mark.parametrize(
    "written",
    [
        "1.234",
        "1.000",
        "10.000",
        "1,234",
        "1 234",
        "viele",
        "-3",
        "",
        "20.5",
        "1e3",
        "٢٠",
        "²",
        "1" * 16,
        "0x14",
        "+",
    ],
)
def test_what_is_no_count_for_sure_is_kept_with_a_finding_and_is_unknown(written: str) -> None:
    statement = f'health:numberOfUniqueIndividuals "{written}" .'
    assert objects(prepared(statement).triples, terms.PATIENTS) == {f'"{written}"'}
    assert [one.value for one in prepared(statement).findings] == [written]
    assert harvested(statement).counts.patients is None


def test_nought_is_a_count() -> None:
    assert whole_number("0") == whole_number("0.0") == 0


def test_of_several_counts_the_unreadable_ones_do_not_hide_the_others() -> None:
    assert harvested('health:numberOfUniqueIndividuals "viele", 7 .').counts.patients == 7


@pytest.mark.parametrize(("written", "read"), [("1", "true"), ("TRUE", "true"), ("0", "false")])
def test_truth_has_one_spelling(written: str, read: str) -> None:
    found = typed(f"{terms.HEALTH}hasStructuredData", Literal(written))
    assert (found.value, found.datatype.value) == (read, f"{terms.XSD}boolean")


def test_other_properties_are_left_as_they_are() -> None:
    title = Literal("20")
    assert typed(f"{terms.DCT}title", title) is title
