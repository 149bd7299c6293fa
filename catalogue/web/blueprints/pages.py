"""The pages for people, and each record as RDF at the same address."""

from collections.abc import Iterable

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import BadRequest, Gone
from catalogue.model.query import RANGES, SearchQuery
from catalogue.search.conditions import conditions, relaxations
from catalogue.search.page import search
from catalogue.web.dataset_page import dataset_page
from catalogue.web.doors import doors
from catalogue.web.gone_page import gone_view
from catalogue.web.home_page import NEWEST, home_view
from catalogue.web.links import RDF_TYPES, links
from catalogue.web.negotiation import HTML, wanted_type
from catalogue.web.problems import KINDS
from catalogue.web.query_string import pairs
from catalogue.web.search_page import search_view
from catalogue.web.services import services, vocabulary

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> str:
    page = search(NEWEST, services().index, vocabulary())
    view = home_view(page, services().providers(), links(), services().scheme)
    return render_template("home.html", view=view)


@blueprint.get("/search")
def search_datasets() -> str | AnyResponse:
    given = pairs()
    query = SearchQuery.from_pairs(_joined_ranges(given))
    if any(name.endswith((".min", ".max")) for name, _ in given):
        # The form's two boxes are one parameter: the address bar shows the one that can be shared.
        return redirect(links().search(query), 303)
    words = vocabulary()
    page = search(query, services().index, words)
    ways_out = () if page.total.datasets else relaxations(query, services().index, words)
    view = search_view(page, conditions(query, words), ways_out, words, links())
    return render_template("search.html", view=view)


@blueprint.get("/datasets/<key:key>")
def dataset(key: str) -> Response:
    wanted = wanted_type("This record")
    response = _page_of(key) if wanted == HTML else _record(key, wanted)
    response.vary.add("Accept")
    return response


@blueprint.get("/datasets/<key:key>.<any(ttl,rdf,jsonld,nt):suffix>")
def dataset_as(key: str, suffix: str) -> Response:
    return _record(key, RDF_TYPES[suffix])


@blueprint.get("/about")
def about() -> str:
    found = search(SearchQuery(size=1), services().index, vocabulary()).hits
    example = found[0].document.key if found else ""
    return render_template("about.html", kinds=KINDS, doors=doors(links(), example))


def _page_of(key: str) -> Response:
    try:
        found = services().dataset(key)
    except Gone:
        return make_response(render_template("gone.html", view=gone_view(services().withdrawn(key))), 410)
    page = dataset_page(found, links(), services().scheme)
    response = make_response(render_template("dataset.html", page=page))
    for download in page.downloads:
        response.headers.add("Link", f'<{download.link}>; rel="alternate"; type="{download.media_type}"')
    return response


def _record(key: str, media_type: str) -> Response:
    """What is left of a withdrawn record is told in the same formats."""
    try:
        response = make_response(services().record_in(key, media_type))
    except Gone:
        response = make_response(services().tombstone_in(key, media_type), 410)
    response.mimetype = media_type
    response.headers.add("Link", f'<{links().absolute(links().dataset(key))}>; rel="canonical"')
    response.add_etag()
    response.make_conditional(request)
    return response


def _joined_ranges(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """``patients.min=50&patients.max=`` is ``patients=50..``."""
    sides = {f"{name}.{side}": "" for name in RANGES for side in ("min", "max")}
    kept: list[tuple[str, str]] = []
    for name, value in given:
        if name in sides:
            sides[name] = _digits(name, value)
        else:
            kept.append((name, value))
    joined = ((name, f"{sides[f'{name}.min']}..{sides[f'{name}.max']}") for name in RANGES)
    return kept + [(name, value) for name, value in joined if value != ".."]


def _digits(name: str, value: str) -> str:
    """People write ``1,000`` and ``1 000``."""
    bare = value.replace(",", "").replace(" ", "")
    if bare and not (bare.isascii() and bare.isdigit()):
        raise BadRequest(f"{name} is {value[:60]!r}; a whole number is wanted", parameter=name)
    return bare
