"""What the ledger promises of the past: versions, receptions and tombstones."""

from dataclasses import replace

import pytest

from catalogue.errors import NotFound
from catalogue.ledger import Ledger
from catalogue.model.run import RecordState
from tests.contracts.ledger_builders import SetClock, config, harvest, record, rejected


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def test_an_earlier_version_is_read_as_it_was(ledger: Ledger, clock: SetClock) -> None:
    first = record("a", "first")
    harvest(ledger, first)
    clock.move(60)
    harvest(ledger, record("a", "second"))
    found = ledger.version_at("key-a", 1)
    assert (found.triples, found.subject, found.identifier) == (first.published, "urn:a", "a")
    assert (found.version.number, found.version.until) == (1, ledger.versions("key-a")[1].since)


def test_a_version_that_never_was_is_not_found(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    for key, number in (("key-a", 2), ("key-a", 0), ("key-b", 1)):
        with pytest.raises(NotFound, match=key):
            ledger.version_at(key, number)
        with pytest.raises(NotFound, match=key):
            ledger.received_at(key, number)


def test_receptions_hold_what_was_rejected_too(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a", "first"))
    turned = clock.move(60)
    harvest(ledger, rejected("a", "broken"))
    first, second = ledger.receptions("key-a")
    assert (first.number, first.run, first.until) == (1, 1, turned)
    assert (second.number, second.run, second.since, second.until) == (2, 2, turned, None)


def test_the_bytes_of_a_version_are_those_it_was_made_of(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, rejected("a", "broken"))
    harvest(ledger, record("a", "third"))
    assert ledger.received_at("key-a", 1).body == b"a as given: first"
    assert ledger.received_at("key-a", 2).body == b"a as given: third"


def test_newer_rules_make_a_version_of_old_bytes(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "first", published="made otherwise", crosswalk="2"))
    assert ledger.received_at("key-a", 2).body == b"a as given: first"


def test_a_tombstone_tells_when_why_and_the_last_version(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, replace(record("a", "first"), title="Prostate MR"))
    harvest(ledger, replace(record("a", "second"), title="Prostate MR, second"))
    clock.move(60)
    harvest(ledger, withdrawn=["a"])
    found = ledger.tombstone("key-a")
    assert (found.key, found.source, found.identifier, found.subject) == ("key-a", "lisbon", "a", "urn:a")
    assert found.withdrawn == clock.time.replace(microsecond=0)
    assert (found.title, found.version) == ("Prostate MR, second", 2)
    assert "deleted" in found.why
    assert found.replaced_by == ""


@pytest.mark.parametrize("key", ["key-live", "key-bad", "key-unknown"])
def test_only_what_is_withdrawn_has_a_tombstone(key: str, ledger: Ledger) -> None:
    harvest(ledger, record("live"), rejected("bad"))
    with pytest.raises(NotFound, match=key):
        ledger.tombstone(key)


@pytest.mark.parametrize("again", ["seen", "staged"])
def test_what_comes_back_has_its_key_and_counts_its_versions_on(again: str, ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    harvest(ledger, withdrawn=["a"])
    if again == "seen":
        harvest(ledger, seen=["a"])
    else:
        harvest(ledger, replace(record("a", "mended"), key="another"))
    found = ledger.published("key-a")
    assert (found.state, found.version, found.identifier) == (RecordState.LIVE, 2, "a")
    with pytest.raises(NotFound):
        ledger.tombstone("key-a")
