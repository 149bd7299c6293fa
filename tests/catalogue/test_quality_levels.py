"""Which levels a record reaches, and that each missing piece is named once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from catalogue.ingest.alignment import Traits
from catalogue.model.quality import Level, Quality
from catalogue.quality.check import Checker
from catalogue.resources import shapes_folder
from harvesters.findings import Severity
from harvesters.source import Record
from ontologies.own_scheme import load_scheme
from tests.catalogue.descriptions import rules
from tests.conftest import ROOT

HEALTH = "http://healthdataportal.eu/ns/health#"
DCT = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
LEGISLATION = "http://data.europa.eu/r5r/applicableLegislation"
IRI = "https://node.example/d/1"
# A record with all that EUCAIM makes mandatory, written for this test.
FULL = """
@prefix cv: <http://data.europa.eu/m8g/> .
@prefix category: <https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/> .
@prefix cimg: <urn:catalogue:terms#> .
@prefix condition:
  <https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/access-conditions/#> .
@prefix country: <http://publications.europa.eu/resource/authority/country/> .
@prefix right: <http://publications.europa.eu/resource/authority/access-right/> .
@prefix theme: <http://publications.europa.eu/resource/authority/data-theme/> .
@prefix use:
  <https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/data-use-conditions/#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix eucaim: <https://cancerimage.eu/ontology/EUCAIM#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix health: <http://healthdataportal.eu/ns/health#> .
@prefix hl: <https://hdeu-dcat.data.health.europa.eu/resource/authority/health-theme/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<> a dcat:Dataset ; dct:identifier "set-1" ; dct:title "Prostate MR"@en ; dct:description "Images."@en ;
  dcat:version "1.0.0" ; eucaim:interoperabilityLevel eucaim:SPEC1000009 ;
  dcat:contactPoint [ a vcard:Kind ; vcard:hasEmail <mailto:data@node.example> ] ;
  dcat:theme theme:HEAL ;
  health:healthCategory category:RQSH ;
  health:healthTheme hl:CANCER_DISEASE ;
  dct:spatial country:PRT ;
  dct:type eucaim:SPEC1000020 ;
  dct:accessRights right:NON_PUBLIC ;
  dcatap:applicableLegislation <http://data.europa.eu/eli/reg/2025/327/oj> ;
  dct:publisher <https://node.example/hospital> ; health:hdab <https://node.example/hdab> ;
  health:hasStructuredData false ;
  health:numberOfUniqueIndividuals "20"^^xsd:nonNegativeInteger ;
  health:numberOfRecords "30"^^xsd:nonNegativeInteger ;
  eucaim:hasBirthSex eucaim:COM1001370 ; eucaim:hasCondition eucaim:CLIN1000075 ;
  eucaim:collectionMethod eucaim:SPEC1000003 ; eucaim:hasImageModality eucaim:IMG1000022 ;
  eucaim:hasEquipmentManufacturer eucaim:IMG1000047 ; eucaim:hasImageBodyPart eucaim:BP1000233 ;
  dcat:keyword "prostate"@en ; dct:provenance [ a dct:ProvenanceStatement ; rdfs:label "A series."@en ] ;
  dcat:distribution <https://node.example/files> .
<https://node.example/files> a dcat:Distribution ; dcat:accessURL <https://negotiator.example/1> ;
  dcatap:applicableLegislation <http://data.europa.eu/eli/reg/2025/327/oj> ;
  dct:rights condition:DOWNLOAD .
<https://node.example/hospital> a foaf:Agent ; foaf:name "Hospital" ;
  cv:contactPoint [ a cv:ContactPoint ; cv:email "data@node.example" ] .
