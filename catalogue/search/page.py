"""What a search finds: hits with reasons, facets as trees, totals, and where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.model.query import MAX_DEPTH, SearchQuery
from catalogue.ports import Document, IndexPage, IndexReader, NumberRange, Totals
from catalogue.search.compile import Compiled, compile_query
from catalogue.search.cursor import MAX_OFFSET, write_cursor
from catalogue.search.tree import Facet, facet_tree
from catalogue.search.vocabulary import Vocabulary
from catalogue.search.why import Why, reasons


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A phrase of ``q`` that was read as a concept."""

    text: str
    axis: str
    concept: str
    label: str
    narrower: int
    matched: str


@dataclass(frozen=True, slots=True)
class Found:
    document: Document
    score: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the whole list this page stands; ``pages`` is 0 for an empty list."""

    number: int
    size: int
    pages: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to one search. ``interpretation`` is empty until phrases of ``q`` are read as concepts."""

    query: SearchQuery
    interpretation: tuple[Interpretation, ...]
    notices: tuple[str, ...]
    total: Totals
    facets: Mapping[str, Facet]
    ranges: Mapping[str, NumberRange]
    hits: tuple[Found, ...]
    place: Place


def search(query: SearchQuery, index: IndexReader, vocabulary: Vocabulary) -> SearchPage:
    """Search; raises ``BadRequest`` for a malformed value or cursor, ``IndexUnavailable``."""
    compiled = compile_query(query, vocabulary)
    answer = index.search(compiled.query)
    place = _place(query, compiled.query.offset, answer.total.datasets)
    return SearchPage(
        query=query,
        interpretation=(),
        notices=(*compiled.notices, *_past_the_end(place, answer.total.datasets)),
        total=answer.total,
        facets={
            name: facet_tree(name, answer.facets[name], query.selection(name), vocabulary)
            for name in compiled.query.facets
            if name in answer.facets
        },
        ranges=answer.ranges,
        hits=_found(answer, compiled, query, vocabulary),
        place=place,
    )


def _found(
    answer: IndexPage, compiled: Compiled, query: SearchQuery, vocabulary: Vocabulary
) -> tuple[Found, ...]:
    return tuple(
        Found(hit.document, hit.score, reasons(hit, compiled, query.q, vocabulary)) for hit in answer.hits
    )


def _place(query: SearchQuery, offset: int, datasets: int) -> Place:
    following = offset + query.size
    return Place(
        number=offset // query.size + 1,
        size=query.size,
        pages=-(-datasets // query.size),
        next_cursor=write_cursor(following, query) if following < min(datasets, MAX_OFFSET) else None,
    )


def _past_the_end(place: Place, datasets: int) -> tuple[str, ...]:
    if datasets and place.number > place.pages:
        return (f"Page {place.number} lies past the last one, {place.pages}.",)
    return ()


def last_page(place: Place) -> int:
    """Name the last page that has a number; behind it only the cursor leads on."""
    return min(place.pages, MAX_DEPTH // place.size)
