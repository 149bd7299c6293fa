"""How one found dataset is shown in a list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.ports import Document
from catalogue.search.page import Found
from catalogue.search.why import Why
from catalogue.web.links import Links
from ontologies.concepts import ConceptScheme

AXIS_STYLES: Final[Mapping[str, str]] = {
    "cancer": "ax-cancer",
    "modality": "ax-modality",
    "manufacturer": "ax-device",
    **dict.fromkeys(("bodypart", "topography"), "ax-bodypart"),
    **dict.fromkeys(("sex", "patients", "studies", "age", "year", "screening"), "ax-people"),
    **dict.fromkeys(("provider", "country", "tier", "access", "condition", "use"), "ax-access"),
    **dict.fromkeys(("type", "method", "linked", "licence"), "ax-access"),
    "q": "chip-plain",
}

_SHOWN: Final = ("cancer", "bodypart", "modality")
_MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Chip:
    """A concept that can be searched for."""

    axis: str
    label: str
    code: str
    style: str
    link: str


@dataclass(frozen=True, slots=True)
class StatedPart:
    """How many of a dataset's patients its provider states to have a value of the search."""

    label: str
    patients: int


@dataclass(frozen=True, slots=True)
class HitView:
    """``uncounted`` says why the patients are in no total, "" where they are."""

    document: Document
    provider: str
    link: str
    chips: tuple[Chip, ...]
    more: int
    why: tuple[Why, ...]
    stated: tuple[StatedPart, ...]
    uncounted: str


def hit_view(
    found: Found,
    links: Links,
    scheme: ConceptScheme,
    providers: Mapping[str, str],
    *,
    wanted: Collection[tuple[str, str]] = (),
) -> HitView:
    """Show one hit; ``providers`` are titles by source id, ``wanted`` the search's facets and codes."""
    document = found.document
    chips = [
        chip(facet, code, links, scheme) for facet in _SHOWN for code in document.concepts.get(facet, ())
    ]
    return HitView(
        document=document,
        provider=providers.get(document.provider) or document.provider,
        link=links.dataset(document.key),
        chips=tuple(chips[:_MOST]),
        more=max(0, len(chips) - _MOST),
        why=found.why,
        stated=tuple(
            StatedPart(scheme.label(one.code), one.patients)
            for one in document.stated
            if (one.facet, one.code) in wanted
        ),
        uncounted=_uncounted(document),
    )


def chip(facet: str, code: str, links: Links, scheme: ConceptScheme) -> Chip:
    return Chip(facet, scheme.label(code), code, AXIS_STYLES[facet], links.search_for(facet, code))


def _uncounted(document: Document) -> str:
    if document.counted:
        return ""
    if document.fictional:
        return "invented, never counted"
    return "derived, not counted again" if document.derived else "not counted as patients"
