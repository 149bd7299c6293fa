"""OpenRefine's door: a column of words becomes concepts (Reconciliation Service API 0.2, W3C)."""

from typing import Final

from flask import Blueprint, Response, make_response, render_template, request
from pydantic import BaseModel, TypeAdapter
from werkzeug.exceptions import UnsupportedMediaType

from catalogue.errors import BadRequest, NotFound
from catalogue.search.concepts import concept_finder
from catalogue.search.vocabulary import AXIS_LABELS
from catalogue.web.concept_page import names_of
from catalogue.web.links import links
from catalogue.web.query_string import pairs
from catalogue.web.reconcile_answers import (
    Flyout,
    ProposalAnswer,
    ResultAnswer,
    Suggestion,
    SuggestionsAnswer,
    axis_named,
    extend_answer,
    manifest,
    properties,
    read_extend,
    result_answer,
    suggestion,
)
from catalogue.web.reconciling import MOST_LETTERS, Query, candidates, read_batch
from catalogue.web.services import services
from ontologies.concepts import Axis, Concept

blueprint = Blueprint("reconcile", __name__, url_prefix="/reconcile")

_LARGEST: Final = 500_000
_FORM: Final = "application/x-www-form-urlencoded"
_SUGGESTED: Final = 20
_FARTHEST: Final = 1_000
_RESULTS: Final = TypeAdapter(dict[str, ResultAnswer])


@blueprint.get("")
def by_address() -> Response:
    return _answered(_given())


@blueprint.post("")
def by_form() -> Response:
    request.max_content_length = request.max_form_memory_size = _LARGEST
    if request.mimetype != _FORM:
        raise UnsupportedMediaType(f"The body has to be {_FORM}.")
    form = dict(request.form.items())
    if not form.keys() & {"queries", "query", "extend"}:
        raise BadRequest("queries or extend is wanted", parameter="queries")
    return _answered({**_given(), **form})


@blueprint.get("/suggest/entity")
def suggest_entity() -> Response:
    given = _given()
    prefix, start = _prefix(given), _cursor(given)
    axis = Axis(given["type"]) if given.get("type") in set(Axis) else None
    found = concept_finder(services().scheme).find(prefix, axis=axis)[start : start + _SUGGESTED]
    return _json(
        SuggestionsAnswer(
            result=tuple(suggestion(one.concept, one.matched, services().scheme) for one in found)
        )
    )


@blueprint.get("/suggest/type")
def suggest_type() -> Response:
    prefix = _prefix(_given()).casefold()
    found = [named for named in map(axis_named, Axis) if prefix in f"{named.id} {named.name}".casefold()]
    return _json(
        SuggestionsAnswer(result=tuple(Suggestion(**named.model_dump()) for named in found[:_SUGGESTED]))
    )


@blueprint.get("/suggest/property")
def suggest_property() -> Response:
    prefix = _prefix(_given()).casefold()
    found = [one for one in properties(services().scheme) if prefix in f"{one.id} {one.name}".casefold()]
    return _json(
        SuggestionsAnswer(result=tuple(Suggestion(**named.model_dump()) for named in found[:_SUGGESTED]))
    )


@blueprint.get("/properties")
def propose_properties() -> Response:
    named = properties(services().scheme)
    return _json(
        ProposalAnswer(type=_given().get("type", "")[:MOST_LETTERS], limit=len(named), properties=named)
    )


@blueprint.get("/flyout/entity")
def flyout() -> Response:
    concept = _concept()
    return _json(Flyout(id=concept.code, html=_rendered("concept_small.html", concept)))


@blueprint.get("/preview")
def preview() -> Response:
    """Shown inside the client's own page: the one address that may be."""
    return make_response(_rendered("concept_preview.html", _concept()))


def _answered(given: dict[str, str]) -> Response:
    known, scheme = services().mappings(), services().scheme
    if "extend" in given:
        return _json(extend_answer(read_extend(given["extend"]), scheme, links()))
    if "queries" in given:
        batch = read_batch(given["queries"])
        results = {name: _result(query) for name, query in batch.items()}
        return _made(_RESULTS.dump_json(results))
    if "query" in given:  # what clients of 0.1 send for a single word
        text = given["query"]
        query = read_batch(f'{{"q": {text}}}')["q"] if text.lstrip().startswith("{") else _worded(text)
        return _json(result_answer(candidates(query, known, scheme), scheme))
    return _json(manifest(links(), scheme.version))


def _result(query: Query) -> ResultAnswer:
    scheme = services().scheme
    return result_answer(candidates(query, services().mappings(), scheme), scheme)


def _worded(text: str) -> Query:
    if len(text) > MOST_LETTERS:
        raise BadRequest(f"query is longer than {MOST_LETTERS} characters", parameter="query")
    return Query(query=text)


def _given() -> dict[str, str]:
    """Clients add parameters of their own, which are passed over; a script of theirs is not called back."""
    found = dict(pairs())
    if "callback" in found:
        raise BadRequest(
            "JSONP is not spoken here; any site may fetch the answer (CORS)", parameter="callback"
        )
    return found


def _prefix(given: dict[str, str]) -> str:
    prefix = given.get("prefix", "").strip()
    if len(prefix) > MOST_LETTERS:
        raise BadRequest(f"prefix is longer than {MOST_LETTERS} characters", parameter="prefix")
    return prefix


def _cursor(given: dict[str, str]) -> int:
    text = given.get("cursor", "") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_FARTHEST))):
        raise BadRequest(f"cursor is {text[:60]!r}; a whole number is wanted", parameter="cursor")
    return min(int(text), _FARTHEST)


def _concept() -> Concept:
    name = _given().get("id", "").strip()
    if not name:
        raise BadRequest("id is wanted: the code of a concept", parameter="id")
    found = services().scheme.find(name)
    if found is None:
        raise NotFound(f"there is no concept {name[:200]!r}")
    return found


def _rendered(template: str, concept: Concept) -> str:
    scheme = services().scheme
    above = tuple(scheme.label(code) for code in concept.parents)
    return render_template(
        template,
        concept=concept,
        axis=AXIS_LABELS[concept.axis],
        above=above,
        names=names_of(concept),
        address=links().absolute(links().concept(concept.code)),
    )


def _json(answer: BaseModel) -> Response:
    return _made(answer.model_dump_json(by_alias=True).encode())


def _made(body: bytes) -> Response:
    return Response(body, mimetype="application/json")
