"""How hits behind the engine's window are reached, and how all are: page by page, in one snapshot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from elasticsearch import Elasticsearch, NotFoundError

from catalogue.indexes.elasticsearch.compile import Clause, Clauses, Compiled

# The engine's own limit to an offset and to a page.
WINDOW: Final = 10_000
_SCANNED: Final = 1_000
_KEPT: Final = "2m"

RawHit = Mapping[str, Any]


def distant_hits(client: Elasticsearch, alias: str, asked: Compiled, offset: int, limit: int) -> list[RawHit]:
    """Step to ``offset`` over places in the order, which cost less than documents."""
    with _snapshot(client, alias) as snapshot:
        walk = _Walk(client, snapshot, asked.all_conditions(), asked.sort)
        while offset:
            step = min(offset, WINDOW)
            if len(walk.next(step, source=False)) < step:
                return []
            offset -= step
        return walk.next(limit)


def every_hit(client: Elasticsearch, alias: str, query: Clause) -> Iterator[RawHit]:
    with _snapshot(client, alias) as snapshot:
        walk = _Walk(client, snapshot, query, [{"_shard_doc": "asc"}])
        while found := walk.next(_SCANNED):
            yield from found
            if len(found) < _SCANNED:
                return


class _Walk:
    """Pages of one search in one snapshot, each from where the last one ended."""

    def __init__(self, client: Elasticsearch, snapshot: str, query: Clause, sort: Clauses) -> None:
        self._client = client
        self._snapshot = snapshot
        self._query = query
        self._sort = sort
        self._last: list[object] | None = None

    def next(self, size: int, *, source: bool = True) -> list[RawHit]:
        answer = self._client.search(
            pit={"id": self._snapshot, "keep_alive": _KEPT},
            query=self._query,
            sort=self._sort,
            size=size,
            search_after=self._last,  # type: ignore[arg-type]
            source=source,
            track_total_hits=False,
            allow_partial_search_results=False,
        )
        found: list[RawHit] = answer["hits"]["hits"]
        self._last = found[-1]["sort"] if found else self._last
        return found


@contextmanager
def _snapshot(client: Elasticsearch, alias: str) -> Iterator[str]:
    snapshot = client.open_point_in_time(index=alias, keep_alive=_KEPT)["id"]
    try:
        yield snapshot
    finally:
        with suppress(NotFoundError):  # it goes with its index
            client.close_point_in_time(id=snapshot)
