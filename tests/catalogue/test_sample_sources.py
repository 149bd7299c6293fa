"""Whether harvesting reads each sample node whole, by the source kind and options that the sample names."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from catalogue.sample.server import SampleServer, sources
from catalogue.sample.totals import expected
from harvesters.parsing import Sandbox
from harvesters.source import Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources import make_source
from harvesters.spool import Spool
from harvesters.transport import Transport


@pytest.fixture(scope="module")
def served() -> Iterator[SampleServer]:
    server = SampleServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=30) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", expected().offered)
def test_a_source_gives_all_that_it_offers(
    name: str, served: SampleServer, sandbox: Sandbox, tmp_path: Path
) -> None:
    config = next(source for source in sources(served.address) if source.id == name)
    complete, items = harvested(config, sandbox, Spool(tmp_path))
    assert complete
    assert not any(isinstance(item, Rejected) for item in items)
    assert sum(isinstance(item, Record) for item in items) == expected().offered[name]


def harvested(
    config: SourceConfig, sandbox: Sandbox, spool: Spool
) -> tuple[bool, list[Record | Withdrawn | Rejected]]:
    with Transport(allowed_private_hosts=[urlsplit(config.url).netloc]) as transport:
        source = make_source(config, transport, sandbox)
        listing = source.listing(since=None, spool=spool)
        return listing.complete, list(source.records(listing, spool=spool))


@pytest.mark.parametrize("name", ["idc-eucaim", "example"])
def test_names_of_records_are_their_own_addresses(
    name: str, served: SampleServer, sandbox: Sandbox, tmp_path: Path
) -> None:
    config = next(source for source in sources(served.address) if source.id == name)
    _, items = harvested(config, sandbox, Spool(tmp_path))
    assert all(item.identifier.startswith(f"{served.address}/") for item in items)
