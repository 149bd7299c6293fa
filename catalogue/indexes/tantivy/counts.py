"""Which numbers are counted over matching documents, and how the engine's answer is read."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalogue.indexes.tantivy import layout
from catalogue.ports import (
    HISTOGRAM_STARTS,
    FacetCounts,
    FacetValue,
    HistogramBar,
    NumberRange,
    Totals,
)

Asked = Mapping[str, object]
Answer = Mapping[str, Any]

# More than any facet has: with fewer, the engine would leave values out.
_ALL_VALUES: Final = 20_000


def ask_totals() -> Asked:
    sums = (layout.COUNTED, layout.COUNTED_PATIENTS, layout.COUNTED_STUDIES, layout.COUNTED_UNKNOWN)
    return {
        "datasets": {"value_count": {"field": layout.COUNTED}},
        **{field: {"sum": {"field": field}} for field in sums},
    }


def read_totals(answer: Answer) -> Totals:
    datasets = int(answer["datasets"]["value"])
    return Totals(
        datasets=datasets,
        uncounted=datasets - int(answer[layout.COUNTED]["value"]),
        patients=int(answer[layout.COUNTED_PATIENTS]["value"]),
        patients_unknown=int(answer[layout.COUNTED_UNKNOWN]["value"]),
        studies=int(answer[layout.COUNTED_STUDIES]["value"]),
    )


def ask_facets(facets: Iterable[str]) -> Asked:
    sums = {"patients": {"sum": {"field": layout.COUNTED_PATIENTS}}}
    fields = [layout.closure_field(facet) for facet in facets]
    return {
        layout.UNSTATED: {"terms": {"field": layout.UNSTATED, "size": _ALL_VALUES}},
        **{field: {"terms": {"field": field, "size": _ALL_VALUES}, "aggs": sums} for field in fields},
    }


def read_facet(answer: Answer, facet: str) -> FacetCounts:
    missing = {bucket["key"]: bucket["doc_count"] for bucket in answer[layout.UNSTATED]["buckets"]}
    values = [
        FacetValue(
            code=bucket["key"], datasets=bucket["doc_count"], patients=int(bucket["patients"]["value"])
        )
        for bucket in answer[layout.closure_field(facet)]["buckets"]
    ]
    values.sort(key=lambda value: (-value.datasets, value.code))
    return FacetCounts(values=tuple(values), missing=missing.get(facet, 0))


def ask_ends(numbers: Iterable[str]) -> Asked:
    return {f"{end} {name}": {end: {"field": name}} for name in numbers for end in ("min", "max")}


def ask_histograms(numbers: Iterable[str]) -> Asked:
    return {f"bars {name}": {"range": {"field": name, "ranges": _bounds(name)}} for name in numbers}


def read_range(answer: Answer, name: str, *, histogram: Answer) -> NumberRange:
    """Read the ends from one answer, the bars from another: a range's own selection narrows only the ends."""
    counted = {
        bucket["from"]: bucket["doc_count"]
        for bucket in histogram[f"bars {name}"]["buckets"]
        if "from" in bucket  # the engine adds a bucket below the first
    }
    return NumberRange(
        least=_whole(answer[f"min {name}"]["value"]),
        most=_whole(answer[f"max {name}"]["value"]),
        histogram=tuple(
            HistogramBar(start=start, end=end, datasets=counted[start]) for start, end in _bars(name)
        ),
    )


def empty_range(name: str) -> NumberRange:
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
