"""What the ledger promises of snapshots: a list of one moment stays as it was while it is read."""

from dataclasses import replace

import pytest

from catalogue.errors import BadRequest
from catalogue.ledger import Ledger, Snapshot, StagedRecord
from tests.contracts.ledger_builders import SetClock, config, harvest, record

DAY = 86_400


@pytest.fixture(autouse=True)
def _sources(ledger: Ledger) -> None:
    ledger.add_source(config())
    ledger.add_source(config("porto"))


def keys(ledger: Ledger, snapshot: Snapshot, *, offset: int = 0, limit: int = 100) -> list[str]:
    return [listed.key for listed in ledger.page_at(snapshot, offset=offset, limit=limit)]


def offered(name: str) -> StagedRecord:
    """The same dataset, whoever offers it."""
    return replace(record(name), identities=("10.1234/same",))


def test_a_new_ledger_has_an_empty_snapshot(ledger: Ledger) -> None:
    snapshot = ledger.snapshot()
    assert (snapshot.number, snapshot.moment) == (0, None)
    assert ledger.count_at(snapshot) == 0
    assert keys(ledger, snapshot) == []


def test_datasets_stand_in_the_order_of_their_coming(ledger: Ledger) -> None:
    harvest(ledger, record("b"), record("c"))
    harvest(ledger, record("a"), seen=["b", "c"])
    assert keys(ledger, ledger.snapshot()) == ["key-b", "key-c", "key-a"]


def test_a_page_is_a_part_of_the_list(ledger: Ledger) -> None:
    harvest(ledger, *(record(name) for name in "abcde"))
    snapshot = ledger.snapshot()
    assert keys(ledger, snapshot, offset=2, limit=2) == ["key-c", "key-d"]
    assert ledger.count_at(snapshot) == 5


def test_what_comes_changes_or_goes_later_is_not_seen(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    snapshot = ledger.snapshot()
    harvest(ledger, record("b", "second"), record("c"), withdrawn=["a"])
    assert keys(ledger, snapshot) == ["key-a", "key-b"]
    assert [b"first" in one.triples for one in ledger.page_at(snapshot, offset=0, limit=9)] == [True, True]
    assert ledger.count_at(snapshot) == 2
    assert keys(ledger, ledger.snapshot()) == ["key-b", "key-c"]


def test_a_snapshot_is_found_again_by_its_number(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    first = ledger.snapshot()
    harvest(ledger, record("b"), seen=["a"])
    assert ledger.snapshot(first.number) == first
    assert ledger.snapshot().number > first.number


def test_a_group_of_duplicates_stands_there_once(ledger: Ledger) -> None:
    harvest(ledger, offered("a"))
    harvest(ledger, offered("b"), source="porto")
    snapshot = ledger.snapshot()
    assert keys(ledger, snapshot) == ["key-a"]
    assert ledger.count_at(snapshot) == 1


@pytest.mark.parametrize("number", [-1, 3])
def test_a_snapshot_that_never_was_is_refused(ledger: Ledger, number: int) -> None:
    harvest(ledger, record("a"), record("b"))
    with pytest.raises(BadRequest, match="no snapshot"):
        ledger.snapshot(number)


def test_a_list_that_has_changed_is_kept_for_a_day(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    first = ledger.snapshot()
    clock.move(30 * DAY)
    harvest(ledger, withdrawn=["a"])
    clock.move(DAY - 60)
    assert keys(ledger, ledger.snapshot(first.number)) == ["key-a"]
    clock.move(120)
    with pytest.raises(BadRequest, match="begin again"):
        ledger.snapshot(first.number)


def test_a_list_that_has_not_changed_is_kept_for_ever(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    first = ledger.snapshot()
    clock.move(365 * DAY)
    assert ledger.snapshot(first.number) == first
