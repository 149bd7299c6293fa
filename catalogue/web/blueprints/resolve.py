"""One address for every identifier: DOI, original IRI, OAI identifier or key leads to the dataset."""

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request
from pydantic import BaseModel, ConfigDict
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import BadRequest, NotFound
from catalogue.web.links import links
from catalogue.web.negotiation import HTML, SUFFIXES, wanted_type
from catalogue.web.query_string import single_parameters
from catalogue.web.services import services

blueprint = Blueprint("resolve", __name__)

_JSON: Final = "application/json"
_LONGEST: Final = 2048


class Choice(BaseModel):
    """One of several datasets that have the identifier."""

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    provider: str
    links: dict[str, str]


class Choices(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    datasets: tuple[Choice, ...]


@blueprint.get("/resolve")
def resolve() -> AnyResponse:
    identifier = _identifier()
    keys = services().resolve(identifier)
    if not keys:
        raise NotFound("no dataset has this identifier")
    answer = _choices(identifier, keys) if len(keys) > 1 else redirect(_address(keys[0]), 303)
    answer.vary.add("Accept")
    return answer


def _identifier() -> str:
    given = single_parameters("id").get("id", "").strip()
    if not given:
        raise BadRequest(
            "id is wanted: a DOI, the address of the dataset at its provider, an OAI identifier or a key",
            parameter="id",
        )
    if len(given) > _LONGEST:
        raise BadRequest(f"id is longer than {_LONGEST} characters", parameter="id")
    return given


def _address(key: str) -> str:
    """The page of a dataset, or its RDF for whoever asks for that."""
    wanted = wanted_type("A dataset")
    return links().dataset(key) if wanted == HTML else links().dataset_as(key, SUFFIXES[wanted])


def _choices(identifier: str, keys: tuple[str, ...]) -> Response:
    found = Choices(id=identifier, datasets=tuple(_choice(key) for key in keys))
    accepted = request.accept_mimetypes
    if accepted and accepted.best_match([_JSON, HTML]) == HTML:
        return make_response(render_template("choices.html", choices=found), 300)
    response = make_response(found.model_dump_json(), 300)
    response.mimetype = _JSON
    return response


def _choice(key: str) -> Choice:
    view = services().dataset(key)
    return Choice(
        key=key,
        title=view.dataset.title,
        provider=view.provider.title or view.provider.id,
        links=links().of_dataset(key),
    )
