"""Which named graphs the graph store holds of the ledger and the scheme."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from catalogue.ledger import Published
from catalogue.model.quality import CheckedRecord, Level
from catalogue.model.run import Run
from catalogue.ports import DropGraph, GraphChange, NamedGraph, PutGraph, PutNode
from catalogue.profile import terms
from catalogue.publishing.addresses import served, served_triples
from catalogue.publishing.concept import concept_triples
from catalogue.publishing.feed import CATALOGUE_TITLE
from catalogue.publishing.mapping_record import act_triples, mapping_triples
from catalogue.publishing.mappings import KnownMapping
from catalogue.publishing.quality import measurement, measurement_node, metric
from catalogue.publishing.record import (
    catalogue_record,
    record_node,
    run_activity,
    run_node,
    software_agent,
    software_node,
)
from ontologies.aligner.curated import stands
from ontologies.concepts import ConceptScheme


class GraphNames:
    """The served names of the graphs below one base URL."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.catalogue = f"{base_url}/graph/catalogue"
        self.concepts = f"{base_url}/graph/concepts"
        self.mappings = f"{base_url}/graph/mappings"
        self.quality = f"{base_url}/graph/quality"

    def record(self, key: str) -> str:
        return f"{self.base_url}/graph/{key}"


def record_graph(published: Published, names: GraphNames) -> NamedGraph:
    return NamedGraph(names.record(published.key), served_triples(published.triples, names.base_url))


def put_record(published: Published, names: GraphNames) -> Iterator[GraphChange]:
    yield PutGraph(record_graph(published, names))
    node = served(record_node(published.key), names.base_url)
    yield PutNode(names.catalogue, node, served_triples(catalogue_record(published), names.base_url))


def drop_record(key: str, names: GraphNames) -> Iterator[GraphChange]:
    yield DropGraph(names.record(key))
    yield PutNode(names.catalogue, served(record_node(key), names.base_url), b"")


def put_run(run: Run, names: GraphNames) -> Iterator[GraphChange]:
    """The run, and the software that made it."""
    said = {run_node(run.id): run_activity(run), software_node(run.software): software_agent(run.software)}
    for node, triples in said.items():
        about = served(node, names.base_url)
        yield PutNode(names.catalogue, about, served_triples(triples, names.base_url))


def catalogue_graph(records: Iterable[bytes], runs: Iterable[Run], names: GraphNames) -> NamedGraph:
    """``records`` are the catalogue records in stored form."""
    made = tuple(runs)
    activities = (run_activity(run) for run in made)
    agents = (software_agent(version) for version in sorted({run.software for run in made}))
    triples = b"".join((_catalogue(), *records, *activities, *agents))
    return NamedGraph(names.catalogue, served_triples(triples, names.base_url))


def quality_graph(checked: Iterable[CheckedRecord], names: GraphNames) -> NamedGraph:
    measurements = (measurement(one, level) for one in checked for level in Level)
    triples = b"".join((*map(metric, Level), *measurements))
    return NamedGraph(names.quality, served_triples(triples, names.base_url))


def put_quality(checked: CheckedRecord, level: Level, names: GraphNames) -> GraphChange:
    node = served(measurement_node(checked.key, level), names.base_url)
    return PutNode(names.quality, node, served_triples(measurement(checked, level), names.base_url))


def drop_quality(key: str, level: Level, names: GraphNames) -> GraphChange:
    return PutNode(names.quality, served(measurement_node(key, level), names.base_url), b"")


def concept_graph(scheme: ConceptScheme, names: GraphNames) -> NamedGraph:
    """All concepts and the closure, which of a deep release is too large to hold as triples."""
    triples = b"".join(_lines([*concept_triples(concept, scheme)]) for concept in scheme)
    return NamedGraph(names.concepts, served_triples(triples, names.base_url))


def mapping_graph(known: Iterable[KnownMapping], scheme: ConceptScheme, names: GraphNames) -> NamedGraph:
    """Every mapping by which values align at present, and the acts that decided them."""
    acting = [one for one in known if one.acts and stands(one.mapping, scheme)]
    acts = dict.fromkeys(map(act_triples, acting))
    triples = b"".join((*(mapping_triples(one, scheme) for one in acting), *acts))
    return NamedGraph(names.mappings, served_triples(triples, names.base_url))


def _catalogue() -> bytes:
    node = NamedNode(f"{terms.OWN}catalog")
    return _lines(
        [
            Triple(node, NamedNode(terms.RDF_TYPE), NamedNode(f"{terms.DCAT}Catalog")),
            Triple(node, NamedNode(f"{terms.DCT}title"), Literal(CATALOGUE_TITLE, language="en")),
        ]
    )


def _lines(triples: list[Triple]) -> bytes:
    return bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
