"""Reading SSSOM sets, and the project's own."""

import pytest

from ontologies.concepts import Axis
from ontologies.mappings import load_mappings, read_mappings
from ontologies.own_scheme import load_scheme

METADATA = (
    '#curie_map:\n#  eucaim: "https://cancerimage.eu/ontology/EUCAIM#"\n'
    '#mapping_set_id: "urn:test:set"\n#mapping_set_version: "7"\n#license: "CC0"\n'
)
COLUMNS = (
    "record_id\tsubject_label\tsubject_type\tsubject_category\tpredicate_id\tobject_id\tobject_label"
    "\tmapping_justification\n"
)
ROW = (
    "m:1\tLung Ca\trdfs literal\tcancer\tskos:exactMatch\teucaim:CLIN1000065\tLung cancer"
    "\tsemapv:ManualMappingCuration\n"
)


def test_a_set_is_read_with_its_metadata() -> None:
    found = read_mappings(METADATA + COLUMNS + ROW, name="test.tsv")
    assert (found.id, found.licence) == ("urn:test:set", "CC0")
    assert found.version.startswith("7.")
    assert [(row.subject_label, row.subject_category, row.concept) for row in found.mappings] == [
        ("Lung Ca", Axis.CANCER, "CLIN1000065")
    ]


def test_no_term_found_is_no_concept_on_purpose() -> None:
    row = ROW.replace("eucaim:CLIN1000065\tLung cancer", "sssom:NoTermFound\t")
    assert read_mappings(METADATA + COLUMNS + row, name="test.tsv").mappings[0].concept is None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\tcancer\t", "\tcolour\t"),
        ("skos:exactMatch", "skos:exactlyMatch"),
        ("\tLung cancer", "\t"),
        ("semapv:ManualMappingCuration", "by hand"),
        ("m:1\t", "\t"),
    ],
)
def test_a_wrong_row_is_refused_with_file_and_line(right: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"test\.tsv, line 7: "):
        read_mappings(METADATA + COLUMNS + ROW.replace(right, wrong), name="test.tsv")


def test_a_set_without_a_licence_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks license"):
        read_mappings(METADATA.replace("#license", "#rights") + COLUMNS + ROW, name="test.tsv")


def test_another_content_is_another_version() -> None:
    first = read_mappings(METADATA + COLUMNS + ROW, name="test.tsv")
    second = read_mappings(METADATA + COLUMNS + ROW.replace("Lung Ca", "Lung ca."), name="test.tsv")
    assert first.version != second.version


def test_the_own_set_names_concepts_by_their_present_labels() -> None:
    scheme = load_scheme()
    for row in load_mappings().mappings:
        assert row.concept is None or scheme.label(row.concept) == row.object_label


def test_the_own_set_is_sorted_and_its_ids_are_unique() -> None:
    rows = load_mappings().mappings
    ordered = [(row.subject_category.value, row.subject_label.casefold()) for row in rows]
    assert ordered == sorted(ordered)
    assert len({row.record_id for row in rows}) == len(rows)


def test_no_word_of_the_own_set_has_a_concept_and_none_at_once() -> None:
    rows = load_mappings().mappings
    with_none = {(row.subject_category, row.subject_label) for row in rows if row.concept is None}
    with_one = {(row.subject_category, row.subject_label) for row in rows if row.concept}
    assert not with_none & with_one
