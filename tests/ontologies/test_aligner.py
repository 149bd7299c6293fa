"""What providers' values are taken to mean, and what they are not."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

from ontologies.aligner import Aligner, Alignment, load_aligner
from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import load_mappings, read_mappings
from ontologies.namespaces import ACCESS_CONDITIONS
from ontologies.own_scheme import load_scheme

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
        others = (axis for axis in Axis if axis is not concept.axis)
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
MET = {
    ("Metastasis to digestive organ", "CLIN1000191"),
    ("Non-small cell carcinoma", "CLIN1063178"),
}


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
        '#mapping_set_id: "urn:test:set"\n#mapping_set_version: "7"\n#license: "CC0"\n'
        "record_id\tsubject_label\tsubject_type\tsubject_category\tpredicate_id\tobject_id\tobject_label"
        "\tmapping_justification\nm:1\tx\trdfs literal\tcancer\tskos:exactMatch\teucaim:CLIN9\tX"
        "\tsemapv:ManualMappingCuration\n"
    )
    with pytest.raises(ValueError, match="m:1: CLIN9 is no concept on cancer"):
        Aligner(scheme, read_mappings(text, name="test.tsv"))


def test_the_version_changes_with_scheme_and_mappings(aligner: Aligner, scheme: ConceptScheme) -> None:
    assert aligner.version == f"{scheme.version}+{load_mappings().version}"


class Counted(BaseModel):
    value: str | None


class Collection(BaseModel):
    species: str
    cancer_types: str
    tumor_locations: str
    supporting_data: str | None
    modalities_counted: list[Counted]
    body_parts_counted: list[Counted]
    manufacturers_counted: list[Counted]


@pytest.fixture(scope="module")
def human(shared_data: Path) -> list[Collection]:
    lines = (shared_data / "providers/idc_collections.jsonl").read_text("utf-8").splitlines()
    collections = [Collection.model_validate(json.loads(line)) for line in lines]
    return [each for each in collections if "Human" in each.species]


def stated(counted: list[Counted]) -> list[str]:
    return [each.value for each in counted if each.value]


@dataclass(frozen=True, slots=True)
class Coverage:
    axis: Axis
    least: float
    values: Callable[[Collection], list[str]]


COVERAGE = [
    Coverage(Axis.CANCER, 0.80, lambda each: [each.cancer_types]),
    Coverage(Axis.MODALITY, 1.00, lambda each: stated(each.modalities_counted)),
    Coverage(Axis.BODYPART, 0.95, lambda each: stated(each.body_parts_counted)),
    Coverage(Axis.MANUFACTURER, 0.90, lambda each: stated(each.manufacturers_counted)),
]


@pytest.mark.parametrize("wanted", COVERAGE, ids=lambda wanted: wanted.axis.value)
def test_enough_of_the_public_collections_have_a_concept(
    aligner: Aligner, scheme: ConceptScheme, human: list[Collection], wanted: Coverage
) -> None:
    """Prints what the figures are, and what is left to curate (``pytest -s``)."""
    stating = [values for each in human if (values := wanted.values(each))]
    found = [list(_alignments(aligner, values, wanted.axis)) for values in stating]
    covered = sum(any(_is_shown(scheme, one.concept) for one in ones) for ones in found)
    unmapped = Counter(one.raw for ones in found for one in ones if not one.justification)
    share = covered / len(stating)
    sys.stdout.write(f"\n{wanted.axis.value}: {covered} of {len(stating)} that state one ({share:.1%})")
    sys.stdout.write(f"; unmapped: {dict(unmapped)}\n")
    assert share >= wanted.least


def test_every_cancer_word_of_the_public_collections_was_decided(
    aligner: Aligner, human: list[Collection]
) -> None:
    found = _alignments(aligner, [each.cancer_types for each in human], Axis.CANCER)
    assert not [each.raw for each in found if not each.justification]


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


def _is_shown(scheme: ConceptScheme, code: str | None) -> bool:
    concept = scheme.get(code) if code else None
    return concept is not None and concept.shown
