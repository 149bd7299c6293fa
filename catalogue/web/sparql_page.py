"""What the page of the SPARQL endpoint shows: the form, and a result for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.admitted import QueryKind
from catalogue.ports import Answer, QueryLimits
from catalogue.sparql.examples import EXAMPLES, Example
from catalogue.web.problems import Problem

# A page is no download: beyond these the link to the file is of more use.
PAGE_BYTES: Final = 2_000_000
_PAGE_ROWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    """``note`` is the language or datatype; ``link`` tells whether the text is an address."""

    text: str
    note: str = ""
    link: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    variables: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    found: int


@dataclass(frozen=True, slots=True)
class SparqlView:
    """At most one of ``table``, ``truth``, ``graph`` and ``problem`` is there."""

    query: str
    prefixes: Mapping[str, str]
    limits: QueryLimits
    examples: Sequence[Example] = EXAMPLES
    table: Table | None = None
    truth: bool | None = None
    graph: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    table: Table | None = None
    truth: bool | None = None
    graph: str = ""


def shown(answer: Answer, kind: QueryKind) -> Shown:
    """Read the whole answer, and close it."""
    with answer.body as body:
        written = body.read().decode()
    if kind.gives_graph:
        return Shown(graph=written or "# no statements")
    content = json.loads(written)
    if kind is QueryKind.ASK:
        return Shown(truth=bool(content["boolean"]))
    return Shown(table=_table(content))


# A document in the W3C's form for results, as the engine writes it.
def _table(content: dict[str, Any]) -> Table:
    variables = tuple(content["head"]["vars"])
    bindings = content["results"]["bindings"]
    rows = tuple(
        tuple(_cell(row[name]) if name in row else Cell("") for name in variables)
        for row in bindings[:_PAGE_ROWS]
    )
    return Table(variables, rows, found=len(bindings))


def _cell(term: dict[str, Any]) -> Cell:
    match term:
        case {"type": "uri", "value": str(value)}:
            return Cell(value, link=True)
        case {"type": "literal", "value": str(value)}:
            return Cell(value, note=term.get("xml:lang", ""))
        case {"type": "bnode", "value": str(value)}:
            return Cell(f"_:{value}")
        case _:
            return Cell(json.dumps(term["value"]))
