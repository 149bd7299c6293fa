"""How one found dataset is shown in a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.ports import Document
from catalogue.search.page import Found
from catalogue.search.why import Why
from catalogue.web.links import Links
from ontologies.concepts import ConceptScheme

AXIS_STYLES: Final[Mapping[str, str]] = {
    "cancer": "ax-cancer",
    "bodypart": "ax-bodypart",
    "modality": "ax-modality",
    "manufacturer": "ax-device",
    "sex": "ax-people",
    "patients": "ax-people",
    "provider": "ax-access",
    "access": "ax-access",
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
class HitView:
    document: Document
    provider: str
    link: str
    chips: tuple[Chip, ...]
    more: int
    why: tuple[Why, ...]


def hit_view(found: Found, links: Links, scheme: ConceptScheme, providers: Mapping[str, str]) -> HitView:
    """Show one hit; ``providers`` are titles by source id."""
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
    )


def chip(facet: str, code: str, links: Links, scheme: ConceptScheme) -> Chip:
    return Chip(facet, scheme.label(code), code, AXIS_STYLES[facet], links.search_for(facet, code))
