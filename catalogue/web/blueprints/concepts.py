"""Concepts for people, and in RDF at the same address: each by itself, and the scheme of each axis."""

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import NotFound
from catalogue.publishing.concept import concept_document, scheme_document
from catalogue.web.concept_page import concept_page
from catalogue.web.concepts_page import concepts_view
from catalogue.web.links import RDF_TYPES, links
from catalogue.web.negotiation import HTML, SUFFIXES, wanted_type
from catalogue.web.query_string import refuse_parameters, single_parameters
from catalogue.web.services import services
from ontologies.concepts import Axis, Concept, code_of

blueprint = Blueprint("concepts", __name__)

_AXES: Final = frozenset(Axis)


@blueprint.get("/concepts")
def concepts() -> str | AnyResponse:
    given = single_parameters("axis", "q", "iri")
    if iri := given.get("iri", "").strip():
        return redirect(links().concept(_found(iri).code), 303)
    return render_template("concepts.html", view=concepts_view(given, services(), links()))


@blueprint.get("/concepts/<path:name>")
def concept(name: str) -> AnyResponse:
    """A concept's page or RDF; the name of an axis stands for its whole scheme."""
    refuse_parameters()
    wanted = wanted_type("A concept")
    response = _page(name) if wanted == HTML else _rdf(name, wanted)
    response.vary.add("Accept")
    return response


@blueprint.get("/concepts/<path:name>.<any(ttl,rdf,jsonld,nt):suffix>")
def concept_as(name: str, suffix: str) -> AnyResponse:
    refuse_parameters()
    return _rdf(name, RDF_TYPES[suffix], suffix=suffix)


@blueprint.get("/mappings/<path:record_id>")
def mapping(record_id: str) -> AnyResponse:
    """The name that the graph gives to a mapping."""
    refuse_parameters()
    known = services().mappings().by_id.get(record_id)
    if known is None:
        raise NotFound(f"there is no mapping {record_id[:200]!r}")
    return redirect(links().api_mappings(id=record_id), 303)


def _page(name: str) -> AnyResponse:
    found = services().scheme.get(name)
    if found is None and name in _AXES:
        return redirect(links().concepts(axis=name), 303)
    if found is None:
        return _elsewhere(name)
    page = concept_page(found, services(), links())
    response = make_response(render_template("concept.html", page=page))
    for download in page.downloads:
        response.headers.add("Link", f'<{download.link}>; rel="alternate"; type="{download.media_type}"')
    return response


def _rdf(name: str, media_type: str, *, suffix: str = "") -> AnyResponse:
    """A scheme holds the statements about each of its concepts, also about one that has the axis's name."""
    site, found = services(), services().scheme.get(name)
    if name in _AXES:
        body = scheme_document(Axis(name), site.scheme, base_url=site.base_url, media_type=media_type)
    elif found is None:
        return _elsewhere(name, suffix=suffix)
    else:
        body = concept_document(found, site.scheme, base_url=site.base_url, media_type=media_type)
    response = Response(body, mimetype=media_type)
    response.headers.add("Link", f'<{links().absolute(links().concept(name))}>; rel="canonical"')
    for other, ending in SUFFIXES.items():
        if other != media_type:
            link = links().absolute(links().concept_as(name, ending))
            response.headers.add("Link", f'<{link}>; rel="alternate"; type="{other}"')
    response.add_etag()
    response.make_conditional(request)
    return response


def _elsewhere(name: str, *, suffix: str = "") -> AnyResponse:
    """A merged twin has moved for good; a code of another system may come to mean something else."""
    found = _found(name)
    target = links().concept_as(found.code, suffix) if suffix else links().concept(found.code)
    twins = {twin for iri in found.same_as for twin in (iri, code_of(iri))}
    return redirect(target, 301 if name in {found.iri, *twins} else 302)


def _found(name: str) -> Concept:
    concept = services().scheme.find(name)
    if concept is None:
        raise NotFound(f"there is no concept {name[:200]!r}")
    return concept
