"""In which order equally relevant datasets come, also across pages."""

from typing import Final

from tantivy import DocAddress, Query, Searcher

from catalogue.indexes import names
from catalogue.indexes.tantivy import layout

# Scores that differ by less are equal: the engine adds floats in an order of its own.
_DIGITS: Final = 5
_SPARE: Final = 100
_GROWTH: Final = 8

Scored = list[tuple[float, DocAddress]]
_Ranked = list[tuple[tuple[float, ...], DocAddress]]


def best(searcher: Searcher, matching: Query, offset: int, limit: int) -> Scored:
    """Give ``limit`` documents from ``offset`` on, by score and then by key.

    The engine breaks ties by segment. So whole groups of equal score are fetched, and those that reach into
    the page are ordered here: by the first bytes of the key; where these are equal too, by the key itself.
    """
    found = _whole_groups(searcher, matching, offset + limit)
    skipped, ranked = _window([((-score,), address) for score, address in found], offset, limit)
    further, ranked = _window(_with_key_starts(searcher, ranked), offset - skipped, limit)
    keyed = sorted(
        ((rank, searcher.doc(address)[names.KEY][0], address) for rank, address in ranked),
        key=lambda row: row[:2],
    )
    first = offset - skipped - further
    return [(-rank[0], address) for rank, _, address in keyed[first : first + limit]]


def _whole_groups(searcher: Searcher, matching: Query, wanted: int) -> Scored:
    """Fetch at least ``wanted`` documents, and all that score as the last of them."""
    size = wanted + _SPARE
    while True:
        hits = searcher.search(matching, size, count=False).hits
        ranked = [(round(float(score), _DIGITS), address) for score, address in hits]
        if len(ranked) < size or ranked[-1][0] < ranked[wanted - 1][0]:
            return ranked
        size *= _GROWTH


def _with_key_starts(searcher: Searcher, ranked: _Ranked) -> _Ranked:
    starts = searcher.fast_field_values(layout.KEY_START, [address for _, address in ranked])
    rows = zip(ranked, starts, strict=True)
    return sorted((((*rank, start or 0), address) for (rank, address), start in rows), key=lambda row: row[0])


def _window(ranked: _Ranked, offset: int, limit: int) -> tuple[int, _Ranked]:
    """Keep the groups of equal rank that reach into a page, and say how many documents come before them."""
    page = ranked[offset : offset + limit]
    if not page:
        return offset, []
    kept = [place for place, row in enumerate(ranked) if page[0][0] <= row[0] <= page[-1][0]]
    return kept[0], ranked[kept[0] : kept[-1] + 1]
