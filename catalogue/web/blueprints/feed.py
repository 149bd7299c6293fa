"""The DCAT feed: the whole catalogue, page by page, for portals and other catalogues."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.exceptions import NotAcceptable
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import BadRequest
from catalogue.publishing.feed import FeedSite, feed_document
from catalogue.web.links import RDF_TYPES, links
from catalogue.web.query_string import single_parameters
from catalogue.web.services import services

blueprint = Blueprint("feed", __name__)

_HTML: Final = "text/html"
_SUFFIXES: Final = {media_type: suffix for suffix, media_type in RDF_TYPES.items()}
_MOST_DIGITS: Final = 15


@blueprint.get("/catalog")
def catalogue() -> AnyResponse:
    """What asks for a page gets the search; Turtle goes to whoever takes anything."""
    accepted = request.accept_mimetypes
    wanted = accepted.best_match([*_SUFFIXES, _HTML]) if accepted else next(iter(_SUFFIXES))
    if wanted is None:
        raise NotAcceptable(f"The catalogue can be had as {', '.join(_SUFFIXES)}.")
    answer = redirect(links().search(), 303) if wanted == _HTML else _page_as(wanted)
    answer.vary.add("Accept")
    return answer


@blueprint.get("/catalog.<any(ttl,rdf,jsonld,nt):suffix>")
def catalogue_as(suffix: str) -> Response:
    return _page_as(RDF_TYPES[suffix])


def _page_as(media_type: str) -> Response:
    given = single_parameters("page", "snapshot")
    number = _number(given, "page", least=1)
    snapshot = _number(given, "snapshot", least=0)
    page = services().feed_page(1 if number is None else number, snapshot=snapshot)
    found = links()

    def address(number: int) -> str:
        return found.absolute(found.catalogue(_SUFFIXES[media_type], number, page.snapshot.number))

    site = FeedSite(services().base_url, services().site_notice)
    response = make_response(feed_document(page, site, media_type=media_type, address=address))
    response.mimetype = media_type
    response.last_modified = page.snapshot.moment
    for other, suffix in _SUFFIXES.items():
        if other != media_type:
            link = found.absolute(found.catalogue(suffix, page.number, page.snapshot.number))
            response.headers.add("Link", f'<{link}>; rel="alternate"; type="{other}"')
    # The next harvest changes it, and nobody knows when: to be asked again, at the price of a 304.
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


def _number(given: Mapping[str, str], name: str, *, least: int) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) >= least):
        raise BadRequest(f"{name} is {text[:60]!r}; a whole number from {least} is wanted", parameter=name)
    return int(text)
