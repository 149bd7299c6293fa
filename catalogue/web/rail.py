"""Which filters stand beside the hits, in which order, and which of them are folded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.model.query import SearchQuery, Span
from catalogue.ports import NumberRange
from catalogue.search.page import SearchPage
from catalogue.search.tree import Facet, Node
from catalogue.search.vocabulary import FACET_LABELS, RANGE_LABELS
from catalogue.web.charts import share
from catalogue.web.hits import AXIS_STYLES

# What most people search by stands open; the rest is folded under a title until something in it is chosen.
_OPEN: Final = (
    ("cancer", "topography", "bodypart", "modality"),
    ("patients", "sex", "age", "manufacturer", "provider"),
)
_FOLDED: Final[Mapping[str, tuple[str, ...]]] = {
    "Access and use": ("access", "condition", "use", "licence"),
    "About the dataset": ("country", "tier", "type", "method", "linked", "screening", "studies", "year"),
}
_RANGE_HEADINGS: Final[Mapping[str, str]] = {
    "patients": "Patients in the dataset",
    "studies": "Imaging studies",
    "age": "Age overlaps",
    "year": "Imaged in the years",
}
_RANGE_NOTES: Final[Mapping[str, str]] = {
    "age": "Keeps datasets without ages out: unknown is not no.",
    "year": "Keeps datasets without dates out: unknown is not no.",
}
_PLAIN_NUMBERS: Final = ("age", "year")
_COMBINABLE: Final = ("cancer", "topography", "bodypart", "modality", "manufacturer", "use", "linked")
_ROWS: Final = 6
_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class FacetRow:
    """``width`` is the value's share of the largest bar of its facet, ``stated`` that of the stated patients.

    ``below`` are folded until chosen.
    """

    node: Node
    depth: str
    width: str
    stated: str
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
    chosen: int


@dataclass(frozen=True, slots=True)
class RangeView:
    """``least`` and ``most`` are what the visitor chose, "" for an open side; ``found`` is what there is."""

    name: str
    label: str
    unit: str
    least: str
    most: str
    found: str
    note: str

    @property
    def chosen(self) -> int:
        return int(bool(self.least or self.most))


@dataclass(frozen=True, slots=True)
class Drawer:
    """Filters that are folded together; ``inside`` names them while they are."""

    title: str
    parts: tuple[FacetView | RangeView, ...]
    inside: str

    @property
    def chosen(self) -> int:
        return sum(part.chosen for part in self.parts)


@dataclass(frozen=True, slots=True)
class Rail:
    """A facet or range that no dataset fills is left out: it offers nothing to choose."""

    parts: tuple[FacetView | RangeView, ...]
    drawers: tuple[Drawer, ...]

    @property
    def facets(self) -> Iterator[FacetView]:
        every = (*self.parts, *(part for drawer in self.drawers for part in drawer.parts))
        return (part for part in every if isinstance(part, FacetView))

    @property
    def is_stated(self) -> bool:
        return any(view.facet.is_stated for view in self.facets)


def rail(page: SearchPage) -> Rail:
    drawers = (_drawer(title, names, page) for title, names in _FOLDED.items())
    return Rail(
        parts=tuple(part for names in _OPEN for part in _parts(names, page)),
        drawers=tuple(drawer for drawer in drawers if drawer.parts),
    )


def _drawer(title: str, names: tuple[str, ...], page: SearchPage) -> Drawer:
    labels = [{**FACET_LABELS, **RANGE_LABELS}[name].lower() for name in names if _is_offered(name, page)]
    return Drawer(title, tuple(_parts(names, page)), inside=", ".join(labels))


def _parts(names: Iterable[str], page: SearchPage) -> Iterator[FacetView | RangeView]:
    for name in names:
        if _is_offered(name, page):
            yield _facet(page.facets[name], page.query) if name in FACET_LABELS else _range(name, page)


def _is_offered(name: str, page: SearchPage) -> bool:
    if name in FACET_LABELS:
        facet = page.facets.get(name)
        return facet is not None and bool(facet.values or facet.missing_chosen)
    return name in page.query.ranges or page.ranges.get(name, NumberRange()).least is not None


def _range(name: str, page: SearchPage) -> RangeView:
    span = page.query.ranges.get(name, Span())
    there = page.ranges.get(name, NumberRange())
    form = "{}" if name in _PLAIN_NUMBERS else "{:,}"
    found = [form.format(side) for side in (there.least, there.most) if side is not None]
    return RangeView(
        name=name,
        label=_RANGE_HEADINGS[name],
        unit="years" if name == "age" else "",
        least="" if span.least is None else str(span.least),
        most="" if span.most is None else str(span.most),
        found=" to ".join(dict.fromkeys(found)),
        note=_RANGE_NOTES.get(name, ""),
    )


def _facet(facet: Facet, query: SearchQuery) -> FacetView:
    rows = _rows(facet)
    # One row more is no reason to fold.
    cut = len(rows) if len(rows) <= _ROWS + 1 else _ROWS
    selection = query.selection(facet.name)
    return FacetView(
        facet=facet,
        style=AXIS_STYLES[facet.name],
        op=selection.op,
        combinable=facet.name in _COMBINABLE and len(facet.values) > 1,
        first=(*rows[:cut], *(row for row in rows[cut:] if row.is_chosen)),
        rest=tuple(row for row in rows[cut:] if not row.is_chosen),
        chosen=facet.chosen,
    )


def _rows(facet: Facet) -> tuple[FacetRow, ...]:
    most = max((max(node.patients, node.patients_stated or 0) for node in facet.values), default=0)
    children: dict[str | None, list[Node]] = {}
    for node in facet.values:
        children.setdefault(node.parent, []).append(node)

    def below(parent: str | None) -> tuple[FacetRow, ...]:
        return tuple(
            FacetRow(
                node=node,
                depth=f"depth-{min(node.depth, _DEEPEST)}" if node.depth else "",
                width=share(node.patients, most),
                stated="" if node.patients_stated is None else share(node.patients_stated, most),
                below=below(node.code),
            )
            for node in children.get(parent, ())
        )

    return below(None)
