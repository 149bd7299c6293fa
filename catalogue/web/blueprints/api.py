"""The REST API, version 1."""

from flask import Blueprint, Response, make_response, request
from pydantic import BaseModel

from catalogue.model.query import SearchQuery
from catalogue.search.page import search
from catalogue.search.render import render
from catalogue.web.links import links
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


def _json(answer: BaseModel) -> Response:
    response = make_response(answer.model_dump_json(by_alias=True))
    response.mimetype = "application/json"
    response.add_etag()
    response.make_conditional(request)
    return response
