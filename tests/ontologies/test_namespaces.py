"""Spellings of one IRI that published records carry."""

import time

import pytest

from catalogue.profile import terms
from ontologies.namespaces import (
    ACCESS_CONDITIONS,
    CIMG,
    DATA_USE_CONDITIONS,
    canonical_iri,
    canonical_predicate,
    compact,
    expand,
    notation,
)

EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
HEALTH = "http://healthdataportal.eu/ns/health#"
EUCAIM_LISTS = "https://eucaim.github.io/eucaim_dcat_ap/"
LISTS = "https://hdeu-dcat.data.health.europa.eu/resource/authority/"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://hyperontology.eucaim.cancerimage.eu/#CLIN1000075", EUCAIM + "CLIN1000075"),
        ("EUCAIM_Hyper-Ontology_V1.0.CLIN1000075", EUCAIM + "CLIN1000075"),
        (EUCAIM + "CLIN1000075", EUCAIM + "CLIN1000075"),
        ("http://data.europa.eu/r5r/healthdcatap#hdab", HEALTH + "hdab"),
        ("https://w3id.org/healthdcat-ap#hdab", HEALTH + "hdab"),
        ("http://www.healthdcatap.org/hdab", HEALTH + "hdab"),
        ("http://13.81.34.152:1101/resource/authority/health-theme/X", LISTS + "health-theme/X"),
        ("https://hdeu-dcat.acceptance.data.health.europa.eu/resource/authority/hc/X", LISTS + "hc/X"),
        (EUCAIM_LISTS + "resource/authority/access-condition/DOWNLOAD", ACCESS_CONDITIONS + "DOWNLOAD"),
        (
            EUCAIM_LISTS + "releases/controlled-vocabularies/data-use-conditions#NO_RESTRICTION",
            DATA_USE_CONDITIONS + "NO_RESTRICTION",
        ),
        ("https://w3id.org/dpv/pd#Age", "https://w3id.org/dpv/dpv-pd#Age"),
        ("https://catalogue.example/terms#countBy", "urn:catalogue:terms#countBy"),
        ("http://127.0.0.1:8000/site/terms#countBy", "urn:catalogue:terms#countBy"),
        ("https://catalogue.example/terms#countedBy", "https://catalogue.example/terms#countedBy"),
        ("https://catalogue.example/terms/countBy", "https://catalogue.example/terms/countBy"),
        ("https://catalogue.example/?x=/terms#countBy", "https://catalogue.example/?x=/terms#countBy"),
        (
            "http://data.europa.eu/r5r/applicableLegislation",
            "http://data.europa.eu/r5r/applicableLegislation",
        ),
        ("https://node.example/dataset/1", "https://node.example/dataset/1"),
    ],
)
def test_a_known_spelling_becomes_the_canonical_one(written: str, meant: str) -> None:
    assert canonical_iri(written) == meant
    assert canonical_iri(meant) == meant


def test_every_own_term_of_the_profile_is_known_at_any_address() -> None:
    own = {value for value in vars(terms).values() if isinstance(value, str) and value.startswith(CIMG)}
    own |= {iri for iri in terms.AXIS_PROPERTY.values() if iri.startswith(CIMG)}
    own -= {CIMG}
    assert len(own) > 20
    assert {canonical_iri("https://catalogue.example/terms#" + iri.removeprefix(CIMG)) for iri in own} == own


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (HEALTH + "minimumTypicalAge", HEALTH + "minTypicalAge"),
        ("https://w3id.org/healthdcat-ap#maximumTypicalAge", HEALTH + "maxTypicalAge"),
        (HEALTH + "numberofUniqueIndividuals", HEALTH + "numberOfUniqueIndividuals"),
        (EUCAIM + "nbrOfStudies", HEALTH + "numberOfRecords"),
        ("http://www.w3.org/ns/adms#interoperabilityLevel", EUCAIM + "interoperabilityLevel"),
        ("http://xmlns.com/foaf/0.1/homePage", "http://xmlns.com/foaf/0.1/homepage"),
        ("http://www.w3.org/ns/dcat#endPointURL", "http://www.w3.org/ns/dcat#endpointURL"),
        ("http://purl.org/dc/terms/title", "http://purl.org/dc/terms/title"),
    ],
)
def test_a_predicate_is_read_as_the_profile_spells_it(written: str, meant: str) -> None:
    assert canonical_predicate(written) == meant


