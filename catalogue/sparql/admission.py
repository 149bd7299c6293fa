"""Which queries may reach a store.

The engine fetches for SERVICE whatever a text names, without a switch, and its parser and planner can be
brought down by a text of a few kilobytes: hence the scan by tokens ahead of them. It need not find every
fault, for the engine reads in a process that may die; but no SERVICE and no update passes.
"""

import re
from collections.abc import Sequence
from typing import Final

from catalogue.errors import QueryRefused, QueryTooLong
from catalogue.model import admitted
from catalogue.model.admitted import AdmittedQuery, QueryKind
from catalogue.sparql.tokens import Sort, Token, place, tokens

MOST_BYTES: Final = 64 * 1024
MOST_DEPTH: Final = 200
# The engine plans 100 triple patterns in 1.3 s and 200 in more than 20 s.
MOST_STEPS: Final = 100
# A chain is a tree as deep as it is long: 16,000 times || end the engine's process.
MOST_OPERATORS: Final = 1_000
MOST_GRAPHS: Final = 20

_UPDATES: Final = frozenset(
    ("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH")
)
_KINDS: Final = frozenset(kind.value for kind in QueryKind)
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_OPERATORS: Final = frozenset(("||", "&&", "+", "-", "*", "!", "=", "<", ">", "<=", ">=", "!="))
_SEPARATORS: Final = frozenset((".", ";", ","))
_SIGNS: Final = frozenset(("!", "+", "-"))
_MANY_SLASHES: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_DATA: Final = "data"  # the braces of VALUES


