"""Which fields are said to differ between two versions of a record."""

import time

import pytest

from catalogue.publishing.difference import FieldChange, differences
from tests.catalogue.descriptions import IRI, described, n_triples, prepared

CT = '[ a dcat:Distribution ; dct:title "CT" ; dcat:accessURL ex:ct ; dcat:byteSize 5 ]'
MR = '[ a dcat:Distribution ; dct:title "MR" ; dcat:accessURL ex:mr ]'


def between(before: str, after: str) -> list[FieldChange]:
    """As published, with nodes named by their content."""
    return list(differences(prepared(before).triples, prepared(after).triples, subjects=(IRI, IRI)))


def plainly(before: str, after: str) -> list[FieldChange]:
    """As given."""
    both = (n_triples(described(before)), n_triples(described(after)))
    return list(differences(*both, subjects=(IRI, IRI)))


def test_equal_versions_differ_in_nothing() -> None:
    same = f'dcat:distribution {CT}, {MR} ; dcat:keyword "Mouse" .'
    assert between(same, same) == []


def test_a_changed_value_is_told_before_and_after() -> None:
    found = between('dct:description "old" .', 'dct:description "new" .')
    assert found == [FieldChange("dct:description", "", ("old",), ("new",))]


def test_values_that_stayed_are_left_out() -> None:
    found = plainly('dcat:keyword "a", "b" .', 'dcat:keyword "a", "c", "d" .')
    assert found == [FieldChange("dcat:keyword", "", ("b",), ("c", "d"))]


def test_language_and_type_are_part_of_a_value() -> None:
    found = plainly('dct:description "x" ; dcat:version "1" .', 'dct:description "x"@en ; dcat:version 1 .')
    assert found == [
        FieldChange("dcat:version", "", ("1",), ("1 (xsd:integer)",)),
        FieldChange("dct:description", "", ("x",), ("x@en",)),
    ]


def test_one_changed_value_in_a_distribution_is_one_change() -> None:
    found = between(
        f"dcat:distribution {CT}, {MR} .", f"dcat:distribution {CT.replace('ct ;', 'moved ;')}, {MR} ."
    )
    path = "dcat:distribution/dcat:accessURL"
    assert found == [FieldChange(path, "", ("https://node.example/ct",), ("https://node.example/moved",))]


def test_a_change_deep_inside_is_one_change_all_the_same() -> None:
    def said(text: str) -> str:
        return f'dcat:distribution [ dct:title "CT" ; dct:license [ dct:title "L" ; dct:type "{text}" ] ] .'

    found = between(said("old"), said("new"))
    path = "dcat:distribution/dct:license/dct:type"
    assert found == [FieldChange(path, "", ("old",), ("new",))]


def test_several_changed_parts_are_told_one_by_one() -> None:
    after = f"dcat:distribution {MR.replace('ex:mr', 'ex:mr2')}, {CT.replace('5', '6')} ."
    assert [change.path for change in between(f"dcat:distribution {CT}, {MR} .", after)] == [
        "dcat:distribution/dcat:accessURL",
        "dcat:distribution/dcat:byteSize",
    ]


def test_an_added_part_is_told_whole() -> None:
    (found,) = between(f"dcat:distribution {MR} .", f"dcat:distribution {MR}, {CT} .")
    assert (found.path, found.before) == ("dcat:distribution", ())
    (part,) = found.after
    assert part.startswith("[dcat:accessURL https://node.example/ct; dcat:byteSize 5")
    assert "dct:title CT" in part


def test_a_removed_part_is_told_whole() -> None:
    (found,) = between(f"dcat:distribution {MR}, {CT} .", f"dcat:distribution {CT} .")
    assert (found.path, found.after) == ("dcat:distribution", ())
    assert "dct:title MR" in found.before[0]


def test_a_part_with_an_address_is_known_by_it() -> None:
    found = between(
        'dcat:distribution ex:d . ex:d dct:title "old" .', 'dcat:distribution ex:d . ex:d dct:title "new" .'
    )
    change = FieldChange("dcat:distribution/dct:title", "https://node.example/d", ("old",), ("new",))
    assert found == [change]


