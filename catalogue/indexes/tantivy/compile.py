"""Which engine query a search is.

Queries are built from tokens and codes, never parsed from text: the engine's own parser would let a visitor
reach any field.
"""

from collections.abc import Iterable
from typing import Final

from tantivy import FieldType, Occur, Query, Schema

from catalogue.errors import BadRequest
from catalogue.indexes.tantivy import layout
from catalogue.ports import FacetFilter, IndexQuery, RangeFilter

_BOOSTS: Final = {"title_tokens": 3.0, "label_tokens": 2.0, "keyword_tokens": 2.0, "text_tokens": 1.0}
_TIE_BREAKER: Final = 0.3


class Compiler:
    """Compiles for one index; refuses names that the index does not have."""

    def __init__(self, schema: Schema, facets: Iterable[str]) -> None:
        self._schema = schema
        self._facets = frozenset(facets)

    def check(self, query: IndexQuery) -> None:
        facets = (*query.facets, *(chosen.facet for chosen in query.filters))
        numbers = (*query.histograms, *(chosen.field for chosen in query.ranges))
        _refuse_unknown(facets, self._facets)
        _refuse_unknown(numbers, layout.NUMBERS)
        _refuse_unknown((query.sort,), ("relevance", *layout.sorts()))

    def matching(self, query: IndexQuery, *, ignoring: str = "") -> Query:
        """Match the query; ``ignoring`` names the facet or number whose own selection is left out.

        Only the text scores; filters decide and add nothing.
        """
        clauses = [self._text(token) for token in dict.fromkeys(query.tokens)] or [_silent(Query.all_query())]
        clauses += [_silent(self._range(chosen)) for chosen in query.ranges if chosen.field != ignoring]
        filters = [chosen for chosen in query.filters if chosen.facet != ignoring]
        clauses += [_silent(wanted) for chosen in filters if (wanted := self._wanted(chosen))]
        unwanted = [query for chosen in filters for query in self._unwanted(chosen)]
        return Query.boolean_query(
            [(Occur.Must, clause) for clause in clauses] + [(Occur.MustNot, clause) for clause in unwanted]
        )

    def _text(self, token: str) -> Query:
        terms = [
            Query.boost_query(self._term(field, token, "position"), boost) for field, boost in _BOOSTS.items()
        ]
        return Query.disjunction_max_query(terms, _TIE_BREAKER)

    def _term(self, field: str, value: str, index_option: str = "basic") -> Query:
        return Query.term_query(self._schema, field, value, index_option)

    def _wanted(self, chosen: FacetFilter) -> Query | None:
        field = layout.own_field(chosen.facet) if chosen.own else layout.closure_field(chosen.facet)
        terms = [self._term(field, code) for code in chosen.wanted]
        if chosen.every and terms:
            terms = [Query.boolean_query([(Occur.Must, term) for term in terms])]
        if chosen.missing:
            terms.append(self._term(layout.UNSTATED, chosen.facet))
        return Query.boolean_query([(Occur.Should, term) for term in terms]) if terms else None

    def _unwanted(self, chosen: FacetFilter) -> list[Query]:
        field = layout.own_field(chosen.facet) if chosen.own else layout.closure_field(chosen.facet)
        terms = [self._term(field, code) for code in chosen.unwanted]
        return terms + ([self._term(layout.UNSTATED, chosen.facet)] if chosen.unwanted_missing else [])

    def _range(self, chosen: RangeFilter) -> Query:
        if chosen.least is None and chosen.most is None:
            return Query.exists_query(chosen.field)
        return Query.range_query(self._schema, chosen.field, FieldType.Integer, chosen.least, chosen.most)


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    allowed = sorted(known)
    for name in names:
        if name not in allowed:
            raise BadRequest(f"the index has no {name!r}; it has {', '.join(allowed)}", parameter=name)
