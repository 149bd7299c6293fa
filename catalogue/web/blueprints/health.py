"""Whether the service lives, and whether it is ready for visitors."""

from typing import Literal

from flask import Blueprint, Response, make_response
from pydantic import BaseModel

from catalogue.web.services import services

blueprint = Blueprint("health", __name__, url_prefix="/health")


class Live(BaseModel):
    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """``lag`` counts changes not yet projected; being behind is no reason to turn visitors away."""

    status: Literal["ready", "not ready"]
    ledger: bool
    graph: bool
    index: bool
    lag: dict[str, int]


@blueprint.get("/live")
def live() -> Response:
    return _json(Live(), 200)


@blueprint.get("/ready")
def ready() -> Response:
    found = services().health()
    well = found.ledger_ok and found.graph_ok and found.index_ok
    answer = Ready(
        status="ready" if well else "not ready",
        ledger=found.ledger_ok,
        graph=found.graph_ok,
        index=found.index_ok,
        lag=dict(found.lag),
    )
    return _json(answer, 200 if well else 503)


def _json(answer: BaseModel, status: int) -> Response:
    response = make_response(answer.model_dump_json(), status)
    response.mimetype = "application/json"
    response.cache_control.no_store = True
    return response
