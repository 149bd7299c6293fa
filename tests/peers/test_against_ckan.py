"""The same records of the same node, harvested by this catalogue and by CKAN with ckanext-dcat."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.services import Workshop
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig
from tests.flow.flows import Catalogue, Sources, found, harvest_all, host_of, register
from tests.machine import free_port
from tests.peers.ckan_site import Site
from tests.peers.serving import answers, running

pytestmark = pytest.mark.timeout(1800)  # the first run installs the peer
RECORDS = 300


@pytest.fixture
def node(tmp_path: Path) -> Iterator[str]:
    """A DCAT catalogue in Turtle pages, in a process of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "catalogue.bench.node", "--records", str(RECORDS), "--port", str(port)]
    with running(command, tmp_path, lambda: answers(f"{address}/")):
        yield f"{address}/catalog.ttl"


def seconds_to_visible(workshop: Workshop) -> float:
    """From the order to harvest until a search finds all records."""
    before = found(workshop).total.datasets
    began = time.monotonic()
    workshop.ledger.put_job("harvest", "node")
    # CKAN keeps records and a search index; it has no counterpart of the graph and of the quality checks.
    assert Worker(workshop, followers=("index",)).drain()
    assert found(workshop).total.datasets == before + RECORDS
    return time.monotonic() - began


def test_this_catalogue_harvests_faster_than_ckan(
    ckan: Site, node: str, sample_sources: Sources, catalogue_at: Catalogue
) -> None:
    """Either is at work already when its time begins: ours has harvested another node, CKAN has datasets."""
    workshop = catalogue_at(host_of(node), host_of(sample_sources[0].url))
    register(workshop, sample_sources[:1])
    harvest_all(workshop)
    register(workshop, [SourceConfig("node", "dcat", node, pace=0.0)])
    ours = seconds_to_visible(workshop)
    began = time.monotonic()
    assert Worker(workshop, followers=("graph",)).drain()
    with_graph = ours + time.monotonic() - began
    theirs = ckan.harvest(node, records=RECORDS)
    assert theirs.datasets == RECORDS, "\n".join(theirs.failures)
    print(f"\n{'until found by a search':28} records seconds records/s   ratio")
    for name, seconds in (
        ("CKAN with ckanext-dcat", theirs.seconds),
        ("this catalogue", ours),
        ("and until found by SPARQL", with_graph),
    ):
        rate, ratio = RECORDS / seconds, theirs.seconds / seconds
        print(f"{name:28} {RECORDS:7} {seconds:7.1f} {rate:9.1f} {ratio:7.1f}")
    assert ours < theirs.seconds