<https://node.example/hdab> a foaf:Agent ; foaf:name "Access body of Portugal" ;
  cv:contactPoint [ a cv:ContactPoint ; cv:contactPage <https://hdab.example/> ] .
"""
MANDATORY = (
    *(f"{DCT}{name}" for name in ("identifier", "title", "description", "type", "accessRights", "publisher")),
    f"{DCT}provenance",
    *(f"{DCAT}{name}" for name in ("version", "distribution", "contactPoint", "theme", "keyword")),
    *(f"{HEALTH}{name}" for name in ("healthCategory", "hdab", "hasStructuredData")),
    *(f"{HEALTH}{name}" for name in ("numberOfUniqueIndividuals", "numberOfRecords")),
    *(f"{EUCAIM}{name}" for name in ("interoperabilityLevel", "hasBirthSex", "hasCondition")),
    *(f"{EUCAIM}{name}" for name in ("collectionMethod", "hasImageModality", "hasEquipmentManufacturer")),
    f"{EUCAIM}hasImageBodyPart",
    LEGISLATION,
)


@dataclass(frozen=True)
class Described:
    subject: str
    quads: tuple[ox.Quad, ...]

    def without(self, predicate: str, subject: str = "") -> "Described":
        about = subject or self.subject
        kept = [
            quad
            for quad in self.quads
            if (quad.subject, quad.predicate) != (ox.NamedNode(about), ox.NamedNode(predicate))
        ]
        assert len(kept) < len(self.quads), f"{predicate} was not there"
        return replace(self, quads=tuple(kept))

    def prepared(self) -> bytes:
        """What the catalogue publishes of it."""
        body = ox.serialize((quad.triple for quad in self.quads), format=ox.RdfFormat.N_TRIPLES) or b""
        record = Record(self.subject, bytes(body), "application/n-triples")
        return rules().prepare(record, key="abcdefgh2345", traits=Traits()).triples

    def quality(self) -> Quality:
        return checker().check(self.subject, self.prepared())


def described(turtle: str, subject: str = IRI) -> Described:
    return Described(subject, tuple(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=subject)))


def full(old: str = "", new: str = "") -> Quality:
    assert old in FULL
    return described(FULL.replace(old, new) if old else FULL).quality()


@cache
def checker() -> Checker:
    return Checker(load_scheme(), shapes_folder())


def published_without(predicate: str) -> Quality:
    """The full record after its way in, and then without a property: ingest lets none in without a title."""
    lines = described(FULL).prepared().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"<{IRI}> <{predicate}> ".encode())]
    assert len(kept) < len(lines)
    return checker().check(IRI, b"".join(kept))


def errors(quality: Quality) -> list[str]:
    return [one.path for one in quality.findings if one.severity is Severity.ERROR]


def warnings(quality: Quality) -> list[str]:
    return [one.path for one in quality.findings if one.severity is Severity.WARNING]


def test_a_full_record_reaches_all_levels_without_a_finding() -> None:
    assert full() == Quality(tuple(Level), ())


@pytest.mark.parametrize("predicate", MANDATORY)
def test_each_mandatory_property_that_is_missing_is_named_once(predicate: str) -> None:
    quality = published_without(predicate)
    (finding,) = [one for one in quality.findings if one.severity is Severity.ERROR]
    assert finding.path.partition(":")[2] == predicate.replace("#", "/").rpartition("/")[2]
    assert Level.EUCAIM in finding.levels
    assert Level.EUCAIM not in quality.levels
    assert finding.how_to_fix


@pytest.mark.parametrize(
    ("node", "predicate"),
    [
        ("https://node.example/files", f"{DCAT}accessURL"),
        ("https://node.example/files", f"{DCT}rights"),
        ("https://node.example/files", LEGISLATION),
        ("https://node.example/hospital", "http://xmlns.com/foaf/0.1/name"),
        ("https://node.example/hdab", "http://data.europa.eu/m8g/contactPoint"),
    ],
)
def test_what_a_node_of_the_record_lacks_is_found_on_that_node(node: str, predicate: str) -> None:
    quality = described(FULL).without(predicate, node).quality()
    (finding,) = [one for one in quality.findings if one.severity is Severity.ERROR]
    assert (finding.focus, finding.path.partition(":")[2]) == (
        node,
        predicate.replace("#", "/").rpartition("/")[2],
    )


def test_what_two_levels_ask_for_is_one_finding() -> None:
    (finding,) = published_without(f"{DCT}title").findings
    assert finding.levels == tuple(Level)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("eucaim:CLIN1000075", "eucaim:CLIN1007977", "eucaim:hasCondition"),
        ("eucaim:IMG1000022", '"something new"', "eucaim:hasImageModality"),
        ("category:RQSH", "category:NONE", "healthdcatap:healthCategory"),
        ("right:NON_PUBLIC", "right:SECRET", "dct:accessRights"),
        ('"20"^^xsd:nonNegativeInteger', '"about 20"', "healthdcatap:numberOfUniqueIndividuals"),
        ('"1.0.0"', '"the newest"', "dcat:version"),
        ('"Prostate MR"@en', '"Prostata"@de', "dct:title"),
        ("condition:DOWNLOAD", "use:GENERAL_RESEARCH_USE", "dct:rights"),
        ("health:hasStructuredData false", "health:hasStructuredData true", "healthdcatap:hasVariables"),
    ],
)
def test_a_value_that_is_not_of_the_list_keeps_a_record_from_the_level(old: str, new: str, path: str) -> None:
    quality = full(old, new)
    assert errors(quality) == [path]
    assert Level.EUCAIM not in quality.levels


def test_the_ehds_level_does_not_ask_for_what_is_eucaims_own() -> None:
    quality = described(FULL).without(f"{EUCAIM}interoperabilityLevel").quality()
    assert quality.levels == (Level.ACCEPT, Level.EHDS)


def test_without_a_health_data_access_body_no_record_reaches_the_ehds() -> None:
    assert described(FULL).without(f"{HEALTH}hdab").quality().levels == (Level.ACCEPT,)


@pytest.mark.parametrize("name", ["TBD", "n/a", "To be designated", "-", "Unknown"])
def test_a_placeholder_is_no_health_data_access_body(name: str) -> None:
    assert full("Access body of Portugal", name).levels == (Level.ACCEPT,)


@pytest.mark.parametrize(("right", "asks"), [("PUBLIC", False), ("RESTRICTED", False), ("NON_PUBLIC", True)])
def test_the_ehds_asks_for_provenance_of_what_is_not_public_alone(right: str, *, asks: bool) -> None:
    record = described(FULL.replace("right:NON_PUBLIC", f"right:{right}"))
    assert (Level.EHDS not in record.without(f"{DCT}provenance").quality().levels) is asks


def test_a_record_without_condition_and_modality_needs_enrichment() -> None:
    record = described(FULL).without(f"{EUCAIM}hasCondition").without(f"{EUCAIM}hasImageModality")
    assert record.quality().levels == (Level.EHDS,)


def test_a_bare_record_reaches_no_level() -> None:
    bare = described(f'<> a <{DCAT}Dataset> ; <{DCT}title> "A title" .')
    assert bare.quality().levels == ()


def test_a_provider_cannot_vouch_for_a_value_of_its_own() -> None:
    claim = (
        "<https://node.example/ct> <http://www.w3.org/2004/02/skos/core#inScheme> "
        "<urn:catalogue:concepts/modality#scheme> .\n"
    )
    record = described(FULL.replace("eucaim:IMG1000022", "<https://node.example/ct>") + claim)
    assert errors(record.quality()) == ["eucaim:hasImageModality"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"20"^^', '"31"^^', "healthdcatap:numberOfUniqueIndividuals"),
        ("<> a", "<> eucaim:nbrOfSegmentations 31 ; a", "eucaim:nbrOfSegmentations"),
        ("<> a", "<> health:minTypicalAge 70 ; health:maxTypicalAge 60 ; a", "healthdcatap:minTypicalAge"),
        ("<> a", "<> health:maxTypicalAge 155 ; a", "healthdcatap:maxTypicalAge"),
        (
            "<> a",
            '<> cimg:countBy [ cimg:dimension "sex" ; cimg:value "F" ; cimg:subjects 21 ] ; a',
            "cimg:countBy",
        ),
        ("<https://negotiator.example/1>", "<ftp://node.example/1>", "dcat:accessURL"),
        (
            "dcat:accessURL",
            "dcat:downloadURL <https://node.example/1.zip> ; dcat:accessURL",
            "dcat:downloadURL",
        ),
    ],
)
def test_what_contradicts_itself_is_remarked_and_costs_no_level(old: str, new: str, path: str) -> None:
    quality = full(old, new)
    assert (warnings(quality), quality.levels) == ([path], tuple(Level))


@pytest.mark.parametrize("path", [f"{DCT}spatial", f"{HEALTH}healthTheme"])
def test_what_eucaim_merely_recommends_is_a_warning(path: str) -> None:
    quality = described(FULL).without(path).quality()
    assert (errors(quality), len(warnings(quality)), quality.levels) == ([], 1, tuple(Level))


def test_a_description_of_another_dataset_in_the_record_is_not_checked() -> None:
    other = f"<https://node.example/d/2> a <{DCAT}Dataset> .\n"
    assert described(FULL + other).quality().findings == ()


def test_a_record_too_large_to_be_checked_is_told_so() -> None:
    words = b"".join(f'<{IRI}> <{DCAT}keyword> "word {n}" .\n'.encode() for n in range(10_001))
    quality = checker().check(IRI, words)
    assert quality.levels == ()
    assert "too large" in quality.findings[0].message


def test_a_record_that_takes_too_long_is_told_so() -> None:
    impatient = Checker(load_scheme(), shapes_folder(), seconds=-1.0)
    assert "seconds" in impatient.check(IRI, b"").findings[0].message


def test_a_record_on_which_the_validator_fails_is_told_so(tmp_path: Path) -> None:
    for file in shapes_folder().glob("*.ttl"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (tmp_path / "plausible.ttl").write_text(
        f"""@prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:bad> a sh:NodeShape ; sh:targetClass <{DCAT}Dataset> ;
            sh:property [ sh:path <{DCT}relation> ; sh:minCount "many" ; sh:message "x" ] .""",
        "utf-8",
    )
    quality = Checker(load_scheme(), tmp_path).check(IRI, b"")
    assert quality.levels == ()
    assert "could not be checked" in quality.findings[0].message


HOSTILE = (
    '"x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral>',
    '"1e999999999"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    f'"{"9" * 5000}"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>',
    '"maybe"^^<http://www.w3.org/2001/XMLSchema#boolean>',
    f'"{"1-" * 50_000}!"',
)


@pytest.mark.parametrize("literal", HOSTILE)
def test_a_hostile_literal_is_a_value_like_any_other(literal: str) -> None:
    properties = (f"{DCAT}version", f"{HEALTH}numberOfRecords", f"{HEALTH}hasStructuredData")
    lines = "".join(f"<{IRI}> <{name}> {literal} .\n" for name in properties)
    quality = checker().check(IRI, lines.encode())
    assert "healthdcatap:numberOfRecords" in errors(quality)
    assert "could not be checked" not in quality.findings[0].message


def every_shape_with_a_path() -> Iterator[tuple[str, str]]:
    for file in sorted(shapes_folder().glob("*.ttl")):
        quads = list(ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE))
        for quad in quads:
            if quad.predicate.value == "http://www.w3.org/ns/shacl#message":
                yield (
                    file.name,
                    next(
                        each.object.value
                        for each in quads
                        if each.subject == quad.subject
                        and each.predicate.value == "urn:catalogue:terms#repair"
                    ),
                )


def test_every_message_comes_with_a_repair() -> None:
    found = list(every_shape_with_a_path())
    assert len(found) > 80
    assert all(repair.endswith(".") for _, repair in found)


@pytest.mark.parametrize("forbidden", ["owl#imports", "shacl#sparql", "shacl#js", "shacl#rule"])
def test_no_shape_leads_anywhere_else(forbidden: str) -> None:
    for file in shapes_folder().glob("*.ttl"):
        quads = ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
        assert not [quad for quad in quads if quad.predicate.value.endswith(forbidden)]


# Those of which a record comes.
XML_CASES = sorted(
    file.parent
    for kind in ("datacite", "oai_dc")
    for file in (ROOT / "tests/data/crosswalks" / kind).glob("*/expected.nt")
)


@pytest.mark.parametrize("case", XML_CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_record_from_datacite_or_dublin_core_never_reaches_eucaim(case: Path) -> None:
    kind = f'application/xml; profile="{case.parent.name}"'
    record = Record("oai:node.example:1", (case / "input.xml").read_bytes(), kind)
    prepared = rules().prepare(record, key="abcdefgh2345", traits=Traits())
    assert Level.EUCAIM not in checker().check(prepared.subject, prepared.triples).levels
