"""Which engine query a search is.

Queries are built from tokens and codes, never parsed from text: the engine's own parser would let a visitor
reach any field.
"""

from tantivy import FieldType, Occur, Query, Schema

from catalogue.indexes import names
from catalogue.ports import FacetFilter, IndexQuery, RangeFilter


class Compiler:
    """Compiles for one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

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
            Query.boost_query(self._term(field, token, "position"), boost)
            for field, boost in names.BOOSTS.items()
        ]
        return Query.disjunction_max_query(terms, names.TIE_BREAKER)

    def _term(self, field: str, value: str, index_option: str = "basic") -> Query:
        return Query.term_query(self._schema, field, value, index_option)

    def _wanted(self, chosen: FacetFilter) -> Query | None:
        field = names.own_field(chosen.facet) if chosen.own else names.closure_field(chosen.facet)
        terms = [self._term(field, code) for code in chosen.wanted]
        if chosen.every and terms:
            terms = [Query.boolean_query([(Occur.Must, term) for term in terms])]
        if chosen.missing:
            terms.append(self._term(names.UNSTATED, chosen.facet))
        return Query.boolean_query([(Occur.Should, term) for term in terms]) if terms else None

    def _unwanted(self, chosen: FacetFilter) -> list[Query]:
        field = names.own_field(chosen.facet) if chosen.own else names.closure_field(chosen.facet)
        terms = [self._term(field, code) for code in chosen.unwanted]
        return terms + ([self._term(names.UNSTATED, chosen.facet)] if chosen.unwanted_missing else [])

    def _range(self, chosen: RangeFilter) -> Query:
        lowest, highest = names.lowest_field(chosen.field), names.highest_field(chosen.field)
        if chosen.least is None and chosen.most is None:
            return Query.exists_query(lowest)
        if lowest == highest:
            return self._between(lowest, chosen.least, chosen.most)
        ends = []
        if chosen.least is not None:
            ends.append(self._between(highest, chosen.least, None))
        if chosen.most is not None:
            ends.append(self._between(lowest, None, chosen.most))
        return Query.boolean_query([(Occur.Must, end) for end in ends])

    def _between(self, field: str, least: int | None, most: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Integer, least, most)


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
