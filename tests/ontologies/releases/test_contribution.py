"""What a release brings to the scheme, and what it may not."""

from dataclasses import replace
from pathlib import Path

import pytest

from ontologies.additions import Additions
from ontologies.aligner import load_aligner
from ontologies.concepts import Axis, Concept, ConceptScheme, Label, code_of
from ontologies.namespaces import EUCAIM
from ontologies.own_scheme import load_scheme
from ontologies.releases.contribution import additions_of, contribution
from ontologies.releases.integrity import faults_of
from ontologies.releases.reading import read_release
from ontologies.releases.terms import Release
from tests.ontologies.releases.builders import codes, concept, release, scheme, term

CANCER = term("DOID:162", "cancer")


def brought(*terms: object, to: ConceptScheme) -> dict[str, Concept]:
    found = additions_of(release(CANCER, *terms), to)  # type: ignore[arg-type]
    return {each.code: each for each in found}


def test_a_known_concept_gets_exact_synonyms_and_codes() -> None:
    lung = concept("C-lung", "Lung cancer", "C-cancer", notations=("DOID:1324",))
    found = brought(
        term("DOID:1324", "lung cancer", "DOID:162", synonyms=("pulmonary cancer",), codes=("NCIT:C7377",)),
        to=scheme(lung),
    )
    assert found["C-lung"].synonyms == ("pulmonary cancer",)
    assert found["C-lung"].notations == ("NCIT:C7377",)
    assert found["C-lung"].parents == ()


def test_an_unknown_term_below_a_known_one_becomes_a_concept() -> None:
    found = brought(term("DOID:7", "rare cancer", "DOID:162", codes=("NCIT:C77",)), to=scheme())
    assert found["DOID_7"].parents == ("C-cancer",)
    assert found["DOID_7"].notations == ("DOID:7", "NCIT:C77")
    assert (found["DOID_7"].label, found["DOID_7"].release) == ("Rare cancer", "DOID 2026-07-31")


def test_a_term_below_no_concept_stays_outside_and_is_counted() -> None:
    found = contribution(release(CANCER, term("DOID:4", "disease")), scheme())
    assert codes(found.new) == set()
    assert found.outside == 1


def test_an_obsolete_term_brings_nothing() -> None:
    assert "DOID_7" not in brought(term("DOID:7", "old", "DOID:162", obsolete=True), to=scheme())


def test_a_term_that_is_the_same_by_name_is_known() -> None:
    found = brought(
        term("DOID:9", "malignant neoplasm of lung", "DOID:162"),
        to=scheme(concept("C-lung", "Lung cancer", "C-cancer")),
    )
    assert found["C-lung"].notations == ("DOID:9",)


def test_a_name_that_another_concept_has_is_not_given() -> None:
    known = scheme(
        concept("C-lung", "Lung cancer", "C-cancer", notations=("DOID:1324",)),
        concept("C-other", "Chest cancer", "C-cancer", labels=(Label("cáncer torácico", "es"),)),
    )
    names = ("chest cancers", "Cancer toracico")
    assert "C-lung" not in brought(term("DOID:1324", "lung cancer", "DOID:162", synonyms=names), to=known)


def test_a_name_that_curators_call_only_related_does_not_become_exact() -> None:
    known = scheme(concept("C-lung", "Lung cancer", "C-cancer", notations=("DOID:1324",), related=("NSCLC",)))
    assert "C-lung" not in brought(
        term("DOID:1324", "lung cancer", "DOID:162", synonyms=("NSCLC",)), to=known
    )


def test_a_name_that_a_benign_tumour_has_as_well_is_only_related() -> None:
    known = scheme(concept("C-liver", "Liver cancer", "C-cancer", notations=("DOID:3571",)))
    names = ("hepatic neoplasm", "malignant tumor of the hepatic region", "Ca liver")
    found = brought(term("DOID:3571", "liver cancer", "DOID:162", synonyms=names), to=known)["C-liver"]
    assert found.synonyms == names[1:]
    assert found.related == names[:1]


def test_a_tumour_that_is_named_so_keeps_its_synonyms() -> None:
    known = scheme(concept("C-gist", "Gastrointestinal stromal tumour", "C-cancer", notations=("DOID:9253",)))
    more = term("DOID:9253", "GIST", "DOID:162", synonyms=("stromal neoplasm of the gut",))
    assert "stromal neoplasm of the gut" in brought(more, to=known)["C-gist"].synonyms


@pytest.mark.parametrize(
    "word", ["neoplasm of liver", "Thyroid neoplasm", "melanocytic nevi", "benign glioma"]
)
def test_loading_doid_makes_nothing_benign_a_cancer(doid: Release, word: str) -> None:
    added = Additions(additions_of(doid, load_scheme()))
    (found,) = load_aligner(load_scheme(added), added).align(word, Axis.CANCER)
    assert found.concept is None


def test_a_name_or_code_that_two_terms_claim_is_nobodys() -> None:
    more: dict[str, object] = {"synonyms": ("CLL",), "codes": ("NCIT:C5",)}
    found = brought(
        term("DOID:1", "one cancer", "DOID:162", **more),
        term("DOID:2", "two cancer", "DOID:162", **more),
        to=scheme(),
    )
    assert [each.synonyms for each in found.values()] == [(), ()]
    assert all("NCIT:C5" not in each.notations for each in found.values())


def test_a_code_that_another_concept_has_is_not_given() -> None:
    known = scheme(concept("C-lung", "Lung cancer", "C-cancer", notations=("MESH:D008175",)))
    found = brought(term("DOID:1", "other cancer", "DOID:162", codes=("MESH:D008175",)), to=known)
    assert "MESH:D008175" not in found["DOID_1"].notations


