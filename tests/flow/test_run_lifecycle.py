"""What a run leaves to the next one: what it must ask for again, and what it may take for known."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import pytest

from catalogue.errors import Conflict
from catalogue.ingest.attended import Progress
from catalogue.ledger import JobState, Ledger
from catalogue.model.run import RecordState, Run, RunMode, RunState
from catalogue.services import Workshop
from catalogue.settings import Settings
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig
from tests.flow.commands import Commands
from tests.flow.faults.nodes import RECORDS, DcatNode, Node, OaiNode, arguments_of
from tests.harvesters.living_repository import BUSY
from tests.harvesters.scripted_provider import Answer, Provider

LIMIT: Final = 30.0
NORTH: Final = "north"


class HonestNode(DcatNode):
    """Each page has an entity tag that is another one for another page (RFC 9110, 8.8.3)."""

    def page(
        self,
        number: int,
        datasets: list[str],
        *,
        total: int | None = RECORDS,
        following: int | str | None = None,
    ) -> None:
        super().page(number, datasets, total=total, following=following)
        tag = hashlib.sha256(self.body(number)).hexdigest()
        self.answer(replace(self.sound(number), headers={"ETag": f'"{tag}"'}), page=number)

    def empty(self) -> None:
        self.lay_out([], total=0)


class LaterClock:
    """Goes as fast as any, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Catalogue:
    """One source, ``north``, and a worker for each harvest of it."""

    workshop: Workshop
    clock: LaterClock

    @property
    def ledger(self) -> Ledger:
        return self.workshop.ledger

    def add(self, node: Node, *, hold_first: bool = False, **options: str) -> None:
        config = SourceConfig(NORTH, node.kind, node.url, pace=0, options=options)
        self.ledger.add_source(config, hold_first=hold_first)

    def harvest(self, kind: str = "harvest", *, report: Callable[[Progress], None] = lambda _: None) -> Run:
        """The newest run, after all that is queued was done."""
        self.ledger.put_job(kind, NORTH)
        assert Worker(self.workshop, report=report, followers=()).drain()
        return self.ledger.runs(NORTH, 1)[0]

    def keys(self, state: RecordState = RecordState.LIVE) -> set[str]:
        return {one.key for one in self.ledger.known(NORTH).values() if one.state is state}

    def versions(self) -> dict[str, str | None]:
        """What is published of each record."""
        return {name: one.published_sha256 for name, one in self.ledger.known(NORTH).items()}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    settings = Settings(
        data_dir=tmp_path / "data",
        allowed_private_hosts=("127.0.0.1",),
        ingest_processes=0,
        request_tries=1,
    )
    clock = LaterClock()
    workshop = Workshop(settings)
    workshop.ledger.close()
    workshop.ledger = Ledger.open(settings.ledger_url, clock=clock)
    with closing(workshop):
        yield Catalogue(workshop, clock)


@pytest.fixture
def honest(provider: Provider, catalogue: Catalogue) -> HonestNode:
    """It is harvested, and what it answered is remembered."""
    node = HonestNode(provider, NORTH)
    catalogue.add(node)
    assert catalogue.harvest().state is RunState.DONE
    return node


@pytest.fixture
def changing(provider: Provider, catalogue: Catalogue) -> OaiNode:
    """A repository that is asked for what changed, once its whole list was had."""
    node = OaiNode(provider, NORTH)
    catalogue.add(node, incremental="true")
    first = catalogue.harvest()
    assert (first.state, first.mode) == (RunState.DONE, RunMode.FULL)
    provider.asked.clear()
    return node


def from_dates(provider: Provider) -> list[str | None]:
    """From when on each list was asked for, since the requests were last forgotten."""
    asked = [arguments_of(path) for path, _ in provider.asked]
    provider.asked.clear()
    return [one.get("from") for one in asked if one["verb"] == "ListRecords" and "metadataPrefix" in one]


