"""What the contract suites run over: the ledger on two databases, the search index in two engines."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalogue.ledger import Ledger
from tests.contracts.elasticsearch import Server as Elasticsearch
from tests.contracts.ledger_builders import SetClock
from tests.contracts.postgresql import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.new_database() as url:
        yield url


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def open_ledger(ledger_url: str) -> Iterator[Callable[..., Ledger]]:
    """Opens the same database as often as wanted, with the arguments of ``Ledger.open``."""
    opened: list[Ledger] = []

    def open_another(**arguments: object) -> Ledger:
        opened.append(Ledger.open(ledger_url, **arguments))  # type: ignore[arg-type]
        return opened[-1]

    yield open_another
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Callable[..., Ledger], clock: SetClock) -> Ledger:
    return open_ledger(clock=clock, has_died=lambda _: False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def cluster(elasticsearch_server: Elasticsearch) -> Iterator[tuple[str, str]]:
    """The address of a cluster and a prefix of which it holds nothing."""
    prefix = elasticsearch_server.new_prefix()
    yield elasticsearch_server.url, prefix
    elasticsearch_server.remove(prefix)
