"""How options of a source are written on the command line."""

from collections.abc import Iterable
from typing import Annotated

import typer

from catalogue.errors import BadRequest

Option = Annotated[list[str] | None, typer.Option("--option", help="KEY=VALUE, repeatable.")]


def pairs(texts: Iterable[str] | None) -> dict[str, str]:
    """Raise ``BadRequest`` for what is no KEY=VALUE; the value may be empty."""
    return dict(_pair(text) for text in texts or ())


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadRequest(f"{text!r} is no option; write KEY=VALUE", parameter="option")
    return name, value
