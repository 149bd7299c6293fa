"""What the ledger promises of records: what applying a run does, and what is read back."""

from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version

import pytest

from catalogue.errors import Conflict, LeaseLost, NotFound
from catalogue.ledger import Ledger, Rejection, Version
from catalogue.model.run import RecordState, RunCounts, RunState
from harvesters.findings import Finding, Severity
from tests.contracts.ledger_builders import (
    SetClock,
    applied,
    config,
    harvest,
    listed,
    record,
    rejected,
    row_counts,
)


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def test_a_new_record_is_published_as_it_was_staged(ledger: Ledger, clock: SetClock) -> None:
    row = record("a")
    harvest(ledger, row)
    found = ledger.published("key-a")
    assert (found.triples, found.sha256, found.subject) == (row.published, row.published_sha256, "urn:a")
    assert (found.source, found.identifier, found.state) == ("lisbon", "a", RecordState.LIVE)
    assert found.datestamp == clock.time.replace(microsecond=0)
    assert (found.first_seen, found.last_seen, found.version) == (clock.time, clock.time, 1)


def test_nothing_is_published_before_the_run_is_applied(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    assert ledger.count_live() == 0
    assert ledger.last_change() == 0


def test_a_run_counts_what_it_did(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"), record("c"))
    counts = harvest(ledger, record("b", "second"), record("d"), rejected("e"), seen=["a"])
    assert counts == RunCounts(
        offered=4, new=1, changed=1, unchanged=1, unseen=1, rejected=1, versions=2, changes=2
    )
    assert ledger.runs()[0].counts == counts


def test_an_unchanged_record_writes_nothing_but_its_run(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"), record("b"))
    before, stamp = row_counts(ledger), ledger.last_datestamp()
    clock.move(3600)
    counts = harvest(ledger, seen=["a", "b"])
    after = row_counts(ledger)
    assert {name for name in after if after[name] != before[name]} == {"run", "transition"}
    assert counts == RunCounts(offered=2, unchanged=2)
    assert ledger.last_datestamp() == stamp
    assert ledger.published("key-a").last_seen == clock.time
    assert ledger.published("key-a").datestamp == stamp


def test_the_same_published_bytes_keep_version_and_datestamp(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a", published="same"))
    before, stamp = row_counts(ledger), ledger.published("key-a").datestamp
    clock.move(3600)
    counts = harvest(ledger, record("a", "given otherwise", published="same"))
    after = row_counts(ledger)
    assert (after["version"], after["change"]) == (before["version"], before["change"])
    assert after["received"] == before["received"] + 1
    assert ledger.received("key-a").body == b"a as given: given otherwise"
    assert ledger.published("key-a").datestamp == stamp
    assert (counts.unchanged, counts.versions, counts.changes) == (1, 0, 0)


def test_a_newer_crosswalk_is_remembered_even_if_it_changes_nothing(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    before = row_counts(ledger)["received"]
    harvest(ledger, record("a", crosswalk="2", aligner="7"))
    known = ledger.known("lisbon")["a"]
    assert (known.crosswalk, known.aligner) == ("2", "7")
    assert row_counts(ledger)["received"] == before


def test_known_tells_what_decides_whether_a_record_is_looked_at_again(ledger: Ledger) -> None:
    row = record("a")
    harvest(ledger, row, rejected("b"))
    known = ledger.known("lisbon")
    assert set(known) == {"a", "b"}
    assert (known["a"].key, known["a"].state) == ("key-a", RecordState.LIVE)
    assert known["a"].received_sha256 == row.received_sha256
    assert known["a"].published_sha256 == row.published_sha256
    assert known["b"].state is RecordState.QUARANTINED
    assert (known["b"].published_sha256, known["b"].rejection) == (None, "it has no title")


def test_every_version_stays_with_its_interval(ledger: Ledger, clock: SetClock) -> None:
    first, second = record("a", "first"), record("a", "second")
    began = clock.time.replace(microsecond=0)
    harvest(ledger, first)
    clock.move(60)
    harvest(ledger, second)
    changed = began + timedelta(seconds=60)
    assert ledger.versions("key-a") == (
        Version(1, first.published_sha256 or "", 1, began, changed),
        Version(2, second.published_sha256 or "", 2, changed, None),
    )
    assert ledger.published("key-a").version == 2


def test_the_key_is_minted_once(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    other = record("a", "second")
    harvest(ledger, replace(other, key="another"))
    assert ledger.published("key-a").triples == other.published
    with pytest.raises(NotFound, match="another"):
        ledger.published("another")


def test_two_sources_with_one_identifier_do_not_disturb_each_other(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, record("a"))
    theirs = replace(record("a", "theirs"), key="key-porto")
    harvest(ledger, theirs, source="porto")
    assert ledger.published("key-a").triples != ledger.published("key-porto").triples
    assert set(ledger.resolve("a")) == {"key-a", "key-porto"}
    assert ledger.count_by_source() == {"lisbon": 1, "porto": 1}


def test_absence_from_a_complete_list_marks_unseen_and_still_shows(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    counts = harvest(ledger, seen=["a"])
    assert ledger.published("key-b").state is RecordState.UNSEEN
    assert ledger.published("key-b").shown
    assert (ledger.count_live(), counts.unseen, counts.changes) == (2, 1, 0)


def test_absence_from_an_incomplete_list_marks_nothing(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    counts = harvest(ledger, seen=["a"], complete=False)
    assert ledger.published("key-b").state is RecordState.LIVE
    assert counts.unseen == 0
    assert ledger.runs()[0].state is RunState.INCOMPLETE


def test_an_empty_list_marks_nothing_even_if_it_is_called_complete(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    harvest(ledger)
    assert ledger.published("key-a").state is RecordState.LIVE


def test_an_unseen_record_that_comes_back_is_live_without_a_change(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    harvest(ledger, seen=["a"])
    last = ledger.last_change()
    harvest(ledger, seen=["a", "b"])
    assert ledger.published("key-b").state is RecordState.LIVE
    assert ledger.last_change() == last


def test_a_record_that_cannot_be_taken_in_is_not_missing(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    run = ledger.start_run("lisbon")
    ledger.seen(run.id, ["a"])
    ledger.add_rejections(run.id, [Rejection("b", "it is too large")])
    applied(ledger, run.id, complete=True)
    assert ledger.published("key-b").state is RecordState.LIVE


def test_a_rejected_record_is_kept_as_received_and_not_shown(ledger: Ledger) -> None:
    harvest(ledger, rejected("a", "half a file"))
    assert ledger.received("key-a").body == b"half a file"
    assert ledger.count_live() == 0
    with pytest.raises(NotFound):
        ledger.published("key-a")
    assert ledger.runs()[0].state is RunState.PARTIAL


def test_the_last_good_version_stays_live_when_a_newer_one_is_rejected(ledger: Ledger) -> None:
    good = record("a")
    harvest(ledger, good)
    counts = harvest(ledger, rejected("a"))
    assert ledger.published("key-a").triples == good.published
    assert ledger.published("key-a").state is RecordState.LIVE
    assert (counts.offered, counts.rejected, counts.changes) == (1, 1, 0)


def test_what_was_rejected_and_is_as_before_is_rejected_again(ledger: Ledger) -> None:
    harvest(ledger, rejected("a"), record("b"))
    counts = harvest(ledger, seen=["a", "b"])
    assert (counts.offered, counts.rejected, counts.unchanged) == (2, 1, 1)
    assert [each.reason for each in ledger.rejections(2)] == ["it has no title"]


def test_a_record_that_is_mended_is_published(ledger: Ledger) -> None:
    harvest(ledger, rejected("a"))
    counts = harvest(ledger, record("a"))
    assert ledger.published("key-a").state is RecordState.LIVE
    assert ledger.known("lisbon")["a"].rejection == ""
    assert counts.new == 1


@pytest.mark.parametrize("batches", [1, 2])
def test_of_an_identifier_named_twice_the_first_is_kept(ledger: Ledger, batches: int) -> None:
    run = ledger.start_run("lisbon")
    rows = [record("a", "first"), record("a", "second")]
    for part in [rows] if batches == 1 else [rows[:1], rows[1:]]:
        ledger.stage(run.id, part)
    counts = applied(ledger, run.id, complete=True)
    assert ledger.published("key-a").triples == record("a", "first").published
    assert (counts.offered, counts.new, counts.rejected, counts.unchanged) == (2, 1, 1, 0)


def test_a_withdrawn_record_keeps_its_last_version_as_a_tombstone(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"), record("b"))
    clock.move(60)
    counts = harvest(ledger, seen=["a"], withdrawn=["b"])
    found = ledger.published("key-b")
    assert (found.state, found.shown) == (RecordState.WITHDRAWN, False)
    assert found.triples == record("b").published
    assert found.datestamp == ledger.versions("key-b")[0].until == ledger.last_datestamp()
    assert (counts.changes, ledger.count_live()) == (1, 1)
    assert ledger.published_many(["key-b"]) == ()


def test_a_record_is_withdrawn_once(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    harvest(ledger, seen=["a"], withdrawn=["b"])
    assert harvest(ledger, seen=["a"], withdrawn=["b"]).changes == 0


@pytest.mark.parametrize("how", ["seen", "staged"])
def test_a_withdrawn_record_that_reappears_lives_under_its_old_key(ledger: Ledger, how: str) -> None:
    harvest(ledger, record("a"), record("b"))
    harvest(ledger, seen=["a"], withdrawn=["b"])
    counts = harvest(ledger, seen=["a", "b"]) if how == "seen" else harvest(ledger, record("b"), seen=["a"])
    found = ledger.published("key-b")
    assert (found.state, found.version) == (RecordState.LIVE, 2)
    assert found.triples == record("b").published
    assert counts.changes == 1


def test_published_many_gives_what_is_shown(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"), rejected("c"))
    found = ledger.published_many(["key-a", "key-b", "key-c", "key-none", "key-a"])
    assert sorted(each.key for each in found) == ["key-a", "key-b"]


def test_all_published_records_come_in_batches(ledger: Ledger) -> None:
    harvest(ledger, *(record(f"r{number:02}") for number in range(7)))
    found = [each.key for each in ledger.iterate_published(batch=3)]
    assert found == [f"key-r{number:02}" for number in range(7)]


def test_records_are_found_by_key_and_by_identifier(ledger: Ledger) -> None:
    harvest(ledger, record("https://lisbon.example/a"))
    assert ledger.resolve("https://lisbon.example/a") == ("key-https://lisbon.example/a",)
    assert ledger.resolve("key-https://lisbon.example/a") == ("key-https://lisbon.example/a",)
    assert ledger.resolve("nothing") == ()
    assert ledger.keys() == {"key-https://lisbon.example/a"}


def test_a_name_that_no_database_can_keep_finds_nothing(ledger: Ledger) -> None:
    assert ledger.resolve("odd \0") == ()
    assert ledger.published_many(["odd \0", "odd \ud83d"]) == ()
    with pytest.raises(NotFound):
        ledger.published("odd \0")


def test_findings_stay_with_their_run_and_record(ledger: Ledger) -> None:
    found = Finding(Severity.WARNING, "urn:a", "dct:issued", "06/05/2009", "no date", "write 2009-05-06")
    harvest(ledger, record("a", findings=(found,)), record("b"))
    assert ledger.findings(1) == (found,)
    assert ledger.findings(1, identifier="b") == ()


def test_text_that_no_database_can_keep_does_not_stop_a_run(ledger: Ledger) -> None:
    odd = Finding(Severity.ERROR, "urn:a", "dct:title", "NUL \0 and half a pair \ud83d", "odd")
    harvest(ledger, record("a", findings=(odd,)))
    assert ledger.findings(1)[0].value == "NUL � and half a pair ?"


def test_a_run_is_applied_once(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    applied(ledger, run.id, complete=True)
    with pytest.raises(Conflict, match="already ended"):
        applied(ledger, run.id, complete=True)


def test_a_held_run_keeps_what_it_staged_and_can_be_applied(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    ledger.note_listing(run.id, listed())
    ledger.end_run(run.id, RunState.HELD, "this is the first run of the source")
    assert ledger.approve_run(run.id, "they are known").new == 1
    assert ledger.run(run.id).state is RunState.DONE


def test_an_application_that_fails_leaves_nothing(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    run = ledger.start_run("lisbon")
    taken = replace(record("z"), key="key-a")
    ledger.stage(run.id, [record("a", "second"), record("b"), taken])
    before = row_counts(ledger)
    with pytest.raises(Conflict, match="key"):
        applied(ledger, run.id, complete=True)
    assert row_counts(ledger) == before
    assert ledger.published("key-a").triples == record("a").published


def test_a_worker_that_lost_its_lease_applies_nothing(ledger: Ledger, clock: SetClock) -> None:
    mine = ledger.acquire("source:lisbon", "first", 30)
    assert mine
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    clock.move(31)
    assert ledger.acquire("source:lisbon", "second", 30)
    with pytest.raises(LeaseLost):
        applied(ledger, run.id, complete=True, lease=mine)
    assert ledger.count_live() == 0


def test_a_worker_that_holds_its_lease_applies(ledger: Ledger) -> None:
    mine = ledger.acquire("source:lisbon", "first", 30)
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    assert applied(ledger, run.id, complete=True, lease=mine).new == 1


def test_a_record_tells_with_which_crosswalk_its_version_was_made(ledger: Ledger) -> None:
    same = '<urn:a> <urn:says> "first" .\n'
    harvest(ledger, record("a", "first", published=same, crosswalk="oai_dc/1"))
    last = ledger.last_change()
    harvest(ledger, record("a", "second", published=same, crosswalk="datacite/1"))
    assert ledger.last_change() == last
    assert ledger.published("key-a").crosswalk == "oai_dc/1"
    assert [one.crosswalk for one in ledger.iterate_published()] == ["oai_dc/1"]


def test_a_run_tells_which_version_of_the_software_began_it(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    (run,) = ledger.runs_with_changes()
    assert run.software == version("eucaim-catalogue")
    assert ledger.run(run.id) == run
