"""The graph store as a follower of the change log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from catalogue.folders import replace_text
from catalogue.ledger import Change, Ledger, MappingState
from catalogue.model.quality import Level
from catalogue.ports import GraphChange, GraphReader, GraphWriter, NamedGraph, PutGraph
from catalogue.projections.graphs import (
    GraphNames,
    catalogue_graph,
    concept_graph,
    drop_quality,
    drop_record,
    mapping_graph,
    put_quality,
    put_record,
    put_run,
    quality_graph,
    record_graph,
)
from catalogue.publishing.mappings import known_mappings
from catalogue.publishing.record import catalogue_record
from ontologies.concepts import ConceptScheme
from ontologies.mappings import load_mappings

_BATCH: Final = 500
# To be counted up whenever the graphs say something else of the same ledger.
_FORM: Final = 3


@dataclass(frozen=True, slots=True)
class GraphStore:
    """``made_with`` is the file that says how it was built: form and base URL; then, with which words."""

    writer: GraphWriter
    reader: GraphReader
    made_with: Path


class GraphProjection:
    name = "graph"
    step: int | None = None

    def __init__(self, ledger: Ledger, store: GraphStore, *, base_url: str, scheme: ConceptScheme) -> None:
        self._ledger = ledger
        self._store = store
        self._writer = store.writer
        self._names = GraphNames(base_url)
        self._scheme = scheme
        self._own_mappings = load_mappings().version

    def watermark(self) -> int:
        """0 as well for a store of another form or base URL: what it says would be wrong."""
        return self._writer.watermark() if self._made_with()[:1] == [self._form()] else 0

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        self._writer.apply(self._changes(changes), watermark=watermark)

    def rebuild(self, *, watermark: int) -> None:
        words = self._words()
        self._writer.rebuild(_pieces(self._ledger, self._names, self._scheme), watermark=watermark)
        self._note(words)

    def publish(self) -> None:
        """With the present words: records name concepts by codes that no change of them touches."""
        words, made_with = self._words(), self._made_with()
        outdated = made_with[:1] == [self._form()] and made_with[1:] != [words]
        if outdated:
            graphs = _word_graphs(self._ledger, self._names, self._scheme)
            self._writer.apply(map(PutGraph, graphs), watermark=self._writer.watermark())
        self._writer.publish()
        if outdated:  # last: cut off before it, they are put once more
            self._note(words)

    def is_published(self) -> bool:
        """An empty store is published, too: that a query finds nothing is an answer."""
        generation = self._store.reader.generation()
        return (
            generation is not None
            and generation.watermark == self._writer.watermark()
            and self._made_with()[1:] in ([], [self._words()])
        )

    def _form(self) -> str:
        return f"{_FORM} {self._names.base_url}"

    def _words(self) -> str:
        """Which concepts and mappings: those of the software, and the number of the instance's own."""
        return f"{self._scheme.version} {self._own_mappings} {self._ledger.vocabulary_number()}"

    def _made_with(self) -> list[str]:
        """The form and the words, nothing for a store that was not built yet."""
        try:
            return self._store.made_with.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _note(self, words: str) -> None:
        replace_text(self._store.made_with, f"{self._form()}\n{words}")

    def _changes(self, changes: Sequence[Change]) -> Iterator[GraphChange]:
        keys = {change.key: None for change in changes}
        published = {one.key: one for one in self._ledger.published_many(keys)}
        for run in sorted({change.run for change in changes if change.run is not None}):
            yield from put_run(self._ledger.run(run), self._names)
        for key in keys:
            if key in published:
                yield from put_record(published[key], self._names)
            else:
                yield from drop_record(key, self._names)
        yield from self._known_quality(changes)

    def _known_quality(self, changes: Sequence[Change]) -> Iterator[GraphChange]:
        """What was checked before this store came to it: an older copy that was put back lacks it."""
        checked_up_to = self._ledger.quality_state().watermark
        for key in {change.key: None for change in changes if change.number <= checked_up_to}:
            checked = self._ledger.quality(key)
            for level in Level:
                if checked is None:
                    yield drop_quality(key, level, self._names)
                else:
                    yield put_quality(checked, level, self._names)


def _pieces(ledger: Ledger, names: GraphNames, scheme: ConceptScheme) -> Iterator[NamedGraph]:
    """The same graphs as ``expected_graphs``; the large ones come piece by piece, in constant memory."""
    yield catalogue_graph((), ledger.runs_with_changes(), names)
    yield from _word_graphs(ledger, names, scheme)
    shown = ledger.iterate_published()
    while batch := tuple(islice(shown, _BATCH)):
        yield from (record_graph(published, names) for published in batch)
        yield catalogue_graph(map(catalogue_record, batch), (), names)
    checked = ledger.iterate_quality() if ledger.quality_state().watermark else iter(())
    while some := tuple(islice(checked, _BATCH)):
        yield quality_graph(some, names)


def expected_graphs(ledger: Ledger, names: GraphNames, scheme: ConceptScheme) -> Iterator[NamedGraph]:
    """All graphs that a store in agreement with the ledger holds, each whole."""
    records = []
    for published in ledger.iterate_published():
        records.append(catalogue_record(published))
        yield record_graph(published, names)
    yield catalogue_graph(records, ledger.runs_with_changes(), names)
    yield from _word_graphs(ledger, names, scheme)
    if ledger.quality_state().watermark:
        yield quality_graph(ledger.iterate_quality(), names)


def _word_graphs(ledger: Ledger, names: GraphNames, scheme: ConceptScheme) -> Iterator[NamedGraph]:
    yield concept_graph(scheme, names)
    decided = (ledger.mapping_rows(state=state) for state in (MappingState.ACCEPTED, MappingState.REJECTED))
    known = known_mappings(load_mappings(), chain.from_iterable(decided))
    yield mapping_graph(known.rows, scheme, names)
