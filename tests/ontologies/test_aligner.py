"""What providers' values are taken to mean, and what they are not."""

import json
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ontologies.additions import Additions
from ontologies.aligner import Aligner, Alignment, load_aligner
from ontologies.concepts import Axis, Concept, ConceptScheme, Label
from ontologies.mappings import Mapping, MappingSet, load_mappings, read_mappings
from ontologies.namespaces import ACCESS_CONDITIONS
from ontologies.own_scheme import load_scheme
from tests.ontologies.mapping_rows import row, set_of

SECOND_ACCESS_LIST = "https://eucaim.github.io/eucaim_dcat_ap/resource/authority/access-condition/"


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


@pytest.fixture(scope="module")
def aligner(scheme: ConceptScheme) -> Aligner:
    return load_aligner(scheme)


def codes(alignments: tuple[Alignment, ...]) -> list[str | None]:
    return [each.concept for each in alignments]


@pytest.mark.parametrize(
    ("raw", "axis", "code", "justification"),
    [
        ("CLIN1000065", Axis.CANCER, "CLIN1000065", "semapv:BackgroundKnowledgeBasedMatching"),
        ("EUCAIM_Hyper-Ontology_V1.0.CLIN1000065", Axis.CANCER, "CLIN1000065", None),
        ("https://hyperontology.eucaim.cancerimage.eu/#CLIN1000065", Axis.CANCER, "CLIN1000065", None),
        ("http://dicom.nema.org/resources/ontology/DCM/SM", Axis.MODALITY, "IMG1004456", None),
        ("SNOMEDCT76752008", Axis.BODYPART, "BP1000136", None),
        ("C61", Axis.BODYPART, "BP1000021", None),
        ("lung cancer", Axis.CANCER, "CLIN1000065", "semapv:LexicalMatching"),
        ("Low Grade GLioma", Axis.CANCER, "C-glioma-low-grade", "semapv:LexicalMatching"),
        ("Malignant tumour of lung", Axis.CANCER, "CLIN1000065", "semapv:LexicalMatching"),
        ("Bladder Endothelial Carcinoma", Axis.CANCER, "C-bladder-urothelial-carcinoma", None),
        ("GE MEDICAL S]STEMS", Axis.MANUFACTURER, "IMG1000047", "semapv:ManualMappingCuration"),
        ("SIEMENS", Axis.MANUFACTURER, "IMG1000044", "semapv:LexicalMatching"),
        ("PET/CT", Axis.MODALITY, "IMG1004451", None),
        ("M", Axis.SEX, "COM1001366", None),
        ("Canine", Axis.SUBJECT, "dog", None),
        ("C34.1", Axis.TOPOGRAPHY, "T-lung-upper-lobe", "semapv:BackgroundKnowledgeBasedMatching"),
        ("ICD-O-3: C61.9", Axis.TOPOGRAPHY, "T-prostate", None),
        ("Esophagus", Axis.TOPOGRAPHY, "T-oesophagus", "semapv:LexicalMatching"),
        ("skin of body", Axis.TOPOGRAPHY, "T-skin", "semapv:ManualMappingCuration"),
        ("ESP", Axis.COUNTRY, "ESP", "semapv:BackgroundKnowledgeBasedMatching"),
        ("ES", Axis.COUNTRY, "ESP", None),
        ("EL", Axis.COUNTRY, "GRC", None),
        ("España", Axis.COUNTRY, "ESP", "semapv:LexicalMatching"),
        ("https://publications.europa.eu/resource/authority/country/FRA", Axis.COUNTRY, "FRA", None),
        ("SPEC10000011", Axis.TIER, "SPEC10000011", None),
        ("Tier 3A+", Axis.TIER, "SPEC1000016", None),
        (f"{ACCESS_CONDITIONS}DOWNLOAD", Axis.CONDITION, "DOWNLOAD", None),
        (f"{SECOND_ACCESS_LIST}DOWNLOAD", Axis.CONDITION, "DOWNLOAD", None),
        ("Authorisation to download the datasets.", Axis.CONDITION, "DOWNLOAD", None),
        ("SPEC1000024", Axis.CONDITION, "DOWNLOAD", None),
        ("http://purl.obolibrary.org/obo/DUO_0000007", Axis.USE, "DISEASE_SPECIFIC_RESEARCH", None),
        ("DUO:0000042", Axis.USE, "GENERAL_RESEARCH_USE", None),
        ("Non-commercial use only", Axis.USE, "NON_COMMERCIAL_USE_ONLY", None),
        ("ORIGINAL_DATASETS", Axis.TYPE, "SPEC1000020", None),
        ("https://w3id.org/dpv#Data", Axis.TYPE, "dpv-Data", None),
        ("Only image", Axis.METHOD, "SPEC1000003", None),
        ("Genomics", Axis.LINKED, "L-genomic", None),
        ("true", Axis.SCREENING, "screening", "semapv:ManualMappingCuration"),
        ("No", Axis.SCREENING, "no-screening", None),
    ],
)
def test_a_value_aligns_for_a_stated_reason(
    aligner: Aligner, raw: str, axis: Axis, code: str, justification: str | None
) -> None:
    (found,) = aligner.align(raw, axis)
    assert found.concept == code
    assert found.rule
    assert justification in (None, found.justification)


