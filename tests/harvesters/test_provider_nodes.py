"""Whether the eight nodes of the shared data give what they hold, in each of their dialects."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harvesters.crosswalks import crosswalk
from harvesters.parsing import Sandbox
from harvesters.source import Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources import make_source
from harvesters.spool import Spool
from harvesters.transport import Transport

NODES = {
    "tcga": ("dcat", "catalog.ttl?page=1"),
    "community": ("dcat", "catalog.jsonld?page=1"),
    "cptac": ("dcat", "catalog.rdf"),
    "htan": ("dcat", "catalog.nt"),
    "preclinical": ("dcat", "catalog.jsonld"),
    "fdp": ("fdp", ""),
}
_PATIENTS = re.compile(rb'/health#numberOfUniqueIndividuals> "(\d+)"')


@contextmanager
def _served(shared_data: Path, *arguments: str) -> Iterator[str]:
    program = shared_data.parent / "tools" / "serve_provider_nodes.py"
    command = [sys.executable, str(program), "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield server.stdout.readline().decode().strip()
        server.kill()


@pytest.fixture(scope="module")
def nodes(shared_data: Path) -> Iterator[str]:
    with _served(shared_data) as url:
        yield url


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, dict[str, Any]]:
    text = (shared_data / "providers" / "expected.json").read_text(encoding="utf-8")
    nodes: dict[str, dict[str, Any]] = json.loads(text)
    return nodes


@pytest.fixture(params=["trials", "analysis"])
def served(
    request: pytest.FixtureRequest, nodes: str, expected: dict[str, dict[str, Any]]
) -> tuple[str, dict[str, Any]]:
    """A repository's address and what it holds."""
    return f"{nodes}/{request.param}/oai", expected[request.param]


def _harvest(
    config: SourceConfig, sandbox: Sandbox, spool: Spool
) -> tuple[Listing, list[Record | Withdrawn | Rejected]]:
    with Transport(allowed_private_hosts=[urlsplit(config.url).netloc]) as transport:
        source = make_source(config, transport, sandbox)
        listing = source.listing(since=None, spool=spool)
    return listing, list(source.records(listing, spool=spool))


def _names(items: list[Record | Withdrawn | Rejected], kind: type) -> list[str]:
    return sorted(re.split("[/:]", item.identifier)[-1] for item in items if isinstance(item, kind))


def _patients(items: list[Record | Withdrawn | Rejected]) -> list[int]:
    """The number that each record states in the profile's words."""
    records = (item for item in items if isinstance(item, Record))
    crossed = (crosswalk(one.media_type)(one.received, identifier=one.identifier) for one in records)
    return [int(found[1]) for one in crossed if (found := _PATIENTS.search(one.triples))]


@pytest.mark.parametrize("node", NODES)
def test_a_node_gives_all_its_datasets(
    node: str, nodes: str, expected: dict[str, dict[str, Any]], sandbox: Sandbox, spool: Spool
) -> None:
    kind, path = NODES[node]
    config = SourceConfig(node, kind, f"{nodes}/{node}/{path}".rstrip("/"), pace=0)
    listing, items = _harvest(config, sandbox, spool)
    assert (listing.complete, listing.incomplete_because) == (True, "")
    assert listing.pages == expected[node].get("pages", 55 if kind == "fdp" else 1)
    assert _names(items, Record) == sorted(expected[node]["ids"])
    assert sum(_patients(items)) == expected[node]["patients_published"]


@pytest.mark.parametrize("options", [{}, {"prefix": "oai_dc"}, {"prefix": "oai_datacite"}])
def test_a_repository_gives_all_its_records_in_both_formats(
    served: tuple[str, dict[str, Any]], options: dict[str, str], sandbox: Sandbox, spool: Spool
) -> None:
    url, expected = served
    listing, items = _harvest(SourceConfig("oai", "oai_pmh", url, pace=0, options=options), sandbox, spool)
    assert (listing.complete, listing.total) == (True, expected["datasets"])
    assert _names(items, Record) == sorted(expected["ids"])
    published = 0 if options.get("prefix") == "oai_dc" else expected["patients_published"]
    assert sum(_patients(items)) == published


def test_a_repository_tells_which_records_are_gone(shared_data: Path, sandbox: Sandbox, spool: Spool) -> None:
    with _served(shared_data, "--deleted", "nlst,lidc_idri") as url:
        config = SourceConfig("trials", "oai_pmh", f"{url}/trials/oai", pace=0)
        listing, items = _harvest(config, sandbox, spool)
    assert listing.complete
    assert (_names(items, Withdrawn), len(_names(items, Record))) == (["lidc_idri", "nlst"], 25)


def test_harvesting_again_gives_the_same_bytes(nodes: str, sandbox: Sandbox, tmp_path: Path) -> None:
    for kind, path in (("fdp", "fdp"), ("oai_pmh", "trials/oai")):
        config = SourceConfig("again", kind, f"{nodes}/{path}", pace=0)
        first, second = (_harvest(config, sandbox, Spool(tmp_path / kind / turn))[1] for turn in "12")
        assert first == second


def test_the_size_of_a_page_does_not_change_a_record(
    shared_data: Path, nodes: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    small = SourceConfig("small", "oai_pmh", f"{nodes}/trials/oai", pace=0)
    with _served(shared_data, "--oai-page", "100") as url:
        large = SourceConfig("large", "oai_pmh", f"{url}/trials/oai", pace=0)
        one_page, items = _harvest(large, sandbox, Spool(tmp_path / "large"))
    assert one_page.pages == 1
    assert items == _harvest(small, sandbox, Spool(tmp_path / "small"))[1]


def test_what_a_point_says_is_unchanged_is_not_sent_again(
    nodes: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    config = SourceConfig("fdp", "fdp", f"{nodes}/fdp", pace=0)
    items = []
    for turn in "12":
        with Transport(
            allowed_private_hosts=[urlsplit(nodes).netloc], memory=tmp_path / "memory"
        ) as transport:
            source = make_source(config, transport, sandbox)
            spool = Spool(tmp_path / turn)
            items.append(list(source.records(source.listing(since=None, spool=spool), spool=spool)))
    # Of its 55 documents those of the point and its five catalogues are lists, which are sent anew.
    assert len(list((tmp_path / "memory").iterdir())) == 49
    assert items[0] == items[1]
