"""What the ledger promises to those who follow it: order, no gaps, growing datestamps, news in time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.ledger import ChangeKind, Ledger
from tests.contracts.ledger_builders import SetClock, config, harvest, listed, record

Opener = Callable[..., Ledger]


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def test_every_published_version_is_one_change(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    harvest(ledger, record("b", "second"), withdrawn=["a"])
    found = [(each.number, each.key, each.kind, each.run) for each in ledger.changes_after(0, 10)]
    assert found == [
        (1, "key-a", ChangeKind.PUT, 1),
        (2, "key-b", ChangeKind.PUT, 1),
        (3, "key-b", ChangeKind.PUT, 2),
        (4, "key-a", ChangeKind.DROP, 2),
    ]
    assert ledger.last_change() == 4


def test_changes_are_read_from_a_number_on_and_up_to_a_limit(ledger: Ledger) -> None:
    harvest(ledger, *(record(f"r{number}") for number in range(5)))
    assert [each.number for each in ledger.changes_after(2, 2)] == [3, 4]
    assert ledger.changes_after(5, 2) == ()


def test_removing_a_source_withdraws_its_records_through_the_change_log(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, record("a"))
    harvest(ledger, record("b"), source="porto")
    assert ledger.remove_source("porto") == 1
    last = ledger.changes_after(2, 10)
    assert [(each.key, each.kind, each.run) for each in last] == [("key-b", ChangeKind.DROP, None)]
    assert not ledger.published("key-b").shown
    assert ledger.published("key-a").shown


def test_datestamps_are_whole_seconds_and_grow_within_one_second(ledger: Ledger, clock: SetClock) -> None:
    stamps = []
    for text in ("first", "second", "third"):
        harvest(ledger, record("a", text))
        stamps.append(ledger.published("key-a").datestamp)
    began = clock.time.replace(microsecond=0)
    assert stamps == [began + timedelta(seconds=seconds) for seconds in range(3)]


def test_datestamps_grow_when_the_clock_goes_back(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    before = ledger.published("key-a").datestamp
    clock.move(-3600)
    harvest(ledger, record("a", "second"))
    assert ledger.published("key-a").datestamp > before


def test_one_run_has_one_datestamp(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    harvest(ledger, record("b", "second"), record("c"), withdrawn=["a"])
    assert len({each.at for each in ledger.changes_after(2, 10)}) == 1


def test_each_follower_has_its_own_watermark(ledger: Ledger) -> None:
    assert ledger.watermark("graph") == 0
    ledger.set_watermark("graph", 7)
    ledger.set_watermark("graph", 5)
    assert (ledger.watermark("graph"), ledger.watermark("index")) == (5, 0)


def test_a_follower_beside_two_appliers_skips_no_change(open_ledger: Opener) -> None:
    """Numbers that are seen out of order would be lost: the follower never looks back."""
    runs, records = 12, 4
    done = threading.Event()

    def apply(source: str) -> None:
        mine = open_ledger()
        mine.add_source(config(source))
        for number in range(runs):
            rows = [record(f"{source}-{number}-{place}") for place in range(records)]
            harvest(mine, *rows, source=source, complete=False)

    def follow() -> list[int]:
        mine, last = open_ledger(), False
        read: list[int] = []
        while not last:
            last = done.is_set()
            while found := mine.changes_after(read[-1] if read else 0, 5):
                read += [each.number for each in found]
        return read

    with ThreadPoolExecutor(3) as threads:
        reader = threads.submit(follow)
        writers = [threads.submit(apply, name) for name in ("evora", "faro")]
        wait(writers)
        done.set()
        assert [writer.exception() for writer in writers] == [None, None]
        assert reader.result() == list(range(1, 2 * runs * records + 1))


def test_a_second_applier_waits_for_the_first_ones_commit(open_ledger: Opener) -> None:
    """The lock is held to the commit, so that no number becomes visible before a smaller one."""
    entered, leave = threading.Event(), threading.Event()

    def stop_under_the_lock() -> datetime:
        entered.set()
        assert leave.wait(20)
        return datetime.now(UTC)

    first, second = open_ledger(), open_ledger()
    runs = [_staged(first, "a"), _staged(second, "b")]
    first._database._clock = stop_under_the_lock
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(first.apply_run, runs[0])
        assert entered.wait(20)
        quick = threads.submit(second.apply_run, runs[1])
        time.sleep(0.3)
        overtaken = quick.done()
        leave.set()
        slow.result()
        quick.result()
    assert not overtaken
    assert [each.key for each in second.changes_after(0, 9)] == ["key-a", "key-b"]


def test_the_data_version_tells_of_commits_by_others(open_ledger: Opener) -> None:
    mine, other = open_ledger(), open_ledger()
    before = mine.data_version()
    assert mine.data_version() == before
    other.set_watermark("graph", 1)
    assert mine.data_version() != before


def test_the_first_question_for_news_is_answered_at_once(ledger: Ledger) -> None:
    assert ledger.wait_for_change(10)


def test_waiting_ends_after_its_time_without_news(ledger: Ledger) -> None:
    ledger.wait_for_change(0)
    began = time.monotonic()
    assert not ledger.wait_for_change(0.3)
    assert 0.25 < time.monotonic() - began < 3


@pytest.mark.parametrize("news", ["run", "job"])
def test_waiting_ends_with_the_news(open_ledger: Opener, news: str) -> None:
    mine, other = open_ledger(), open_ledger()
    mine.wait_for_change(0)

    def tell() -> None:
        time.sleep(0.2)
        if news == "job":
            other.put_job("harvest", "lisbon")
        else:
            harvest(other, record("a"))

    with ThreadPoolExecutor(1) as threads:
        telling = threads.submit(tell)
        began = time.monotonic()
        assert mine.wait_for_change(20)
        assert time.monotonic() - began < 10
        telling.result()


def test_news_that_came_while_nobody_waited_is_not_lost(open_ledger: Opener) -> None:
    mine, other = open_ledger(), open_ledger()
    mine.wait_for_change(0)
    other.put_job("harvest", "lisbon")
    assert mine.wait_for_change(10)
    assert not mine.wait_for_change(0.2)


def _staged(ledger: Ledger, identifier: str) -> int:
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record(identifier)])
    ledger.note_listing(run.id, listed(complete=False))
    return run.id