def test_an_alignment_by_curation_names_its_row(aligner: Aligner) -> None:
    (found,) = aligner.align("GE MEDICAL S]STEMS", Axis.MANUFACTURER)
    rows = {row.record_id: row.subject_label for row in load_mappings().mappings}
    assert rows[found.mapping] == "GE MEDICAL S]STEMS"


def test_what_nobody_knows_gives_one_alignment_without_concept_or_reason(aligner: Aligner) -> None:
    assert aligner.align("Quux, Corge", Axis.CANCER) == (Alignment(Axis.CANCER, "Quux, Corge", None, "", ""),)


@pytest.mark.parametrize("raw", ["COVID-19 (non-cancer)", "Various", "Phantom", "Non-Cancer", "various"])
def test_no_concept_on_purpose_has_a_reason(aligner: Aligner, raw: str) -> None:
    (found,) = aligner.align(raw, Axis.CANCER)
    assert found.concept is None
    assert found.justification == "semapv:ManualMappingCuration"


@pytest.mark.parametrize(
    ("raw", "axis"),
    [
        ("Various", Axis.TOPOGRAPHY),
        ("Lung Phantom", Axis.TOPOGRAPHY),
        ("Image Analyses", Axis.LINKED),
        ("Software/Source Code", Axis.LINKED),
        ("Europe", Axis.COUNTRY),
        ("OTHER", Axis.METHOD),
        ("OTHER", Axis.TYPE),
    ],
)
def test_a_word_that_names_none_is_not_asked_about_again(aligner: Aligner, raw: str, axis: Axis) -> None:
    (found,) = aligner.align(raw, axis)
    assert (found.concept, found.justification) == (None, "semapv:ManualMappingCuration")


@pytest.mark.parametrize(
    "code", ["SEG", "SR", "RTSTRUCT", "RTPLAN", "RTDOSE", "PR", "KO", "REG", "M3D", "ANN"]
)
def test_an_object_that_is_no_image_aligns_and_is_hidden(
    aligner: Aligner, scheme: ConceptScheme, code: str
) -> None:
    (found,) = aligner.align(code, Axis.MODALITY)
    concept = scheme.get(found.concept or "")
    assert concept is not None
    assert concept.hidden


@pytest.mark.parametrize("code", ["PERSONAL_DATA", "dpv:Data", "http://purl.org/dc/dcmitype/Dataset"])
def test_a_type_that_nobody_searches_by_aligns_and_is_hidden(
    aligner: Aligner, scheme: ConceptScheme, code: str
) -> None:
    (found,) = aligner.align(code, Axis.TYPE)
    concept = scheme.get(found.concept or "")
    assert concept is not None
    assert concept.hidden


def test_joined_values_are_taken_apart(aligner: Aligner) -> None:
    found = aligner.align("Lymphoma, Melanoma, Non-small Cell Lung Cancer", Axis.CANCER)
    assert codes(found) == ["CLIN1039310", "C-melanoma", "CLIN1063178"]
    assert [each.raw for each in found] == ["Lymphoma", "Melanoma", "Non-small Cell Lung Cancer"]


def test_a_comma_inside_a_known_label_does_not_part_it(aligner: Aligner) -> None:
    whole = "Diffuse Large B-Cell Lymphoma, Not Otherwise Specified"
    assert codes(aligner.align(whole, Axis.CANCER)) == ["C-diffuse-large-b-cell-lymphoma"]
    joined = aligner.align(f"Melanoma, {whole}, Sarcomas", Axis.CANCER)
    assert [each.raw for each in joined] == ["Melanoma", whole, "Sarcomas"]


def test_the_unknown_part_of_a_joined_value_is_kept(aligner: Aligner) -> None:
    found = aligner.align("Melanoma, Quux", Axis.CANCER)
    assert [(each.raw, each.concept) for each in found] == [("Melanoma", "C-melanoma"), ("Quux", None)]


