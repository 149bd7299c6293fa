"""Whole catalogues in a folder of their own, and the provider nodes they harvest."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from catalogue.sample.server import SampleServer, sources
from catalogue.services import Workshop
from catalogue.settings import Settings
from harvesters.source import SourceConfig
from tests.contracts import elasticsearch, postgresql
from tests.flow.commands import Commands
from tests.flow.flows import Catalogue
from tests.harvesters.scripted_provider import Provider


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Run on the folder of ``catalogue_at``."""
    return Commands(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def catalogue_at(tmp_path: Path) -> Iterator[Catalogue]:
    """Makes a catalogue on the embedded stores that may reach the given loopback hosts."""
    with ExitStack() as opened:

        def make(*hosts: str, name: str = "data") -> Workshop:
            settings = Settings(data_dir=tmp_path / name, allowed_private_hosts=hosts)
            return opened.enter_context(closing(Workshop(settings)))

        yield make


@pytest.fixture(params=["embedded", "scaled"])
def any_catalogue_at(
    request: pytest.FixtureRequest, tmp_path: Path, catalogue_at: Catalogue
) -> Iterator[Catalogue]:
    """The same on either set of stores: SQLite with tantivy, and PostgreSQL with Elasticsearch."""
    if request.param == "embedded":
        yield catalogue_at
        return
    ledgers: postgresql.Server = request.getfixturevalue("postgresql_server")
    cluster: elasticsearch.Server = request.getfixturevalue("elasticsearch_server")
    with ExitStack() as opened:

        def make(*hosts: str, name: str = "data") -> Workshop:
            prefix = cluster.new_prefix()
            opened.callback(cluster.remove, prefix)
            settings = Settings(
                data_dir=tmp_path / name,
                allowed_private_hosts=hosts,
                database_url=opened.enter_context(ledgers.new_database()),
                elasticsearch_url=cluster.url,
                elasticsearch_prefix=prefix,
            )
            return opened.enter_context(closing(Workshop(settings)))

        yield make


@pytest.fixture(scope="session")
def sample_sources() -> Iterator[tuple[SourceConfig, ...]]:
    """The bundled sample nodes, served on a free port."""
    server = SampleServer()
    server.start()
    yield sources(server.address)
    server.stop()


@pytest.fixture(scope="session")
def provider_nodes(shared_data: Path) -> Iterator[str]:
    """The address of the shared provider nodes, served by the shared tool."""
    tool = shared_data.parent / "tools" / "serve_provider_nodes.py"
    process = subprocess.Popen([sys.executable, str(tool), "--port", "0"], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()
