"""What the files for containers say, as far as the tests ask."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

OURS = "eucaim-catalogue"
PASSWORD = "letters1"
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@dataclass(frozen=True)
class Stage:
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for each, rest in self.instructions if each == word]

    @property
    def environment(self) -> dict[str, str]:
        pairs = (pair.partition("=") for rest in self.all("ENV") for pair in shlex.split(rest))
        return {name: value for name, _, value in pairs}

    @property
    def entrypoint(self) -> list[str]:
        return list(json.loads(self.all("ENTRYPOINT")[-1]))

    @property
    def command(self) -> list[str]:
        return list(json.loads(self.all("CMD")[-1]))

    @property
    def health_check(self) -> list[str]:
        return list(json.loads(self.all("HEALTHCHECK")[-1].partition("CMD ")[2]))


def read_dockerfile(file: Path) -> list[Stage]:
    stages: list[Stage] = []
    for line in _lines(file):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append(Stage(rest.split()[0]))
        else:
            stages[-1].instructions.append((word, rest.strip()))
    return stages


def admitted(dockerignore: Path) -> set[str]:
    """What reaches the builder of a file that first keeps out everything."""
    return {line[1:] for line in dockerignore.read_text("utf-8").splitlines() if line.startswith("!")}


def read_compose(file: Path) -> dict[str, Any]:
    """With its variables at their defaults, as where the shell sets the password alone."""
    loaded: dict[str, Any] = _filled(yaml.safe_load(file.read_text("utf-8")))
    return loaded


def _filled(node: object) -> Any:
    match node:
        case dict():
            return {name: _filled(value) for name, value in node.items()}
        case list():
            return [_filled(value) for value in node]
        case str():
            return _VARIABLE.sub(lambda found: found[3] if found[2] == "-" else PASSWORD, node)
        case _:
            return node


def _lines(file: Path) -> Iterator[str]:
    """Instructions, each on one line."""
    text = re.sub(r"\\\n\s*", "", file.read_text("utf-8"))
    return (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
