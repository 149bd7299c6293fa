"""How a SPARQL text falls into tokens: exactly as the engine reads it, but without recursion.

Names and strings follow the productions of SPARQL 1.1, 19.8. A scanner that reads one of them longer or
shorter than the engine does could be talked into taking a keyword for the inside of a string.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from catalogue.errors import QueryRefused


class Sort(Enum):
    IRI = "iri"
    STRING = "string"
    NUMBER = "number"
    VARIABLE = "variable"
    BLANK = "blank"
    NAME = "name"  # prefix:local
    LANGUAGE = "language"
    WORD = "word"  # a keyword, or what stands where one may
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    sort: Sort
    text: str
    offset: int


_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START: Final = f"[{_BASE}_]"
_CHAR: Final = rf"[{_BASE}_\-0-9\u00b7\u0300-\u036f\u203f-\u2040]"
_UNICODE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE: Final = rf"\\[tbnrf\"'\\]|{_UNICODE}"
_STRING: Final = "|".join(
    (
        rf"\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ESCAPE}))*+\"\"\"",
        rf"'''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'''",
        rf"\"(?:[^\"\\\r\n]|{_ESCAPE})*+\"",
        rf"'(?:[^'\\\r\n]|{_ESCAPE})*+'",
    )
)
_PREFIX: Final = f"[{_BASE}](?:\\.*+{_CHAR})*+"
_PLACE: Final = r"(?:%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_LOCAL: Final = f"(?:[{_BASE}_:0-9]|{_PLACE})(?:\\.*+(?:{_CHAR}|:|{_PLACE}))*+"

_TOKENS: Final = re.compile(
    "|".join(
        (
            r"(?P<space>[ \t\r\n]++|\#[^\r\n]*+)",
            rf"(?P<iri><(?:[^<>\"{{}}|^`\\\x00-\x20]|{_UNICODE})*+>)",
            rf"(?P<string>{_STRING})",
            r"(?P<number>(?:[0-9]++\.[0-9]*+|\.[0-9]++|[0-9]++)[eE][+\-]?[0-9]++|[0-9]*\.[0-9]++|[0-9]++)",
            rf"(?P<variable>[?$](?:{_START}|[0-9])(?:[{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040])*+)",
            rf"(?P<blank>_:(?:{_START}|[0-9])(?:\.*+{_CHAR})*+)",
            rf"(?P<name>(?:{_PREFIX})?+:(?:{_LOCAL})?+)",
            r"(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)",
            r"(?P<word>[A-Za-z_][A-Za-z0-9_]*+)",
            r"(?P<mark>\|\||&&|\^\^|<<|>>|<=|>=|!=|[{}()\[\].,;*/|^?!+\-=<>~])",
        )
    )
)


def tokens(text: str) -> Iterator[Token]:
    """Raises ``QueryRefused`` where nothing of SPARQL stands."""
    offset = 0
    while offset < len(text):
        found = _TOKENS.match(text, offset)
        if found is None or found.lastgroup is None:
            raise QueryRefused(f"{place(text, offset)}: {text[offset]!r} cannot stand here in SPARQL")
        if found.lastgroup != "space":
            yield Token(Sort(found.lastgroup), found[0], offset)
        offset = found.end()


def place(text: str, offset: int) -> str:
    """Count as editors do, from 1."""
    before = text[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"
