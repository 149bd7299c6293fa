"""No fault of a provider withdraws or alters what is live, nor touches its neighbours, and each is told."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest

from catalogue.ledger import Job, JobState, Ledger
from catalogue.model.run import RecordState, Run, RunState
from catalogue.services import Workshop
from catalogue.settings import Settings
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig
from tests.flow.faults.fault import Fault
from tests.flow.faults.feeds import FEEDS
from tests.flow.faults.lines import LINES, REBOUND
from tests.flow.faults.nodes import RECORDS, DcatNode, Node, OaiNode
from tests.flow.faults.points import POINTS
from tests.flow.faults.repositories import REPOSITORIES
from tests.flow.flows import assert_agreed
from tests.harvesters.scripted_provider import Provider

FAULTS: Final[tuple[Fault[Any], ...]] = (*FEEDS, *LINES, *POINTS, *REPOSITORIES)
LIMIT: Final = 60.0
PUBLIC: Final = "93.184.215.14"


@dataclass
class Ward:
    """One worker that lives through all faults, with two sound sources beside each of them."""

    workshop: Workshop
    neighbours: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return self.workshop.ledger

    def add(self, name: str, node: Node, options: dict[str, str]) -> SourceConfig:
        config = SourceConfig(name, node.kind, node.url, pace=0, options=options)
        self.ledger.add_source(config)
        return config

    def harvest(self, *names: str) -> tuple[Run, ...]:
        """Have the worker harvest these side by side; the newest run of each."""
        self.wait([self.ledger.put_job("harvest", name) for name in names])
        return tuple(self.ledger.runs(name, 1)[0] for name in names)

    def wait(self, jobs: list[Job]) -> None:
        end = time.monotonic() + LIMIT
        while any(self.ledger.job(one.id).state not in (JobState.DONE, JobState.FAILED) for one in jobs):
            assert time.monotonic() < end, "the worker does not come to an end"
            time.sleep(0.02)

    def shown(self, name: str) -> dict[str, str]:
        return {one.key: one.sha256 for one in self.ledger.iterate_published() if one.source == name}

    def others(self, name: str) -> dict[str, tuple[str, RecordState]]:
        """All that is known of the other sources."""
        return {
            identifier: (known.published_sha256 or "", known.state)
            for row in self.ledger.sources()
            if row.config.id != name
            for identifier, known in self.ledger.known(row.config.id).items()
        }

    def told(self, run: Run) -> str:
        """The reason, wherever it stands: with the run, its list, a record, or what the list proves."""
        rejections = [one.reason for one in self.ledger.rejections(run.id)]
        findings = [f"{one.message} ({one.value})" for one in self.ledger.findings(run.id)]
        proof = [one.cause for one in self.ledger.transitions(run.id) if one.state is RunState.CHECKED]
        return "; ".join(filter(None, (run.message, *rejections, *findings))) or "".join(proof)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("ward"),
        allowed_private_hosts=("127.0.0.1",),
        connect_seconds=2,
        read_seconds=1,
        answer_seconds=2,
        request_tries=2,
        longest_pause_seconds=1.5,
        ingest_processes=0,
        harvests=3,
    )
    workshop = Workshop(settings)
    stop = threading.Event()
    # Which levels a record meets is another question: it is looked into behind the harvests.
    worker = Worker(workshop, followers=("graph", "index"))
    thread = threading.Thread(target=worker.run, args=(stop,))
    neighbours = (Provider(), Provider())
    found = Ward(workshop)
    found.add("one", DcatNode(neighbours[0], "one"), {})
    found.add("two", OaiNode(neighbours[1], "two"), {})
    thread.start()
    found.harvest("one", "two")
    found.neighbours = ("one", "two")
    yield found
    assert thread.is_alive(), "a fault killed the worker"
    stop.set()
    thread.join()
    _print(found.rows)
    assert Worker(workshop).drain()
    assert_agreed(workshop)
    workshop.close()
    for provider in neighbours:
        provider.stop()


@pytest.fixture
def _name_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server of the attacker's: a public address for the check, this machine for the connection."""
    real, answers = socket.getaddrinfo, iter([PUBLIC])

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        return real(next(answers, "127.0.0.1") if host == REBOUND else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.usefixtures("_name_that_moves")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_takes_nothing_away_and_is_told(fault: Fault[Any], ward: Ward, provider: Provider) -> None:
    name = f"f{len(ward.rows)}"
    patient = fault.at(provider, name)
    config = ward.add(name, patient.node, dict(fault.options))
    (run,) = ward.harvest(name)
    assert (run.state, run.counts.new) == (RunState.DONE, RECORDS)
    for _ in range(1, fault.well):
        ward.harvest(name)
    before, others = ward.shown(name), ward.others(name)

    if otherwise := patient.falls_ill():
        ward.ledger.update_source(replace(otherwise, id=name))
    run, *beside = ward.harvest(name, *ward.neighbours)
    told = ward.told(run)
    ward.rows.append((fault.name, str(run.state), *map(str, _applied(run)), told))
    _require(fault, run, told)
    now = ward.shown(name)
    assert len(before.items() - now.items()) == fault.changed + fault.withdrawn
    assert now.keys() <= before.keys()
    assert [one.state for one in beside] == [RunState.UNCHANGED] * 2
    assert ward.others(name) == others

    patient.node.heal()
    ward.ledger.update_source(config)
    (run,) = ward.harvest(name)
    assert run.state in (RunState.DONE, RunState.UNCHANGED), run.message
    assert ward.shown(name) == before
    assert _states(ward, name) == {RecordState.LIVE}
    ward.ledger.remove_source(name)


def _require(fault: Fault[Any], run: Run, told: str) -> None:
    wanted = (0, fault.changed, fault.withdrawn, fault.unseen, fault.rejected)
    assert (run.state, _applied(run)) == (fault.state, wanted), told
    assert told
    for word in fault.words:
        assert word in told


def _applied(run: Run) -> tuple[int, ...]:
    """New, changed, withdrawn, unseen and rejected; of a run that is held nothing was applied."""
    counts = run.counts
    if run.state is RunState.HELD:
        return (0, 0, 0, 0, counts.rejected)
    return (counts.new, counts.changed, counts.withdrawn, counts.unseen, counts.rejected)


def _states(ward: Ward, name: str) -> set[RecordState]:
    return {known.state for known in ward.ledger.known(name).values()}


def _print(rows: list[tuple[str, ...]]) -> None:
    print(f"\n{'fault':30} {'run':10} {'new':>3} {'chg':>3} {'wdr':>3} {'uns':>3} {'rej':>3}  told")
    for name, state, *numbers, told in rows:
        counts = " ".join(f"{number:>3}" for number in numbers)
        print(f"{name:30} {state:10} {counts}  {told[:160] or '-'}")
