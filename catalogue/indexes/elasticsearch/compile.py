"""Which body of a search a query is.

Bodies are built from tokens and codes, never from a visitor's text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.indexes import counts, names
from catalogue.indexes.elasticsearch.layout import WATERMARK
from catalogue.ports import FacetFilter, IndexQuery, RangeFilter

Clause = Mapping[str, object]
Clauses = list[Clause]

ALL: Final = "all"
GENERATION: Final = "generation"
# The document that holds the watermark has no key.
DATASETS: Final[Clause] = {"exists": {"field": names.KEY}}
_MARK: Final[Clause] = {
    "global": {},
    "aggs": {
        "mark": {
            "filter": {"exists": {"field": WATERMARK}},
            "aggs": {"last": {"top_hits": {"size": 1, "_source": [WATERMARK]}}},
        }
    },
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """``query`` narrows hits and counts, ``post_filter`` only hits: counts have filters of their own."""

    query: Clause
    post_filter: Clause
    aggregations: Mapping[str, Clause]
    sort: Clauses

    def all_conditions(self) -> Clause:
        return {"bool": {"must": [self.query], "filter": [self.post_filter]}}


def compiled(query: IndexQuery) -> Compiled:
    """A facet's counts ignore its own selection, so each selected facet has an aggregation of its own.

    The others share the one that makes the totals. A condition that none of the counts asked for ignores
    narrows the query itself.
    """
    by_name = _conditions(query)
    asked = (*query.facets, *query.histograms)
    selected = tuple(name for name in by_name if name in asked)
    always = [clause for name, clauses in by_name.items() if name not in asked for clause in clauses]
    return Compiled(
        query=_bool(must=[_text(token) for token in dict.fromkeys(query.tokens)], filter=[DATASETS, *always]),
        post_filter=_all_but("", by_name, selected),
        aggregations={
            GENERATION: _MARK,
            ALL: {"filter": _all_but("", by_name, selected), "aggs": _shared_counts(query, selected)},
            **{
                own_counts(name): {
                    "filter": _all_but(name, by_name, selected),
                    "aggs": counts.ask_facets([name])
                    if name in query.facets
                    else counts.ask_histograms([name]),
                }
                for name in selected
            },
        },
        sort=_sort(query),
    )


def own_counts(name: str) -> str:
    """Name the counts that ignore this selection."""
    return f"but {name}"


def _shared_counts(query: IndexQuery, selected: tuple[str, ...]) -> counts.Asked:
    return {
        **counts.ask_totals(),
        **counts.ask_facets(name for name in query.facets if name not in selected),
        **counts.ask_ends(query.histograms),
        **counts.ask_histograms(name for name in query.histograms if name not in selected),
    }


def _conditions(query: IndexQuery) -> dict[str, Clauses]:
    """Give the conditions by the name of the facet or range that they are set on."""
    found: dict[str, Clauses] = {}
    for chosen in query.filters:
        found.setdefault(chosen.facet, []).extend(_filter(chosen))
    for span in query.ranges:
        found.setdefault(span.field, []).extend(_range(span))
    return found


def _all_but(ignored: str, by_name: Mapping[str, Clauses], selected: Iterable[str]) -> Clause:
    return _bool(filter=[clause for name in selected if name != ignored for clause in by_name[name]])


def _text(token: str) -> Clause:
    terms = [{"term": {field: {"value": token, "boost": boost}}} for field, boost in names.BOOSTS.items()]
    return {"dis_max": {"queries": terms, "tie_breaker": names.TIE_BREAKER}}


def _filter(chosen: FacetFilter) -> Clauses:
    field = names.own_field(chosen.facet) if chosen.own else names.closure_field(chosen.facet)
    wanted = _terms(field, chosen.wanted)
    if chosen.every and wanted:
        wanted = [_bool(filter=wanted)]
    if chosen.missing:
        wanted.append({"term": {names.UNSTATED: chosen.facet}})
    unwanted = _terms(field, chosen.unwanted)
    if chosen.unwanted_missing:
        unwanted.append({"term": {names.UNSTATED: chosen.facet}})
    clauses = [_bool(should=wanted)] if wanted else []
    return [*clauses, _bool(must_not=unwanted)] if unwanted else clauses


def _terms(field: str, codes: Iterable[str]) -> Clauses:
    return [{"term": {field: code}} for code in codes]


def _range(chosen: RangeFilter) -> Clauses:
    lowest, highest = names.lowest_field(chosen.field), names.highest_field(chosen.field)
    clauses: Clauses = [{"exists": {"field": lowest}}]
    if chosen.least is not None:
        clauses.append({"range": {highest: {"gte": chosen.least}}})
    if chosen.most is not None:
        clauses.append({"range": {lowest: {"lte": chosen.most}}})
    return clauses


def _sort(query: IndexQuery) -> Clauses:
    """End in what is unique, so that pages neither repeat nor lose a dataset."""
    if query.sort != names.RELEVANCE:
        return [{names.sort_field(query.sort): "asc"}]
    return [{"_score": "desc"}, {names.KEY: "asc"}] if query.tokens else [{names.KEY: "asc"}]


def _bool(**clauses: Clauses) -> Clause:
    return {"bool": clauses}
