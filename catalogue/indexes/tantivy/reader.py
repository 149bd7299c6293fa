"""What a search finds and counts in the index that is current."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from tantivy import DocAddress, Index, Order, Query, Searcher

from catalogue.errors import IndexUnavailable
from catalogue.indexes import counts, entries, names
from catalogue.indexes.tantivy import layout, versions
from catalogue.indexes.tantivy.compile import Compiler
from catalogue.indexes.tantivy.failures import engine_failures
from catalogue.indexes.tantivy.ranking import best
from catalogue.ports import (
    Document,
    DocumentDigest,
    FacetCounts,
    Hit,
    IndexPage,
    IndexQuery,
    IndexSettings,
    NumberRange,
)

_ATTEMPTS: Final = 3


class TantivyReader:
    """May be shared by threads. A search under way keeps the index it began with."""

    def __init__(self, folder: Path, settings: IndexSettings) -> None:
        self._folder = folder
        self._settings = settings
        self._compiler = Compiler(layout.schema(settings))
        self._lock = Lock()
        self._open: _Opened | None = None

    def search(self, query: IndexQuery) -> IndexPage:
        names.refuse_unknown_names(query, self._settings)
        with engine_failures(self._folder):
            opened = self._current()
            return _Search(opened, self._compiler, query).page() if opened else counts.nothing(query)

    def scan(self) -> Iterator[DocumentDigest]:
        with engine_failures(self._folder):
            opened = self._current()
            if opened is None or not opened.searcher.num_docs:
                return
            found = opened.searcher.search(Query.all_query(), opened.searcher.num_docs, count=False)
            for _, address in found.hits:
                stored = opened.searcher.doc(address)
                yield entries.digest(stored[names.KEY][0], stored[names.BODY][0])

    def digest(self, document: Document) -> DocumentDigest:
        return entries.digest(document.key, entries.body(document))

    def _current(self) -> "_Opened | None":
        with self._lock:
            for attempt in range(1, _ATTEMPTS + 1):
                version = versions.current_version(self._folder)
                if version is None:
                    return None
                try:
                    self._open = self._reopened(version)
                except (OSError, ValueError):
                    # Between reading the pointer and opening it, another version may have replaced it.
                    if attempt == _ATTEMPTS:
                        raise
                else:
                    break
            return self._open

    def _reopened(self, version: Path) -> "_Opened":
        stamp = versions.commit_stamp(version)
        if self._open and (self._open.version, self._open.stamp) == (version, stamp):
            return self._open
        if not versions.is_built_with(version, self._settings):
            if self._open:  # until whoever asks takes up the other settings, too
                return self._open
            raise IndexUnavailable(
                f"the search index in {self._folder} was built with other settings; the worker rebuilds it"
            )
        number = versions.commit_number(version)
        index = self._open.index if self._open and self._open.version == version else _opened(version)
        index.reload()
        return _Opened(version, stamp, f"{version.name}.{number}", index, index.searcher())


@dataclass(frozen=True, slots=True)
class _Opened:
    version: Path
    stamp: tuple[int, int]
    generation: str
    index: Index
    searcher: Searcher


class _Search:
    """One search over one state of the index.

    A facet's counts ignore its own selection, so each selected facet costs a call of its own; the others
    share the call that makes the totals.
    """

    def __init__(self, opened: _Opened, compiler: Compiler, query: IndexQuery) -> None:
        self._searcher = opened.searcher
        self._generation = opened.generation
        self._compiler = compiler
        self._query = query
        self._selected = {chosen.facet for chosen in query.filters} | {
            chosen.field for chosen in query.ranges
        }
        self._matching = compiler.matching(query)

    def page(self) -> IndexPage:
        answer = self._searcher.aggregate(
            self._matching,
            {
                **counts.ask_totals(),
                **counts.ask_facets(name for name in self._query.facets if name not in self._selected),
                **counts.ask_ends(self._query.histograms),
                **counts.ask_histograms(
                    name for name in self._query.histograms if name not in self._selected
                ),
            },
        )
        return IndexPage(
            total=counts.read_totals(answer),
            hits=self._hits(),
            facets={name: self._facet(answer, name) for name in self._query.facets},
            ranges={name: self._range(answer, name) for name in self._query.histograms},
            generation=self._generation,
        )

    def _facet(self, answer: counts.Answer, name: str) -> FacetCounts:
        if name in self._selected:
            others = self._compiler.matching(self._query, ignoring=name)
            answer = self._searcher.aggregate(others, dict(counts.ask_facets([name])))
        return counts.read_facet(answer, name)

    def _range(self, answer: counts.Answer, name: str) -> NumberRange:
        histogram = answer
        if name in self._selected:
            others = self._compiler.matching(self._query, ignoring=name)
            histogram = self._searcher.aggregate(others, dict(counts.ask_histograms([name])))
        return counts.read_range(answer, name, histogram=histogram)

    def _hits(self) -> tuple[Hit, ...]:
        query = self._query
        if not query.limit:  # the engine panics at a limit of 0
            return ()
        if query.sort == names.RELEVANCE and query.tokens:
            ranked = best(self._searcher, self._matching, query.offset, query.limit)
        else:
            ranked = self._sorted(
                names.KEY if query.sort == names.RELEVANCE else names.sort_field(query.sort)
            )
        return tuple(self._hit(score, address) for score, address in ranked)

    def _sorted(self, field: str) -> list[tuple[float, DocAddress]]:
        found = self._searcher.search(
            self._matching,
            self._query.limit,
            count=False,
            order_by_field=field,
            offset=self._query.offset,
            order=Order.Asc,
        )
        return [(0.0, address) for _, address in found.hits]

    def _hit(self, score: float, address: DocAddress) -> Hit:
        written = self._searcher.doc(address)[names.BODY][0]
        return entries.hit(written, score, self._query.tokens)


def _opened(version: Path) -> Index:
    index = Index.open(str(version))
    index.config_reader("manual")  # reloaded when a commit is seen, so that no thread watches the folder
    return index
