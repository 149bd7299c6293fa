"""What the ledger promises where received bytes are made anew: what is published moves, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import select

from catalogue.ledger import REPROCESS, Facts, Ledger, StagedRecord
from catalogue.ledger.rows import Change, ChangeKind
from catalogue.ledger.tables import record as record_table
from catalogue.model.run import ListingFacts, RecordState, Run, RunMode, RunState
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

DAY: Final = 24 * 3600.0
# Rows that every run has, whatever it does.
_OF_RUNS: Final = {"run", "transition", "job", "lease"}


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def anew(name: str, text: str = "first", *, says: str = "otherwise") -> StagedRecord:
    """The bytes of ``record(name, text)`` through the second aligner."""
    return record(name, text, published=f'<urn:{name}> <urn:says> "{says}" .\n', aligner="2")


def same(name: str, text: str = "first") -> StagedRecord:
    """The second aligner makes of it what the first one made."""
    return record(name, text, aligner="2")


def begun(ledger: Ledger, *rows: StagedRecord) -> Run:
    run = ledger.start_run("lisbon", mode=RunMode.REPROCESS)
    ledger.stage(run.id, rows)
    facts = ListingFacts(0, len(rows), complete=True, incomplete_because="", proves_absence=False, as_of=None)
    ledger.note_listing(run.id, facts)
    return run


def made_anew(ledger: Ledger, *rows: StagedRecord) -> Run:
    run = begun(ledger, *rows)
    ledger.apply_run(run.id)
    return ledger.run(run.id)


def outdated(ledger: Ledger, *, crosswalk: str = "1", aligner: str = "2", batch: int = 50) -> list[str]:
    crosswalks = {"application/n-triples": crosswalk}
    found = ledger.outdated_records("lisbon", crosswalks=crosswalks, aligner=aligner, batch=batch)
    return [one.identifier for one in found]


def row_of(ledger: Ledger, name: str) -> dict[str, object]:
    with ledger._database.reading() as connection:
        wanted = select(record_table).where(record_table.c.identifier == name)
        return dict(connection.execute(wanted).one()._mapping)


def held(ledger: Ledger, *, seen: Sequence[str] = (), rows: Sequence[StagedRecord] = ()) -> Run:
    run = ledger.start_run("lisbon")
    ledger.seen(run.id, seen)
    ledger.stage(run.id, rows)
    ledger.note_listing(run.id, listed())
    ledger.apply_run(run.id)
    found = ledger.run(run.id)
    assert found.state is RunState.HELD
    return found


def as_it_was(_subject: str, _triples: bytes) -> Facts:
    return Facts()


def test_other_published_bytes_are_a_new_version(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"), record("b"))
    clock.move(60)
    run = made_anew(ledger, anew("a"), same("b"))
    found = ledger.published("key-a")
    assert (found.version, found.run, found.triples) == (2, run.id, anew("a").published)
    assert found.datestamp == clock.time.replace(microsecond=0)
    assert ledger.changes_after(2, 9) == (Change(3, "key-a", ChangeKind.PUT, run.id, found.datestamp),)
    assert (run.state, run.counts.offered, run.counts.changed, run.counts.unchanged) == ("done", 2, 1, 1)


def test_the_same_published_bytes_write_nothing_but_by_which_rules(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    before, kept, last = row_counts(ledger), row_of(ledger, "a"), ledger.last_change()
    clock.move(60)
    run = made_anew(ledger, same("a"))
    assert run.state is RunState.UNCHANGED
    assert {name for name, rows in row_counts(ledger).items() if rows != before[name]} <= _OF_RUNS
    assert row_of(ledger, "a") == kept | {"aligner": "2"}
    assert ledger.last_change() == last


def test_what_its_provider_said_of_it_stays(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, *(record(name) for name in "abcdefgh"))
    clock.move(DAY)
    harvest(ledger, seen=list("bcdefgh"))
    before = row_of(ledger, "a")
    clock.move(DAY)
    made_anew(ledger, anew("a"))
    after = row_of(ledger, "a")
    for name in ("state", "last_seen", "first_seen", "missing_since", "missed_runs"):
        assert after[name] == before[name], name
    assert after["state"] == RecordState.UNSEEN
    assert ledger.published("key-a").version == 2


def test_a_record_that_was_missed_goes_when_it_would_have_gone(ledger: Ledger, clock: SetClock) -> None:
    names = list("abcdefgh")
    harvest(ledger, *(record(name) for name in names))
    for moment in (DAY, 8 * DAY):
        clock.move(moment)
        run = ledger.start_run("lisbon")
        ledger.seen(run.id, names[1:])
        ledger.note_listing(run.id, listed())
        ledger.apply_run(run.id)
        if moment == DAY:
            made_anew(ledger, anew("a"))
    assert ledger.known("lisbon")["a"].state is RecordState.WITHDRAWN


def test_what_was_withdrawn_stays_withdrawn(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    harvest(ledger, seen=["b"], withdrawn=["a"])
    assert outdated(ledger) == ["b"]
    run = made_anew(ledger, anew("a"))
    assert (run.state, run.counts.offered) == (RunState.UNCHANGED, 0)
    assert ledger.known("lisbon")["a"].state is RecordState.WITHDRAWN
    assert ledger.published("key-a").version == 1


def test_what_a_curator_restored_stays_restored(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    ledger.restore_record("key-a", 1, why="the second was a mistake", read=as_it_was)
    assert outdated(ledger) == []
    made_anew(ledger, anew("a", "second"))
    assert ledger.published("key-a").triples == record("a", "first").published
    assert ledger.known("lisbon")["a"].restored


def test_a_record_that_becomes_good_is_shown(ledger: Ledger) -> None:
    harvest(ledger, record("b"), rejected("a"))
    assert sorted(outdated(ledger)) == ["a", "b"]
    good = replace(anew("a"), received_sha256=rejected("a").received_sha256)
    run = made_anew(ledger, good)
    assert (run.counts.new, run.counts.changed) == (1, 0)
    assert ledger.known("lisbon")["a"].state is RecordState.LIVE
    assert ledger.known("lisbon")["a"].rejection == ""
    assert ledger.published("key-a").version == 1


def test_a_record_that_was_never_good_and_left_is_not_let_in(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("b"), rejected("a"))
    clock.move(DAY)
    harvest(ledger, seen=["b"])
    assert outdated(ledger) == ["b"]
    assert ledger.count_kept("lisbon") == 1


def test_a_record_that_cannot_be_made_any_more_keeps_its_last_good_version(ledger: Ledger) -> None:
    good = record("a")
    harvest(ledger, good)
    bad = replace(rejected("a"), received_sha256=good.received_sha256, aligner="2")
    run = made_anew(ledger, bad)
    assert (run.state, run.counts.rejected) == (RunState.PARTIAL, 1)
    assert ledger.published("key-a").triples == good.published
    assert ledger.known("lisbon")["a"].rejection == "it has no title"
    assert [one.outcome for one in ledger.run_log(run.id)] == ["kept after an error"]
    assert outdated(ledger) == []


def test_what_came_with_other_bytes_meanwhile_is_not_overwritten(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    run = begun(ledger, anew("a", "first"))
    harvest(ledger, record("a", "second"))
    ledger.apply_run(run.id)
    assert ledger.published("key-a").triples == record("a", "second").published
    assert ledger.known("lisbon")["a"].aligner == "1"
    assert ledger.run(run.id).counts.offered == 0


def test_a_rejection_of_bytes_that_were_replaced_meanwhile_is_forgotten(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    bad = replace(rejected("a"), received_sha256=record("a", "first").received_sha256, aligner="2")
    run = begun(ledger, bad)
    harvest(ledger, record("a", "second"))
    ledger.apply_run(run.id)
    assert ledger.run(run.id).state is RunState.UNCHANGED
    assert ledger.known("lisbon")["a"].rejection == ""


def test_identities_that_come_out_otherwise_join_records(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    doi = ("https://doi.org/10.5072/x",)
    harvest(ledger, replace(record("a"), identities=doi))
    harvest(ledger, record("p"), source="porto")
    run = ledger.start_run("porto", mode=RunMode.REPROCESS)
    ledger.stage(run.id, [replace(anew("p"), identities=doi)])
    applied(ledger, run.id)
    assert ledger.published("key-p").duplicate_of == "key-a"


# --- which records are outdated ----------------------------------------------------------------------------


def test_records_that_the_present_rules_made_are_left_out(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b", aligner="2"))
    assert outdated(ledger) == ["a"]
    assert outdated(ledger, aligner="1") == ["b"]


def test_another_crosswalk_outdates_the_records_of_its_format_alone(ledger: Ledger) -> None:
    harvest(ledger, record("a"), replace(record("x"), media_type="application/xml"))
    assert ledger.kept_media_types("lisbon") == ("application/n-triples", "application/xml")
    assert outdated(ledger, crosswalk="2", aligner="1") == ["a"]


def test_many_are_given_once_each_in_the_order_of_their_coming(ledger: Ledger) -> None:
    names = [f"r{number:02}" for number in range(23)]
    for name in reversed(names):
        harvest(ledger, record(name), complete=False)
    assert outdated(ledger, batch=5) == names[::-1]


def test_they_come_with_the_bytes_that_were_given_last(ledger: Ledger) -> None:
    harvest(ledger, record("a", "first"))
    harvest(ledger, record("a", "second"))
    (kept,) = ledger.outdated_records("lisbon", crosswalks={}, aligner="2")
    assert (kept.received, kept.subject) == (b"a as given: second", "urn:a")


def test_the_subject_of_an_older_version_says_nothing_of_bytes_that_were_rejected(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    harvest(ledger, rejected("a"))
    (kept,) = ledger.outdated_records("lisbon", crosswalks={}, aligner="2")
    assert (kept.received, kept.subject) == (b"bad", "")


# --- it is no harvest --------------------------------------------------------------------------------------


def test_nothing_that_is_told_of_a_source_moves(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    clock.move(60)
    failed = ledger.start_run("lisbon")
    ledger.fail_run(failed.id, "no answer", worth_retrying=True, retry_after=600)
    before = ledger.source("lisbon")
    checkpoint = ledger.checkpoint("lisbon")
    recent = ledger.recent_runs(5)
    clock.move(60)
    run = made_anew(ledger, anew("a"))
    ledger.end_run(
        ledger.start_run("lisbon", mode=RunMode.REPROCESS).id, RunState.FAILED, "the catalogue failed"
    )
    assert ledger.source("lisbon") == before
    assert ledger.checkpoint("lisbon") == checkpoint
    assert ledger.recent_runs(5) == recent
    assert ledger.last_run("lisbon") == ledger.run(failed.id)
    assert ledger.last_run("lisbon", reprocess=True, before=run.id + 1) == run


def test_a_harvest_never_goes_on_with_it_nor_it_with_a_harvest(ledger: Ledger) -> None:
    left = ledger.start_run("lisbon")
    again = ledger.start_run("lisbon", mode=RunMode.REPROCESS)
    assert ledger.resumable_run("lisbon") == left
    assert ledger.resumable_run("lisbon", reprocess=True) == again
    assert not ledger.run(left.id).state.ended


def test_the_first_harvest_of_a_source_is_held_for_all_that(ledger: Ledger) -> None:
    ledger.add_source(config("porto"), hold_first=True)
    run = ledger.start_run("porto", mode=RunMode.REPROCESS)
    applied(ledger, run.id)
    assert ledger.run(run.id).state is RunState.UNCHANGED
    harvest(ledger, record("p"), source="porto")
    assert ledger.runs("porto", 1)[0].state is RunState.HELD


def test_a_run_that_is_held_stays_held_beside_it(ledger: Ledger) -> None:
    harvest(ledger, *(record(name) for name in "abcd"))
    waiting = held(ledger, seen=["a"])
    run = made_anew(ledger, *(anew(name) for name in "abcd"))
    assert ledger.run(waiting.id) == waiting
    assert (run.state, run.counts.changed) == (RunState.DONE, 4)
    assert f"run {waiting.id} waits for a curator" in run.message
    ledger.approve_run(waiting.id, "they are gone")
    assert {name for name, one in ledger.known("lisbon").items() if one.state is RecordState.LIVE} == {"a"}


def test_what_an_approved_run_brings_by_older_rules_is_made_anew_once_more(ledger: Ledger) -> None:
    harvest(ledger, *(record(name) for name in "abcd"))
    waiting = held(ledger, rows=[record("a", "second")])
    made_anew(ledger, *(anew(name) for name in "abcd"))
    assert ledger.queued() == ()
    ledger.approve_run(waiting.id, "they are gone")
    assert [(job.kind, job.argument) for job in ledger.queued()] == [(REPROCESS, "lisbon")]
    assert outdated(ledger) == ["a"]


def test_approving_alone_makes_nothing_anew(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, *(record(name) for name in "abcd"))
    made_anew(ledger, *(anew(name) for name in "abcd"))
    clock.move(60)
    waiting = held(ledger, seen=["a"])
    ledger.approve_run(waiting.id, "they are gone")
    assert ledger.queued() == ()


def test_a_source_goes_back_to_what_it_was_before_it(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    first = ledger.runs("lisbon", 1)[0]
    clock.move(60)
    made_anew(ledger, anew("a"))
    clock.move(60)
    assert ledger.restore_source("lisbon", first.id, why="the mapping was wrong", read=as_it_was).changed == 1
    assert ledger.published("key-a").triples == record("a").published
