"""How an error is answered: problem details (RFC 9457) to machines, a page to people."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, current_app, make_response, render_template, request
from pydantic import BaseModel, ConfigDict
from werkzeug.exceptions import HTTPException

from catalogue import errors
from catalogue.errors import BadRequest, CatalogueError, QueryStopped, StoreUnavailable
from catalogue.web.links import Links
from catalogue.web.query_string import check_query_string
from catalogue.web.services import services

MACHINE_PATHS: Final = ("/api/", "/health/", "/reconcile")
# Whoever takes anything is a person elsewhere, but a machine here.
MOSTLY_MACHINES: Final = frozenset(("/sparql",))

_KEPT_HEADERS: Final = frozenset(("Allow", "Retry-After", "WWW-Authenticate"))

# What the page /about explains, one anchor a kind; all others are plain HTTP.
KINDS: Final[Mapping[str, str]] = {
    "bad-request": "A parameter is unknown or malformed; “parameter” names it, “detail” says why.",
    "not-found": "No record, concept, page or provider has this address.",
    "gone": "The record was here and was withdrawn by its provider.",
    "conflict": "The present state does not allow the act.",
    "query-stopped": "A SPARQL query took more time or memory than one query may; ask for less.",
    "store-unavailable": "The ledger, the graph store or the search index does not answer. Try again later.",
}


class Problem(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None


def init_problems(app: Flask) -> None:
    app.before_request(check_query_string)
    app.register_error_handler(CatalogueError, _answer_ours)
    app.register_error_handler(HTTPException, _answer_http)


def problem_of(error: CatalogueError) -> Problem:
    """What may be said of an error in public; the rest is logged."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        current_app.logger.error("%s: %s", type(error).__name__, error)
    kind = _kind(error)
    return Problem(
        type=Links(services().base_url).problem(kind) if kind else "about:blank",
        title=error.title,
        status=error.status,
        detail=_public(error),
        parameter=error.parameter if isinstance(error, BadRequest) else None,
    )


def _answer_ours(error: CatalogueError) -> Response:
    problem = problem_of(error)
    headers = {"Retry-After": "10"} if error.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return _answer(problem, headers)


def _answer_http(error: HTTPException) -> Response:
    """Also every exception that nobody caught: Flask logs it and hands over an ``InternalServerError``."""
    if error.response is not None:
        return make_response(error.response)
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR.value
    problem = Problem(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=error.description or ""
    )
    kept = {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
    return _answer(problem, kept)


def _answer(problem: Problem, headers: Mapping[str, str]) -> Response:
    if wants_page():
        response = make_response(render_template("problem.html", problem=problem), problem.status)
    else:
        response = make_response(problem.model_dump_json(exclude_none=True), problem.status)
        response.mimetype = "application/problem+json"
    response.headers.update(headers)
    response.vary.add("Accept")
    return response


def wants_page() -> bool:
    """By path first: nobody browses the API, whatever a client's Accept says."""
    if request.path.startswith(MACHINE_PATHS):
        return False
    accepted = request.accept_mimetypes
    offered = ["text/html", "application/problem+json", "application/json"]
    if request.path in MOSTLY_MACHINES:
        offered.reverse()
    return accepted.best_match(offered) == "text/html"


def _kind(error: CatalogueError) -> str:
    """Name the first of the error's classes that the page /about explains."""
    for ancestor in type(error).__mro__:
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", ancestor.__name__).lower()
        if name in KINDS and hasattr(errors, ancestor.__name__):
            return name
    return ""


def _public(error: CatalogueError) -> str:
    """Keep a store's own words, which may hold addresses and file names, to the log."""
    if isinstance(error, StoreUnavailable):
        return f"{error.title}; please try again in a moment."
    told = error.status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, QueryStopped)
    return str(error) if told else error.title
