"""Whether ledger, graph store and search index agree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalogue.ledger import Ledger
from catalogue.ports import GraphReader, IndexReader
from catalogue.projections.graph import expected_graphs
from catalogue.projections.graphs import GraphNames
from catalogue.projections.index import expected_documents
from ontologies.concepts import ConceptScheme


@dataclass(frozen=True, slots=True)
class Difference:
    """``thing`` is a graph's IRI, a document's key, or the watermark of a follower."""

    store: str
    thing: str
    problem: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    records: int
    graphs: int
    documents: int
    differences: tuple[Difference, ...]

    @property
    def agreed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Examined:
    """What ``diagnose`` compares. ``followers`` are those whose lag is told."""

    ledger: Ledger
    graph: GraphReader
    index: IndexReader
    scheme: ConceptScheme
    base_url: str
    followers: tuple[str, ...] = ("graph", "index")


def diagnose(examined: Examined) -> Diagnosis:
    """Compares content, not counts: every graph and every document by its digest."""
    ledger, graph, index = examined.ledger, examined.graph, examined.index
    names = GraphNames(examined.base_url)
    wanted_graphs = {
        found.iri: found.sha256
        for found in map(graph.digest, expected_graphs(ledger, names, examined.scheme))
    }
    kept_graphs = {found.iri: found.sha256 for found in graph.scan()}
    wanted_documents = {
        one.key: index.digest(one).sha256 for one in expected_documents(ledger, examined.scheme)
    }
    kept_documents = {found.key: found.sha256 for found in index.scan()}
    if not ledger.last_change():
        wanted_graphs = {}
    differences = (
        *_lags(ledger, examined.followers),
        *_compared("graph store", wanted_graphs, kept_graphs),
        *_compared("search index", wanted_documents, kept_documents),
    )
    return Diagnosis(ledger.count_live(), len(kept_graphs), len(kept_documents), differences)


def _lags(ledger: Ledger, followers: Iterable[str]) -> Iterator[Difference]:
    last = ledger.last_change()
    for follower in followers:
        behind = last - ledger.watermark(follower)
        if behind:
            where = "behind" if behind > 0 else "ahead of"
            yield Difference(follower, "watermark", f"{abs(behind)} changes {where} the ledger")


def _compared(store: str, wanted: Mapping[str, str], kept: Mapping[str, str]) -> Iterable[Difference]:
    for thing in sorted(wanted.keys() | kept.keys()):
        if thing not in kept:
            yield Difference(store, thing, "missing")
        elif thing not in wanted:
            yield Difference(store, thing, "not in the ledger")
        elif wanted[thing] != kept[thing]:
            yield Difference(store, thing, "differs from the ledger")
