"""How commands speak: tables for people, JSON for machines."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

_PIPE_WIDTH = 160
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def _console(*, stderr: bool) -> Console:
    """A pipe has no width of its own; 80 columns would cut words that a log should keep.

    Without markup and emoji codes: providers' texts are full of brackets and colons.
    """
    found = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not found.is_terminal:
        found.width = _PIPE_WIDTH
    return found


def one_line(text: str) -> str:
    """A text from elsewhere, with nothing in it that moves a terminal's cursor or colours."""
    return _CONTROL.sub(" ", text).strip()


screen = _console(stderr=False)
notes = _console(stderr=True)


def print_json(value: object) -> None:
    """Dataclasses become objects, moments ISO 8601."""
    print(json.dumps(value, default=_plain, indent=1, ensure_ascii=False))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    screen.print(table)


def _cell(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case _:
            return one_line(str(value))


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case Path():
            return str(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        case _:
            return str(value)
