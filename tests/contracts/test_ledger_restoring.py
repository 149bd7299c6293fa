"""What the ledger promises of going back: a record, or a whole source, as it was."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger import Facts, Ledger, Restored
from catalogue.ledger.rows import Change, ChangeKind
from catalogue.model.run import RecordState, RunState
from tests.contracts.ledger_builders import SetClock, config, harvest, record, rejected, row_counts

WHY = "the provider's export was broken"


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def facts(subject: str, triples: bytes) -> Facts:
    """Each distinct text is a title, and an identity of its own."""
    text = triples.decode().split('"')[1]
    return Facts(title=f"{subject} {text}", patients=len(text), identities=(f"id:{text}",))


def revert(ledger: Ledger, key: str, number: int) -> Restored:
    return ledger.restore_record(key, number, why=WHY, read=facts)


def revert_all(ledger: Ledger, run: int) -> Restored:
    return ledger.restore_source("lisbon", run, why=WHY, read=facts)


def shown(ledger: Ledger) -> dict[str, bytes]:
    return {one.key: one.triples for one in ledger.iterate_published()}


def test_a_restored_version_is_a_new_one_with_the_old_bytes(ledger: Ledger, clock: SetClock) -> None:
    first = record("a", "first")
    harvest(ledger, first)
    harvest(ledger, record("a", "second"))
    clock.move(60)
    assert revert(ledger, "key-a", 1) == Restored(changed=1)
    found = ledger.published("key-a")
    assert (found.triples, found.version, found.run) == (first.published, 3, 1)
    assert found.datestamp == clock.time.replace(microsecond=0)
    assert ledger.versions("key-a")[2].why == WHY
    assert ledger.versions("key-a")[1].until == found.datestamp
    assert ledger.received_at("key-a", 3).body == b"a as given: first"


def test_restoring_tells_the_followers(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    last = ledger.last_change()
    revert(ledger, "key-a", 1)
    stamp = ledger.published("key-a").datestamp
    assert ledger.changes_after(last, 10) == (Change(last + 1, "key-a", ChangeKind.PUT, None, stamp),)


@pytest.mark.parametrize("number", [1, 3])
def test_restoring_what_stands_writes_nothing(number: int, ledger: Ledger, clock: SetClock) -> None:
    for text in ("same", "other", "same"):
        harvest(ledger, record("a", text))
    before, stamp = row_counts(ledger), ledger.last_datestamp()
    clock.move(60)
    assert revert(ledger, "key-a", number) == Restored(unchanged=1)
    assert row_counts(ledger) == before
    assert ledger.last_datestamp() == stamp
    assert not ledger.known("lisbon")["a"].restored


def test_restoring_twice_writes_once(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    revert(ledger, "key-a", 1)
    before = row_counts(ledger)
    assert revert(ledger, "key-a", 1) == Restored(unchanged=1)
    assert row_counts(ledger) == before


def test_a_restored_record_stays_while_its_provider_gives_the_same(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    revert(ledger, "key-a", 1)
    assert ledger.known("lisbon")["a"].restored
    harvest(ledger, seen=["a"])
    assert ledger.published("key-a").triples == record("a", "first").published
    assert ledger.known("lisbon")["a"].restored


def test_other_bytes_from_the_provider_end_the_restoration(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    revert(ledger, "key-a", 1)
    harvest(ledger, record("a", "third"))
    assert ledger.published("key-a").triples == record("a", "third").published
    assert not ledger.known("lisbon")["a"].restored


def test_a_restored_record_that_its_provider_deletes_comes_back_with_it(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    revert(ledger, "key-a", 1)
    harvest(ledger, withdrawn=["a"])
    assert ledger.published("key-a").state is RecordState.WITHDRAWN
    harvest(ledger, seen=["a"])
    assert ledger.published("key-a").state is RecordState.LIVE


def test_a_withdrawn_record_is_revived_under_its_key(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    harvest(ledger, withdrawn=["a"])
    assert revert(ledger, "key-a", 1) == Restored(revived=1)
    found = ledger.published("key-a")
    assert (found.state, found.version) == (RecordState.LIVE, 2)
    with pytest.raises(NotFound):
        ledger.tombstone("key-a")


def test_what_is_kept_beside_the_bytes_goes_back_with_them(ledger: Ledger) -> None:
    harvest(ledger, replace(record("a", "first"), title="urn:a first", identities=("id:first",)))
    harvest(ledger, replace(record("a", "second"), title="urn:a second", identities=("id:second",)))
    revert(ledger, "key-a", 1)
    assert ledger.resolve("id:first") == ("key-a",)
    assert ledger.resolve("id:second") == ()
    harvest(ledger, withdrawn=["a"])
    assert ledger.tombstone("key-a").title == "urn:a first"


def test_restoring_judges_duplicates_anew(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, replace(record("a", "first"), identities=("id:first",)))
    harvest(ledger, replace(record("a", "second"), identities=("id:second",)))
    theirs = replace(record("p", "theirs"), identities=("id:first",))
    harvest(ledger, theirs, source="porto")
    assert ledger.published("key-p").duplicate_of == ""
    revert(ledger, "key-a", 1)
    assert ledger.published("key-p").duplicate_of == "key-a"


@pytest.mark.parametrize("why", ["", "  \n"])
def test_nothing_is_restored_without_a_reason(why: str, ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    with pytest.raises(BadRequest, match="why"):
        ledger.restore_record("key-a", 1, why=why, read=facts)
    assert ledger.published("key-a").version == 2


def test_what_never_was_cannot_be_restored(ledger: Ledger) -> None:
    harvest(ledger, record("a"), rejected("b"))
    for key, number in (("key-a", 2), ("key-b", 1), ("key-c", 1)):
        with pytest.raises(NotFound, match=key):
            revert(ledger, key, number)


def test_nothing_is_restored_under_a_run_that_is_under_way(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    run = ledger.start_run("lisbon")
    with pytest.raises(Conflict, match=f"run {run.id} of lisbon is under way"):
        revert(ledger, "key-a", 1)
    ledger.end_run(run.id, RunState.FAILED, "it does not answer")
    assert revert(ledger, "key-a", 1) == Restored(changed=1)


def test_a_record_of_a_removed_source_stays_withdrawn(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    ledger.remove_source("lisbon")
    with pytest.raises(Conflict, match="removed"):
        revert(ledger, "key-a", 1)
    assert ledger.published("key-a").state is RecordState.WITHDRAWN


def test_a_reader_that_fails_leaves_all_as_it_was(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    before = row_counts(ledger)

    def fails(_subject: str, _triples: bytes) -> Facts:
        raise ValueError("unreadable")

    with pytest.raises(ValueError, match="unreadable"):
        ledger.restore_record("key-a", 1, why=WHY, read=fails)
    assert row_counts(ledger) == before
    assert ledger.published("key-a").version == 2


def test_a_source_goes_back_to_what_it_was_after_a_run(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("same"), record("changed", "first"), record("gone"), record("left"))
    harvest(ledger, seen=["same", "changed", "gone"], withdrawn=["left"])
    wanted = shown(ledger)
    clock.move(60)
    harvest(ledger, record("changed", "second"), record("new"), withdrawn=["gone"])
    clock.move(60)
    assert revert_all(ledger, 2) == Restored(changed=1, revived=1, withdrawn=1, unchanged=1)
    assert shown(ledger) == wanted
    assert ledger.tombstone("key-new").why == WHY
    assert ledger.published("key-same").version == 1
    assert ledger.published("key-left").state is RecordState.WITHDRAWN


def test_a_source_that_stands_as_wanted_is_left_alone(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"), record("b"))
    harvest(ledger, record("a", "second"))
    revert_all(ledger, 1)
    before = row_counts(ledger)
    assert revert_all(ledger, 1) == Restored(unchanged=2)
    assert row_counts(ledger) == before


def test_a_record_that_a_reversal_took_away_stays_away_while_its_bytes_are_the_same(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    harvest(ledger, record("b"), seen=["a"])
    revert_all(ledger, 1)
    harvest(ledger, seen=["a", "b"])
    assert set(shown(ledger)) == {"key-a"}
    harvest(ledger, record("b", "mended"), seen=["a"])
    assert set(shown(ledger)) == {"key-a", "key-b"}


def test_a_reversal_can_be_taken_back(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"), record("b"))
    harvest(ledger, record("a", "second"), record("c"), withdrawn=["b"])
    wanted = shown(ledger)
    revert_all(ledger, 1)
    assert revert_all(ledger, 2) == Restored(changed=1, revived=1, withdrawn=1)
    assert shown(ledger) == wanted


def test_other_sources_are_not_touched_by_a_reversal(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("p", "first"), source="porto")
    harvest(ledger, record("p", "second"), source="porto")
    harvest(ledger, record("a", "second"))
    revert_all(ledger, 1)
    assert ledger.published("key-p").triples == record("p", "second").published


def test_a_run_that_changed_nothing_is_a_moment_too(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    clock.move(3600)
    harvest(ledger, seen=["a"])
    clock.move(3600)
    harvest(ledger, record("a", "third"))
    assert revert_all(ledger, 3) == Restored(changed=1)
    assert ledger.published("key-a").triples == record("a", "second").published


def test_runs_within_one_second_are_told_apart(ledger: Ledger) -> None:
    """Their datestamps run ahead of the clock, which stands still here."""
    for text in ("first", "second", "third", "fourth"):
        harvest(ledger, record("a", text))
    for run, text in ((2, "second"), (1, "first"), (3, "third"), (4, "fourth")):
        revert_all(ledger, run)
        assert ledger.published("key-a").triples == record("a", text).published


def test_only_an_applied_run_of_the_source_is_a_moment(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, record("a"))
    harvest(ledger, record("p"), source="porto")
    ledger.end_run(ledger.start_run("lisbon").id, RunState.FAILED, "it does not answer")
    with pytest.raises(NotFound, match="porto"):
        revert_all(ledger, 2)
    with pytest.raises(Conflict, match="failed"):
        revert_all(ledger, 3)
    with pytest.raises(NotFound, match="run 9"):
        revert_all(ledger, 9)


def test_a_large_source_goes_back_whole(ledger: Ledger) -> None:
    names = [f"r{number:03}" for number in range(450)]
    harvest(ledger, *(record(name, "first") for name in names))
    harvest(ledger, *(record(name, "second") for name in names))
    last = ledger.last_change()
    assert revert_all(ledger, 1) == Restored(changed=450)
    assert [one.number for one in ledger.changes_after(last, 1000)] == list(range(last + 1, last + 451))
    assert {one.version for one in ledger.iterate_published()} == {3}


def test_two_processes_restore_one_after_the_other(
    ledger: Ledger, open_ledger: Callable[..., Ledger], clock: SetClock
) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    other = open_ledger(clock=clock)
    assert revert(ledger, "key-a", 1) == Restored(changed=1)
    assert other.restore_record("key-a", 1, why=WHY, read=facts) == Restored(unchanged=1)
