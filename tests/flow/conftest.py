"""Whole catalogues in a folder of their own, and the provider nodes they harvest."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.sample.server import SampleServer, sources
from catalogue.services import Workshop
from catalogue.settings import Settings
from harvesters.source import SourceConfig
from tests.flow.flows import Catalogue


@pytest.fixture
def catalogue_at(tmp_path: Path) -> Iterator[Catalogue]:
    """Makes a catalogue that may reach the given loopback hosts."""
    opened: list[Workshop] = []

    def make(*hosts: str, name: str = "data") -> Workshop:
        settings = Settings(data_dir=tmp_path / name, allowed_private_hosts=hosts)
        opened.append(Workshop(settings))
        return opened[-1]

    yield make
    for workshop in opened:
        workshop.close()


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
