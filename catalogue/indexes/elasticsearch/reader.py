"""What a search finds and counts in the cluster's current index."""

from collections.abc import Iterable, Iterator
from typing import Final

from elasticsearch import ApiError, NotFoundError

from catalogue.errors import IndexUnavailable
from catalogue.indexes import counts, entries, names
from catalogue.indexes.elasticsearch import layout
from catalogue.indexes.elasticsearch.compile import ALL, DATASETS, GENERATION, Compiled, compiled, own_counts
from catalogue.indexes.elasticsearch.failures import Cluster
from catalogue.indexes.elasticsearch.walking import WINDOW, RawHit, distant_hits, every_hit
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
_REMOVED: Final = ("index_not_found_exception", "no_shard_available_action_exception")


class ElasticsearchReader:
    """May be shared by threads. A search sees one state of the index, save for hits beyond the window."""

    def __init__(self, url: str, settings: IndexSettings, prefix: str, *, window: int = WINDOW) -> None:
        self._cluster = Cluster(url)
        self._client = self._cluster.client
        self._settings = settings
        self._names = layout.index_names(prefix, settings)
        self._window = window

    def search(self, query: IndexQuery) -> IndexPage:
        names.refuse_unknown_names(query, self._settings)
        with self._cluster.failures():
            for _ in range(_ATTEMPTS - 1):
                try:
                    return self._page(query, compiled(query))
                except ApiError as error:
                    if not _may_be_replaced(error):
                        raise
                if self._is_unbegun():
                    return counts.nothing(query)
            return self._page(query, compiled(query))

    def scan(self) -> Iterator[DocumentDigest]:
        """Ends in ``IndexUnavailable`` if a rebuild replaces the index before the last page."""
        with self._cluster.failures():
            if self._is_unbegun():
                return
            for found in every_hit(self._client, self._names.alias, DATASETS):
                written = found["_source"][names.BODY].encode()
                yield entries.digest(layout.key(found["_id"]), written)

    def digest(self, document: Document) -> DocumentDigest:
        return entries.digest(document.key, entries.body(document))

    def close(self) -> None:
        self._client.close()

    def _page(self, query: IndexQuery, asked: Compiled) -> IndexPage:
        within = query.offset + query.limit <= self._window
        answer = self._client.search(
            index=self._names.alias,
            query=asked.query,
            post_filter=asked.post_filter,
            sort=asked.sort,
            aggs=asked.aggregations,
            from_=query.offset if within else 0,
            size=query.limit if within else 0,
            track_total_hits=False,  # the totals say it
            allow_partial_search_results=False,
        )
        found = answer["hits"]["hits"] if within else self._distant(query, asked)
        counted = answer["aggregations"]
        return IndexPage(
            total=counts.read_totals(counted[ALL]),
            hits=tuple(_hits(found, query)),
            facets={name: _facet(counted, name) for name in query.facets},
            ranges={name: _range(counted, name) for name in query.histograms},
            generation=_generation(counted),
        )

    def _distant(self, query: IndexQuery, asked: Compiled) -> list[RawHit]:
        return distant_hits(self._client, self._names.alias, asked, query.offset, query.limit)

    def _is_unbegun(self) -> bool:
        """Whether there is no index at all; raises ``IndexUnavailable`` for one of other settings."""
        found = self._client.indices.get_alias(index=self._names.pattern)
        ours = (found[name] for name in found if self._names.is_version(name))
        aliases = {alias for version in ours for alias in version["aliases"]}
        if aliases and self._names.alias not in aliases:
            raise IndexUnavailable(
                f"the search index at {self._cluster.shown} was built with other settings;"
                " the worker rebuilds it"
            )
        return not aliases


def _may_be_replaced(error: ApiError) -> bool:
    """Whether there is no index, or perhaps a rebuild removed it while the search was under way."""
    return isinstance(error, NotFoundError) or any(kind in str(error.body) for kind in _REMOVED)


def _hits(found: Iterable[RawHit], query: IndexQuery) -> Iterator[Hit]:
    for each in found:
        yield entries.hit(each["_source"][names.BODY], each["_score"] or 0.0, query.tokens)


def _facet(counted: counts.Answer, name: str) -> FacetCounts:
    return counts.read_facet(_own(counted, name), name)


def _range(counted: counts.Answer, name: str) -> NumberRange:
    return counts.read_range(counted[ALL], name, histogram=_own(counted, name))


def _own(counted: counts.Answer, name: str) -> counts.Answer:
    found: counts.Answer = counted.get(own_counts(name), counted[ALL])
    return found


def _generation(counted: counts.Answer) -> str:
    (mark,) = counted[GENERATION]["mark"]["last"]["hits"]["hits"]
    return f"{mark['_index']}.{mark['_source'][layout.WATERMARK]}"
