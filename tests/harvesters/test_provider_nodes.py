"""Whether the five DCAT nodes of the shared data give what they hold."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harvesters.parsing import Sandbox
from harvesters.source import Record, SourceConfig
from harvesters.sources import make_source
from harvesters.spool import Spool
from harvesters.transport import Transport

NODES = {
    "tcga": "catalog.ttl?page=1",
    "community": "catalog.jsonld?page=1",
    "cptac": "catalog.rdf",
    "htan": "catalog.nt",
    "preclinical": "catalog.jsonld",
}


@pytest.fixture(scope="module")
def nodes(shared_data: Path) -> Iterator[str]:
    program = shared_data.parent / "tools" / "serve_provider_nodes.py"
    with subprocess.Popen([sys.executable, str(program), "--port", "0"], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield server.stdout.readline().decode().strip()
        server.kill()


@pytest.mark.parametrize("node", NODES)
def test_a_node_gives_all_its_datasets(
    node: str, nodes: str, shared_data: Path, sandbox: Sandbox, spool: Spool
) -> None:
    expected = json.loads((shared_data / "providers" / "expected.json").read_text(encoding="utf-8"))[node]
    with Transport(allowed_private_hosts=[urlsplit(nodes).netloc]) as transport:
        source = make_source(
            SourceConfig(node, "dcat", f"{nodes}/{node}/{NODES[node]}", pace=0), transport, sandbox
        )
        listing = source.listing(since=None, spool=spool)
    records = [item for item in source.records(listing, spool=spool) if isinstance(item, Record)]
    assert (listing.complete, listing.incomplete_because) == (True, "")
    assert listing.pages == expected.get("pages", 1)
    assert sorted(record.identifier.rpartition("/")[2] for record in records) == sorted(expected["ids"])
