"""When a run may take records away: never by one list, never by much without a curator."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from catalogue.errors import Conflict
from catalogue.ledger import Ledger
from catalogue.model.run import RecordState, Run, RunCounts, RunState, WithdrawalPolicy
from tests.contracts.ledger_builders import SetClock, config, harvest, listed, record, row_counts

DAY = 24 * 3600.0


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def names(count: int) -> list[str]:
    return [f"r{number:03}" for number in range(count)]


def filled(ledger: Ledger, count: int) -> list[str]:
    harvest(ledger, *(replace(record(name), title=name.upper(), patients=10) for name in names(count)))
    return names(count)


def run_naming(
    ledger: Ledger,
    seen: Sequence[str],
    *,
    deleted: Sequence[str] = (),
    proves_absence: bool = True,
    policy: WithdrawalPolicy | None = None,
) -> Run:
    run = ledger.start_run("lisbon")
    ledger.seen(run.id, seen)
    ledger.withdrawn(run.id, deleted)
    ledger.note_listing(run.id, listed(proves_absence=proves_absence))
    ledger.apply_run(run.id, policy=policy)
    return ledger.run(run.id)


def states(ledger: Ledger) -> dict[str, str]:
    return {name: str(known.state) for name, known in ledger.known("lisbon").items()}


@pytest.mark.parametrize(
    ("live", "missing", "held"),
    [
        (40, 3, False),
        (40, 4, False),  # ten per cent
        (40, 5, True),
        (20, 3, False),
        (20, 4, True),
        (100, 10, False),
        (100, 11, True),
        (6, 3, True),  # half
        (7, 3, False),
        (3, 1, False),
        (2, 1, True),
        (1, 1, True),
    ],
)
def test_more_than_three_and_a_tenth_or_half_is_held(
    ledger: Ledger, live: int, missing: int, *, held: bool
) -> None:
    known = filled(ledger, live)
    run = run_naming(ledger, known[missing:])
    assert (run.state is RunState.HELD) is held
    assert ledger.count_live() == live


@pytest.mark.parametrize(("missing", "held"), [(4, False), (5, True)])
def test_explicit_deletions_go_at_once_below_the_threshold(
    ledger: Ledger, missing: int, *, held: bool
) -> None:
    known = filled(ledger, 40)
    run = run_naming(ledger, known[missing:], deleted=known[:missing])
    assert (run.state is RunState.HELD) is held
    assert ledger.count_live() == (40 if held else 40 - missing)


def test_a_complete_list_of_nothing_is_held(ledger: Ledger) -> None:
    filled(ledger, 5)
    run = run_naming(ledger, [])
    assert (run.state, run.counts.withdrawn) == (RunState.HELD, 5)
    assert "holds no record" in run.message
    assert set(states(ledger).values()) == {"live"}


def test_an_empty_list_of_a_source_that_never_gave_anything_changes_nothing(ledger: Ledger) -> None:
    assert run_naming(ledger, []).state is RunState.UNCHANGED


def test_absence_is_believed_after_two_lists_and_seven_days(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 10)
    assert run_naming(ledger, known[1:]).counts.unseen == 1
    clock.move(DAY)
    assert run_naming(ledger, known[1:]).counts.withdrawn == 0
    clock.move(5 * DAY)
    assert run_naming(ledger, known[1:]).counts.withdrawn == 0
    assert states(ledger)[known[0]] == "unseen"
    clock.move(1 * DAY)
    counts = run_naming(ledger, known[1:]).counts
    assert (counts.withdrawn, counts.unseen) == (1, 0)
    assert states(ledger)[known[0]] == "withdrawn"


def test_seven_days_without_a_second_list_withdraw_nothing(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 10)
    clock.move(30 * DAY)
    assert run_naming(ledger, known[1:]).counts.withdrawn == 0


def test_a_record_that_comes_back_begins_anew(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 10)
    run_naming(ledger, known[1:])
    clock.move(8 * DAY)
    run_naming(ledger, known)
    clock.move(8 * DAY)
    assert run_naming(ledger, known[1:]).counts.withdrawn == 0


def test_a_list_that_proves_nothing_counts_as_no_list(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 10)
    for _ in range(3):
        clock.move(8 * DAY)
        assert run_naming(ledger, known[:1], proves_absence=False).state is RunState.UNCHANGED
    assert set(states(ledger).values()) == {"live"}


def test_what_slowly_went_missing_is_held_when_it_would_go_together(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 20)
    run_naming(ledger, known[3:])
    run_naming(ledger, known[6:])
    clock.move(8 * DAY)
    run = run_naming(ledger, known[6:])
    assert (run.state, run.counts.withdrawn) == (RunState.HELD, 6)


def test_a_held_run_says_what_approving_would_do_and_does_it(ledger: Ledger) -> None:
    known = filled(ledger, 10)
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("new"), record(known[9], "second")])
    ledger.seen(run.id, known[5:9])
    ledger.note_listing(run.id, listed())
    promised = ledger.apply_run(run.id)
    assert promised == RunCounts(offered=6, new=1, changed=1, unchanged=4, unseen=5, withdrawn=5)
    assert ledger.count_missing(run.id) == (5, 50)
    assert [each.title for each in ledger.missing(run.id, limit=2)] == ["R000", "R001"]
    done = ledger.approve_run(run.id, "the study was closed")
    assert (done.new, done.changed, done.unchanged, done.withdrawn) == (1, 1, 4, 5)
    assert ledger.run(run.id).message == "approved: the study was closed"
    assert ledger.count_live() == 6
    assert ledger.missing(run.id) == ()


def test_a_held_run_that_is_rejected_changes_nothing(ledger: Ledger) -> None:
    known = filled(ledger, 10)
    run = run_naming(ledger, known[5:])
    before = row_counts(ledger)
    rejected = ledger.reject_run(run.id, "their server was being moved")
    after = row_counts(ledger)
    assert (rejected.state, rejected.message) == (
        RunState.CANCELLED,
        "rejected: their server was being moved",
    )
    assert after["mention"] == 0
    assert {**before, "mention": 0, "transition": after["transition"]} == after
    with pytest.raises(Conflict, match="not held"):
        ledger.approve_run(run.id, "too late")


def test_a_later_run_supersedes_one_that_is_held(ledger: Ledger) -> None:
    known = filled(ledger, 10)
    held = run_naming(ledger, known[5:])
    later = run_naming(ledger, known)
    assert later.state is RunState.UNCHANGED
    assert ledger.run(held.id).state is RunState.CANCELLED
    assert f"run {later.id}" in ledger.run(held.id).message
    assert ledger.held_runs() == ()


def test_the_first_run_waits_where_it_was_asked_to(ledger: Ledger) -> None:
    ledger.add_source(config("porto"), hold_first=True)
    run = ledger.start_run("porto")
    ledger.stage(run.id, [record("a")])
    ledger.note_listing(run.id, listed())
    assert ledger.apply_run(run.id).new == 1
    assert ledger.run(run.id).state is RunState.HELD
    assert ledger.count_live() == 0
    ledger.approve_run(run.id, "we know them")
    assert ledger.count_live() == 1
    assert harvest(ledger, record("b"), source="porto").new == 1


def test_settings_of_a_source_can_be_more_patient(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 10)
    patient = WithdrawalPolicy(runs=3, days=1)
    run_naming(ledger, known[1:], policy=patient)
    clock.move(2 * DAY)
    assert run_naming(ledger, known[1:], policy=patient).counts.withdrawn == 0
    assert run_naming(ledger, known[1:], policy=patient).counts.withdrawn == 1


def test_a_run_that_never_read_its_list_cannot_be_applied(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    with pytest.raises(Conflict, match="list"):
        ledger.apply_run(run.id)


def test_a_run_cut_off_begins_to_stage_anew_and_is_counted(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a"), record("b")])
    left = ledger.resumable_run("lisbon")
    assert left is not None
    again = ledger.restart_staging(left.id, "its worker died")
    assert (again.id, again.resumed) == (run.id, 1)
    ledger.stage(run.id, [record("a")])
    assert ledger.rejections(run.id) == ()
    ledger.note_listing(run.id, listed())
    assert ledger.apply_run(run.id).new == 1


def test_the_next_list_goes_on_where_the_last_whole_one_was(ledger: Ledger, clock: SetClock) -> None:
    moments = [clock.move(60) for _ in range(3)]
    for moment, complete in zip(moments, (True, True, False), strict=True):
        run = ledger.start_run("lisbon")
        ledger.stage(run.id, [record("a", str(moment))])
        ledger.note_listing(run.id, replace(listed(complete=complete), as_of=moment))
        ledger.apply_run(run.id)
    assert ledger.checkpoint("lisbon") == moments[1]


def test_a_withdrawn_record_comes_back_under_its_key_and_counts_its_versions_on(ledger: Ledger) -> None:
    known = filled(ledger, 10)
    run_naming(ledger, known[1:], deleted=known[:1])
    assert ledger.published(f"key-{known[0]}").state is RecordState.WITHDRAWN
    run_naming(ledger, known)
    back = ledger.published(f"key-{known[0]}")
    assert (back.state, back.version) == (RecordState.LIVE, 2)


def test_a_held_run_counts_records_that_come_back_as_changed(ledger: Ledger, clock: SetClock) -> None:
    known = filled(ledger, 3)
    clock.move(60)
    ledger.remove_source("lisbon")
    ledger.add_source(config(), hold_first=True)
    run = ledger.start_run("lisbon")
    ledger.seen(run.id, known[:2])
    ledger.stage(run.id, [record(known[2], "second")])
    ledger.note_listing(run.id, listed())
    promised = ledger.apply_run(run.id)
    done = ledger.approve_run(run.id, "they are back")
    assert (promised.new, promised.changed, promised.unchanged) == (0, 3, 0)
    assert (done.new, done.changed, done.unchanged) == (0, 3, 0)
