"""What is served in RDF of a withdrawn record: that it was there, when and why it went, what replaces it."""

from typing import Final

from pyoxigraph import Literal, NamedNode

from catalogue.ledger import Tombstone
from catalogue.profile import terms
from catalogue.publishing.addresses import served_triples
from catalogue.publishing.formats import written
from catalogue.publishing.record import lines, moment, record_node

_WITHDRAWN: Final = "http://publications.europa.eu/resource/authority/dataset-status/WITHDRAWN"


def tombstone_record(tombstone: Tombstone) -> bytes:
    """The dcat:CatalogRecord that is left, in stored form; nothing is said about the dataset itself."""
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{terms.DCAT}CatalogRecord")),
        (f"{terms.FOAF}primaryTopic", NamedNode(tombstone.subject)),
        (f"{terms.DCT}identifier", Literal(tombstone.key)),
        (f"{terms.DCT}modified", moment(tombstone.withdrawn)),
        (f"{terms.PROV}invalidatedAtTime", moment(tombstone.withdrawn)),
        (f"{terms.DCAT}version", Literal(str(tombstone.version))),
        (f"{terms.CIMG}source", Literal(tombstone.source)),
        (f"{terms.ADMS}status", NamedNode(_WITHDRAWN)),
    ]
    if tombstone.title:
        said.append((f"{terms.DCT}title", Literal(tombstone.title)))
    if tombstone.why:
        said.append((f"{terms.ADMS}versionNotes", Literal(tombstone.why)))
    if tombstone.replaced_by:
        said.append((f"{terms.DCT}isReplacedBy", NamedNode(record_node(tombstone.replaced_by))))
    return lines(record_node(tombstone.key), said)


def serialised(tombstone: Tombstone, *, base_url: str, media_type: str) -> bytes:
    """As served. ``media_type`` is a key of ``MEDIA_TYPES``."""
    triples = served_triples(tombstone_record(tombstone), base_url)
    return written(triples, base_url=base_url, media_type=media_type)
