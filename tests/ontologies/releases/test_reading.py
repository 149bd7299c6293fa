"""Reading files of every form, the real ones beside the checkout too."""

import json
from pathlib import Path

import pytest

from catalogue.bench.hyperontology import CHARACTERS, CLASSES, write_hyperontology
from ontologies.releases.reading import measured_reading, read_release
from ontologies.releases.terms import Release, Term
from tests.ontologies.releases.builders import OBO, RDF_XML, TURTLE, obo, written

BREAST = obo(
    "id: DOID:162\nname: cancer",
    "id: DOID:1612\nname: breast cancer\nalt_id: DOID:1613\nis_a: DOID:162 ! cancer\n"
    'synonym: "breast tumor" RELATED []\nsynonym: "mammary \\"cancer\\"" EXACT []\n'
    "xref: NCI:C9335\nxref: SNOMEDCT_US_2025_09_01:254837009\nxref: MIM:114480",
    "id: DOID:9\nname: obsolete thing\nis_obsolete: true\nreplaced_by: DOID:1612\nconsider: DOID:162",
)


def only(found: Release, code: str) -> Term:
    return next(each for each in found.terms if each.code == code)


def test_obo_tells_names_parents_codes_and_what_is_obsolete(tmp_path: Path) -> None:
    found = read_release(written(tmp_path, "doid.obo", BREAST))
    breast, gone = only(found, "DOID:1612"), only(found, "DOID:9")
    assert (found.system, found.version) == ("DOID", "2026-07-31")
    assert breast.synonyms == ('mammary "cancer"',)
    assert breast.related == ("breast tumor",)
    assert breast.parents == (f"{OBO}DOID_162",)
    assert breast.codes == ("DOID:1613", "NCIT:C9335", "SNOMEDCT:254837009")
    assert (gone.obsolete, gone.replaced_by, gone.consider) == (True, ("DOID:1612",), ("DOID:162",))


def test_a_reference_that_mondo_calls_only_related_is_no_code(tmp_path: Path) -> None:
    stanza = (
        'id: MONDO:1\nname: thing\nxref: DOID:1 {source="MONDO:equivalentTo"}\n'
        'xref: NCIT:C22 {source="MONDO:relatedTo"}\nxref: NCIT:C33'
    )
    assert only(read_release(written(tmp_path, "m.obo", obo(stanza))), "MONDO:1").codes == ("DOID:1",)


def test_anatomy_knows_the_wholes_that_a_part_is_of(tmp_path: Path) -> None:
    stanzas = (
        "id: UBERON:1\nname: chest",
        "id: UBERON:2\nname: breast\nrelationship: BFO:0000050 UBERON:1 ! part of chest",
    )
    breast = only(read_release(written(tmp_path, "u.obo", obo(*stanzas))), "UBERON:2")
    assert (breast.parents, breast.wholes) == ((), (f"{OBO}UBERON_1",))


def test_owl_and_obo_of_one_release_say_the_same(shared_data: Path) -> None:
    folder = shared_data / "ontologies" / "doid"
    owl, lines = (read_release(folder / f"DO_cancer_slim.{kind}") for kind in ("owl", "obo"))

    def facts(found: Release) -> dict[str, tuple[object, ...]]:
        return {
            each.code: (each.label, {*each.synonyms}, {*each.parents}, {*each.codes}, each.replaced_by)
            for each in found.terms
        }

    assert facts(owl) == facts(lines)
    assert len(owl.terms) == 730


@pytest.mark.parametrize(
    ("file", "terms"),
    [
        ("cancer_slice/cancer_slice.owl", 2_833),
        ("doid/DO_cancer_slim.owl", 730),
        ("oncotree/oncotree_2025_10_03.json", 897),
        ("uberon/efo-slim.obo", 613),
        ("uberon/mondo_uberon_import.obo", 7_576),
    ],
)
def test_published_files_are_read_within_a_minute_and_half_a_gigabyte(
    shared_data: Path, file: str, terms: int
) -> None:
    found = measured_reading(shared_data / "ontologies" / file)
    assert len(found.release.terms) == terms
    assert found.seconds < 60
    assert found.megabytes < 512


