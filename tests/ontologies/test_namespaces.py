"""Spellings of one IRI that published records carry."""

import pytest

from ontologies.namespaces import canonical_iri, canonical_predicate, compact, expand, notation

EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
HEALTH = "http://healthdataportal.eu/ns/health#"
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
        ("https://w3id.org/dpv/pd#Age", "https://w3id.org/dpv/dpv-pd#Age"),
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
        ("C61", ""),
        ("Lung cancer", ""),
        ("", ""),
    ],
)
def test_a_foreign_code_is_read_in_any_of_its_forms(written: str, code: str) -> None:
    assert notation(written) == code
