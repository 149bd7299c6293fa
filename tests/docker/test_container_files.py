"""Whether the files for containers fit the service: settings, commands, folders, users."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalogue.cli.app import app
from catalogue.settings import Settings
from tests.dockerfiles import OURS, Stage, admitted, read_compose, read_dockerfile

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docker"
FILES = ["compose.yaml", "compose.scaled.yaml"]


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    return read_dockerfile(FOLDER / "Dockerfile")


@pytest.fixture(scope="module")
def runtime(stages: list[Stage]) -> Stage:
    return stages[-1]


def ours(name: str) -> dict[str, Any]:
    services = read_compose(FOLDER / name)["services"]
    return {each: service for each, service in services.items() if service["image"] == OURS}


def environments() -> list[dict[str, str]]:
    runtime = read_dockerfile(FOLDER / "Dockerfile")[-1].environment
    return [runtime | service.get("environment", {}) for name in FILES for service in ours(name).values()]


def test_what_is_copied_exists_and_reaches_the_builder(stages: list[Stage]) -> None:
    copied = {name for rest in stages[0].all("COPY") for name in rest.split()[:-1]}
    assert copied == admitted(ROOT / ".dockerignore")
    assert all((ROOT / name).exists() for name in copied)


def test_builder_and_runtime_have_the_same_python(stages: list[Stage]) -> None:
    """The environment is copied from one to the other, and its interpreter is theirs."""
    assert len({stage.base for stage in stages}) == 1


def test_the_service_runs_without_rights(runtime: Stage) -> None:
    assert int(runtime.all("USER")[-1]) >= 10_000


def test_what_is_kept_is_kept_on_the_volume(runtime: Stage) -> None:
    folder = runtime.environment["CATALOGUE_DATA_DIR"]
    assert runtime.all("VOLUME") == [folder]
    for name in FILES:
        declared = read_compose(FOLDER / name)["volumes"]
        for service in ours(name).values():
            assert [mount.partition(":")[2] for mount in service["volumes"]] == [folder]
            assert {mount.partition(":")[0] for mount in service["volumes"]} <= set(declared)


def test_every_variable_is_a_setting() -> None:
    known = {f"CATALOGUE_{name.upper()}" for name in Settings.model_fields}
    named = {name for given in environments() for name in given if name.startswith("CATALOGUE_")}
    assert named <= known
    assert named


@pytest.mark.parametrize("given", environments())
def test_the_settings_are_accepted(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        if name.startswith("CATALOGUE_"):
            monkeypatch.setenv(name, value)
    assert str(Settings().data_dir) == given["CATALOGUE_DATA_DIR"]


def test_every_command_is_one_of_ours(runtime: Stage) -> None:
    assert runtime.entrypoint == ["catalogue"]
    commands = [runtime.command]
    commands += [
        service["command"] for name in FILES for service in ours(name).values() if "command" in service
    ]
    assert len(commands) == 4
    for command in commands:
        asked = CliRunner().invoke(app, [*command, "--help"])
        assert asked.exit_code == 0, asked.output


def test_the_health_check_asks_the_port_that_is_served(runtime: Stage) -> None:
    port = runtime.command[runtime.command.index("--port") + 1]
    assert f":{port}/health/ready" in runtime.health_check[-1]
    assert runtime.all("EXPOSE") == [port]


def test_only_parts_without_a_web_have_no_health_check() -> None:
    for name in FILES:
        for each, service in ours(name).items():
            disabled = service.get("healthcheck", {}).get("disable", False)
            assert disabled == (each in {"worker", "broker"}), each


def test_stores_are_reached_by_the_parts_alone() -> None:
    found = read_compose(FOLDER / "compose.scaled.yaml")
    assert found["networks"]["stores"]["internal"]
    for name in ("postgresql", "elasticsearch"):
        assert found["services"][name]["networks"] == ["stores"]
        assert "ports" not in found["services"][name]
