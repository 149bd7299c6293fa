"""Which record an item of a list is, where its source gave some of them new identifiers."""

from collections.abc import Mapping

from catalogue.ingest.new_names import Item, NewNames
from harvesters.source import Record, Rejected, Withdrawn


def record(identifier: str) -> Record:
    return Record(identifier, b"", "application/n-triples")


def told(*items: Item, aliases: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(type(item).__name__, item.identifier) for item, _ in NewNames(aliases).settled(iter(items))]


def test_a_record_under_its_new_name_keeps_the_old_one() -> None:
    assert told(record("new"), record("x"), aliases={"new": "old"}) == [("Record", "x"), ("Record", "old")]


def test_the_own_name_wins_whatever_the_order() -> None:
    expected = [("Record", "old"), ("Rejected", "new")]
    assert told(record("new"), record("old"), aliases={"new": "old"}) == expected
    assert told(record("old"), record("new"), aliases={"new": "old"}) == expected


def test_that_the_old_name_is_gone_says_nothing_while_the_new_one_is_there() -> None:
    for items in ((Withdrawn("old"), record("new")), (record("new"), Withdrawn("old"))):
        assert told(*items, aliases={"new": "old"}) == [("Record", "old")]


def test_a_record_that_is_gone_under_all_its_names_is_gone() -> None:
    assert told(Withdrawn("old"), aliases={"new": "old"}) == [("Withdrawn", "old")]
    assert ("Withdrawn", "old") in told(Withdrawn("new"), Withdrawn("old"), aliases={"new": "old"})


def test_a_record_that_is_rejected_under_its_new_name_is_not_gone() -> None:
    items = (Withdrawn("old"), Rejected("new", "it has no title"))
    assert told(*items, aliases={"new": "old"}) == [("Rejected", "old")]


def test_a_source_is_asked_by_its_new_names() -> None:
    names = NewNames({"new": "old", "newer": "old"})
    assert names.asked_for(["old", "x"]) == {"new", "newer", "x"}
