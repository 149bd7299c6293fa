"""What a request to the SPARQL endpoint asks: which query, and in which form the answer is wanted.

SPARQL 1.1 Protocol, 2.1 and 3.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import request
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from catalogue.errors import BadRequest, QueryRefused
from catalogue.model.admitted import QueryKind
from catalogue.ports import ResultFormat
from catalogue.web.query_string import pairs, read_pairs

HTML: Final = "text/html"
DESCRIPTION: Final = ResultFormat.TURTLE

_DIRECT: Final = "application/sparql-query"
_FORM: Final = "application/x-www-form-urlencoded"
_TABLES: Final = (ResultFormat.JSON, ResultFormat.XML, ResultFormat.CSV, ResultFormat.TSV)
_TRUTHS: Final = (ResultFormat.JSON, ResultFormat.XML)
_GRAPHS: Final = (ResultFormat.TURTLE, ResultFormat.N_TRIPLES, ResultFormat.RDF_XML)
# Clients that do not know the exact names ask by these; the answer then bears the exact one.
_ALSO: Final = {
    "application/json": ResultFormat.JSON,
    "application/xml": ResultFormat.XML,
    "text/xml": ResultFormat.XML,
    "text/plain": ResultFormat.N_TRIPLES,
}
_BY_NAME: Final[Mapping[str, str]] = {
    "json": ResultFormat.JSON,
    "xml": ResultFormat.XML,
    "csv": ResultFormat.CSV,
    "tsv": ResultFormat.TSV,
    "turtle": ResultFormat.TURTLE,
    "ttl": ResultFormat.TURTLE,
    "ntriples": ResultFormat.N_TRIPLES,
    "nt": ResultFormat.N_TRIPLES,
    "rdfxml": ResultFormat.RDF_XML,
    "html": HTML,
}


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """``text`` is None where no query was given, ``form`` "" where Accept decides."""

    text: str | None
    form: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]

    @property
    def wants_page(self) -> bool:
        if self.form:
            return self.form == "html"
        return _best((*_media_types(_TABLES), *_media_types(_GRAPHS), HTML)) == HTML

    def result(self, kind: QueryKind) -> ResultFormat:
        """Raises ``NotAcceptable`` for what this kind of query cannot be answered in."""
        offered = _offered(kind)
        if self.form:
            named = _BY_NAME[self.form]
            wanted = ResultFormat(named) if named in offered else None
        else:
            best = _best(_media_types(offered))
            wanted = None if best is None else _ALSO.get(best) or ResultFormat(best)
        if wanted is None:
            names = ", ".join(one.value for one in offered)
            raise NotAcceptable(f"The answer to {kind.value} can be had as {names}.")
        return wanted


def sparql_request() -> SparqlRequest:
    """Raises ``BadRequest``, ``UnsupportedMediaType``, and ``RequestEntityTooLarge`` for a huge body."""
    given = pairs()
    text: str | None = None
    if request.method == "POST":
        match request.mimetype:
            case "application/x-www-form-urlencoded":
                given += read_pairs(request.get_data(cache=False))
            case "application/sparql-query":
                text = _direct_text(given)
            case other:
                raise UnsupportedMediaType(f"A query is posted as {_FORM} or {_DIRECT}, not as {other!r}.")
    _refuse_updates(given)
    form = _one(given, "format") or ""
    if form and form not in _BY_NAME:
        raise BadRequest(f"format is {form[:60]!r}; there are {', '.join(_BY_NAME)}", parameter="format")
    return SparqlRequest(
        text=_one(given, "query") if text is None else text,
        form=form,
        default_graphs=_all(given, "default-graph-uri"),
        named_graphs=_all(given, "named-graph-uri"),
    )


def require_description_accepted() -> None:
    """Without a query, machines get the service description, in Turtle."""
    if _best((DESCRIPTION.value,)) is None:
        raise NotAcceptable(f"The description of this service can be had as {DESCRIPTION.value}.")


def _direct_text(given: Sequence[tuple[str, str]]) -> str:
    if _one(given, "query") is not None:
        raise BadRequest("there are two queries, in the address and in the body", parameter="query")
    try:
        return request.get_data(cache=False).decode()
    except UnicodeDecodeError as error:
        raise QueryRefused("the query is no UTF-8", parameter="query") from error


def _refuse_updates(given: Sequence[tuple[str, str]]) -> None:
    if any(name == "update" for name, _ in given):
        raise QueryRefused("this endpoint is read only; it takes no update", parameter="update")


def _one(given: Sequence[tuple[str, str]], name: str) -> str | None:
    values = _all(given, name)
    if len(values) > 1:
        raise BadRequest(f"{name} is given {len(values)} times", parameter=name)
    return values[0] if values else None


def _all(given: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for found, value in given if found == name)


def _offered(kind: QueryKind) -> tuple[ResultFormat, ...]:
    match kind:
        case QueryKind.SELECT:
            return _TABLES
        case QueryKind.ASK:
            return _TRUTHS
        case QueryKind.CONSTRUCT | QueryKind.DESCRIBE:
            return _GRAPHS


def _media_types(offered: Sequence[ResultFormat]) -> tuple[str, ...]:
    also = (name for name, meant in _ALSO.items() if meant in offered)
    return (*(one.value for one in offered), *also)


def _best(media_types: Sequence[str]) -> str | None:
    accepted = request.accept_mimetypes
    return accepted.best_match(list(media_types)) if accepted else media_types[0]
