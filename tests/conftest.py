"""What every test may use, and what none may: no network but this machine's loopback."""

import os
from pathlib import Path

import pytest

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


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CATALOGUE_") and name not in ("CATALOGUE_REQUIRE", "CATALOGUE_SHARED_DATA"):
            monkeypatch.delenv(name)
