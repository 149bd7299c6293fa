"""What tests of harvesting use: a scripted provider, the real transport, sandbox and spool."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harvesters.parsing import Sandbox
from harvesters.source import SourceConfig
from harvesters.sources.dcat import DcatSource
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters.scripted_provider import Provider
from tests.harvesters.scripted_repository import Repository


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def transport(provider: Provider) -> Iterator[Transport]:
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"], sleep=lambda _: None) as transport:
        yield transport


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=30) as sandbox:
        yield sandbox


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def dcat(provider: Provider, transport: Transport, sandbox: Sandbox) -> Callable[..., DcatSource]:
    """Build a source for a path of the provider, unpaced; keywords are options."""

    def build(path: str, **options: str) -> DcatSource:
        config = SourceConfig("test", "dcat", provider.url + path, pace=0, options=options)
        return DcatSource(config, transport, sandbox)

    return build


@pytest.fixture
def repository(provider: Provider) -> Repository:
    return Repository(provider)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def oai(provider: Provider, sandbox: Sandbox, pauses: list[float]) -> Iterator[Callable[..., OaiPmhSource]]:
    """Build a source on the provider, unpaced and without waiting; keywords are options."""
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"], sleep=pauses.append) as transport:

        def build(path: str = "/oai", **options: str) -> OaiPmhSource:
            config = SourceConfig("test", "oai_pmh", provider.url + path, pace=0, options=options)
            return OaiPmhSource(config, transport, sandbox)

        yield build