def test_a_value_that_names_three_regions_means_each_of_them(aligner: Aligner) -> None:
    assert codes(aligner.align("CHESTABDPELVIS", Axis.BODYPART)) == ["BP1000067", "BP1000092", "BP1000173"]


def test_aligning_twice_is_aligning_once(aligner: Aligner, scheme: ConceptScheme) -> None:
    for concept in scheme:
        for value in (concept.code, concept.iri, concept.label):
            assert codes(aligner.align(value, concept.axis)) == [concept.code]


# Codes of Armenia and of Guam.
CODES_THAT_ARE_WORDS = {"ARM", "GUM"}


def test_a_concept_of_another_axis_does_not_align(aligner: Aligner, scheme: ConceptScheme) -> None:
    for concept in (each for each in scheme if each.code not in CODES_THAT_ARE_WORDS):
        equal = {each.axis for each in scheme if concept.iri in each.same_as}
        others = (axis for axis in Axis if axis is not concept.axis and axis not in equal)
        assert all(codes(aligner.align(concept.code, axis)) == [None] for axis in others)


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("Human", [(Axis.SUBJECT, "human")]),
        ("Human, Mouse", [(Axis.SUBJECT, "human"), (Axis.SUBJECT, "mouse")]),
        ("Canine", [(Axis.SUBJECT, "dog")]),
        ("Phantom", [(Axis.SUBJECT, "phantom")]),
        ("Head, Chest, Phantom", [(Axis.SUBJECT, "phantom")]),
        ("CT", [(Axis.MODALITY, "IMG1000042")]),
        ("Breast Cancer", [(Axis.CANCER, "CLIN1000060")]),
        (
            "Non-small Cell Lung Cancer, Lung Adenocarcinoma",
            [(Axis.CANCER, "CLIN1063178"), (Axis.CANCER, "CLIN1062977")],
        ),
        ("Lung", [(Axis.TOPOGRAPHY, "T-lung")]),
        ("Pelvis, Prostate, Anus", [(Axis.TOPOGRAPHY, "T-prostate"), (Axis.TOPOGRAPHY, "T-anus")]),
        ("skin of body", [(Axis.TOPOGRAPHY, "T-skin")]),
        ("Head-Neck, Phantom", [(Axis.SUBJECT, "phantom"), (Axis.TOPOGRAPHY, "T-head-and-neck")]),
        ("Lung Phantom", [(Axis.SUBJECT, "phantom")]),
        ("Clinical", [(Axis.LINKED, "L-clinical")]),
        (
            "Clinical, Genomics, Image Analyses, Histopathology",
            [(Axis.LINKED, "L-clinical"), (Axis.LINKED, "L-genomic"), (Axis.LINKED, "L-pathology-image")],
        ),
        ("Proteomics", [(Axis.LINKED, "L-other-omics")]),
    ],
)
def test_a_keyword_is_recognised_where_it_is_certain(
    aligner: Aligner, keyword: str, found: list[tuple[Axis, str]]
) -> None:
    assert [(each.axis, each.concept) for each in aligner.recognise(keyword)] == found


# As keywords these may speak of a theme, a region that was imaged, a specimen or a code of anything.
UNCERTAIN = (
    "ct|Cancer|cancer|Image Analyses|ES|COVID-19 (non-cancer)|Various|Female|Siemens|C61|C34.1|CLIN1000065"
    "||,|tumour|imaging|Chest|Head, Abdomen|Pelvis|Leg|Whole Body|Blood|Unknown primary|Tumour site|Spain"
    "|Download|Treatment|Outcome|Laboratory|Linked data|Screening|true|Original|Cohort|Lung screening"
    "|Breast density|Radiogenomics|Preclinical|Non-clinical"
)


def test_no_keyword_is_ever_taken_for_what_was_imaged(aligner: Aligner, scheme: ConceptScheme) -> None:
    parts = scheme.on(Axis.BODYPART)
    found = {one.axis for part in parts for one in aligner.recognise(part.label)}
    assert found <= {Axis.TOPOGRAPHY, Axis.CANCER}


@pytest.mark.parametrize("keyword", UNCERTAIN.split("|"))
def test_a_keyword_that_may_mean_something_else_is_left_alone(aligner: Aligner, keyword: str) -> None:
    assert aligner.recognise(keyword) == ()


