"""One record in RDF: the dataset as published, the catalogue record about it, and the run that brought it."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from catalogue.ledger import Published
from catalogue.model.run import Run
from catalogue.profile import terms
from catalogue.publishing.addresses import served_triples
from catalogue.publishing.formats import written
from ontologies.namespaces import PREFIXES

SOFTWARE: Final = "eucaim-catalogue"

_STATUS: Final = "http://publications.europa.eu/resource/authority/concept-status/CURRENT"
# What the record was recognised as, by the name of its crosswalk; nobody has given EMX2 or our sheet an IRI.
_PROFILES: Final = MappingProxyType(
    {
        "dcat_ap": terms.DCAT,
        "datacite": "http://datacite.org/schema/kernel-4",
        "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    }
)
Said = list[tuple[str, NamedNode | Literal]]


def record_node(key: str) -> str:
    return f"{terms.OWN}datasets/{key}"


def run_node(run: int) -> str:
    return f"{terms.OWN}runs/{run}"


def software_node(version: str) -> str:
    return f"{terms.OWN}software/{version}" if version else f"{terms.OWN}software"


def catalogue_record(published: Published) -> bytes:
    """The dcat:CatalogRecord of a dataset, in stored form; nothing of it stands on the provider's node."""
    said: Said = [
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
    if address := _address(published.identifier):
        said.append((f"{terms.DCT}source", address))
    if profile := _PROFILES.get(published.crosswalk.partition("/")[0]):
        said.append((f"{terms.DCT}conformsTo", NamedNode(profile)))
    return lines(record_node(published.key), said)


def run_activity(run: Run) -> bytes:
    """A harvest that changed something, as prov:Activity (PROV-O); its counts are of records."""
    said: Said = [
        (terms.RDF_TYPE, NamedNode(f"{terms.PROV}Activity")),
        (f"{terms.PROV}startedAtTime", moment(run.started)),
        (f"{terms.PROV}wasAssociatedWith", NamedNode(software_node(run.software))),
        (f"{terms.CIMG}source", Literal(run.source)),
        (f"{terms.CIMG}outcome", Literal(run.state.value)),
        (f"{terms.CIMG}mode", Literal(run.mode.value)),
    ]
    if run.ended:
        said.append((f"{terms.PROV}endedAtTime", moment(run.ended)))
    # What the stores wrote is not among them: it is counted while this is being written.
    counts = run.counts
    numbers = {
        "offered": counts.offered,
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "unseen": counts.unseen,
        "withdrawn": counts.withdrawn,
        "rejected": counts.rejected,
    }
    said += ((f"{terms.CIMG}{name}", _number(value)) for name, value in numbers.items())
    return lines(run_node(run.id), said)


def software_agent(version: str) -> bytes:
    """What harvested; runs of the first versions did not note which it was (``version`` is "")."""
    said: Said = [
        (terms.RDF_TYPE, NamedNode(f"{terms.PROV}SoftwareAgent")),
        (f"{terms.FOAF}name", Literal(SOFTWARE)),
    ]
    if version:
        said.append((f"{PREFIXES['schema']}softwareVersion", Literal(version)))
    return lines(software_node(version), said)


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


def _address(identifier: str) -> NamedNode | None:
    """Where the provider keeps its record; OAI-PMH identifiers and the like are no addresses."""
    if not identifier.startswith(("http://", "https://")):
        return None
    try:
        return NamedNode(identifier)
    except ValueError:
        return None


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(f"{terms.XSD}integer"))