def test_codes_and_name_that_contradict_each_other_leave_the_term_out() -> None:
    known = scheme(
        concept("C-lung", "Lung cancer", "C-cancer", notations=("NCIT:C7377",)),
        concept("C-bone", "Bone cancer", "C-cancer"),
    )
    found = contribution(
        release(CANCER, term("DOID:1", "bone cancer", "DOID:162", codes=("NCIT:C7377",))), known
    )
    assert [each.why for each in found.left_out] == ["may be any of C-bone, C-lung"]


def test_two_terms_of_one_name_make_one_concept() -> None:
    found = brought(
        term("DOID:1", "odd cancer", "DOID:162"),
        term("DOID:2", "Odd cancers", "DOID:162"),
        term("DOID:3", "odder cancer", "DOID:2"),
        to=scheme(),
    )
    assert found["DOID_1"].notations == ("DOID:1", "DOID:2")
    assert set(found) == {"DOID_1", "DOID_3"}


def test_terms_of_one_name_on_both_sides_of_a_link_make_no_cycle() -> None:
    found = brought(
        term("DOID:1", "odd cancer", "DOID:162"),
        term("DOID:2", "middle cancer", "DOID:1"),
        term("DOID:3", "odd cancers", "DOID:2"),
        term("DOID:4", "middle cancers", "DOID:3"),
        to=scheme(),
    )
    assert ConceptScheme("2", (concept("C-cancer", "Cancer"), *found.values()))


def test_a_code_is_safe_in_an_address() -> None:
    found = brought(term("DOID:a/../b?c", "odd cancer", "DOID:162"), to=scheme())
    assert "DOID_a-b-c" in found


@pytest.mark.parametrize(
    "iri", ["http://purl.obolibrary.org/obo/DOID_7", "http://example.org/list/odd#seven"]
)
def test_a_new_concept_is_found_by_the_code_of_its_iri(iri: str) -> None:
    odd = replace(term("DOID:7", "odd cancer", "DOID:162"), iri=iri)
    found = brought(odd, to=scheme())["DOID_7"]
    assert code_of(found.iri) == "DOID_7"
    assert iri in (found.iri, *found.same_as)


def test_a_disease_is_no_body_part_whatever_its_name() -> None:
    known = scheme(concept("B-lung", "Lung", axis=Axis.BODYPART))
    found = brought(term("DOID:1", "lung", "DOID:162"), to=known)
    assert found["DOID_1"].axis is Axis.CANCER


@pytest.fixture(scope="module")
def doid(shared_data: Path) -> Release:
    return read_release(shared_data / "ontologies" / "doid" / "DO_cancer_slim.obo")


def test_the_scheme_with_doid_has_no_fault_that_it_had_not_before(doid: Release) -> None:
    before = load_scheme()
    after = load_scheme(Additions(additions_of(doid, before)))
    assert set(faults_of(after)) == set(faults_of(before))


def test_loading_twice_is_loading_once(doid: Release) -> None:
    assert additions_of(doid, load_scheme()) == additions_of(doid, load_scheme())


def test_loading_makes_no_language_incomplete(doid: Release) -> None:
    before = load_scheme()
    after = load_scheme(Additions(additions_of(doid, before)))
    assert after.languages(Axis.CANCER) == before.languages(Axis.CANCER)


@pytest.mark.parametrize("word", ["1612", "162", "BRCA"])
def test_a_bare_number_or_word_is_no_code_of_a_release(doid: Release, word: str) -> None:
    added = Additions(additions_of(doid, load_scheme()))
    assert load_scheme(added).find(word, Axis.CANCER) is None


def test_a_loaded_term_is_aligned_by_its_name(doid: Release) -> None:
    added = Additions(additions_of(doid, load_scheme()))
    scheme_ = load_scheme(added)
    found = scheme_.find("DOID:0050749", Axis.CANCER)
    assert found is not None
    assert load_aligner(scheme_, added).align("Peripheral T-cell lymphoma", Axis.CANCER)


@pytest.mark.parametrize(
    ("iri", "value", "axis"),
    [
        ("https://cancerimage.eu/ontology/EUCAIM#C61", "C61", Axis.CANCER),
        ("https://cancerimage.eu/ontology/EUCAIM#Melanoma", "Melanoma", Axis.CANCER),
        ("http://purl.obolibrary.org/obo/Glioma", "Glioma", Axis.CANCER),
        ("https://cancerimage.eu/ontology/EUCAIM#CT", "CT", Axis.MODALITY),
    ],
)
def test_a_release_takes_no_code_and_no_word_by_the_end_of_an_iri(iri: str, value: str, axis: Axis) -> None:
    own = load_scheme()
    root = next(each for each in own.on(axis) if not each.parents)
    top = replace(term(root.code, root.label), iri=root.iri)
    thief = replace(term("X:1", "strange thing"), iri=iri, code=value, parents=(root.iri,))
    found = Additions(concepts=additions_of(release(top, thief), own))
    meant = load_aligner(own).align(value, axis)
    assert len(found.concepts) == 1
    assert [each.concept for each in load_aligner(load_scheme(found), found).align(value, axis)] == [
        each.concept for each in meant
    ]


def test_a_code_of_the_hyperontology_s_own_form_stays_as_it_is() -> None:
    odd = replace(term("CLIN9999999", "odd cancer", "DOID:162"), iri=f"{EUCAIM}CLIN9999999")
    assert "CLIN9999999" in brought(odd, to=scheme())
