"""What every test may use, and what none may: no network but this machine's loopback."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts import elasticsearch, postgresql

ROOT = Path(__file__).parent.parent


def required(component: str) -> bool:
    """Whether ``CATALOGUE_REQUIRE`` forbids skipping what needs this component."""
    return component in os.environ.get("CATALOGUE_REQUIRE", "").split(",")


def absent(component: str, reason: str) -> None:
    """Skip with a reason, or fail where the component is required."""
    if required(component):
        pytest.fail(f"CATALOGUE_REQUIRE names {component}, but {reason}")
    pytest.skip(f"{component}: {reason}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input beside the checkout; it is not part of the project (licences)."""
    folder = Path(os.environ.get("CATALOGUE_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent("shared-data", f"{folder.name} is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    try:
        with postgresql.running_server() as server:
            yield server
    except postgresql.ServerAbsent as error:
        absent("postgresql", str(error))


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[elasticsearch.Server]:
    try:
        with elasticsearch.running_server() as server:
            yield server
    except elasticsearch.ServerAbsent as error:
        absent("elasticsearch", str(error))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ("CATALOGUE_REQUIRE", "CATALOGUE_SHARED_DATA", "CATALOGUE_TEST_CACHE")
    for name in os.environ:
        if name.startswith("CATALOGUE_") and name not in ours:
            monkeypatch.delenv(name)
