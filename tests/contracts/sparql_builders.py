"""A small graph, and a broker that answers queries about it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.ports import NamedGraph, PutGraph
from catalogue.stores.broker import Broker, BrokerSetting
from catalogue.stores.oxigraph import OxigraphWriter

DATASETS = 300
TITLE = "http://purl.org/dc/terms/title"


def dataset_graph(number: int, *, text: str = "Dataset") -> NamedGraph:
    node = f"https://catalogue.test/datasets/{number}"
    return NamedGraph(
        f"https://catalogue.test/graph/{number}",
        f'<{node}> <{TITLE}> "{text} {number}"@en .\n'
        f"<{node}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
        f"<{node}> <http://purl.org/dc/terms/relation> <https://catalogue.test/datasets/{number + 1}> .\n"
        f'<{node}> <urn:test:size> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'.encode(),
    )


def publish(graph: Path, *graphs: NamedGraph, watermark: int = 1) -> None:
    writer = OxigraphWriter(graph)
    try:
        writer.apply([PutGraph(each) for each in graphs], watermark=watermark)
        writer.publish()
    finally:
        writer.close()


@contextmanager
def running_broker(folder: Path, setting: BrokerSetting) -> Iterator[Broker]:
    """Answers in threads of this process, as soon as its first (real) query process is ready."""
    broker = Broker(folder / "run", folder / "graph", setting)
    thread = threading.Thread(target=broker.serve)
    thread.start()
    while not broker._pool._ready.qsize():
        time.sleep(0.05)
    try:
        yield broker
    finally:
        broker.stop()
        thread.join()
        broker.close()


def broker_process(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "catalogue.stores.broker"], env=environment)