# Words that look like a concept and are not one: names in the shared tables that are no cancer, values of
# public collections, and such a value with one word changed.
NEAR_MISSES = {
    Axis.CANCER: (
        "Lung|lung nodule|Breast|Neoplasm of lung|Neoplasm of colon|Prostatic hyperplasia|Colon polyp|Adenoma"
        "|Benign neoplasm of breast|Family history of malignant neoplasm of ovary|Lung cancer screening"
        "|Suspected lung cancer|No lung cancer|Non-breast cancer|Breast density|Brain metastases treated"
        "|Mass of colon|Cancerous|Melanocytic naevus|Carcinoid syndrome|Specimen from colon|Hepatic cyst"
        "|Leukopenia|FIGO ovarian tumor staging system|BRCA1|Lymph node|Gliosis|Sarcoidosis|Thyroid nodule"
        "|Myeloma screening|Colorectal cancer specimen"
    ),
    Axis.BODYPART: (
        "ABDOMINAL PAIN|CHESTNUT|Outside film|Lung cancer|BREAST MRI|HEAD CT|LIVERPOOL|Prostate biopsy"
        "|Image of brain|Operation on colon|Mammographic breast tissue appearance"
    ),
    Axis.MODALITY: (
        "CTA?|CT Protocol|Clinical trial|MRN|Petri dish|Ultrasound guided biopsy|X|Imaging|ECG|AU"
        "|Mammographic breast tissue appearance|Computed Tomography Dose Index Volume"
    ),
    Axis.MANUFACTURER: (
        "General|GE Capital|Philippine General Hospital|Siemens Stiftung|Hitachi City|3065|GEN|Canon law"
        "|Toshiba Memory"
    ),
    Axis.SEX: "Males only|F/M|Unisex|FM|female breast",
    Axis.SUBJECT: "Humanoid|Mousepad|Phantom limb|Dogma|Patient",
    Axis.TOPOGRAPHY: (
        "Lung cancer|Lung nodule|Prostate biopsy|C34.15|C99|Breast density|Brain metastases|Lipid|Colonoscopy"
        "|Liver function|Skin test|Gumma|Legion|Heartland|8140/3|Bone age"
    ),
    Axis.COUNTRY: "es|Spanish|New Spain|XX|ESPA|Guinea pig|Jersey cow|Chadwick|Niger Delta|EUR",
    Axis.TIER: "Tier|Tier 4|Tier 1B+|Tier 2B+|3B+|SPEC100001|Frontier 1",
    Axis.CONDITION: "No download|Downloads disabled|In-situ|Processing|PUBLIC|Remote|Carcinoma in situ",
    Axis.USE: "0000004|DUO_000004|DUO_0000999|Commercial use|No restrictions for staff|Research|CC BY 4.0",
    Axis.TYPE: "Original research|Unprocessed|Not annotated|Data paper|PERSONAL|Image analysis",
    Axis.METHOD: "Case report|Control|Image-based|Disease|Longitudinal axis|Patient",
    Axis.LINKED: "Preclinical|Clinical trial|Genomics England|Radiomics|Treatment planning CT|Pathology",
    Axis.SCREENING: "2|True positive|Yes and no|Screened out|Smokescreen|unknown|y",
}


@pytest.mark.parametrize(
    ("axis", "raw"), [(axis, raw) for axis, words in NEAR_MISSES.items() for raw in words.split("|")], ids=str
)
def test_a_near_miss_does_not_align(aligner: Aligner, axis: Axis, raw: str) -> None:
    assert aligner.align(raw, axis) == (Alignment(axis, raw, None, "", ""),)


# Names of the hyperontology that are no concept of ours and yet mean one.
MET = {("Metastasis to digestive organ", "CLIN1000191")}


