"""What changes from release to release, what curators are asked, and what stays."""

from ontologies.additions import Additions
from ontologies.concepts import Axis
from ontologies.mappings import Mapping
from ontologies.own_scheme import load_scheme
from ontologies.releases.difference import compare
from ontologies.releases.replacements import replacement_proposals
from ontologies.releases.retention import standing, still_needed
from tests.ontologies.releases.builders import codes, concept, release, scheme, term


def row(code: str) -> Mapping:
    return Mapping(
        record_id="cimg-m:test-1",
        subject_label="word",
        subject_type="rdfs literal",
        subject_category=Axis.CANCER,
        predicate_id="skos:exactMatch",
        object_id=f"concept:{code}",
        object_label="x",
        mapping_justification="semapv:ManualMappingCuration",
    )


def test_new_changed_and_moved_terms_are_told_apart() -> None:
    earlier = release(
        term("DOID:1", "a"), term("DOID:2", "b", "DOID:1"), term("DOID:3", "c", synonyms=("x", "y"))
    )
    later = release(
        term("DOID:1", "a"),
        term("DOID:2", "b"),
        term("DOID:3", "C", synonyms=("y", "x")),
        term("DOID:4", "d"),
    )
    found = compare(earlier, later, scheme())
    assert [each.code for each in found.new] == ["DOID:4"]
    assert [(each.later.code, each.what) for each in found.changed] == [("DOID:3", ("label",))]
    assert [(each.term.code, each.earlier, each.later) for each in found.moved] == [
        ("DOID:2", ("DOID:1",), ())
    ]


def test_an_obsolete_term_names_the_concepts_and_mappings_that_rest_on_it() -> None:
    known = scheme(concept("C-old", "Old", "C-cancer", notations=("DOID:1",)))
    later = release(term("DOID:1", "old", obsolete=True, replaced_by=("DOID:2",)), term("DOID:2", "fresh"))
    (found,) = compare(release(term("DOID:1", "old")), later, known, [row("C-old")]).obsolete
    assert (found.concepts, found.mappings, found.gone) == (("C-old",), ("cimg-m:test-1",), False)


def test_a_term_that_is_merged_is_replaced_by_the_one_that_has_its_code_now() -> None:
    later = release(term("DOID:2", "fresh", codes=("DOID:1",)))
    (found,) = compare(release(term("DOID:1", "old"), term("DOID:2", "fresh")), later, scheme()).obsolete
    assert (found.gone, found.term.replaced_by) == (True, ("DOID:2",))


def test_the_replacement_is_proposed_and_the_scheme_stays_as_it_is() -> None:
    known = scheme(
        concept("C-old", "Old", "C-cancer", notations=("DOID:1",)),
        concept("C-fresh", "Fresh", "C-cancer", notations=("DOID:2",)),
    )
    later = release(term("DOID:1", "old", obsolete=True, consider=("DOID:2",)), term("DOID:2", "fresh"))
    (found,) = replacement_proposals(compare(None, later, known), known, release="DOID 1")
    assert (found.subject_id, found.predicate_id, found.concept) == ("DOID:1", "oboInOwl:consider", "C-fresh")
    assert not found.places
    old = known.get("C-old")
    assert old is not None
    assert old.notations == ("DOID:1",)


def test_a_concept_that_has_both_codes_asks_nobody() -> None:
    known = scheme(concept("C-both", "Both", "C-cancer", notations=("DOID:1", "DOID:2")))
    later = release(term("DOID:1", "old", obsolete=True, replaced_by=("DOID:2",)), term("DOID:2", "both"))
    assert replacement_proposals(compare(None, later, known), known, release="DOID 1") == ()


def test_a_concept_that_others_rest_on_stays_as_an_obsolete_one() -> None:
    earlier = (
        concept("DOID_1", "Up", "C-cancer", release="DOID 1"),
        concept(
            "DOID_2", "Low", "DOID_1", synonyms=("x",), notations=("DOID:2", "NCIT:C2"), release="DOID 1"
        ),
        concept("DOID_3", "Free", "C-cancer", release="DOID 1"),
    )
    found = still_needed(earlier, later=scheme(), rested_on=["DOID_2"])
    assert codes(found) == {"DOID_1", "DOID_2"}
    low = next(each for each in found if each.code == "DOID_2")
    assert (low.label, low.synonyms, low.notations, low.shown) == ("Low (obsolete)", (), ("DOID:2",), False)


def test_additions_that_hang_on_a_release_do_not_stand_without_it() -> None:
    added = (
        concept("ONCOTREE_A", "A", "DOID_1"),
        concept("ONCOTREE_B", "B", "ONCOTREE_A"),
        concept("DOID_1", "One", notations=("ONCOTREE:ONE",)),
        concept("ONCOTREE_C", "C", "C-cancer"),
    )
    assert codes(standing(added, own={"C-cancer"})) == {"ONCOTREE_C"}


def test_retained_concepts_fit_the_scheme() -> None:
    kept = still_needed(
        [concept("DOID_1", "Lung cancer", "CLIN1007977", notations=("DOID:1324",))],
        later=load_scheme(),
        rested_on=["DOID_1"],
    )
    found = load_scheme(Additions(kept)).get("DOID_1")
    assert found is not None
    assert not found.shown


def test_two_that_had_one_name_are_obsolete_under_two_names() -> None:
    first = concept("DOID_1", "Odd (obsolete)", "C-cancer", grouping=True)
    second = concept("DOID_2", "Odd", "C-cancer")
    found = still_needed([first, second], later=scheme(), rested_on=["DOID_2", "DOID_1"])
    labels = {each.label for each in found}
    assert labels == {"Odd (obsolete)", "Odd (obsolete, DOID_2)"}
    again = still_needed(found, later=scheme(), rested_on=["DOID_1", "DOID_2"])
    assert {each.label for each in again} == labels


def test_an_obsolete_concept_gives_up_a_code_that_another_release_has_by_now() -> None:
    low = concept("DOID_1", "Low", "C-cancer", notations=("DOID:1",))
    hanging = concept("ONCOTREE_A", "A", "DOID_1", notations=("DOID:1",))
    (found,) = still_needed([low], later=scheme(), rested_on=["DOID_1"], beside=[hanging])
    assert found.notations == ()
