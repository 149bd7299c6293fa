"""What is installed for the peers is whole, and installed once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from tests.peers.kept import PeerAbsent, java_libraries, kept


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CATALOGUE_TEST_CACHE", str(tmp_path))


def test_two_runs_at_once_install_it_once() -> None:
    installed: list[Path] = []

    def install(folder: Path) -> None:
        installed.append(folder)
        sleep(0.1)

    with ThreadPoolExecutor() as runs:
        folders = list(runs.map(lambda _: kept("peer", ["1.0"], install), range(4)))
    assert installed == [folders[0]]
    assert set(folders) == {folders[0]}


def test_what_a_broken_off_run_left_is_begun_anew() -> None:
    def break_off(folder: Path) -> None:
        (folder / "half").touch()
        raise PeerAbsent("the registry does not answer")

    with pytest.raises(PeerAbsent):
        kept("peer", ["1.0"], break_off)
    folder = kept("peer", ["1.0"], lambda new: (new / "whole").touch())
    assert {path.name for path in folder.iterdir()} == {"COMPLETE", "whole"}


def test_another_version_gets_a_folder_of_its_own() -> None:
    folders = {kept("peer", [version], lambda _: None) for version in ("1.0", "1.1", "1.0")}
    assert len(folders) == 2


def test_a_machine_without_maven_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PeerAbsent, match="apt-get install maven"):
        java_libraries("peer", "org.example:peer:1.0")
