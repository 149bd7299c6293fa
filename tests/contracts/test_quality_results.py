"""What the ledger promises of the results of quality checks, on each database."""

from dataclasses import replace

import pytest

from catalogue.ledger import Ledger, QualityState
from catalogue.model.quality import CheckedRecord, Level, LevelFinding, Quality
from harvesters.findings import Severity
from tests.contracts.ledger_builders import row_counts

STATE = QualityState(7, "rules 1")
FINDING = LevelFinding(
    Severity.ERROR, "urn:a", "dct:title", "", "A title is “needed”.", "Add dct:title.", (Level.EHDS,)
)


def checked(key: str, *levels: Level, version: int = 1) -> CheckedRecord:
    return CheckedRecord(key, f"urn:{key}", version, Quality(levels, (FINDING,)))


def test_a_result_comes_back_as_it_was_put(ledger: Ledger) -> None:
    one = checked("a", Level.ACCEPT, Level.EHDS)
    ledger.put_quality([one], STATE)
    assert ledger.quality("a") == one
    assert ledger.quality_state() == STATE


def test_what_was_never_checked_has_no_result(ledger: Ledger) -> None:
    assert ledger.quality("a") is None
    assert ledger.quality_state() == QualityState()


def test_a_newer_result_replaces_the_older(ledger: Ledger) -> None:
    ledger.put_quality([checked("a", Level.ACCEPT)], STATE)
    newer = checked("a", Level.EUCAIM, version=2)
    ledger.put_quality([newer], replace(STATE, watermark=8))
    assert list(ledger.iterate_quality()) == [newer]
    assert ledger.quality_state().watermark == 8


def test_putting_the_same_twice_is_putting_it_once(ledger: Ledger) -> None:
    ledger.put_quality([checked("a")], STATE)
    before = row_counts(ledger)
    ledger.put_quality([checked("a")], STATE)
    assert row_counts(ledger) == before


def test_what_is_gone_has_no_result(ledger: Ledger) -> None:
    ledger.put_quality([checked("a"), checked("b")], STATE)
    ledger.put_quality([], STATE, gone=["a", "never"])
    assert [one.key for one in ledger.iterate_quality()] == ["b"]


def test_all_results_are_forgotten_with_the_watermark(ledger: Ledger) -> None:
    ledger.put_quality([checked("a")], STATE)
    ledger.forget_quality()
    assert (list(ledger.iterate_quality()), ledger.quality_state()) == ([], QualityState())


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_results_are_read_in_batches_each_once(batch: int, ledger: Ledger) -> None:
    ledger.put_quality([checked(key) for key in "edcba"], STATE)
    assert [one.key for one in ledger.iterate_quality(batch)] == list("abcde")


def test_the_records_at_each_level_are_counted(ledger: Ledger) -> None:
    assert ledger.quality_levels() == {Level.ACCEPT: 0, Level.EUCAIM: 0, Level.EHDS: 0}
    ledger.put_quality([checked("a", *Level), checked("b", Level.EHDS), checked("c")], STATE)
    assert ledger.quality_levels() == {Level.ACCEPT: 1, Level.EUCAIM: 1, Level.EHDS: 2}
