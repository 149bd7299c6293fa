"""Commands as the console script runs them, on one data folder that may reach this machine's nodes."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.cli import main
from catalogue.settings import Settings, read_settings


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Commands:
    """``run`` ends as the process would; what it says is kept apart from the test's own output."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("CATALOGUE_DATA_DIR", str(folder))
        monkeypatch.setenv("CATALOGUE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
        monkeypatch.setenv("CATALOGUE_INGEST_PROCESSES", "0")
        monkeypatch.setenv("CATALOGUE_REQUEST_TRIES", "1")
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    @property
    def settings(self) -> Settings:
        return read_settings()

    def run(self, *arguments: object) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["catalogue", *map(str, arguments)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    def well(self, *arguments: object) -> Ended:
        """The same for a command that must succeed."""
        ended = self.run(*arguments)
        assert ended.code == 0, ended.err
        return ended

    def harvest(self, source: str, *options: str) -> dict[str, Any]:
        """The run that came of it, whether it went well or not."""
        (run,) = self.run("harvest", source, *options, "--json").json
        assert isinstance(run, dict)
        return run
