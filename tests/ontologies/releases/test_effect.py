"""What a person is told of one state of the scheme beside the next."""

from ontologies.additions import extended
from ontologies.releases.effect import effect
from tests.ontologies.releases.builders import codes, concept, scheme


def test_concepts_come_go_and_change() -> None:
    before = scheme(concept("A", "A", "C-cancer"), concept("B", "B", "C-cancer", synonyms=("beta",)))
    after = scheme(
        concept("B", "B", "C-cancer", related=("bee",), notations=("DOID:2",)), concept("C", "C", "C-cancer")
    )
    found = effect(before, after)
    assert (codes(found.added), codes(found.gone)) == ({"C"}, {"A"})
    (changed,) = found.changed
    assert (changed.code, changed.gained.names, changed.gained.codes) == ("B", ("bee",), ("DOID:2",))
    assert (changed.lost.names, changed.lost.codes) == (("beta",), ())


def test_other_parents_alone_are_no_change_of_words() -> None:
    low, up = concept("B", "B", "C-cancer"), concept("A", "A", "C-cancer")
    moved = concept("B", "B", "C-cancer", "A")
    assert effect(scheme(up, low), scheme(up, moved)).changed == ()


def test_who_brought_a_concept_counts_before_who_gave_it_names_whatever_was_loaded_first() -> None:
    names = concept("DOID_1", "Old label", notations=("ONCOTREE:ONE",), release="ONCOTREE 1")
    brought = concept("DOID_1", "New label", "C-cancer", grouping=True, release="DOID 2")
    for order in ((names, brought), (brought, names)):
        (found,) = extended((), order)
        assert (found.label, found.release, found.shown) == ("New label", "DOID 2", False)
        assert found.notations == ("ONCOTREE:ONE",)