def lose_half(node: OaiNode) -> None:
    dates = node.repository.dates
    node.repository.dates = {name: dates[name] for name in list(dates)[: RECORDS // 2]}


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


# --- answers that are said to hold still -------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(honest: HonestNode, catalogue: Catalogue) -> None:
    """Or the tests behind this one would not fail."""
    catalogue.harvest()
    honest.provider.asked.clear()
    run = catalogue.harvest()
    assert (run.state, run.counts.unchanged) == (RunState.UNCHANGED, RECORDS)
    assert run.listing
    assert not run.listing.proves_absence
    assert all("if-none-match" in headers for _, headers in honest.provider.asked)


def leave_held(catalogue: Catalogue) -> None:
    assert catalogue.harvest().state is RunState.HELD


def reject(catalogue: Catalogue) -> None:
    catalogue.ledger.reject_run(catalogue.harvest().id, "the node was being filled")


def stop_behind_its_fetch(catalogue: Catalogue) -> None:
    """Asked to end once its list is staged; goes on when its watch has seen that."""

    def stop(progress: Progress) -> None:
        if progress.state is RunState.STAGED:
            run = catalogue.ledger.runs(NORTH, 1)[0]
            catalogue.ledger.request_stop(run.id)
            wait_for(lambda: f"watch-{run.id}" not in {one.name for one in threading.enumerate()})

    run = catalogue.harvest(report=stop)
    assert (run.state, run.message) == (RunState.CANCELLED, "somebody asked for its end")


@pytest.mark.parametrize("end", [leave_held, reject, stop_behind_its_fetch])
def test_the_same_answer_without_a_record_is_held_again(
    honest: HonestNode, catalogue: Catalogue, end: Callable[[Catalogue], None]
) -> None:
    honest.empty()
    end(catalogue)
    run = catalogue.harvest()
    assert (run.state, "holds no record" in run.message) == (RunState.HELD, True)
    assert len(catalogue.keys()) == RECORDS


def test_a_held_run_is_held_again_for_as_long_as_nobody_decides(
    honest: HonestNode, catalogue: Catalogue
) -> None:
    honest.empty()
    runs = [catalogue.harvest() for _ in range(3)]
    assert [catalogue.ledger.run(one.id).state for one in runs] == [
        RunState.CANCELLED,
        RunState.CANCELLED,
        RunState.HELD,
    ]


def test_a_loss_that_was_met_before_is_held_also_behind_a_sound_list(
    honest: HonestNode, catalogue: Catalogue
) -> None:
    """A node that comes and goes: what it answered to the run that was held is not what we know of it."""
    honest.empty()
    assert catalogue.harvest().state is RunState.HELD
    honest.heal()
    assert catalogue.harvest().state is RunState.UNCHANGED
    honest.empty()
    assert catalogue.harvest().state is RunState.HELD


def test_records_that_stay_away_go_although_the_list_does_not_change(
    honest: HonestNode, catalogue: Catalogue
) -> None:
    """The second list without them is the one that proves it."""
    honest.lay_out(honest.datasets(range(RECORDS - 1)), total=RECORDS - 1)
    assert catalogue.harvest().counts.unseen == 1
    catalogue.clock.ahead += timedelta(days=8)
    assert catalogue.harvest().counts.withdrawn == 1
    assert len(catalogue.keys(RecordState.WITHDRAWN)) == 1


# --- a worker that is asked to end -------------------------------------------------------------------------


@dataclass(frozen=True)
class Silence:
    """A page that keeps who asks for it waiting."""

    asked: threading.Event
    over: threading.Event

    def instead_of(self, answer: Answer) -> Answer:
        def stream(handler: BaseHTTPRequestHandler) -> None:
            self.asked.set()
            self.over.wait(LIMIT)
            with suppress(OSError):
                handler.send_header("Content-Length", str(len(answer.body)))
                handler.end_headers()
                handler.wfile.write(answer.body)

        return replace(answer, stream=stream)


@pytest.fixture
def silence() -> Iterator[Silence]:
    made = Silence(threading.Event(), threading.Event())
    yield made
    made.over.set()


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    environment = {
        "CATALOGUE_DATA_DIR": str(settings.data_dir),
        "CATALOGUE_ALLOWED_PRIVATE_HOSTS": ",".join(settings.allowed_private_hosts),
        "CATALOGUE_INGEST_PROCESSES": "0",
    }
    command = [sys.executable, "-m", "catalogue", "worker"]
    with (settings.data_dir / "worker.log").open("ab") as log:
        return subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)


def test_a_worker_that_is_asked_to_end_leaves_its_run_to_the_next(
    provider: Provider, catalogue: Catalogue, silence: Silence
) -> None:
    node = DcatNode(provider, NORTH)
    node.answer(silence.instead_of(node.sound(3)), page=3)
    catalogue.add(node)
    job = catalogue.ledger.put_job("harvest", NORTH)
    worker = start_worker(catalogue.workshop.settings)
    assert silence.asked.wait(LIMIT)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(LIMIT) == 0

    (left,) = catalogue.ledger.runs(NORTH)
    assert (left.state, catalogue.ledger.job(job.id).state) == (RunState.FETCHING, JobState.QUEUED)

    node.heal()
    provider.asked.clear()
    assert Worker(catalogue.workshop, followers=()).drain()
    (run,) = catalogue.ledger.runs(NORTH)
    assert (run.id, run.state, run.resumed) == (left.id, RunState.DONE, 1)
    assert [path for path, _ in provider.asked] == ["/c?page=3"]
    assert catalogue.ledger.job(job.id).state is JobState.DONE
    assert RunState.CANCELLED not in {one.state for one in catalogue.ledger.transitions(run.id)}


# --- everything, or what changed ---------------------------------------------------------------------------


def test_what_changed_is_asked_for_once_the_whole_list_was_had(
    changing: OaiNode, catalogue: Catalogue
) -> None:
    run = catalogue.harvest()
    (since,) = from_dates(changing.provider)
    assert (run.mode, run.state, since is None) == (RunMode.INCREMENTAL, RunState.UNCHANGED, False)
    assert len(catalogue.keys()) == RECORDS


def test_the_whole_list_is_asked_for_again_after_seven_days(changing: OaiNode, catalogue: Catalogue) -> None:
    modes = []
    for days in (6, 2, 1):
        catalogue.clock.ahead += timedelta(days=days)
        modes.append(catalogue.harvest().mode)
    assert modes == [RunMode.INCREMENTAL, RunMode.FULL, RunMode.INCREMENTAL]
    first, second, third = from_dates(changing.provider)
    assert (first is None, second is None, third is None) == (False, True, False)


def test_the_whole_list_is_asked_for_after_identifiers_were_joined(
    changing: OaiNode, catalogue: Catalogue
) -> None:
    one, other = changing.identifiers[:2]
    catalogue.ledger.join_identifiers(NORTH, one, other, why="both are the same register")
    assert catalogue.harvest().mode is RunMode.FULL
    assert catalogue.harvest().mode is RunMode.INCREMENTAL
    first, second = from_dates(changing.provider)
    assert (first is None, second is None) == (True, False)


@pytest.mark.parametrize(
    ("change", "mode"),
    [
        (("--option", "set=ct"), RunMode.FULL),
        (("--url", "{url}/moved"), RunMode.FULL),
        (("--title", "North of the river"), RunMode.INCREMENTAL),
        (("--option", "missing_runs=3"), RunMode.INCREMENTAL),
    ],
)
def test_another_list_is_asked_for_as_a_whole(
    changing: OaiNode, catalogue: Catalogue, commands: Commands, change: tuple[str, str], mode: RunMode
) -> None:
    option, value = change
    commands.well("source", "set", NORTH, option, value.replace("{url}", changing.provider.url))
    assert catalogue.harvest().mode is mode
    (since,) = from_dates(changing.provider)
    assert (since is None) == (mode is RunMode.FULL)
    assert catalogue.harvest().mode is RunMode.INCREMENTAL


def test_a_list_of_changes_never_takes_the_place_of_a_held_one(
    changing: OaiNode, catalogue: Catalogue
) -> None:
    lose_half(changing)
    held = catalogue.harvest("harvest-full")
    later = catalogue.harvest()
    assert (held.state, later.state, later.mode) == (RunState.HELD, RunState.HELD, RunMode.FULL)
    assert from_dates(changing.provider) == [None, None]
    assert f"superseded by run {later.id}" in catalogue.ledger.run(held.id).message
    assert len(catalogue.keys()) == RECORDS


def test_a_list_that_breaks_off_takes_nothing_away_from_a_held_one(
    honest: HonestNode, catalogue: Catalogue
) -> None:
    """What is held can still be approved, and the records that came meanwhile wait with it."""
    honest.lay_out(honest.datasets(range(6)), total=6)
    held = catalogue.harvest()
    honest.heal()
    honest.page(1, [honest.dataset(0, title="Another"), *honest.datasets(range(1, 4))], following=2)
    honest.answer(Answer(status=500))
    before = catalogue.versions()
    broken = catalogue.harvest()
    assert (broken.state, f"run {held.id} waits" in broken.message) == (RunState.INCOMPLETE, True)
    assert (catalogue.ledger.run(held.id).state, catalogue.versions()) == (RunState.HELD, before)
    catalogue.ledger.approve_run(held.id, "asked at the hospital")
    assert len(catalogue.keys()) == 6


def test_a_held_run_cannot_be_retried(changing: OaiNode, catalogue: Catalogue, commands: Commands) -> None:
    lose_half(changing)
    changing.repository.poison = {changing.identifiers[1]: BUSY}
    held = catalogue.harvest("harvest-full")
    assert (held.state, held.counts.rejected) == (RunState.HELD, 1)
    refused = commands.run("retry", held.id)
    assert (refused.code, "is held" in refused.err) == (1, True)
    assert catalogue.ledger.run(held.id).state is RunState.HELD
    assert not catalogue.ledger.queued()


# --- sources that are removed, and come back ---------------------------------------------------------------


@pytest.mark.parametrize("make", [HonestNode, OaiNode])
def test_a_source_that_comes_back_is_asked_for_everything_and_has_its_keys(
    provider: Provider, catalogue: Catalogue, make: Callable[[Provider, str], Node]
) -> None:
    node = make(provider, NORTH)
    catalogue.add(node, incremental="true")
    catalogue.harvest()
    keys = catalogue.keys()
    catalogue.ledger.remove_source(NORTH)
    assert (catalogue.keys(), catalogue.keys(RecordState.WITHDRAWN)) == (set(), keys)
    catalogue.add(node, incremental="true")
    run = catalogue.harvest()
    assert (run.mode, run.state) == (RunMode.FULL, RunState.DONE)
    assert (catalogue.keys(), len(keys)) == (keys, RECORDS)


def test_the_first_run_of_a_source_that_comes_back_waits_where_it_is_asked_to(
    honest: HonestNode, catalogue: Catalogue
) -> None:
    keys = catalogue.keys()
    catalogue.ledger.remove_source(NORTH)
    catalogue.add(honest, hold_first=True)
    run = catalogue.harvest()
    assert (run.state, catalogue.keys()) == (RunState.HELD, set())
    catalogue.ledger.approve_run(run.id, "the node is the one we know")
    assert catalogue.keys() == keys
    assert catalogue.harvest().state is RunState.UNCHANGED


def test_what_was_held_before_a_source_was_removed_cannot_be_approved_behind_it(
    honest: HonestNode, catalogue: Catalogue
) -> None:
    honest.empty()
    held = catalogue.harvest()
    catalogue.ledger.remove_source(NORTH)
    honest.heal()
    catalogue.add(honest)
    with pytest.raises(Conflict, match="not held"):
        catalogue.ledger.approve_run(held.id, "asked at the hospital")
    assert catalogue.harvest().state is RunState.DONE
    assert len(catalogue.keys()) == RECORDS


# --- what failed, once more --------------------------------------------------------------------------------


def test_a_retry_believes_a_source_nothing_but_what_it_was_asked_for(
    provider: Provider, catalogue: Catalogue
) -> None:
    """A DCAT feed can only be asked for all of its list; meanwhile one record changed and six are missing."""
    node = DcatNode(provider, NORTH)
    sound = node.datasets()
    untitled = sound[4].replace("dct:title", "dct:alternative")
    node.lay_out([*sound[:4], untitled, *sound[5:]])
    catalogue.add(node)
    first = catalogue.harvest()
    assert (first.state, first.counts.rejected) == (RunState.PARTIAL, 1)
    before = catalogue.versions()

    node.lay_out([node.dataset(0, title="Another"), *sound[1:6]], total=6)
    run = catalogue.harvest("harvest-retry")
    assert (run.mode, run.state, run.counts.offered) == (RunMode.RETRY, RunState.DONE, 1)
    failed = f"{provider.url}/d/4"
    assert {name for name, version in catalogue.versions().items() if version != before[name]} == {failed}
    assert len(catalogue.keys()) == RECORDS


def test_a_retry_is_no_whole_list(changing: OaiNode, catalogue: Catalogue) -> None:
    """Neither is the moment of the next list of changes moved by it."""
    moment = catalogue.ledger.checkpoint(NORTH)
    whole = catalogue.ledger.source(NORTH).last_whole_list
    changing.repository.poison = {changing.identifiers[1]: BUSY}
    changing.repository.dates = dict.fromkeys(changing.identifiers, "2026-03-02T12:00:00Z")
    failed = catalogue.harvest()
    assert (failed.mode, failed.counts.rejected) == (RunMode.INCREMENTAL, 1)
    changing.heal()
    run = catalogue.harvest("harvest-retry")
    assert (run.mode, run.counts.offered, run.counts.unseen) == (RunMode.RETRY, 1, 0)
    assert catalogue.ledger.checkpoint(NORTH) == moment
    assert catalogue.ledger.source(NORTH).last_whole_list == whole