def test_no_other_name_of_the_hyperontology_is_taken_for_a_cancer(
    aligner: Aligner, scheme: ConceptScheme, shared_data: Path
) -> None:
    table = (shared_data / "ontologies/eucaim/hyperontology_codes.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in table[1:]]
    others = [row[1] for row in rows if scheme.find(row[0]) is None]
    assert len(others) > 2_000
    met = {
        (one.raw, one.concept)
        for name in others
        for one in aligner.align(name, Axis.CANCER)
        if one.raw == name
    }
    assert {pair for pair in met if pair[1]} == MET


def test_a_mapping_to_a_concept_that_does_not_exist_is_refused(scheme: ConceptScheme) -> None:
    text = (
        '#curie_map:\n#  m: "urn:m:"\n#mapping_set_id: "urn:test:set"\n#license: "CC0"\n'
        "record_id\tsubject_label\tsubject_type\tsubject_category\tpredicate_id\tobject_id\tobject_label"
        "\tmapping_justification\nm:1\tx\trdfs literal\tcancer\tskos:exactMatch\teucaim:CLIN9\tX"
        "\tsemapv:ManualMappingCuration\n"
    )
    with pytest.raises(ValueError, match="urn:m:1: CLIN9 is no concept on cancer"):
        Aligner(scheme, read_mappings(text, name="test.tsv"))


def test_the_version_changes_with_scheme_and_mappings(aligner: Aligner, scheme: ConceptScheme) -> None:
    assert aligner.version == f"{scheme.version}+{load_mappings().version}"


BREAST: dict[str, Any] = {"object_id": "eucaim:CLIN1000060", "object_label": "Breast cancer"}


def test_a_sources_own_row_goes_before_the_one_for_all(scheme: ConceptScheme) -> None:
    rows = set_of(row("Other"), row("Other", 2, subject_source="tcga", **BREAST))
    aligner = Aligner(scheme, rows)
    assert codes(aligner.align("other", Axis.CANCER, source="tcga")) == ["CLIN1000060"]
    assert codes(aligner.align("other", Axis.CANCER, source="cptac")) == ["CLIN1000065"]
    assert codes(aligner.align("other", Axis.CANCER)) == ["CLIN1000065"]


def test_a_sources_own_row_acts_in_joined_values_and_keywords(scheme: ConceptScheme) -> None:
    aligner = Aligner(scheme, set_of(row("Qx", subject_source="tcga")))
    assert codes(aligner.align("Melanoma, Qx", Axis.CANCER, source="tcga")) == ["C-melanoma", "CLIN1000065"]
    assert codes(aligner.recognise("Melanoma, Qx", source="tcga")) == ["C-melanoma", "CLIN1000065"]
    assert codes(aligner.recognise("Melanoma, Qx")) == ["C-melanoma"]


def test_a_curated_row_goes_before_a_label_and_after_a_code(scheme: ConceptScheme) -> None:
    aligner = Aligner(scheme, set_of(row("Lung cancer", **BREAST), row("CLIN1000065", 2, **BREAST)))
    assert codes(aligner.align("Lung cancer", Axis.CANCER)) == ["CLIN1000060"]
    assert codes(aligner.align("CLIN1000065", Axis.CANCER)) == ["CLIN1000065"]


@pytest.mark.parametrize(
    ("predicate", "said"),
    [
        ("skos:closeMatch", "the word is close to 'Lung cancer' (skos:closeMatch)"),
        ("skos:relatedMatch", "the word is related to 'Lung cancer' (skos:relatedMatch)"),
        ("skos:narrowMatch", "the word says less than 'Lung cancer' (skos:narrowMatch)"),
    ],
)
def test_a_concept_that_is_only_close_is_told_and_not_given(
    scheme: ConceptScheme, predicate: str, said: str
) -> None:
    (found,) = Aligner(scheme, set_of(row("Qx", predicate_id=predicate))).align("Qx", Axis.CANCER)
    assert (found.concept, found.justification) == (None, "semapv:ManualMappingCuration")
    assert found.mapping == "urn:test:1"
    assert found.rule.endswith(said)


def test_a_close_row_is_silent_where_another_places_the_word(scheme: ConceptScheme) -> None:
    close = row("Qx", 2, predicate_id="skos:closeMatch", **BREAST)
    found = Aligner(scheme, set_of(row("Qx"), close)).align("Qx", Axis.CANCER)
    assert codes(found) == ["CLIN1000065"]


@pytest.mark.parametrize("predicate", ["IAO:0100001", "oboInOwl:consider", "oboInOwl:hasDbXref"])
def test_what_replaces_a_term_is_for_curators_and_aligns_nothing(
    scheme: ConceptScheme, predicate: str
) -> None:
    aligner = Aligner(scheme, set_of(row("Qx", predicate_id=predicate)))
    assert aligner.align("Qx", Axis.CANCER) == (Alignment(Axis.CANCER, "Qx", None, "", ""),)


@pytest.mark.parametrize("raw", ["Lung cancer", "lung  CANCER", "CLIN1000065"])
def test_a_concept_that_a_curator_denied_is_not_given_for_that_word(scheme: ConceptScheme, raw: str) -> None:
    denied = set_of(row(" ".join(raw.split()), predicate_modifier="Not"))
    assert codes(Aligner(scheme, denied).align(raw, Axis.CANCER)) == [None]
    assert codes(Aligner(scheme, denied).align("Cancer of the lung", Axis.CANCER)) == ["CLIN1000065"]


def test_a_denial_holds_for_keywords_and_parts(scheme: ConceptScheme) -> None:
    aligner = Aligner(scheme, set_of(row("Lung cancer", predicate_modifier="Not")))
    assert aligner.recognise("Lung cancer") == ()
    assert codes(aligner.align("Lung cancer, Melanoma", Axis.CANCER)) == [None, "C-melanoma"]


def test_a_denial_of_one_source_holds_for_no_other(scheme: ConceptScheme) -> None:
    aligner = Aligner(scheme, set_of(row("Lung cancer", predicate_modifier="Not", subject_source="tcga")))
    assert codes(aligner.align("Lung cancer", Axis.CANCER, source="tcga")) == [None]
    assert codes(aligner.align("Lung cancer", Axis.CANCER, source="cptac")) == ["CLIN1000065"]


def test_a_denied_concept_gives_way_to_another_that_a_curator_named(scheme: ConceptScheme) -> None:
    rows = set_of(row("Lung cancer", predicate_modifier="Not"), row("Lung cancer", 2, **BREAST))
    assert codes(Aligner(scheme, rows).align("Lung cancer", Axis.CANCER)) == ["CLIN1000060"]


@pytest.mark.parametrize(
    "raw",
    ["SNOMEDCT:900000000", "SNOMED-CT:900000000", "http://snomed.info/id/900000000", "900000000"],
)
def test_a_row_on_a_foreign_code_holds_for_every_spelling(scheme: ConceptScheme, raw: str) -> None:
    on_code = row("", subject_type="", subject_id="SNOMEDCT:900000000")
    assert codes(Aligner(scheme, set_of(on_code)).align(raw, Axis.CANCER)) == ["CLIN1000065"]


@pytest.mark.parametrize(
    ("raw", "axis", "code", "rule"),
    [
        ("Left Breast", Axis.BODYPART, "BP1000165", "the label 'Left breast'"),
        ("Breast, left", Axis.BODYPART, "BP1000165", "the side stands elsewhere in it"),
        ("LEFT BREAST", Axis.TOPOGRAPHY, "T-breast", "the side (left) is left out"),
        ("Kidney (right)", Axis.BODYPART, "", "the side (right) is left out"),
        ("Philips Medical Systems, Inc", Axis.MANUFACTURER, "IMG1000046", ""),
        ("Esaote S.p.A.", Axis.MANUFACTURER, "IMG1000049", "the legal form or line of business is left out"),
        ("HOLOGIC GmbH & Co. KG", Axis.MANUFACTURER, "IMG1000064", "the legal form or line of business"),
        ("363358000 – Malignant tumor of lung", Axis.CANCER, "CLIN1000065", "which stands in it"),
        ("Hepatocellular carcinoma (HCC)", Axis.CANCER, "CLIN1043447", "the brackets say the same"),
        ("Prostate cancer (C61)", Axis.CANCER, "CLIN1000075", "the brackets say the same"),
        ("C50.9", Axis.CANCER, "CLIN1000060", "the category C50 of this code"),
        ("ICD-10-CM:C34.10", Axis.CANCER, "CLIN1000065", "the category ICD10:C34 of this code"),
    ],
)
def test_another_form_of_a_name_aligns_and_says_so(
    aligner: Aligner, raw: str, axis: Axis, code: str, rule: str
) -> None:
    (found,) = aligner.align(raw, axis)
    assert found.raw == raw
    assert found.concept if not code else found.concept == code
    assert rule in found.rule


@pytest.mark.parametrize(
    ("raw", "axis"),
    [
        ("Left", Axis.BODYPART),
        ("Left behind", Axis.BODYPART),
        ("Right to left shunt", Axis.BODYPART),
        ("Left lung cancer", Axis.CANCER),
        ("Leftbreast", Axis.BODYPART),
        ("Inc.", Axis.MANUFACTURER),
        ("Medical Systems", Axis.MANUFACTURER),
        ("Healthcare", Axis.MANUFACTURER),
        ("Memory GmbH", Axis.MANUFACTURER),
        ("Siemens Healthineers Foundation Inc", Axis.MANUFACTURER),
        ("363358000 - Melanoma", Axis.CANCER),
        ("12 - Lung cancer", Axis.CANCER),
        ("Chest/Unknown region", Axis.BODYPART),
        ("Lung/Breast cancer", Axis.CANCER),
        ("Lung cancer (NSCLC)", Axis.CANCER),
        ("Lung cancer (unknown words)", Axis.CANCER),
        ("C77.1", Axis.CANCER),
        ("C50.9 or so", Axis.CANCER),
        ("C50.9", Axis.MORPHOLOGY),
    ],
)
def test_less_than_the_whole_of_a_value_does_not_align(aligner: Aligner, raw: str, axis: Axis) -> None:
    assert codes(aligner.align(raw, axis)) == [None]


@pytest.mark.parametrize(
    "raw", ["Thorax/Abdomen", "CHEST + ABDOMEN", "chest & abdomen", "abdomen and thorax"]
)
def test_a_free_text_of_several_parts_means_each(aligner: Aligner, raw: str) -> None:
    assert set(codes(aligner.align(raw, Axis.BODYPART))) == {"BP1000067", "BP1000173"}


def of_axis(*concepts: Concept) -> ConceptScheme:
    return ConceptScheme("7", concepts)


def sex(code: str, label: str, **more: Any) -> Concept:
    return Concept(code, f"urn:test:{code}", Axis.SEX, label, **more)


NO_ROWS = MappingSet("urn:test:none", "1", "CC0", ())


def test_a_label_goes_before_a_synonym_and_a_synonym_of_two_belongs_to_none() -> None:
    scheme = of_axis(sex("a", "One", synonyms=("Both", "Two")), sex("b", "Two", synonyms=("Both",)))
    aligner = Aligner(scheme, NO_ROWS)
    assert codes(aligner.align("two", Axis.SEX)) == ["b"]
    assert codes(aligner.align("both", Axis.SEX)) == [None]


def test_a_related_name_never_aligns() -> None:
    aligner = Aligner(of_axis(sex("a", "One", related=("Opposite",))), NO_ROWS)
    assert codes(aligner.align("Opposite", Axis.SEX)) == [None]


def test_a_loaded_release_takes_no_name_from_a_concept_of_our_own() -> None:
    scheme = of_axis(sex("a", "One", synonyms=("Name",)), sex("z", "Name", release="DOID 1"))
    assert codes(Aligner(scheme, NO_ROWS).align("Name", Axis.SEX)) == ["a"]


def test_a_label_of_two_concepts_belongs_to_none() -> None:
    scheme = of_axis(sex("a", "Same"), sex("b", "same"))
    assert codes(Aligner(scheme, NO_ROWS).align("Same", Axis.SEX)) == [None]


@pytest.mark.parametrize(
    ("first", "second", "aligns"),
    [
        (Label("Uno", "es", reviewed=True), Label("Dos", "es", reviewed=True), True),
        (Label("Uno", "es", reviewed=True), Label("Dos", "es"), False),
        (Label("Uno", "es", reviewed=True), None, False),
        (Label("Uno", "es"), Label("Dos", "es"), False),
    ],
)
def test_a_name_aligns_in_a_language_that_is_complete_and_reviewed(
    first: Label, second: Label | None, *, aligns: bool
) -> None:
    scheme = of_axis(sex("a", "One", labels=(first,)), sex("b", "Two", labels=(second,) if second else ()))
    (found,) = Aligner(scheme, NO_ROWS).align("uno", Axis.SEX)
    assert (found.concept, found.rule) == (("a", "the name 'Uno' (es)") if aligns else (None, ""))


def test_an_english_name_goes_before_one_in_another_language() -> None:
    labels = (Label("Two", "es", reviewed=True),)
    other = (Label("Dos", "es", reviewed=True),)
    scheme = of_axis(sex("a", "One", labels=labels), sex("b", "Two", labels=other))
    assert codes(Aligner(scheme, NO_ROWS).align("Two", Axis.SEX)) == ["b"]


def added(*rows: Mapping, refused: frozenset[str] = frozenset()) -> Additions:
    return Additions(mappings=rows, refused=refused)


def test_an_instances_row_goes_before_our_own(scheme: ConceptScheme) -> None:
    aligner = load_aligner(scheme, added(row("Hemangioma")))
    assert codes(aligner.align("Hemangioma", Axis.CANCER)) == ["CLIN1000065"]


def test_an_instances_row_for_one_source_leaves_our_own_to_all_others(scheme: ConceptScheme) -> None:
    aligner = load_aligner(scheme, added(row("Lung Other", subject_source="tcga", **BREAST)))
    assert codes(aligner.align("Lung Other", Axis.CANCER, source="tcga")) == ["CLIN1000060"]
    assert codes(aligner.align("Lung Other", Axis.CANCER)) == ["CLIN1000065"]


def test_a_refused_row_of_our_own_acts_no_more(scheme: ConceptScheme) -> None:
    (own,) = (one for one in load_mappings().mappings if one.subject_label == "Lung Other")
    aligner = load_aligner(scheme, added(refused=frozenset((own.record_id,))))
    assert codes(aligner.align("Lung Other", Axis.CANCER)) == [None]


def test_an_instances_row_on_a_concept_that_is_gone_aligns_nothing(scheme: ConceptScheme) -> None:
    """A release that drops a concept must not keep the catalogue from starting."""
    gone = row("Qx", object_id="DOID:999", object_label="Gone")
    aligner = load_aligner(scheme, added(gone, row("Qy", 2)))
    assert codes(aligner.align("Qx", Axis.CANCER)) == [None]
    assert codes(aligner.align("Qy", Axis.CANCER)) == ["CLIN1000065"]


def test_other_additions_are_another_version(scheme: ConceptScheme) -> None:
    versions = {load_aligner(scheme, each).version for each in (added(), added(row()), added(row("Qx")))}
    assert len(versions) == 3


def test_a_very_long_value_is_looked_at_and_no_more(aligner: Aligner) -> None:
    for raw in ("left " * 100_000, ", ".join(["Lung"] * 100_000), "a/" * 100_000, "1" * 100_000 + " - x"):
        assert len(aligner.align(raw, Axis.BODYPART)) < 60


class Collection(BaseModel):
    species: str
    tumor_locations: str
    supporting_data: str | None


@pytest.fixture(scope="module")
def human(shared_data: Path) -> list[Collection]:
    lines = (shared_data / "providers/idc_collections.jsonl").read_text("utf-8").splitlines()
    collections = [Collection.model_validate(json.loads(line)) for line in lines]
    return [each for each in collections if "Human" in each.species]


def test_enough_of_the_sites_that_public_collections_state_have_a_concept(
    aligner: Aligner, human: list[Collection]
) -> None:
    """Words that name no site ("Various") are not counted as sites."""
    found = list(_alignments(aligner, [each.tumor_locations for each in human], Axis.TOPOGRAPHY))
    sites = [one for one in found if one.concept or not one.justification]
    known = [one for one in sites if one.concept]
    unmapped = Counter(one.raw for one in sites if not one.concept)
    sys.stdout.write(f"\ntopography: {len(known)} of {len(sites)} sites; unmapped: {dict(unmapped)}\n")
    assert len(sites) > 200
    assert len(known) / len(sites) >= 0.95


def test_every_kind_of_linked_data_of_the_public_collections_was_decided(
    aligner: Aligner, human: list[Collection]
) -> None:
    found = list(_alignments(aligner, [each.supporting_data or "" for each in human], Axis.LINKED))
    assert {one.concept for one in found} > {"L-clinical", "L-genomic", "L-pathology-image", "L-other-omics"}
    assert not [one.raw for one in found if one.raw and not one.justification]


def _alignments(aligner: Aligner, values: list[str], axis: Axis) -> Iterator[Alignment]:
    return (found for value in values for found in aligner.align(value, axis))


@pytest.mark.parametrize(
    "raw",
    [
        "Lung cancer, excluded",
        "exclusion: breast cancer, lung cancer",
        "ruled out; lung cancer",
        "except breast cancer, lung cancer",
        "not, lung cancer",
        "Lung cancer | none",
    ],
)
def test_a_part_that_denies_the_others_lets_none_of_them_align(aligner: Aligner, raw: str) -> None:
    assert codes(aligner.align(raw, Axis.CANCER)) == [None]
    assert not aligner.recognise(raw)


@pytest.mark.parametrize("raw", ["left right breast", "Left breast (right)", "bilateral left breast"])
def test_a_value_of_two_sides_is_neither(aligner: Aligner, raw: str) -> None:
    assert codes(aligner.align(raw, Axis.BODYPART)) == [None]


@pytest.mark.parametrize(
    ("raw", "meant"),
    [("C3411", None), ("C8591", None), ("C3400", None), ("C3224", "C-melanoma"), ("NCIT:C3411", "C-thymoma")],
)
def test_a_code_that_two_systems_write_alike_means_neither(
    aligner: Aligner, raw: str, meant: str | None
) -> None:
    """C34.11 of ICD-10-CM is a lung cancer, NCIt's C3411 a thymoma."""
    assert codes(aligner.align(raw, Axis.CANCER)) == [meant]


@pytest.mark.parametrize(
    "raw",
    [
        "_," * 500,
        "a/" * 500,
        "," * 1_000,
        "a" + " " * 998 + "b",
        "left " * 200,
        "\ufdfa" * 1_000,
        "a,b/" * 250,
    ],
    ids=repr,
)
def test_a_hostile_value_is_looked_up_at_once(aligner: Aligner, raw: str) -> None:
    started = time.thread_time()
    for axis in Axis:
        aligner.align(raw, axis)
    aligner.recognise(raw)
    assert time.thread_time() - started < 5


def test_long_values_are_not_remembered(scheme: ConceptScheme) -> None:
    aligner = load_aligner(scheme)
    texts = [", ".join(f"{n} lung cancer {part}" for part in range(45)) for n in range(40)]
    for text in texts:
        aligner.align(text, Axis.CANCER)  # what is made once stays
    tracemalloc.start()
    for text in texts:
        aligner.align(text + "!", Axis.CANCER)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000
