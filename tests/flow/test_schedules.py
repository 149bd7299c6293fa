"""A running worker harvests what is due, when it is due, once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue.ledger import Ledger
from catalogue.model.run import RunState
from catalogue.services import Workshop
from catalogue.settings import Settings
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig
from tests.flow.faults.nodes import DcatNode
from tests.harvesters.scripted_provider import Provider

EVERY_MINUTE = {"schedule": "* * * * *"}
# Longer than a worker takes to look at its schedule for the first time, and to harvest twelve records.
LONG_ENOUGH = 3.0


class LaterClock:
    """Goes as fast as any, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


Opened = Callable[[], Workshop]


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


@pytest.fixture
def open_workshop(tmp_path: Path, clock: LaterClock) -> Iterator[Opened]:
    """Each is another process's, as it were, on the same folder and by the same clock."""
    with ExitStack() as opened:

        def make() -> Workshop:
            settings = Settings(data_dir=tmp_path, allowed_private_hosts=("127.0.0.1",), ingest_processes=0)
            workshop = Workshop(settings)
            workshop.ledger.close()
            workshop.ledger = Ledger.open(settings.ledger_url, clock=clock)
            return opened.enter_context(closing(workshop))

        yield make


@pytest.fixture
def node() -> Iterator[DcatNode]:
    provider = Provider()
    yield DcatNode(provider, "north")
    provider.stop()


@contextmanager
def working(*workshops: Workshop) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=Worker(one).run, args=(stop,)) for one in workshops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def add(workshop: Workshop, node: DcatNode, name: str = "north", **options: str) -> None:
    workshop.ledger.add_source(SourceConfig(name, "dcat", node.url, pace=0, options=options))


def ended(workshop: Workshop, name: str = "north") -> int:
    return sum(run.state.ended for run in workshop.ledger.runs(name))


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def test_a_source_whose_minute_has_come_is_harvested(
    open_workshop: Opened, node: DcatNode, clock: LaterClock
) -> None:
    workshop = open_workshop()
    add(workshop, node, **EVERY_MINUTE)
    clock.ahead += timedelta(minutes=2)
    with working(workshop):
        wait_for(lambda: ended(workshop) == 1)
    assert workshop.ledger.runs("north")[0].state is RunState.DONE


def test_a_source_whose_minute_has_not_come_waits(
    open_workshop: Opened, node: DcatNode, clock: LaterClock
) -> None:
    """Only its neighbour is due: that one shows that the worker has looked."""
    workshop = open_workshop()
    add(workshop, node, "due", **EVERY_MINUTE)
    later = clock() + timedelta(hours=3)
    add(workshop, node, schedule=f"{later.minute} {later.hour} * * *")
    add(workshop, node, "by-command-only")
    clock.ahead += timedelta(minutes=2)
    with working(workshop):
        wait_for(lambda: ended(workshop, "due") == 1)
    assert (ended(workshop), ended(workshop, "by-command-only")) == (0, 0)


def test_a_source_that_is_paused_is_left_alone(
    open_workshop: Opened, node: DcatNode, clock: LaterClock
) -> None:
    workshop = open_workshop()
    add(workshop, node, "due", **EVERY_MINUTE)
    add(workshop, node, **EVERY_MINUTE)
    workshop.ledger.pause_source("north")
    clock.ahead += timedelta(minutes=2)
    with working(workshop):
        wait_for(lambda: ended(workshop, "due") == 1)
    assert ended(workshop) == 0


@pytest.mark.parametrize(("opens", "harvests"), [(-1, 1), (2, 0)])
def test_a_source_is_harvested_in_its_window_alone(
    open_workshop: Opened, node: DcatNode, clock: LaterClock, opens: int, harvests: int
) -> None:
    """The window begins so many hours from now, and is three hours long."""
    workshop = open_workshop()
    clock.ahead += timedelta(minutes=2)
    start = clock() + timedelta(hours=opens)
    clock.ahead -= timedelta(minutes=2)
    window = f"{start:%H:%M}-{start + timedelta(hours=3):%H:%M}"
    add(workshop, node, "due", **EVERY_MINUTE)
    add(workshop, node, **EVERY_MINUTE, window=window)
    clock.ahead += timedelta(minutes=2)
    with working(workshop):
        wait_for(lambda: ended(workshop, "due") == 1 and ended(workshop) >= harvests)
    assert ended(workshop) == harvests


def test_two_workers_queue_one_job_for_one_moment(
    open_workshop: Opened, node: DcatNode, clock: LaterClock
) -> None:
    """A schedule by the day, so that no second moment comes while the test lasts."""
    one, other = open_workshop(), open_workshop()
    due = clock() + timedelta(minutes=1)
    add(one, node, schedule=f"{due.minute} {due.hour} * * *")
    clock.ahead += timedelta(minutes=10)
    with working(one, other):
        wait_for(lambda: ended(one) == 1)
        time.sleep(LONG_ENOUGH)
    assert (len(one.ledger.runs("north")), len(one.ledger.queued())) == (1, 0)


def test_a_command_that_drains_the_queue_harvests_nothing_that_is_only_due(
    open_workshop: Opened, node: DcatNode, clock: LaterClock
) -> None:
    workshop = open_workshop()
    add(workshop, node, **EVERY_MINUTE)
    clock.ahead += timedelta(minutes=2)
    assert Worker(workshop).drain()
    assert ended(workshop) == 0
