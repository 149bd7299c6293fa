"""The SPARQL endpoint: SPARQL 1.1 Protocol, read only, and a plain page for people."""

import hashlib
from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request, send_file

from catalogue.errors import BadRequest, CatalogueError
from catalogue.model.admitted import AdmittedQuery
from catalogue.ports import QueryLimits, ResultFormat
from catalogue.sparql.admission import admit
from catalogue.sparql.description import service_description
from catalogue.sparql.prefixes import known_prefixes
from catalogue.web.links import links
from catalogue.web.problems import problem_of
from catalogue.web.services import services
from catalogue.web.sparql_page import PAGE_BYTES, SparqlView, shown
from catalogue.web.sparql_request import (
    DESCRIPTION,
    SparqlRequest,
    require_description_accepted,
    sparql_request,
)

blueprint = Blueprint("sparql", __name__)

_METHODS = "GET, HEAD, OPTIONS, POST"


@blueprint.route("/sparql", methods=["GET", "POST"], provide_automatic_options=False)
def sparql() -> Response:
    asked = sparql_request()
    if asked.wants_page:
        response = _page(asked)
    elif asked.text is None:
        response = _description()
    else:
        response = _result(_admitted(asked), asked)
    response.vary.add("Accept")
    return response


@blueprint.route("/sparql", methods=["OPTIONS"], provide_automatic_options=False)
def preflight() -> Response:
    response = Response(status=204, mimetype="text/plain")
    response.headers["Allow"] = _METHODS
    response.headers["Access-Control-Allow-Methods"] = _METHODS
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _admitted(asked: SparqlRequest) -> AdmittedQuery:
    return admit(asked.text or "", default_graphs=asked.default_graphs, named_graphs=asked.named_graphs)


def _result(admitted: AdmittedQuery, asked: SparqlRequest) -> Response:
    wanted = asked.result(admitted.kind)
    answer = services().queries.query(admitted, result=wanted, limits=services().query_limits)
    response = send_file(answer.body, mimetype=wanted.value, conditional=False, etag=False, max_age=0)
    response.call_on_close(answer.body.close)
    response.content_length = answer.size
    response.set_etag(_etag(admitted, wanted, answer.generation))
    # The next harvest changes the answer, and nobody knows when: to be asked again, at the price of a 304.
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _etag(admitted: AdmittedQuery, wanted: ResultFormat, generation: int) -> str:
    asked = "\0".join((wanted.value, *admitted.default_graphs, "", *admitted.named_graphs, admitted.text))
    return f"{generation}-{hashlib.sha256(asked.encode()).hexdigest()[:24]}"


def _description() -> Response:
    if request.method == "POST":
        raise BadRequest("there is no query", parameter="query")
    require_description_accepted()
    found = links()
    response = make_response(service_description(found.absolute(found.sparql()), found.base_url))
    response.mimetype = DESCRIPTION.value
    response.add_etag()
    response.make_conditional(request)
    return response


def _page(asked: SparqlRequest) -> Response:
    """Whatever goes wrong with a query is said beside it, so that it can be mended."""
    view = SparqlView(
        query=asked.text or "",
        prefixes=known_prefixes(services().base_url),
        limits=services().query_limits,
    )
    status = 200
    if asked.text and asked.text.strip():
        try:
            view = _answered(view, _admitted(asked))
        except CatalogueError as error:
            problem = problem_of(error)
            view, status = replace(view, problem=problem), problem.status
    return make_response(render_template("sparql.html", view=view), status)


def _answered(view: SparqlView, admitted: AdmittedQuery) -> SparqlView:
    wanted = ResultFormat.TURTLE if admitted.kind.gives_graph else ResultFormat.JSON
    limits = QueryLimits(view.limits.seconds, min(PAGE_BYTES, view.limits.result_bytes))
    seen = shown(services().queries.query(admitted, result=wanted, limits=limits), admitted.kind)
    return replace(view, table=seen.table, truth=seen.truth, graph=seen.graph)