def test_a_part_with_another_address_is_another_part() -> None:
    (found,) = between(
        'dcat:distribution ex:d . ex:d dct:title "T" .', 'dcat:distribution ex:e . ex:e dct:title "T" .'
    )
    assert found.before == ("<https://node.example/d> [dct:title T]",)
    assert found.after == ("<https://node.example/e> [dct:title T]",)


def test_what_the_dataset_does_not_lead_to_is_compared_too() -> None:
    found = plainly('. ex:other dct:title "old" .', '. ex:other dct:title "new" .')
    assert found == [FieldChange("dct:title", "https://node.example/other", ("old",), ("new",))]


def test_a_dataset_under_another_address_is_the_same_dataset() -> None:
    before, after = n_triples('<> dct:title "T" .'), n_triples('ex:moved dct:title "T2" .')
    found = differences(before, after, subjects=(IRI, "https://node.example/moved"))
    assert found == (FieldChange("dct:title", "", ("T",), ("T2",)),)


def test_the_dataset_is_known_by_its_type_where_nobody_names_it() -> None:
    before, after = (prepared(f"dcat:distribution {part} .").triples for part in (CT, CT.replace("5", "6")))
    assert differences(before, after) == differences(before, after, subjects=(IRI, IRI))
    assert [change.path for change in differences(before, after)] == ["dcat:distribution/dcat:byteSize"]


def test_a_concept_that_aligned_is_told_as_a_concept() -> None:
    found = between('eucaim:hasCondition "Prostate Cancer" .', 'eucaim:hasCondition "Breast Cancer" .')
    assert "eucaim:hasCondition" in {change.path for change in found}


def test_cycles_end() -> None:
    before = 'dct:relation ex:a . ex:a dct:relation ex:b ; dct:title "old" . ex:b dct:relation ex:a, <> .'
    (found,) = plainly(before, before.replace("old", "new"))
    assert (found.path, found.node) == ("dct:relation/dct:title", "https://node.example/a")


def test_a_new_cycle_is_told_to_a_few_levels() -> None:
    (found,) = plainly(".", "dct:relation ex:a . ex:a dct:relation ex:a .")
    assert found.after[0].count("[") == 4


LONG_CHAIN = "".join(f"ex:n{i} dct:relation ex:n{i + 1} .\n" for i in range(20_000))
LAYERS = "".join(
    f"ex:n{level}000{one} dct:relation {', '.join(f'ex:n{level + 1}000{two}' for two in range(60))} .\n"
    for level in range(4)
    for one in range(60)
)


@pytest.mark.parametrize("hostile", [LONG_CHAIN, LAYERS], ids=["a long chain", "all lead to all"])
def test_a_hostile_record_is_compared_in_seconds(hostile: str) -> None:
    began = time.monotonic()
    found = plainly(".", f"dct:relation ex:n0, ex:n00000 . {hostile}")
    assert "dct:relation" in {change.path for change in found}
    assert time.monotonic() - began < 20


def test_a_long_chain_that_changes_at_every_link_is_compared_in_seconds() -> None:
    began = time.monotonic()
    chain = f"dct:relation ex:n0 . {LONG_CHAIN}"
    links = "".join(f'ex:n{i} dct:title "new" .\n' for i in range(20_000))
    found = plainly(chain, chain + links)
    assert len(found) == 20_000
    assert max(len(change.path) for change in found) < 200
    assert time.monotonic() - began < 20


def test_thousands_of_changed_parts_are_compared_in_seconds() -> None:
    began = time.monotonic()

    def said(text: str) -> str:
        parts = (f'[ dct:title "{text} {number}" ]' for number in range(3_000))
        return f"dcat:distribution {', '.join(parts)} ."

    (found,) = between(said("old"), said("new"))
    assert (len(found.before), len(found.after)) == (3_000, 3_000)
    assert time.monotonic() - began < 30
