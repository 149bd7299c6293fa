"""How statements are written in each format that is served: the same statements give the same bytes."""

import re
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Quad, RdfFormat, parse, serialize

from ontologies.namespaces import PREFIXES

MEDIA_TYPES: Final = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
}

_NAMES: Final = (
    "adms",
    "dcat",
    "dcatap",
    "dct",
    "eucaim",
    "foaf",
    "healthdcatap",
    "hydra",
    "prov",
    "skos",
    "xsd",
)
# RDF/XML makes an element's name of the end of a property's address; `.../terms/1` has none.
_XML_NAME: Final = re.compile(r"[^\W\d][\w.-]*\Z")


def written(triples: bytes, *, base_url: str, media_type: str) -> bytes:
    """N-Triples, as served, in the format ``media_type``, a key of ``MEDIA_TYPES``; their order is kept.

    RDF/XML cannot say statements whose property ends in no XML name; they are left out there.
    """
    wanted = MEDIA_TYPES[media_type]
    quads: Iterable[Quad] = parse(triples, format=RdfFormat.N_TRIPLES)
    if wanted == RdfFormat.RDF_XML:
        quads = (quad for quad in quads if _XML_NAME.search(quad.predicate.value))
    prefixes = {**{name: PREFIXES[name] for name in _NAMES}, "cimg": f"{base_url}/terms#"}
    return bytes(serialize((quad.triple for quad in quads), format=wanted, prefixes=prefixes) or b"")
