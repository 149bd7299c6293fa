"""The REST API, version 1."""

from flask import Blueprint, Response, make_response, redirect, request
from pydantic import BaseModel
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import BadRequest, NotFound
from catalogue.model.query import SearchQuery
from catalogue.search.page import search
from catalogue.search.render import render
from catalogue.web.concept_answers import concept_detail_answer, concepts_answer
from catalogue.web.links import links
from catalogue.web.mapping_answers import mappings_answer, mappings_file
from catalogue.web.provider_page import page_of_provider
from catalogue.web.query_string import pairs, refuse_parameters, single_parameters
from catalogue.web.records import dataset_answer, providers_answer
from catalogue.web.run_answers import provider_detail_answer, run_detail_answer, runs_answer
from catalogue.web.run_page import page_of_run
from catalogue.web.runs_page import RunsAsked
from catalogue.web.services import services, vocabulary

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/search")
def search_datasets() -> Response:
    query = SearchQuery.from_pairs(pairs())
    page = search(query, services().index, vocabulary())
    return _json(render(page, links().of_dataset))


@blueprint.get("/datasets/<key:key>")
def dataset(key: str) -> Response:
    refuse_parameters()
    return _json(dataset_answer(services().dataset(key), links(), services().scheme))


@blueprint.get("/providers")
def providers() -> Response:
    refuse_parameters()
    return _json(providers_answer(services().providers(), links()))


@blueprint.get("/providers/<source>")
def provider(source: str) -> Response:
    refuse_parameters()
    return _json(provider_detail_answer(page_of_provider(source), links()))


@blueprint.get("/runs")
def runs() -> Response:
    asked = RunsAsked.read(single_parameters("source", "state", "page"))
    return _json(runs_answer(asked, services().harvests, links()))


@blueprint.get("/runs/<run:number>")
def run(number: int) -> Response:
    view = page_of_run(number, single_parameters("outcome", "page", "findings"))
    return _json(run_detail_answer(view, links()))


@blueprint.get("/concepts")
def concepts() -> Response:
    given = single_parameters("q", "axis", "limit", "page")
    return _json(concepts_answer(given, services(), links()))


@blueprint.get("/concepts/<path:name>")
def concept(name: str) -> AnyResponse:
    refuse_parameters()
    found = services().scheme.find(name)
    if found is None:
        raise NotFound(f"there is no concept {name[:200]!r}")
    if found.code != name:
        return redirect(links().api_concept(found.code), 302)
    return _json(concept_detail_answer(found, services(), links()))


@blueprint.get("/mappings")
def mappings() -> Response:
    given = single_parameters("id", "axis", "state", "q", "page", "format")
    match given.get("format", ""):
        case "" | "json":
            return _json(mappings_answer(given, services(), links()))
        case "sssom":
            return _download(mappings_file(given, services(), links()), "mappings.sssom.tsv")
        case other:
            raise BadRequest(f"format is {other[:60]!r}; it may be json or sssom", parameter="format")


def _download(text: str, name: str) -> Response:
    response = Response(text, content_type="text/tab-separated-values; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.add_etag()
    response.make_conditional(request)
    return response


def _json(answer: BaseModel) -> Response:
    response = make_response(answer.model_dump_json(by_alias=True))
    response.mimetype = "application/json"
    response.add_etag()
    response.make_conditional(request)
    return response
