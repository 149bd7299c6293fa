"""How a visitor's search becomes a query for the index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.model.query import FACETS, MISSING, RANGES, SearchQuery, Selection
from catalogue.ports import FacetFilter, IndexQuery, RangeFilter
from catalogue.search.cursor import read_cursor
from catalogue.search.vocabulary import FACET_LABELS, Vocabulary
from ontologies.analysis import Token, tokens

_RELEVANCE: Final = "relevance"
_LARGEST_FIRST: Final = "-patients"


@dataclass(frozen=True, slots=True)
class Compiled:
    """``words`` are the analysed words of ``q`` with their places in it; ``notices`` are for the visitor."""

    query: IndexQuery
    words: tuple[Token, ...]
    notices: tuple[str, ...]

    def wanted(self) -> Mapping[str, tuple[str, ...]]:
        return {chosen.facet: chosen.wanted for chosen in self.query.filters if chosen.wanted}


def compile_query(query: SearchQuery, vocabulary: Vocabulary) -> Compiled:
    """Compile a search; raises ``BadRequest`` for a malformed value or cursor.

    A value that does not exist stays in the filter as it is, where no document can match it, and is named
    in a notice.
    """
    words = tuple(tokens(query.q, "en"))
    offset = read_cursor(query) if query.cursor else (query.page - 1) * query.size
    return Compiled(
        query=IndexQuery(
            tokens=tuple(dict.fromkeys(word.text for word in words)),
            filters=tuple(_filter(name, query, vocabulary) for name in query.facets),
            ranges=tuple(
                RangeFilter(field=name, least=span.least, most=span.most)
                for name, span in query.ranges.items()
            ),
            sort=query.sort or (_RELEVANCE if words else _LARGEST_FIRST),
            offset=offset,
            limit=query.size,
            facets=FACETS,
            histograms=RANGES,
        ),
        words=words,
        notices=(*_wordless(query, words), *_unknown(query, vocabulary)),
    )


def _filter(facet: str, query: SearchQuery, vocabulary: Vocabulary) -> FacetFilter:
    selection = query.selection(facet)
    return FacetFilter(
        facet=facet,
        wanted=_codes(facet, selection.values, vocabulary),
        every=selection.op == "all",
        missing=MISSING in selection.values,
        unwanted=_codes(facet, selection.excluded, vocabulary),
        unwanted_missing=MISSING in selection.excluded,
        own=not query.expand,
    )


def _codes(facet: str, values: Iterable[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    named = [value for value in values if value != MISSING]
    return tuple(dict.fromkeys(vocabulary.code(facet, value) or value for value in named))


def _wordless(query: SearchQuery, words: tuple[Token, ...]) -> Iterable[str]:
    if query.q and not words:
        yield f"“{query.q}” holds no letter or digit, so no words were searched for."


def _unknown(query: SearchQuery, vocabulary: Vocabulary) -> Iterable[str]:
    for facet, selection in query.facets.items():
        for value in _named(selection):
            if vocabulary.code(facet, value) is None:
                yield f"{FACET_LABELS[facet]} has no value “{value}”, so no dataset can match it."


def _named(selection: Selection) -> Iterable[str]:
    return (value for value in (*selection.values, *selection.excluded) if value != MISSING)
