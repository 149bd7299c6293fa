"""The REST API, version 1."""

from flask import Blueprint, Response, make_response, request
from pydantic import BaseModel

from catalogue.model.query import SearchQuery
from catalogue.search.page import search
from catalogue.search.render import render
from catalogue.web.links import links
from catalogue.web.query_string import pairs, refuse_parameters
from catalogue.web.records import dataset_answer, providers_answer
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


def _json(answer: BaseModel) -> Response:
    response = make_response(answer.model_dump_json(by_alias=True))
    response.mimetype = "application/json"
    response.add_etag()
    response.make_conditional(request)
    return response
