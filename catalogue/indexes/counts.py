"""Which numbers are counted over matching documents, and how an engine's answer is read.

The engines agree on the form of both.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalogue.indexes import names
from catalogue.indexes.entries import read_stated
from catalogue.ports import (
    HISTOGRAM_STARTS,
    FacetCounts,
    FacetValue,
    HistogramBar,
    IndexPage,
    IndexQuery,
    NumberRange,
    Totals,
)

Asked = Mapping[str, object]
Answer = Mapping[str, Any]

# More than any facet has: with fewer, an engine would leave values out.
_ALL_VALUES: Final = 20_000
_ALL_STATED: Final = 60_000


def ask_totals() -> Asked:
    sums = (names.COUNTED, names.COUNTED_PATIENTS, names.COUNTED_STUDIES, names.COUNTED_UNKNOWN)
    return {
        "datasets": {"value_count": {"field": names.COUNTED}},
        **{field: {"sum": {"field": field}} for field in sums},
    }


def read_totals(answer: Answer) -> Totals:
    datasets = int(answer["datasets"]["value"])
    return Totals(
        datasets=datasets,
        uncounted=datasets - int(answer[names.COUNTED]["value"]),
        patients=int(answer[names.COUNTED_PATIENTS]["value"]),
        patients_unknown=int(answer[names.COUNTED_UNKNOWN]["value"]),
        studies=int(answer[names.COUNTED_STUDIES]["value"]),
    )


def ask_facets(facets: Iterable[str]) -> Asked:
    asked: dict[str, object] = {names.UNSTATED: {"terms": {"field": names.UNSTATED, "size": _ALL_VALUES}}}
    sums = {"patients": {"sum": {"field": names.COUNTED_PATIENTS}}}
    for facet in facets:
        closure, stated = names.closure_field(facet), names.stated_field(facet)
        asked[closure] = {"terms": {"field": closure, "size": _ALL_VALUES}, "aggs": sums}
        asked[stated] = {"terms": {"field": stated, "size": _ALL_STATED}}
    return asked


def read_facet(answer: Answer, facet: str) -> FacetCounts:
    missing = {bucket["key"]: bucket["doc_count"] for bucket in answer[names.UNSTATED]["buckets"]}
    keys = answer[names.stated_field(facet)]["buckets"]
    stated = read_stated({bucket["key"]: bucket["doc_count"] for bucket in keys})
    values = [_value(bucket, stated) for bucket in answer[names.closure_field(facet)]["buckets"]]
    values.sort(key=lambda value: (-value.datasets, value.code))
    return FacetCounts(values=tuple(values), missing=missing.get(facet, 0))


def ask_ends(ranges: Iterable[str]) -> Asked:
    asked: dict[str, object] = {}
    for name in ranges:
        asked[f"min {name}"] = {"min": {"field": names.lowest_field(name)}}
        asked[f"max {name}"] = {"max": {"field": names.highest_field(name)}}
    return asked


def ask_histograms(ranges: Iterable[str]) -> Asked:
    return {
        f"bars {name}": {"range": {"field": names.bars_field(name), "ranges": _bounds(name)}}
        for name in ranges
    }


def read_range(answer: Answer, name: str, *, histogram: Answer) -> NumberRange:
    """Read the ends from one answer, the bars from another: a range's own selection narrows only the ends."""
    counted = {
        bucket["from"]: bucket["doc_count"]
        for bucket in histogram[f"bars {name}"]["buckets"]
        if "from" in bucket  # tantivy adds a bucket below the first
    }
    return NumberRange(
        least=_whole(answer[f"min {name}"]["value"]),
        most=_whole(answer[f"max {name}"]["value"]),
        histogram=tuple(
            HistogramBar(start=start, end=end, datasets=counted[start]) for start, end in _bars(name)
        ),
    )


def nothing(query: IndexQuery) -> IndexPage:
    """Answer from an index that has not been begun yet."""
    return IndexPage(
        total=Totals(),
        facets={name: FacetCounts() for name in query.facets},
        ranges={name: _empty_range(name) for name in query.histograms},
    )


def _value(bucket: Answer, stated: Mapping[str, tuple[int, int]]) -> FacetValue:
    patients, stating = stated.get(bucket["key"], (None, 0))
    return FacetValue(
        code=bucket["key"],
        datasets=bucket["doc_count"],
        patients=int(bucket["patients"]["value"]),
        patients_stated=patients,
        datasets_stated=stating,
    )


def _empty_range(name: str) -> NumberRange:
    return NumberRange(
        histogram=tuple(HistogramBar(start=start, end=end, datasets=0) for start, end in _bars(name))
    )


def _bars(name: str) -> list[tuple[int, int | None]]:
    starts = HISTOGRAM_STARTS[name]
    return list(zip(starts, (*starts[1:], None), strict=True))


def _bounds(name: str) -> list[dict[str, int]]:
    return [{"from": start} if end is None else {"from": start, "to": end} for start, end in _bars(name)]


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
