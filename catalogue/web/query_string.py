"""How the raw query string becomes pairs: strictly, for a server must not guess what was meant."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import g, request

from catalogue.errors import BadRequest

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_ENDS: Final = str.maketrans("", "", "\t\r\n")
# What is written over several lines.
_TEXTS: Final = frozenset(("query", "queries", "extend"))
_MOST_PAIRS: Final = 1000


def read_pairs(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Decode; raises ``BadRequest`` naming what holds a wrong escape, no UTF-8 or a control character."""
    parts = [part for part in raw.decode("latin-1").split("&") if part]
    if len(parts) > _MOST_PAIRS:
        raise BadRequest(f"{len(parts)} parameters are too many; at most {_MOST_PAIRS} are read")
    return tuple(_pairs(parts))


def check_query_string() -> None:
    """Before every request, so that no view sees a parameter that cannot be read."""
    g.pairs = read_pairs(request.query_string)


def pairs() -> tuple[tuple[str, str], ...]:
    found: tuple[tuple[str, str], ...] = g.pairs
    return found


def refuse_parameters() -> None:
    """For addresses that take none."""
    for name, _ in pairs():
        raise BadRequest(f"there is no parameter {name[:60]!r} here", parameter=name[:60])


def single_parameters(*known: str) -> dict[str, str]:
    """For addresses that take these, each once at most; raises ``BadRequest`` naming any other."""
    found: dict[str, str] = {}
    for name, value in pairs():
        if name not in known:
            raise BadRequest(
                f"there is no parameter {name[:60]!r} here, only {', '.join(known)}", parameter=name[:60]
            )
        if name in found:
            raise BadRequest(f"{name} is given twice", parameter=name)
        found[name] = value
    return found


def _pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        raw_name, _, raw_value = part.partition("=")
        name = _decoded(raw_name, "the name of a parameter")
        yield name, _decoded(raw_value, name)


def _decoded(text: str, name: str) -> str:
    short = name[:60]
    if _BAD_ESCAPE.search(text):
        raise BadRequest(f"{short!r} holds a % that is no escape; write it as %25", parameter=short)
    try:
        value = unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"{short!r} is no UTF-8", parameter=short) from error
    if _CONTROL.search(value.translate(_LINE_ENDS) if name in _TEXTS else value):
        raise BadRequest(f"{short!r} holds a control character", parameter=short)
    return value
