"""When a run under way ends before its end, what is kept of it, and which runs may be under way at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import pytest

from catalogue.errors import LeaseLost
from catalogue.ingest.attended import MOST_CRASHES
from catalogue.ledger import Job, JobState, Ledger
from catalogue.model.run import Run, RunState
from catalogue.services import Workshop
from catalogue.settings import Settings
from catalogue.worker import crew
from catalogue.worker.harvests import source_lease
from catalogue.worker.loop import Worker
from catalogue.worker.watch import RunWatch
from harvesters.errors import Stopped
from harvesters.source import SourceConfig
from tests.harvesters.scripted_provider import PREFIXES, Answer, Provider

LIMIT: Final = 30.0
NORTH: Final = "north"
# On a host that is none of those whose processes can be looked after here.
ELSEWHERE: Final = "another-machine:7:7"


class LaterClock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


@pytest.fixture
def workshop(tmp_path: Path, clock: LaterClock) -> Iterator[Workshop]:
    settings = Settings(
        data_dir=tmp_path,
        allowed_private_hosts=("127.0.0.1",),
        ingest_processes=0,
        request_tries=1,
        lease_seconds=1.5,
    )
    workshop = Workshop(settings)
    workshop.ledger.close()
    workshop.ledger = Ledger.open(settings.ledger_url, clock=clock)
    with closing(workshop):
        yield workshop


@pytest.fixture
def ledger(workshop: Workshop) -> Ledger:
    workshop.ledger.add_source(SourceConfig(NORTH, "dcat", "http://127.0.0.1:9/c", pace=0))
    return workshop.ledger


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


# --- the watch ---------------------------------------------------------------------------------------------


@dataclass
class Watched:
    """A run under way, of which a test says whose it is; ``interrupted`` is what its requests would be."""

    run: Run
    ledger: Ledger
    is_ours: bool = True
    interrupted: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def looking(self) -> Iterator[RunWatch]:
        watch = RunWatch(
            self.ledger, self.run, timedelta(hours=6), lambda: self.is_ours, self.interrupted.set
        )
        with watch.looking():
            yield watch


@pytest.fixture
def watched(ledger: Ledger) -> Watched:
    return Watched(ledger.start_run(NORTH), ledger)


def test_a_run_that_nobody_ends_is_let_go_on(watched: Watched) -> None:
    with watched.looking() as watch:
        assert not watched.interrupted.wait(1.2)
        watch.check()


def test_a_run_ends_once_somebody_asks_for_it(watched: Watched) -> None:
    with watched.looking() as watch:
        watched.ledger.request_stop(watched.run.id)
        assert watched.interrupted.wait(LIMIT)
        with pytest.raises(Stopped, match="somebody asked"):
            watch.check()
    assert watch.end == (RunState.CANCELLED, "somebody asked for its end")


def test_a_run_that_was_asked_to_end_before_it_was_taken_up_does_not_begin(watched: Watched) -> None:
    asked = replace(watched, run=watched.ledger.request_stop(watched.run.id))
    with asked.looking() as watch, pytest.raises(Stopped):
        watch.check()


def test_a_run_fails_that_takes_longer_than_it_may(watched: Watched, clock: LaterClock) -> None:
    with watched.looking() as watch:
        clock.ahead += timedelta(hours=7)
        assert watched.interrupted.wait(LIMIT)
        with pytest.raises(Stopped, match="longer than 6 hours"):
            watch.check()
    assert watch.end[0] is RunState.FAILED


def test_a_run_that_is_ours_no_more_is_left_to_another_worker(watched: Watched) -> None:
    """Whatever else is said of it: the other worker will see that, too."""
    with watched.looking() as watch:
        watched.is_ours = False
        watched.ledger.request_stop(watched.run.id)
        assert watched.interrupted.wait(LIMIT)
        with pytest.raises(LeaseLost):
            watch.check()
    assert not watched.ledger.run(watched.run.id).state.ended


def test_a_lease_that_is_lost_is_noticed_before_the_next_look(watched: Watched) -> None:
    with watched.looking() as watch:
        watched.is_ours = False
        with pytest.raises(LeaseLost):
            watch.check()


def test_a_run_ends_with_its_source(watched: Watched) -> None:
    with watched.looking() as watch:
        watched.ledger.remove_source(NORTH, cause="the node is no more")
        assert watched.interrupted.wait(LIMIT)
        with pytest.raises(Stopped):
            watch.check()
    assert watch.end == (RunState.CANCELLED, "the node is no more")


# --- what is kept of runs ----------------------------------------------------------------------------------


def test_the_pages_of_the_newest_and_of_held_runs_are_kept(workshop: Workshop, ledger: Ledger) -> None:
    ledger.add_source(SourceConfig("south", "dcat", "http://127.0.0.1:9/s", pace=0))
    south = ledger.start_run("south")
    workshop.spools.open(south)
    ends = (RunState.DONE, RunState.HELD, RunState.FAILED, RunState.CANCELLED)
    runs = [ledger.start_run(NORTH) for _ in ends]
    for run, end in zip(runs, ends, strict=True):
        workshop.spools.open(run)
        ledger.end_run(run.id, end, "")
    newest = ledger.start_run(NORTH)
    workshop.spools.open(newest)
    kept = {int(folder.name) for folder in (workshop.settings.data_dir / "spool").iterdir()}
    assert kept == {south.id, runs[1].id, newest.id}


@pytest.mark.parametrize(("crashes", "is_given_up"), [(MOST_CRASHES - 1, False), (MOST_CRASHES, True)])
def test_a_run_that_brings_its_worker_down_again_and_again_is_given_up(
    workshop: Workshop, host: "Host", crashes: int, *, is_given_up: bool
) -> None:
    host.register(workshop, NORTH)
    run = workshop.ledger.start_run(NORTH)
    for _ in range(crashes):
        workshop.ledger.restart_staging(run.id, "its worker was killed")
    workshop.ledger.put_job("harvest", NORTH)
    assert Worker(workshop, followers=()).drain()
    (ended,) = workshop.ledger.runs(NORTH)
    assert ended.state is (RunState.FAILED if is_given_up else RunState.DONE)
    assert ("is given up" in ended.message) == is_given_up
    assert bool(host.provider.asked) != is_given_up


# --- several at once ---------------------------------------------------------------------------------------


class Host:
    """It has DCAT catalogues with a record each; ``slow`` ones answer when they may."""

    def __init__(self) -> None:
        self.provider = Provider()
        self.may_answer = threading.Event()

    def register(self, workshop: Workshop, name: str, *, slow: bool = False, **options: str) -> None:
        url = f"{self.provider.url}/{name}"
        dataset = f'<{url}/1> a dcat:Dataset ; dct:title "{name}" ; dct:description "CT" .'
        answer = Answer(f"{PREFIXES} <{url}> a dcat:Catalog . {dataset}".encode())
        self.provider.answers[f"/{name}"] = self._delayed(answer) if slow else answer
        workshop.ledger.add_source(SourceConfig(name, "dcat", url, pace=0, options=options))

    def has_been_asked(self, name: str) -> bool:
        return any(path == f"/{name}" for path, _ in self.provider.asked)

    def stop(self) -> None:
        self.may_answer.set()
        self.provider.stop()

    def _delayed(self, answer: Answer) -> Answer:
        def stream(handler: BaseHTTPRequestHandler) -> None:
            self.may_answer.wait(LIMIT)
            with suppress(OSError):
                handler.send_header("Content-Length", str(len(answer.body)))
                handler.end_headers()
                handler.wfile.write(answer.body)

        return replace(answer, stream=stream)


@pytest.fixture
def hosts() -> Iterator[Callable[[], Host]]:
    with ExitStack() as opened:

        def make() -> Host:
            made = Host()
            opened.callback(made.stop)
            return made

        yield make


@pytest.fixture
def host(hosts: Callable[[], Host]) -> Host:
    return hosts()


@contextmanager
def working(workshop: Workshop) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Worker(workshop, followers=()).run, args=(stop,))
    thread.start()
    try:
        yield
        assert thread.is_alive(), "the worker ended"
    finally:
        stop.set()
        thread.join()


def has_state(workshop: Workshop, job: Job, state: JobState) -> bool:
    return workshop.ledger.job(job.id).state is state


def test_a_source_is_done_while_one_on_another_host_keeps_us_waiting(
    workshop: Workshop, host: Host, hosts: Callable[[], Host]
) -> None:
    host.register(workshop, "slow", slow=True)
    hosts().register(workshop, "quick")
    slow, quick = (workshop.ledger.put_job("harvest", name) for name in ("slow", "quick"))
    with working(workshop):
        wait_for(lambda: host.has_been_asked("slow"))
        wait_for(lambda: has_state(workshop, quick, JobState.DONE))
        assert has_state(workshop, slow, JobState.RUNNING)
        host.may_answer.set()
        wait_for(lambda: has_state(workshop, slow, JobState.DONE))


def test_two_sources_of_one_host_are_never_harvested_at_once(
    workshop: Workshop, host: Host, hosts: Callable[[], Host]
) -> None:
    """A third one, queued last and on another host, shows that there was room for the second."""
    host.register(workshop, "first", slow=True)
    host.register(workshop, "second")
    hosts().register(workshop, "third")
    first, second, third = (workshop.ledger.put_job("harvest", name) for name in ("first", "second", "third"))
    with working(workshop):
        wait_for(lambda: has_state(workshop, third, JobState.DONE))
        assert has_state(workshop, first, JobState.RUNNING)
        assert has_state(workshop, second, JobState.QUEUED)
        assert not host.has_been_asked("second")
        host.may_answer.set()
        wait_for(lambda: has_state(workshop, second, JobState.DONE))


def test_a_source_that_another_process_is_at_is_harvested_later(
    workshop: Workshop, host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(crew, "REST_SECONDS", 0.05)
    host.register(workshop, NORTH)
    lease = workshop.ledger.acquire(source_lease(NORTH), ELSEWHERE, 60)
    assert lease
    job = workshop.ledger.put_job("harvest", NORTH)
    with working(workshop):
        wait_for(lambda: f"job {job.id} waits" in caplog.text)
        wait_for(lambda: has_state(workshop, job, JobState.QUEUED))
        assert workshop.ledger.runs(NORTH) == ()
        workshop.ledger.release(lease)
        wait_for(lambda: has_state(workshop, job, JobState.DONE))
    (run,) = workshop.ledger.runs(NORTH)
    assert (run.state, run.crashes) == (RunState.DONE, 0)


def test_a_source_that_is_removed_under_its_harvest_ends_it_and_no_other(
    workshop: Workshop, host: Host
) -> None:
    host.register(workshop, NORTH, slow=True)
    job = workshop.ledger.put_job("harvest", NORTH)
    with working(workshop):
        wait_for(lambda: host.has_been_asked(NORTH))
        workshop.ledger.remove_source(NORTH)
        wait_for(lambda: has_state(workshop, job, JobState.FAILED))
    (run,) = workshop.ledger.runs(NORTH)
    assert (run.state, run.message) == (RunState.CANCELLED, "the source was removed")
    assert workshop.ledger.job(job.id).message == run.message


def test_a_harvest_that_takes_too_long_fails_with_the_reason(
    workshop: Workshop, host: Host, clock: LaterClock
) -> None:
    host.register(workshop, NORTH, slow=True, run_hours="0.01")
    job = workshop.ledger.put_job("harvest", NORTH)
    with working(workshop):
        wait_for(lambda: host.has_been_asked(NORTH))
        clock.ahead += timedelta(seconds=40)
        wait_for(lambda: has_state(workshop, job, JobState.FAILED))
    (run,) = workshop.ledger.runs(NORTH)
    assert (run.state, run.message) == (RunState.FAILED, "it took longer than 0.01 hours")


def test_a_worker_whose_lease_was_taken_over_leaves_the_run_to_the_other(
    workshop: Workshop, host: Host, clock: LaterClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It slept too long: its lease has run out and is another's by now."""
    host.register(workshop, NORTH, slow=True)
    job = workshop.ledger.put_job("harvest", NORTH)
    with working(workshop):
        wait_for(lambda: host.has_been_asked(NORTH))
        wait_for(lambda: is_taken_over(workshop, clock))
        wait_for(lambda: "is left to another worker" in caplog.text)
        wait_for(lambda: has_state(workshop, job, JobState.QUEUED))
    (run,) = workshop.ledger.runs(NORTH)
    assert (run.state, run.message) == (RunState.FETCHING, "")


def is_taken_over(workshop: Workshop, clock: LaterClock) -> bool:
    """By another machine, unless the heartbeat is faster."""
    clock.ahead += timedelta(seconds=3)
    return workshop.ledger.acquire(source_lease(NORTH), ELSEWHERE, 3600) is not None
