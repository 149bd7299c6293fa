"""What the broker promises as a process: one for a machine, mortal, and trusting nobody."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from catalogue.errors import QueriesUnavailable, QueryStopped
from catalogue.folders import FolderTakenError
from catalogue.ports import QueryLimits, ResultFormat
from catalogue.sparql.admission import admit
from catalogue.stores.broker import SOCKET, Broker, BrokerClient, BrokerSetting
from catalogue.stores.query_process import Generations
from catalogue.stores.wire import Call, receive, send
from tests.contracts.sparql_builders import broker_process, dataset_graph, publish, running_broker
from tests.machine import runs

SECONDS = 3.0
LIMITS = QueryLimits(SECONDS, result_bytes=1_000_000)
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    # Deeper than an address of a Unix socket may be long.
    folder = tmp_path / ("deep" * 30)
    publish(folder / "graph", *(dataset_graph(number) for number in range(50)))
    return folder


@contextmanager
def broker_of(place: Path) -> Iterator["subprocess.Popen[bytes]"]:
    settings = {"CATALOGUE_DATA_DIR": str(place), "CATALOGUE_SPARQL_SECONDS": str(SECONDS)}
    with broker_process({**os.environ, **settings}) as process:
        try:
            yield process
        finally:
            process.kill()


def answers(place: Path) -> bool:
    try:
        answer = BrokerClient(place / "run").query(admit("ASK {}"), result=ResultFormat.JSON, limits=LIMITS)
    except QueriesUnavailable:
        return False
    with answer.body as body:
        return bool(json.load(body)["boolean"])


def wait_for(place: Path) -> None:
    limit = time.monotonic() + 30
    while not answers(place):
        assert time.monotonic() < limit
        time.sleep(0.1)


def query_processes(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    found += [
        child
        for task in Path(f"/proc/{parent}/task").iterdir()
        for child in (task / "children").read_text("ascii").split()
    ]
    return sorted({int(child) for child in found})


def test_a_broker_that_died_is_missed_at_once_and_one_that_follows_takes_over(place: Path) -> None:
    failures: list[Exception] = []

    def ask() -> None:
        try:
            BrokerClient(place / "run").query(admit(PRODUCT), result=ResultFormat.JSON, limits=LIMITS)
        except (QueriesUnavailable, QueryStopped) as error:
            failures.append(error)

    with broker_of(place) as first:
        wait_for(place)
        children = query_processes(first.pid)
        assert children
        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.5)
        first.kill()
        first.wait()
        asking.join(timeout=1)
        assert not asking.is_alive()
    assert isinstance(failures[0], QueriesUnavailable)
    assert not answers(place)
    with broker_of(place):
        wait_for(place)
    time.sleep(SECONDS + 2)
    assert not [child for child in children if runs(child)]


def test_a_broker_ends_when_it_is_asked_to(place: Path) -> None:
    with broker_of(place) as process:
        wait_for(place)
        children = query_processes(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_there_is_one_broker_a_data_folder(place: Path) -> None:
    with running_broker(place, BrokerSetting()), pytest.raises(FolderTakenError):
        Broker(place / "run", place / "graph", BrokerSetting())


def test_only_the_owner_may_ask(place: Path) -> None:
    with running_broker(place, BrokerSetting()):
        assert (place / "run" / SOCKET).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text", ["SELECT * { SERVICE <http://127.0.0.1/> {} }", "DROP ALL", "ASK " + "{" * 500]
)
def test_what_a_client_did_not_check_is_refused_by_the_broker(tmp_path: Path, text: str) -> None:
    call = Call(
        text=text, default_graphs=(), named_graphs=(), result=ResultFormat.JSON, seconds=1, result_bytes=1_000
    )
    with running_broker(tmp_path, BrokerSetting(slots=1)), socket.socket(socket.AF_UNIX) as wire:
        wire.connect(str(tmp_path / "run" / SOCKET))
        with tempfile.TemporaryFile() as file:
            send(wire, call, file=file.fileno())
            assert json.loads(receive(wire)[0])["content"]["failure"] == "refused"


def test_garbage_on_the_socket_harms_nobody(tmp_path: Path) -> None:
    publish(tmp_path / "graph", dataset_graph(1))
    with running_broker(tmp_path, BrokerSetting(slots=1, queue_seconds=30)):
        for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", b"+\xff\xff\xff\xff", b"+\x00\x00\x00\x02{}"):
            with socket.socket(socket.AF_UNIX) as wire:
                wire.connect(str(tmp_path / "run" / SOCKET))
                wire.sendall(garbage)
        wait_for(tmp_path)
        assert answers(tmp_path)


def test_a_generation_stays_as_long_as_a_query_may_read_it(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    publish(graph, dataset_graph(1))
    reading = Generations(graph)
    first = reading.store(1)
    for number in range(2, 8):
        publish(graph, dataset_graph(number), watermark=number)
    assert len(list(first.named_graphs())) == 1
    del first
    reading.store(7)
    publish(graph, dataset_graph(8), watermark=8)
    kept = {int(folder.name) for folder in (graph / "generations").iterdir()}
    assert kept == {6, 7, 8}
