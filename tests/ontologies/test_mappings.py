"""Reading and writing SSSOM sets, and the project's own."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import (
    Mapping,
    MappingSet,
    load_mappings,
    object_of,
    read_mappings,
    write_mappings,
)
from ontologies.mappings.own import OWN_SETS, own_text
from ontologies.mappings.reading import MOST_CHARACTERS
from ontologies.own_scheme import load_scheme
from tests.ontologies.mapping_rows import full_set, row, set_of

METADATA = (
    '#curie_map:\n#  eucaim: "https://cancerimage.eu/ontology/EUCAIM#"\n#  m: "urn:m:"\n'
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
FOREIGN = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
FOREIGN_ROW = "MONDO:0001\tskos:exactMatch\tDOID:1\tsemapv:LexicalMatching\n"


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


def read(text: str, *, metadata: str = "") -> MappingSet:
    return read_mappings(text, name="test.tsv", metadata=metadata)


def only(text: str) -> Mapping:
    (found,) = read(text).mappings
    return found


def test_a_set_is_read_with_its_metadata() -> None:
    found = read(METADATA + COLUMNS + ROW)
    assert (found.id, found.version, found.licence) == ("urn:test:set", "7", "CC0")
    assert [(one.subject_label, one.subject_category, one.concept) for one in found.mappings] == [
        ("Lung Ca", Axis.CANCER, "CLIN1000065")
    ]


def test_metadata_may_stand_in_a_file_beside_the_table() -> None:
    beside = METADATA.replace("#", "", 1).replace("\n#", "\n")
    assert read(COLUMNS + ROW, metadata=beside) == read(METADATA + COLUMNS + ROW)


def test_what_the_file_says_goes_before_the_file_beside_it() -> None:
    beside = "mapping_set_version: '6'\nmapping_set_title: Words"
    found = read(METADATA + COLUMNS + ROW, metadata=beside)
    assert (found.version, found.about.mapping_set_title) == ("7", "Words")


def test_no_term_found_is_no_concept_on_purpose() -> None:
    text = ROW.replace("eucaim:CLIN1000065\tLung cancer", "sssom:NoTermFound\t")
    assert only(METADATA + COLUMNS + text).concept is None


@pytest.mark.parametrize(
    ("object_id", "code"),
    [
        ("eucaim:CLIN1000065", "CLIN1000065"),
        ("concept:C-melanoma", "C-melanoma"),
        ("country:ESP", "ESP"),
        ("use:GENERAL_RESEARCH_USE", "GENERAL_RESEARCH_USE"),
        ("dpv:Data", "dpv-Data"),
        ("DOID:1324", "DOID_1324"),
        ("https://cancerimage.eu/ontology/EUCAIM#CLIN1000065", "CLIN1000065"),
    ],
)
def test_the_object_is_the_concept_with_that_code(object_id: str, code: str) -> None:
    assert row(object_id=object_id).concept == code


def test_every_concept_can_be_the_object_of_a_row(scheme: ConceptScheme) -> None:
    assert all(row(object_id=object_of(each)).concept == each.code for each in scheme)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("\tcancer\t", "\tcolour\t", "line 8, column subject_category: "),
        ("skos:exactMatch", "skos:exactlyMatch", "line 8, column predicate_id: "),
        ("semapv:ManualMappingCuration", "by hand", "line 8, column mapping_justification: 'by hand' has no"),
        ("semapv:ManualMappingCuration", "semapv:Guess", "line 8, column mapping_justification: "),
        ("eucaim:CLIN1000065", "x:1", "line 8, column object_id: the prefix 'x' is not declared"),
        ("eucaim:CLIN1000065\t", "\t", "line 8, column object_id: "),
        ("Lung Ca", " ", "line 8: a subject that is a literal has a label"),
        ("rdfs literal", "", "line 8: a subject has an id, or it is a literal"),
        ("Curation\n", "Curation\tmore\n", "line 8: has 9 cells, and there are 8 columns"),
        ("m:1\t", 'm:1"\t"', "line 8"),
        ("Lung Ca", '"Lung Ca', "line 8: is no TSV"),
    ],
)
def test_a_wrong_row_is_refused_with_file_line_and_column(right: str, wrong: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"test\.tsv, ") as refused:
        read(METADATA + COLUMNS + ROW.replace(right, wrong))
    assert fault in str(refused.value)


def test_the_line_is_told_after_a_cell_of_several_lines() -> None:
    long = ROW.replace("Lung Ca", '"Lung\nCa"')
    with pytest.raises(ValueError, match=r"line 10, column subject_category"):
        read(METADATA + COLUMNS + long + ROW.replace("m:1", "m:2").replace("\tcancer\t", "\tcolour\t"))


def test_an_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"line 9: the record_id stands twice"):
        read(METADATA + COLUMNS + ROW + ROW.replace("Lung Ca", "Lung"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (METADATA.replace("#license", "#comment"), "lacks license"),
        (METADATA.replace("#mapping_set_id", "#comment"), "lacks mapping_set_id"),
        (METADATA + "#mapping_set_version: 8\n", "a key stands twice"),
        (METADATA + "#mapping_set_colour: red\n", "SSSOM has no 'mapping_set_colour'"),
        (METADATA + "#sssom_version: 2.0\n", "SSSOM 2.0 is not known"),
        (METADATA + "#comment: [a, b]\n", "metadata's comment"),
        (METADATA + "#see_also: &a [*a]\n", "refer to a part of themselves"),
        (METADATA + "#see_also: [[[[[[[]]]]]]]\n", "nested more than 4 deep"),
        (METADATA + "#other: [" + "\n", "are no YAML"),
        (METADATA + "#other: !!python/object/apply:os.system ['true']\n", "metadata's other"),
        (METADATA.replace("  m: ", "  skos: "), "the prefix skos stands for"),
        (METADATA + "#comment: " + "x" * 200_000 + "\n", "more than 200,000 characters"),
        ("#[" + "[" * 100_000 + "\n", "nested more than 4 deep"),
    ],
)
def test_wrong_metadata_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"test\.tsv: ") as refused:
        read(text + COLUMNS + ROW)
    assert fault in str(refused.value)


def test_metadata_are_texts_and_nothing_else() -> None:
    found = read(METADATA.replace('"7"', "1.0") + "#comment: yes\n#other: 2026-11-24\n" + COLUMNS + ROW)
    assert (found.version, found.about.comment, found.about.other) == ("1.0", "yes", "2026-11-24")


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        (COLUMNS.replace("subject_label", "record_id"), "the column 'record_id' stands twice"),
        (COLUMNS.replace("predicate_id", "predicate_label"), "the column predicate_id is lacking"),
        (COLUMNS.replace("object_label", "colour"), "line 8, column colour: SSSOM has no such column"),
        ("", "is lacking"),
    ],
)
def test_wrong_columns_are_refused(columns: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"test\.tsv, line ") as refused:
        read(METADATA + columns + ROW)
    assert fault in str(refused.value)


def test_a_declared_extension_is_kept() -> None:
    defined = "#extension_definitions:\n#  - slot_name: colour\n#    property: m:colour\n"
    text = METADATA + defined + COLUMNS.replace("\n", "\tcolour\n") + ROW.replace("\n", "\tred\n")
    found = read(text)
    assert found.mappings[0].extensions == (("colour", "red"),)
    assert read(write_mappings(found)) == found


def test_what_the_set_says_of_its_rows_holds_for_those_that_say_nothing() -> None:
    stated = "#mapping_tool: a tool\n#mapping_date: 2026-11-24\n#curation_rule: [m:rule]\n"
    columns = COLUMNS.replace("\n", "\tmapping_tool\n")
    other = ROW.replace("m:1", "m:2").replace("\n", "\tanother\n")
    first, second = read(METADATA + stated + columns + ROW + other).mappings
    assert (first.mapping_tool, second.mapping_tool) == ("a tool", "another")
    assert str(first.mapping_date) == "2026-11-24"
    assert first.curation_rule == ("urn:m:rule",)


def test_a_row_without_an_id_gets_one_made_of_what_it_says() -> None:
    prefixes = METADATA.replace("#  m:", '#  MONDO: "http://purl.obolibrary.org/obo/MONDO_"\n#  m:')
    first = read_mappings(prefixes + FOREIGN + FOREIGN_ROW, name="test.tsv", axis=Axis.CANCER).mappings
    again = read_mappings(prefixes + FOREIGN + FOREIGN_ROW, name="other.tsv", axis=Axis.CANCER).mappings
    assert first == again
    assert first[0].record_id.startswith("urn:test:set#")
    assert first[0].subject_category is Axis.CANCER


def test_a_prefix_means_what_the_set_declares() -> None:
    """It is written with the prefix that everybody knows, whatever the set called it."""
    text = (METADATA + COLUMNS + ROW).replace("eucaim:", "hyper:")
    assert only(text).object_id == "eucaim:CLIN1000065"
    other = METADATA.replace("https://cancerimage.eu/ontology/EUCAIM#", "https://elsewhere.example/")
    assert only(other + COLUMNS + ROW).object_id == "https://elsewhere.example/CLIN1000065"


def test_the_source_of_a_word_is_its_id() -> None:
    columns, cells = COLUMNS.replace("\n", "\tsubject_source\n"), ROW.replace("\n", "\tsource:tcga\n")
    assert only(METADATA + columns + cells).subject_source == "tcga"
    assert only(METADATA + columns + cells.replace("source:", "")).subject_source == "tcga"


@pytest.mark.parametrize("mangled", ["\ufeff{}", "{}\n\n"])
def test_marks_and_empty_lines_are_passed_over(mangled: str) -> None:
    text = METADATA + COLUMNS + ROW
    assert read(mangled.format(text)) == read(text)


def test_line_ends_of_windows_are_read() -> None:
    text = METADATA + COLUMNS + ROW
    assert read(text.replace("\n", "\r\n")) == read(text)


def test_metadata_with_a_blank_after_the_mark_are_read() -> None:
    assert read(METADATA.replace("#", "# ", 1).replace("\n#", "\n# ") + COLUMNS + ROW).id == "urn:test:set"


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1", "-x", "@SUM(A1)", "'=1", '"GE Healthcare"', "a\tb\nc"]
)
def test_a_word_is_kept_whatever_a_spreadsheet_would_take_it_for(cell: str) -> None:
    (found,) = read(write_mappings(set_of(row(cell)))).mappings
    assert found.subject_label == cell


@pytest.mark.parametrize("text", ["\0", "x" * (MOST_CHARACTERS + 1)])
def test_what_is_no_set_at_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"test\.tsv: "):
        read(text)


@pytest.mark.parametrize("character", ["\x07", "\x1b", "\x7f", "\ud800"])
def test_a_control_character_is_refused(character: str) -> None:
    with pytest.raises(ValidationError):
        row(f"Lung{character}")


@pytest.mark.parametrize(
    "slots",
    [
        {"confidence": 1.5},
        {"confidence": float("nan")},
        {"mapping_date": "20261124"},
        {"mapping_date": "1"},
        {"reviewer_agreement": 1},
        {"review_date": "2026-11-24"},
        {"subject_id": "DOID:1"},
        {"object_id": "sssom:NoTermFound"},
        {"object_id": "sssom:NoTermFound", "object_label": "", "predicate_modifier": "Not"},
        {"author_label": ("",)},
        {"mapping_cardinality": "2:1"},
    ],
)
def test_a_mapping_that_says_nothing_sensible_is_refused(slots: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        row(**slots)


def test_a_set_with_every_slot_in_use_is_read_as_it_was_written() -> None:
    assert read(write_mappings(full_set())) == full_set()


def test_the_same_set_is_the_same_bytes_in_whatever_order() -> None:
    rows = [row(word, number) for number, word in enumerate(("b", "A", "a", "B", "c"))]
    assert write_mappings(set_of(*rows)) == write_mappings(set_of(*reversed(rows)))


def test_only_columns_in_use_are_written() -> None:
    header = write_mappings(set_of(row())).splitlines()[-2]
    assert header.split("\t") == [
        *("record_id", "subject_label", "subject_category", "predicate_id", "object_id", "object_label"),
        *("mapping_justification", "subject_type"),
    ]


def test_a_set_without_rows_is_read_as_it_was_written() -> None:
    assert read(write_mappings(set_of())) == set_of()


WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\t\n|\\"#=,: '), min_size=1, max_size=20
)


@settings(max_examples=200, deadline=None)
@given(word=WORDS.filter(str.strip), comment=WORDS, labels=st.lists(WORDS, max_size=3), title=WORDS)
def test_any_text_is_read_as_it_was_written(word: str, comment: str, labels: list[str], title: str) -> None:
    written = set_of(
        row(word, comment=comment, author_label=tuple(labels)), mapping_set_title=title, creator_label=labels
    )
    assert read(write_mappings(written)) == written


@pytest.mark.parametrize(
    "record_id", ["x:1", "plain", "urn:uuid:0", "http://x.example/", "a b:c", "https://x.example/?q=1#2"]
)
def test_any_id_is_read_as_it_was_written(record_id: str) -> None:
    written = set_of(row(record_id=record_id))
    assert read(write_mappings(written)) == written


@pytest.mark.parametrize("name", OWN_SETS)
def test_an_own_set_is_written_as_its_file_is(name: str) -> None:
    assert write_mappings(read_mappings(own_text(name), name=name)) == own_text(name)


@pytest.mark.parametrize("name", OWN_SETS)
def test_an_own_set_names_itself_and_is_free(name: str) -> None:
    found = read_mappings(own_text(name), name=name)
    assert found.id == f"urn:catalogue:mappings/{name}"
    assert found.licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert found.mappings


def test_the_own_sets_together_are_all_of_them_and_their_ids_are_unique() -> None:
    single = [one for name in OWN_SETS for one in read_mappings(own_text(name), name=name).mappings]
    assert len({one.record_id for one in single}) == len(single) == len(load_mappings().mappings)


def test_the_own_sets_name_concepts_of_their_axis_by_their_present_labels(scheme: ConceptScheme) -> None:
    for one in load_mappings().mappings:
        concept = scheme.get(one.concept or "")
        assert one.concept is None or (concept is not None and concept.axis is one.subject_category)
        assert concept is None or concept.label == one.object_label


def test_no_word_of_the_own_sets_has_a_concept_and_none_at_once() -> None:
    rows = load_mappings().mappings
    places = [
        (one.subject_category, one.subject_id or one.subject_label.casefold(), one.concept) for one in rows
    ]
    with_none = {(axis, word) for axis, word, concept in places if concept is None}
    with_one = {(axis, word) for axis, word, concept in places if concept}
    assert not with_none & with_one
    assert len(set(places)) == len(places)


def test_the_own_sets_carry_no_titles_of_licensed_systems() -> None:
    """SNOMED CT, ICD and ICD-O: codes only."""
    for one in load_mappings().mappings:
        assert not one.subject_id or not one.subject_label


@pytest.mark.parametrize("name", ["mondo_exactmatch_icd10who.nolabels", "mondo_hasdbxref_oncotree"])
def test_a_published_set_is_read_and_written_again(name: str, shared_data: Path) -> None:
    text = (shared_data / f"ontologies/mondo/{name}.sssom.tsv").read_text("utf-8")
    found = read_mappings(text, name=name, axis=Axis.CANCER)
    assert len(found.mappings) > 200
    assert read(write_mappings(found)) == found


def test_a_published_set_without_a_licence_is_refused(shared_data: Path) -> None:
    file = shared_data / "ontologies/biomappings/negative.disease-anatomy.sssom.tsv"
    with pytest.raises(ValueError, match="lacks license"):
        read_mappings(file.read_text("utf-8"), name=file.name)