def test_a_compact_name_spells_out_to_the_iri_it_came_from() -> None:
    for iri in (EUCAIM + "CLIN1000075", HEALTH + "hdab", "urn:catalogue:terms#rawValue"):
        assert expand(compact(iri)) == iri
        assert compact(iri) != iri


def test_an_iri_of_no_known_prefix_is_not_compacted() -> None:
    assert compact("https://node.example/a#b") == "https://node.example/a#b"
    assert expand("https://node.example/a") == "https://node.example/a"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("http://dicom.nema.org/resources/ontology/DCM/CT", "DICOM:CT"),
        ("SNOMEDCT363406005", "SNOMEDCT:363406005"),
        ("http://snomed.info/id/363406005", "SNOMEDCT:363406005"),
        ("RID10312", "RadLex:RID10312"),
        ("birnlex_3066", "birnlex:3066"),
        ("DOID_10283", "DOID:10283"),
        ("ICD-10: C61", "ICD10:C61"),
        ("C200140", "NCIT:C200140"),
        ("http://purl.obolibrary.org/obo/DUO_0000042", "DUO:0000042"),
        ("http://purl.obolibrary.org/obo/MONDO_0002429", "MONDO:0002429"),
        ("MONDO_0002429", "MONDO:0002429"),
        ("MONDO:0002429", "MONDO:0002429"),
        ("http://purl.obolibrary.org/obo/UBERON_0002048", "UBERON:0002048"),
        ("UBERON_0002048", "UBERON:0002048"),
        ("http://purl.obolibrary.org/obo/NCIT_C4872", "NCIT:C4872"),
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C4872", "NCIT:C4872"),
        (
            "https://ncit.nci.nih.gov/ncitbrowser/ConceptReport.jsp?dictionary=NCI_Thesaurus&code=C4872",
            "NCIT:C4872",
        ),
        ("https://ncit.nci.nih.gov/ncitbrowser/ConceptReport.jsp?code=C4872&ns=ncit", "NCIT:C4872"),
        ("https://evsexplore.semantics.cancer.gov/evsexplore/concept/ncit/C4872", "NCIT:C4872"),
        ("NCI:C4872", "NCIT:C4872"),
        ("ONCOTREE:BRCA", "ONCOTREE:BRCA"),
        ("http://oncotree.mskcc.org/oncotree/#/home?search=BRCA", "ONCOTREE:BRCA"),
        ("SNOMED-CT :25370001", "SNOMEDCT:25370001"),
        ("SNOMED-CT:43799004", "SNOMEDCT:43799004"),
        ("ICDO:8140/3", "ICDO3:8140/3"),
        ("ICD-O-3: 8140/3-C18.9", "ICDO3:8140/3-C18.9"),
        ("ICD10WHO:C50", "ICD10:C50"),
        ("DUO_00000044", ""),
        ("BRCA", ""),
        ("MONDO:2429", ""),
        ("UBERON:lung", ""),
        ("http://id.who.int/icd/entity/1630407678", ""),
        ("https://ncit.nci.nih.gov/ncitbrowser/?code=", ""),
        ("25370001 - Hepatocellular carcinoma", ""),
        ("C61", ""),
        ("Lung cancer", ""),
        ("", ""),
    ],
)
def test_a_foreign_code_is_read_in_any_of_its_forms(written: str, code: str) -> None:
    assert notation(written) == code


@pytest.mark.parametrize(
    "piece", ["?code=C1", "https://ncit.nci.nih.gov/?code=C1", "&", "ICD-O-3: 1/", "/birnlex_"]
)
def test_a_hostile_value_is_answered_at_once(piece: str) -> None:
    started = time.thread_time()
    assert notation(("https://ncit.nci.nih.gov/" + piece * 1_000)[:1_000] + "é\n") == ""
    assert time.thread_time() - started < 3


def test_a_value_longer_than_any_code_is_none_at_once() -> None:
    started = time.thread_time()
    assert notation("https://ncit.nci.nih.gov/" + "&code=C1" * 50_000 + " x") == ""
    assert time.thread_time() - started < 3


@pytest.mark.parametrize("written", ["C3411", "C8591", "C9111", "C4030"])
def test_a_bare_code_that_may_be_of_icd_10_cm_is_not_taken_for_one_of_ncit(written: str) -> None:
    assert notation(written) == ""
    assert notation(f"NCIT:{written}") == f"NCIT:{written}"
