"""What the search page shows: chips, totals, hits, paging, and a way out of no hits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.model.query import MISSING, SORTS, SearchQuery
from catalogue.search.conditions import Condition, Relaxation
from catalogue.search.page import SearchPage, last_page
from catalogue.search.vocabulary import Vocabulary
from catalogue.web.hits import AXIS_STYLES, HitView, hit_view
from catalogue.web.links import Links
from catalogue.web.rail import FacetView, Rail, rail

SORT_LABELS: Final[Mapping[str, str]] = {
    "relevance": "Relevance",
    "-patients": "Patients, most first",
    "patients": "Patients, fewest first",
    "-modified": "Last changed",
    "modified": "Longest unchanged",
    "title": "Title",
}

_NEIGHBOURS: Final = 2
# More numbers than these above a list are not read.
_MOST_STATED: Final = 2


@dataclass(frozen=True, slots=True)
class RemovableChip:
    label: str
    heading: str
    style: str
    excluded: bool
    remove: str


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """Of the ``datasets`` found, ``stated_by`` say how many patients have the chosen value."""

    label: str
    patients: int
    stated_by: int
    datasets: int


@dataclass(frozen=True, slots=True)
class RelaxationView:
    relaxation: Relaxation
    style: str
    link: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """``link`` is "" for a gap, and for what cannot be gone to."""

    text: str
    link: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class SearchView:
    """The data of ``search.html``. ``kept`` are parameters that the form carries on without showing them."""

    query: SearchQuery
    page: SearchPage
    heading: str
    chips: tuple[RemovableChip, ...]
    stated: tuple[StatedTotal, ...]
    rail: Rail
    hits: tuple[HitView, ...]
    relaxations: tuple[RelaxationView, ...]
    sort: str
    sorts: Mapping[str, str]
    kept: tuple[tuple[str, str], ...]
    previous: str
    following: str
    numbers: tuple[PageLink, ...]
    api: str

    @property
    def first(self) -> int:
        return (self.page.place.number - 1) * self.page.place.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1


def search_view(
    page: SearchPage,
    conditions: tuple[Condition, ...],
    relaxations: tuple[Relaxation, ...],
    vocabulary: Vocabulary,
    links: Links,
) -> SearchView:
    query, place = page.query, page.place
    filters, wanted = rail(page), _wanted(page)
    return SearchView(
        query=query,
        page=page,
        heading=", ".join(_in_words(condition) for condition in conditions) or "all datasets",
        chips=tuple(_chip(condition, links) for condition in conditions),
        stated=tuple(_stated(page))[:_MOST_STATED],
        rail=filters,
        hits=tuple(
            hit_view(found, links, vocabulary.scheme, vocabulary.providers, wanted=wanted)
            for found in page.hits
        ),
        relaxations=tuple(
            RelaxationView(one, AXIS_STYLES[one.condition.about], links.search(one.condition.without))
            for one in relaxations
        ),
        sort=query.sort or ("relevance" if query.q else "-patients"),
        sorts={sort: SORT_LABELS[sort] for sort in SORTS if query.q or sort != "relevance"},
        kept=(*_kept(query, tuple(filters.facets), vocabulary), *_sorting(page)),
        previous=_page_link(query, place.number - 1, last_page(place), links),
        following=_page_link(query, place.number + 1, last_page(place), links),
        numbers=tuple(_numbers(query, place.number, last_page(place), links)),
        api=links.api_search(query),
    )


def _in_words(condition: Condition) -> str:
    return f"not {condition.label}" if condition.excluded else condition.label


def _chip(condition: Condition, links: Links) -> RemovableChip:
    return RemovableChip(
        label=condition.label,
        heading=condition.heading,
        style=AXIS_STYLES[condition.about],
        excluded=condition.excluded,
        remove=links.search(condition.without),
    )


def _wanted(page: SearchPage) -> frozenset[tuple[str, str]]:
    return frozenset(
        (facet.name, node.code) for facet in page.facets.values() for node in facet.values if node.chosen
    )


def _stated(page: SearchPage) -> Iterator[StatedTotal]:
    """Of facets with one chosen value alone: its counts, which ignore that choice, are those of the hits."""
    for facet in page.facets.values():
        chosen = [node for node in facet.values if node.chosen]
        alone = facet.chosen == 1 and not page.query.selection(facet.name).excluded
        for node in chosen if alone else ():
            if node.patients_stated is not None:
                yield StatedTotal(node.label, node.patients_stated, node.datasets_stated, node.datasets)


def _kept(
    query: SearchQuery, facets: tuple[FacetView, ...], vocabulary: Vocabulary
) -> Iterator[tuple[str, str]]:
    """Carry on what the form has no input for: who sets one filter must not lose another."""
    said = {"q", "sort", "page", "cursor", "expand", *query.ranges}
    said |= {f"{view.facet.name}.op" for view in facets if view.combinable}
    boxes = {(view.facet.name, node.code) for view in facets for node in view.facet.values if node.chosen}
    boxes |= {(view.facet.name, MISSING) for view in facets if view.facet.missing_chosen}
    for name, value in query.pairs():
        code = vocabulary.code(name, value) if name in query.facets and value != MISSING else value
        if name not in said and (name, code) not in boxes:
            yield name, value


def _sorting(page: SearchPage) -> Iterator[tuple[str, str]]:
    """Keep the order where there is nothing to sort, and so no list to choose it from."""
    if page.query.sort and not page.total.datasets:
        yield "sort", page.query.sort


def _page_link(query: SearchQuery, number: int, pages: int, links: Links) -> str:
    if not 1 <= number <= pages:
        return ""
    return links.search(query.model_copy(update={"page": number, "cursor": ""}))


def _numbers(query: SearchQuery, current: int, pages: int, links: Links) -> Iterator[PageLink]:
    near = range(current - _NEIGHBOURS, current + _NEIGHBOURS + 1)
    shown = sorted({1, pages, *near} & set(range(1, pages + 1)))
    before = 0
    for number in shown:
        if number > before + 1:
            yield PageLink("…", "")
        yield PageLink(f"{number:,}", _page_link(query, number, pages, links), current=number == current)
        before = number