def test_a_file_of_the_hyperontologys_size_is_read_within_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "hyperontology.owl"
    write_hyperontology(path)
    found = measured_reading(path)
    assert abs(path.stat().st_size - CHARACTERS) < CHARACTERS / 50
    assert (found.release.system, len(found.release.terms)) == ("EUCAIM", CLASSES)
    assert found.seconds < 60
    assert found.megabytes < 512


def test_the_hyperontologys_own_properties_are_names_and_codes(tmp_path: Path) -> None:
    body = (
        '<owl:Class rdf:about="https://cancerimage.eu/ontology/EUCAIM#CLIN1000075">'
        '<skos:prefLabel xml:lang="en">Prostate cancer</skos:prefLabel><synonym>PCa</synonym>'
        "<synonym>Malignant tumour of prostate (disorder)</synonym><acronym>PC</acronym>"
        "<SNOMEDCT>399068003</SNOMEDCT><ICDO3>C61.9</ICDO3><birnlex>12</birnlex></owl:Class>"
    )
    found = read_release(written(tmp_path, "h.owl", RDF_XML.format(doctype="", body=body)))
    prostate = only(found, "CLIN1000075")
    assert prostate.synonyms == ("PCa", "PC")
    assert prostate.codes == ("SNOMEDCT:399068003", "ICDO3:C61.9", "birnlex:12")


def test_a_namespace_written_as_an_entity_is_no_bomb(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE rdf:RDF [<!ENTITY obo "http://purl.obolibrary.org/obo/">]>'
    body = '<owl:Class rdf:about="&obo;DOID_162"><rdfs:label>cancer</rdfs:label></owl:Class>'
    found = read_release(written(tmp_path, "e.owl", RDF_XML.format(doctype=doctype, body=body)))
    assert found.terms[0].code == "DOID:162"


def test_the_genus_of_a_definition_is_a_parent(tmp_path: Path) -> None:
    text = (
        TURTLE + 'obo:DOID_1 a owl:Class ; rdfs:label "a" . obo:DOID_2 a owl:Class ; rdfs:label "b" ;'
        " owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( obo:DOID_1 [ a owl:Restriction ;"
        " owl:onProperty obo:RO_1 ; owl:someValuesFrom obo:DOID_9 ] ) ] ."
    )
    found = read_release(written(tmp_path, "d.ttl", text))
    assert only(found, "DOID:2").parents == (f"{OBO}DOID_1",)


@pytest.mark.parametrize("kind", ["ttl", "nt", "jsonld"])
def test_skos_is_read_in_every_syntax(tmp_path: Path, kind: str) -> None:
    skos = "http://www.w3.org/2004/02/skos/core#"
    texts = {
        "ttl": TURTLE + '<urn:x:a> a skos:Concept ; skos:prefLabel "A"@en, "Á"@es ; skos:narrower <urn:x:b> .'
        '<urn:x:b> a skos:Concept ; skos:prefLabel "B"@en .',
        "nt": f"<urn:x:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{skos}Concept> .\n"
        f'<urn:x:a> <{skos}prefLabel> "A"@en .\n'
        f"<urn:x:b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{skos}Concept> .\n"
        f'<urn:x:b> <{skos}prefLabel> "B" .\n<urn:x:b> <{skos}broader> <urn:x:a> .\n',
        "jsonld": json.dumps(
            [
                {"@id": "urn:x:a", "@type": f"{skos}Concept", f"{skos}prefLabel": "A"},
                {
                    "@id": "urn:x:b",
                    "@type": f"{skos}Concept",
                    f"{skos}prefLabel": "B",
                    f"{skos}broader": {"@id": "urn:x:a"},
                },
            ]
        ),
    }
    found = {each.label: each for each in read_release(written(tmp_path, f"s.{kind}", texts[kind])).terms}
    assert found["B"].parents == ("urn:x:a",)
    assert set(found) == {"A", "B"}


def test_names_in_other_languages_wait_for_a_reviewer(tmp_path: Path) -> None:
    text = TURTLE + '<urn:x:a> a skos:Concept ; skos:prefLabel "A"@en, "Á"@es .'
    label = read_release(written(tmp_path, "l.ttl", text)).terms[0].labels[0]
    assert (label.text, label.language, label.reviewed) == ("Á", "es", False)


def test_a_release_kept_as_bytes_is_the_same_release(tmp_path: Path) -> None:
    found = read_release(written(tmp_path, "doid.obo", BREAST))
    assert Release.read(found.written()) == found
