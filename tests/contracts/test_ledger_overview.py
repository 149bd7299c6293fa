"""What pages ask of many runs at once, and whose token is whose."""

from hashlib import sha256

import pytest

from catalogue.errors import NotFound
from catalogue.ledger import Ledger
from catalogue.ledger.quality import QualityState
from catalogue.model.quality import CheckedRecord, Level, Quality
from catalogue.model.run import RunState
from harvesters.findings import Finding, Severity
from tests.contracts.ledger_builders import SetClock, config, harvest, record

HASH = sha256(b"token").hexdigest()


def finding(message: str, value: str = "", severity: Severity = Severity.WARNING) -> Finding:
    return Finding(severity, "urn:x", "dct:title", value, message, "Mend it.")


@pytest.fixture(name="two")
def _two(ledger: Ledger) -> Ledger:
    for source in ("lisbon", "porto"):
        ledger.add_source(config(source))
    return ledger


def test_runs_are_filtered_by_source_and_state(two: Ledger) -> None:
    harvest(two, record("a"))
    harvest(two, record("b"), source="porto")
    two.end_run(two.start_run("lisbon").id, RunState.FAILED, "no answer")
    assert [run.source for run in two.run_page()] == ["lisbon", "porto", "lisbon"]
    assert two.count_runs(source_id="lisbon") == 2
    assert [run.message for run in two.run_page(state=RunState.FAILED)] == ["no answer"]
    assert two.run_page(source_id="porto", state=RunState.FAILED) == ()


def test_pages_of_runs_do_not_overlap(two: Ledger) -> None:
    for _ in range(5):
        two.end_run(two.start_run("lisbon").id, RunState.FAILED, "")
    first, second = two.run_page(limit=3), two.run_page(offset=3, limit=3)
    assert len({run.id for run in first + second}) == 5


def test_each_source_has_its_own_last_runs(two: Ledger) -> None:
    for _ in range(4):
        harvest(two, record("a"))
    harvest(two, record("b"), source="porto")
    recent = two.recent_runs(3)
    assert {name: len(runs) for name, runs in recent.items()} == {"lisbon": 3, "porto": 1}
    numbers = [run.id for run in recent["lisbon"]]
    assert numbers == sorted(numbers, reverse=True)


def test_the_last_good_run_is_none_that_failed_or_came_later(two: Ledger) -> None:
    harvest(two, record("a"))
    good = two.runs("lisbon", 1)[0].id
    failed = two.end_run(two.start_run("lisbon").id, RunState.FAILED, "")
    harvest(two, record("a", "second"))
    found = two.last_applied("lisbon", before=failed.id)
    assert found is not None
    assert found.id == good
    assert two.last_applied("lisbon", before=good) is None


def test_equal_findings_are_one_group_and_errors_come_first(two: Ledger) -> None:
    run = two.start_run("lisbon")
    for number in range(5):
        two.add_findings(run.id, [finding("too short", str(number))], identifier=f"record {number}")
    two.add_findings(run.id, [finding("missing", severity=Severity.ERROR)])
    groups = two.finding_groups(run.id)
    assert [(group.message, group.count) for group in groups] == [("missing", 1), ("too short", 5)]
    assert [(one.identifier, one.value) for one in groups[1].examples] == [
        ("record 0", "0"),
        ("record 1", "1"),
        ("record 2", "2"),
    ]
    assert two.count_finding_groups(run.id) == (2, 6)
    assert [group.message for group in two.finding_groups(run.id, offset=1, limit=1)] == ["too short"]


def test_a_run_that_looked_at_nothing_hides_no_earlier_findings(two: Ledger) -> None:
    harvest(two, record("a", findings=(finding("too short"),)))
    harvest(two, seen=["a"])
    found = two.last_findings("lisbon")
    assert found is not None
    assert found.id == two.runs("lisbon", 2)[1].id
    assert two.last_findings("porto") is None


def test_levels_are_counted_for_one_source_alone(two: Ledger) -> None:
    harvest(two, record("a"), record("b"))
    harvest(two, record("c"), source="porto")
    levels = {"a": (Level.ACCEPT, Level.EHDS), "b": (Level.ACCEPT,), "c": tuple(Level)}
    checked = [CheckedRecord(f"key-{name}", "", 1, Quality(reached)) for name, reached in levels.items()]
    two.put_quality(checked, QualityState())
    found = two.levels_of_source("lisbon")
    assert found.checked == 2
    assert found.reached == {Level.ACCEPT: 2, Level.EUCAIM: 0, Level.EHDS: 1}
    assert [one.key for one in two.quality_of_source("lisbon", 10)] == ["key-a", "key-b"]
    assert len(two.quality_of_source("lisbon", 1)) == 1


def test_a_source_without_records_reaches_nothing(two: Ledger) -> None:
    assert two.levels_of_source("lisbon").checked == 0


def test_how_long_ago_a_harvest_was_asked_for_is_told_by_the_ledgers_clock(
    two: Ledger, clock: SetClock
) -> None:
    assert two.since_last_job("harvest", "lisbon") is None
    two.put_job("harvest", "lisbon")
    two.put_job("harvest", "porto")
    clock.move(42)
    since = two.since_last_job("harvest", "lisbon")
    assert since is not None
    assert since.total_seconds() == pytest.approx(42, abs=0.001)


def test_a_token_is_its_sources_alone(two: Ledger) -> None:
    two.set_token("porto", HASH)
    assert two.source_of_token(HASH) == "porto"
    assert two.source("porto").has_token
    assert not two.source("lisbon").has_token


def test_a_new_token_ends_the_old_one(two: Ledger) -> None:
    two.set_token("porto", HASH)
    two.set_token("porto", sha256(b"other").hexdigest())
    assert two.source_of_token(HASH) is None


def test_no_token_is_nobodys(two: Ledger) -> None:
    assert two.source_of_token("") is None
    two.set_token("porto", HASH)
    two.set_token("porto", "")
    assert two.source_of_token(HASH) is None
    assert two.source_of_token("") is None


def test_the_token_of_a_removed_source_opens_nothing(two: Ledger) -> None:
    two.set_token("porto", HASH)
    two.remove_source("porto")
    assert two.source_of_token(HASH) is None
    with pytest.raises(NotFound):
        two.set_token("porto", HASH)
