"""What the search page shows: chips, facets with check boxes, hits, paging, and a way out of no hits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.model.query import MISSING, SORTS, SearchQuery
from catalogue.ports import NumberRange
from catalogue.search.conditions import Condition, Relaxation
from catalogue.search.page import SearchPage, last_page
from catalogue.search.tree import Facet, Node
from catalogue.search.vocabulary import Vocabulary
from catalogue.web.charts import share
from catalogue.web.hits import AXIS_STYLES, HitView, hit_view
from catalogue.web.links import Links

SORT_LABELS: Final[Mapping[str, str]] = {
    "relevance": "Relevance",
    "-patients": "Patients, most first",
    "patients": "Patients, fewest first",
    "-modified": "Last changed",
    "modified": "Longest unchanged",
    "title": "Title",
}

_ROWS: Final = 9
_DEEPEST: Final = 5
_NEIGHBOURS: Final = 2
_COMBINABLE: Final = ("cancer", "bodypart", "modality", "manufacturer")


@dataclass(frozen=True, slots=True)
class RemovableChip:
    label: str
    heading: str
    style: str
    excluded: bool
    remove: str


@dataclass(frozen=True, slots=True)
class FacetRow:
    """``width`` is the value's share of the largest bar of its facet; ``below`` are folded until chosen."""

    node: Node
    depth: str
    width: str
    below: tuple["FacetRow", ...]

    @property
    def narrower(self) -> int:
        return sum(1 + row.narrower for row in self.below)

    @property
    def unfolded(self) -> bool:
        return any(row.is_chosen for row in (self, *self.below))

    @property
    def is_chosen(self) -> bool:
        return self.node.chosen or any(row.is_chosen for row in self.below)


@dataclass(frozen=True, slots=True)
class FacetView:
    """``first`` are the largest values and whatever is chosen, ``rest`` are folded.

    ``combinable`` offers the choice between any and all of the chosen values.
    """

    facet: Facet
    style: str
    op: str
    combinable: bool
    first: tuple[FacetRow, ...]
    rest: tuple[FacetRow, ...]


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
    facets: tuple[FacetView, ...]
    patients: NumberRange
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
    facets = tuple(_facet(facet, query) for facet in page.facets.values() if _useful(facet))
    return SearchView(
        query=query,
        page=page,
        heading=", ".join(_in_words(condition) for condition in conditions) or "all datasets",
        chips=tuple(_chip(condition, links) for condition in conditions),
        facets=facets,
        patients=page.ranges.get("patients", NumberRange()),
        hits=tuple(hit_view(found, links, vocabulary.scheme, vocabulary.providers) for found in page.hits),
        relaxations=tuple(
            RelaxationView(one, AXIS_STYLES[one.condition.about], links.search(one.condition.without))
            for one in relaxations
        ),
        sort=query.sort or ("relevance" if query.q else "-patients"),
        sorts={sort: SORT_LABELS[sort] for sort in SORTS if query.q or sort != "relevance"},
        kept=(*_kept(query, facets, vocabulary), *_sorting(page)),
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


def _useful(facet: Facet) -> bool:
    """Leave out a facet that no dataset fills: it offers nothing to choose."""
    return bool(facet.values) or facet.missing_chosen


def _facet(facet: Facet, query: SearchQuery) -> FacetView:
    rows = _rows(facet)
    # One row more is no reason to fold.
    cut = len(rows) if len(rows) <= _ROWS + 1 else _ROWS
    return FacetView(
        facet=facet,
        style=AXIS_STYLES[facet.name],
        op=query.selection(facet.name).op,
        combinable=facet.name in _COMBINABLE and len(facet.values) > 1,
        first=(*rows[:cut], *(row for row in rows[cut:] if row.is_chosen)),
        rest=tuple(row for row in rows[cut:] if not row.is_chosen),
    )


def _rows(facet: Facet) -> tuple[FacetRow, ...]:
    most = max((node.patients for node in facet.values), default=0)
    children: dict[str | None, list[Node]] = {}
    for node in facet.values:
        children.setdefault(node.parent, []).append(node)

    def below(parent: str | None) -> tuple[FacetRow, ...]:
        return tuple(
            FacetRow(
                node=node,
                depth=f"depth-{min(node.depth, _DEEPEST)}" if node.depth else "",
                width=share(node.patients, most),
                below=below(node.code),
            )
            for node in children.get(parent, ())
        )

    return below(None)


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
