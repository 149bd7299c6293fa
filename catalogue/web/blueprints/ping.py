"""How a provider says "mended, harvest us again": a FAIR Data Point's ping, and a form on its page.

The token is the whole authorisation. No cookie is read, so no other site can act for a visitor.
"""

from typing import Final

from flask import Blueprint, Response, make_response, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from catalogue.errors import BadRequest
from catalogue.web.asking import Asked, ask
from catalogue.web.links import links
from catalogue.web.problems import wants_page
from catalogue.web.query_string import refuse_parameters
from catalogue.web.services import services

blueprint = Blueprint("ping", __name__)

_LARGEST: Final = 10_000
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class Ping(BaseModel):
    """What a FAIR Data Point sends to the index that it wants to be in; what else it says is passed over."""

    model_config = ConfigDict(frozen=True)

    client_url: str = Field(alias="clientUrl", min_length=1, max_length=2048)


class AskedAnswer(BaseModel):
    """``links`` say where the harvest can be watched."""

    model_config = ConfigDict(frozen=True)

    source: str
    job: int
    links: dict[str, str]


@blueprint.post("/ping")
def ping() -> Response:
    refuse_parameters()
    _limit_body(_JSON)
    try:
        told = Ping.model_validate_json(request.get_data())
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
        raise BadRequest(
            f'{{"clientUrl": "https://..."}} is wanted: {fault}', parameter="clientUrl"
        ) from error
    return _accepted(ask(services().harvests, _bearer(), address=told.client_url))


@blueprint.post("/providers/<source>/harvest")
def harvest_again(source: str) -> Response:
    """Also with the token in the header, so that a script needs no form."""
    refuse_parameters()
    token = _bearer()
    if not token:
        _limit_body(_FORM)
        token = request.form.get("token", "")
    return _accepted(ask(services().harvests, token, source=source))


def _limit_body(media_type: str) -> None:
    request.max_content_length = request.max_form_memory_size = _LARGEST
    if request.mimetype != media_type:
        raise UnsupportedMediaType(f"The body has to be {media_type}.")


def _bearer() -> str:
    given = request.authorization
    return given.token or "" if given and given.type == "bearer" else ""


def _accepted(asked: Asked) -> Response:
    site = links()
    watch = site.provider(asked.source)
    if wants_page():
        response = make_response(render_template("asked.html", asked=asked), 202)
    else:
        ways = {
            "provider": site.absolute(watch),
            "runs": site.absolute(site.runs(source=asked.source)),
            "api": site.absolute(site.api_runs(source=asked.source)),
        }
        response = make_response(
            AskedAnswer(source=asked.source, job=asked.job, links=ways).model_dump_json(), 202
        )
        response.mimetype = _JSON
    response.location = site.absolute(watch)
    response.cache_control.no_store = True
    return response