def admit(
    text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
) -> AdmittedQuery:
    """Raises ``QueryTooLong``, or ``QueryRefused`` with the place in the text."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise QueryTooLong(f"a query may be {MOST_BYTES // 1024} KiB long", parameter="query")
    if len(default_graphs) + len(named_graphs) > MOST_GRAPHS:
        raise QueryRefused(f"a query may name {MOST_GRAPHS} graphs", parameter="default-graph-uri")
    scan = _Scan(text)
    for token in tokens(text):
        scan.read(token)
    return AdmittedQuery(
        text,
        scan.kind(),
        default_graphs=tuple(default_graphs),
        named_graphs=tuple(named_graphs),
        seal=admitted._SEAL,  # noqa: SLF001 - the one holder of the seal
    )


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, Token]] = []
        self._last: Token | None = None
        self._before: Token | None = None
        self._signs = self._steps = self._operators = 0
        self._values = False
        self._kind: QueryKind | None = None

    def read(self, token: Token) -> None:
        self._check_words(token)
        self._check_less_than(token)
        self._count(token)
        self._nest(token)
        self._before, self._last = self._last, token

    def kind(self) -> QueryKind:
        if self._open:
            mark, token = self._open[-1]
            raise self._refusal(token, f"this {'{' if mark == _DATA else mark} is never closed")
        if self._kind is None:
            raise QueryRefused("a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE", parameter="query")
        return self._kind

    def _check_words(self, token: Token) -> None:
        match token.sort:
            case Sort.WORD:
                self._check_word(token, token.text.upper())
            case Sort.STRING if token.text[:3] in {'"""', "'''"} and "\\" in token.text:
                # With an escape that it cannot resolve, the engine takes the string for two short ones.
                if _names_service(token.text):
                    raise self._refusal(token, "write “service” and escapes in separate strings")
            case Sort.MARK if token.text == "{" and self._last is not None:
                # The engine needs no blank: SERVICE:x {} is SERVICE with the name :x.
                named = self._last.sort is Sort.NAME and _names_service(self._last.text.partition(":")[0])
                if named and not (self._before and self._before.text.upper() == "GRAPH"):
                    raise self._refusal(self._last, _SERVICE)
            case _:
                pass

    def _check_word(self, token: Token, word: str) -> None:
        # Nor does it need one after a keyword: SERVICESILENT is SERVICE SILENT. No other word holds it.
        if _names_service(word):
            raise self._refusal(token, _SERVICE)
        if word in _UPDATES:
            raise self._refusal(token, f"{word} is part of an update; this endpoint is read only")
        if word.startswith("FROM"):
            raise self._refusal(
                token, "FROM is not offered; the default graph is the union of all, GRAPH chooses one"
            )
        if self._kind is None and not self._open and word in _KINDS:
            self._kind = QueryKind(word)
        self._values = self._values or word == "VALUES"

    def _check_less_than(self, token: Token) -> None:
        """Refuse ``<`` where it may be read as the sign or as the beginning of an IRI, with other results."""
        expression = bool(self._open) and self._open[-1][0] == "("
        if token.sort is Sort.MARK and token.text == "<" and not expression:
            raise self._refusal(token, "this is the beginning of no IRI")
        if token.sort is not Sort.IRI or not expression or not self._after_operand():
            return
        hides = _names_service(token.text) or set("#()'") & set(token.text)
        # Two slashes follow one another in no expression.
        if hides and not _MANY_SLASHES.match(token.text) and not self._in_data():
            raise self._refusal(token, "write a blank after < if it means “less than”")

    def _after_operand(self) -> bool:
        last = self._last
        return last is not None and (last.sort is not Sort.MARK or last.text in {")", "]", "}", ">>"})

    def _in_data(self) -> bool:
        return any(mark == _DATA for mark, _ in self._open)

    def _count(self, token: Token) -> None:
        mark = token.text if token.sort is Sort.MARK else ""
        if mark in _OPERATORS:
            self._operators += 1
        if not self._in_data():
            self._steps += self._new_steps(token, mark)
        if self._operators > MOST_OPERATORS:
            raise self._refusal(token, f"there are more than {MOST_OPERATORS} operators")
        if self._steps > MOST_STEPS:
            raise self._refusal(token, f"there are more than {MOST_STEPS} triple patterns and path steps")

    def _new_steps(self, token: Token, mark: str) -> int:
        """Count what ends a triple pattern or goes on in a path; a few too many do no harm."""
        innermost = self._open[-1][0] if self._open else ""
        last = self._last.text if self._last and self._last.sort is Sort.MARK else ""
        if mark in _SEPARATORS:
            return int(innermost not in {"", "("})
        if mark in {"}", "]"}:
            return int(last != "}")
        if mark in {"/", "|", "^", "<<"}:
            return 1
        # Two terms side by side in round brackets are a list, of two triples each.
        term = token.sort not in {Sort.MARK, Sort.WORD, Sort.LANGUAGE}
        return 2 if innermost == "(" and term and self._after_term() else 0

    def _after_term(self) -> bool:
        return self._last is not None and self._last.sort not in {Sort.MARK, Sort.WORD}

    def _nest(self, token: Token) -> None:
        mark = token.text if token.sort is Sort.MARK else ""
        self._signs = self._signs + 1 if mark in _SIGNS else 0
        if mark in _CLOSING:
            opened = _DATA if mark == "{" and self._values else mark
            self._values = self._values and mark != "{"
            self._open.append((opened, token))
        elif mark in _CLOSING.values() and not self._closes(mark):
            raise self._refusal(token, f"nothing is open that {mark} could close")
        if len(self._open) + self._signs > MOST_DEPTH:
            raise self._refusal(token, f"the nesting is deeper than {MOST_DEPTH}")

    def _closes(self, mark: str) -> bool:
        return bool(self._open) and _CLOSING[self._open.pop()[1].text] == mark

    def _refusal(self, token: Token, reason: str) -> QueryRefused:
        return QueryRefused(f"{place(self._text, token.offset)}: {reason}", parameter="query")


_SERVICE: Final = "SERVICE asks other endpoints; this one answers from its own graph only"


def _names_service(text: str) -> bool:
    return "service" in text.lower()
