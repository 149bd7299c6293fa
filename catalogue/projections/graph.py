"""The graph store as a follower of the change log."""

from collections.abc import Iterator, Sequence

from catalogue.ledger import Change, Ledger
from catalogue.ports import GraphChange, GraphWriter, NamedGraph
from catalogue.projections.graphs import (
    GraphNames,
    catalogue_graph,
    concept_graph,
    drop_record,
    put_record,
    put_run,
    record_graph,
)
from catalogue.publishing.record import catalogue_record
from ontologies.concepts import ConceptScheme


class GraphProjection:
    name = "graph"

    def __init__(self, ledger: Ledger, writer: GraphWriter, *, base_url: str, scheme: ConceptScheme) -> None:
        self._ledger = ledger
        self._writer = writer
        self._names = GraphNames(base_url)
        self._scheme = scheme

    def watermark(self) -> int:
        return self._writer.watermark()

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        self._writer.apply(self._changes(changes), watermark=watermark)

    def rebuild(self, *, watermark: int) -> None:
        self._writer.rebuild(expected_graphs(self._ledger, self._names, self._scheme), watermark=watermark)

    def publish(self) -> None:
        self._writer.publish()

    def _changes(self, changes: Sequence[Change]) -> Iterator[GraphChange]:
        keys = {change.key: None for change in changes}
        published = {one.key: one for one in self._ledger.published_many(keys)}
        for run in sorted({change.run for change in changes if change.run is not None}):
            yield put_run(self._ledger.run(run), self._names)
        for key in keys:
            if key in published:
                yield from put_record(published[key], self._names)
            else:
                yield from drop_record(key, self._names)


def expected_graphs(ledger: Ledger, names: GraphNames, scheme: ConceptScheme) -> Iterator[NamedGraph]:
    """All graphs that a store in agreement with the ledger holds, record by record in constant memory."""
    records = []
    for published in ledger.iterate_published():
        records.append(catalogue_record(published))
        yield record_graph(published, names)
    yield catalogue_graph(records, ledger.runs_with_changes(), names)
    yield concept_graph(scheme, names)
