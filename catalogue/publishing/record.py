"""One record in RDF: the dataset as published, and the catalogue record about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from catalogue.ledger import Published
from catalogue.model.run import Run
from catalogue.profile import terms
from catalogue.publishing.addresses import served_triples
from catalogue.publishing.formats import written

_STATUS: Final = "http://publications.europa.eu/resource/authority/concept-status/CURRENT"


def record_node(key: str) -> str:
    return f"{terms.OWN}datasets/{key}"


def run_node(run: int) -> str:
    return f"{terms.OWN}runs/{run}"


def catalogue_record(published: Published) -> bytes:
    """The dcat:CatalogRecord of a dataset, in stored form; nothing of it stands on the provider's node."""
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{terms.DCAT}CatalogRecord")),
        (f"{terms.FOAF}primaryTopic", NamedNode(published.subject)),
        (f"{terms.DCT}isPartOf", NamedNode(f"{terms.OWN}catalog")),
        (f"{terms.DCT}issued", moment(published.first_seen)),
        (f"{terms.DCT}modified", moment(published.datestamp)),
        (f"{terms.DCT}identifier", Literal(published.key)),
        (f"{terms.CIMG}source", Literal(published.source)),
        (f"{terms.ADMS}status", NamedNode(_STATUS)),
        (f"{terms.PROV}wasGeneratedBy", NamedNode(run_node(published.run))),
    ]
    return lines(record_node(published.key), said)


def run_activity(run: Run) -> bytes:
    """A harvest that changed something, as prov:Activity."""
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{terms.PROV}Activity")),
        (f"{terms.PROV}startedAtTime", moment(run.started)),
        (f"{terms.CIMG}source", Literal(run.source)),
    ]
    return lines(run_node(run.id), said)


def serialised(published: Published, *, base_url: str, media_type: str) -> bytes:
    """The dataset and its catalogue record, as served. ``media_type`` is a key of ``MEDIA_TYPES``."""
    triples = served_triples(catalogue_record(published) + published.triples, base_url)
    return written(triples, base_url=base_url, media_type=media_type)


def moment(at: datetime) -> Literal:
    text = at.isoformat().replace("+00:00", "Z")
    return Literal(text, datatype=NamedNode(f"{terms.XSD}dateTime"))


def lines(node: str, said: Iterable[tuple[str, NamedNode | Literal]]) -> bytes:
    """Statements about one node, in their order."""
    about = NamedNode(node)
    triples = (Triple(about, NamedNode(predicate), value) for predicate, value in said)
    return bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
