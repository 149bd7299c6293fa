"""One record in RDF: the dataset as published, and the catalogue record about it."""

import re
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from catalogue.ledger import Published
from catalogue.model.run import Run
from catalogue.profile import terms
from catalogue.publishing.addresses import served_triples

MEDIA_TYPES: Final = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
}

_PREFIXES: Final = {
    "dcat": terms.DCAT,
    "dct": terms.DCT,
    "foaf": terms.FOAF,
    "adms": terms.ADMS,
    "skos": terms.SKOS,
    "prov": terms.PROV,
    "healthdcatap": terms.HEALTH,
    "eucaim": terms.EUCAIM,
    "xsd": terms.XSD,
}
# RDF/XML makes an element's name of the end of a property's address; `.../terms/1` has none.
_XML_NAME: Final = re.compile(r"[^\W\d][\w.-]*\Z")
_STATUS: Final = "http://publications.europa.eu/resource/authority/concept-status/CURRENT"


def record_node(key: str) -> str:
    return f"{terms.OWN}datasets/{key}"


def run_node(run: int) -> str:
    return f"{terms.OWN}runs/{run}"


def catalogue_record(published: Published) -> bytes:
    """The dcat:CatalogRecord of a dataset, in stored form; nothing of it stands on the provider's node."""
    node = NamedNode(record_node(published.key))
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{terms.DCAT}CatalogRecord")),
        (f"{terms.FOAF}primaryTopic", NamedNode(published.subject)),
        (f"{terms.DCT}isPartOf", NamedNode(f"{terms.OWN}catalog")),
        (f"{terms.DCT}issued", _moment(published.first_seen.isoformat())),
        (f"{terms.DCT}modified", _moment(published.datestamp.isoformat())),
        (f"{terms.DCT}identifier", Literal(published.key)),
        (f"{terms.CIMG}source", Literal(published.source)),
        (f"{terms.ADMS}status", NamedNode(_STATUS)),
        (f"{terms.PROV}wasGeneratedBy", NamedNode(run_node(published.run))),
    ]
    return _lines([Triple(node, NamedNode(predicate), value) for predicate, value in said])


def run_activity(run: Run) -> bytes:
    """A harvest that changed something, as prov:Activity."""
    node = NamedNode(run_node(run.id))
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{terms.PROV}Activity")),
        (f"{terms.PROV}startedAtTime", _moment(run.started.isoformat())),
        (f"{terms.CIMG}source", Literal(run.source)),
    ]
    return _lines([Triple(node, NamedNode(predicate), value) for predicate, value in said])


def serialised(published: Published, *, base_url: str, media_type: str) -> bytes:
    """The dataset and its catalogue record, as served. ``media_type`` is a key of ``MEDIA_TYPES``.

    RDF/XML cannot say statements whose property ends in no XML name; they are left out there.
    """
    wanted = MEDIA_TYPES[media_type]
    triples = served_triples(catalogue_record(published) + published.triples, base_url)
    quads: Iterable[Quad] = parse(triples, format=RdfFormat.N_TRIPLES)
    if wanted == RdfFormat.RDF_XML:
        quads = (quad for quad in quads if _XML_NAME.search(quad.predicate.value))
    prefixes = {**_PREFIXES, "cimg": f"{base_url}/terms#"}
    return bytes(serialize((quad.triple for quad in quads), format=wanted, prefixes=prefixes) or b"")


def _moment(text: str) -> Literal:
    return Literal(text.replace("+00:00", "Z"), datatype=NamedNode(f"{terms.XSD}dateTime"))


def _lines(triples: list[Triple]) -> bytes:
    return bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
