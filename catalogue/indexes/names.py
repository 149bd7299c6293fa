"""Which facets, ranges and orders an index has, and which fields they lie in."""

from collections.abc import Iterable
from typing import Final

from catalogue.errors import BadRequest
from catalogue.ports import HISTOGRAM_STARTS, IndexQuery, IndexSettings

KEY: Final = "key"
BODY: Final = "body"
UNSTATED: Final = "unstated"
COUNTED: Final = "counted"
COUNTED_PATIENTS: Final = "counted_patients"
COUNTED_STUDIES: Final = "counted_studies"
COUNTED_UNKNOWN: Final = "counted_unknown"

# What a word weighs in each text, and how much the lesser texts add to the best one.
BOOSTS: Final = {"title_tokens": 3.0, "label_tokens": 2.0, "keyword_tokens": 2.0, "text_tokens": 1.0}
TIE_BREAKER: Final = 0.3
TEXTS: Final = tuple(BOOSTS)

RELEVANCE: Final = "relevance"
SORTS: Final = ("patients", "-patients", "modified", "-modified", "title")
SPANS: Final = ("age", "year")
RANGES: Final = tuple(HISTOGRAM_STARTS)


def closure_field(facet: str) -> str:
    return f"closure_{facet}"


def own_field(facet: str) -> str:
    return f"own_{facet}"


def stated_field(facet: str) -> str:
    return f"stated_{facet}"


def sort_field(order: str) -> str:
    """Name the field of one sort order; its entries are unique and sorted ascending give the order."""
    return "falling_" + order[1:] if order.startswith("-") else "rising_" + order


def lowest_field(name: str) -> str:
    return f"{name}_lowest" if name in SPANS else name


def highest_field(name: str) -> str:
    return f"{name}_highest" if name in SPANS else name


def bars_field(name: str) -> str:
    """Name the field that a histogram is drawn from: of a span, the starts of all bars that it overlaps."""
    return f"{name}_bars" if name in SPANS else name


def filtered_numbers() -> tuple[str, ...]:
    fields = (field(name) for name in RANGES for field in (lowest_field, highest_field))
    return tuple(dict.fromkeys(fields))


def counted_numbers() -> tuple[str, ...]:
    """Name the numbers that are summed or counted and never filtered by."""
    return (COUNTED, COUNTED_PATIENTS, COUNTED_STUDIES, COUNTED_UNKNOWN, *map(bars_field, SPANS))


def refuse_unknown_names(query: IndexQuery, settings: IndexSettings) -> None:
    """Raise ``BadRequest`` for a facet, range or order that the index does not have."""
    facets = (*query.facets, *(chosen.facet for chosen in query.filters))
    ranges = (*query.histograms, *(chosen.field for chosen in query.ranges))
    _refuse(facets, settings.facets)
    _refuse(ranges, RANGES)
    _refuse((query.sort,), (RELEVANCE, *SORTS))


def _refuse(names: Iterable[str], known: Iterable[str]) -> None:
    allowed = sorted(known)
    for name in names:
        if name not in allowed:
            raise BadRequest(f"the index has no {name!r}; it has {', '.join(allowed)}", parameter=name)
