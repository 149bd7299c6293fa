"""Where the next page is, and how many items there are: Hydra in both dialects."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

_NAMESPACES: Final = ("http://www.w3.org/ns/hydra/core#", "https://www.w3.org/ns/hydra/core#")
# The present word first: CKAN writes both, and they agree.
_NEXT: Final = ("next", "nextPage")
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Paging:
    next: str | None
    total: int | None


def read_paging(triples: Iterable[Triple], url: str) -> Paging:
    """Read the links of the page itself where it is named, else of any view that the document holds."""
    hydra = [(triple, name) for triple in triples if (name := _name(triple.predicate))]
    return Paging(next=_next(hydra, url), total=_total(hydra))


def _name(predicate: NamedNode) -> str:
    for namespace in _NAMESPACES:
        if predicate.value.startswith(namespace):
            return predicate.value[len(namespace) :]
    return ""


def _next(hydra: list[tuple[Triple, str]], url: str) -> str | None:
    for word in _NEXT:
        found = [triple for triple, name in hydra if name == word]
        own = [triple for triple in found if triple.subject == NamedNode(url)]
        links = sorted(link for triple in own or found if (link := _link(triple.object, url)))
        if links:
            return links[0]
    return None


def _link(term: NamedNode | BlankNode | Literal | Triple, url: str) -> str:
    """Read a link, which providers write as an IRI or as a string."""
    match term:
        case NamedNode():
            return term.value
        case Literal():
            return _joined(url, term.value.strip()) if term.value.strip() else ""
        case _:
            return ""


def _joined(url: str, link: str) -> str:
    """Leave what is no address as it is: it is refused by name where it would be followed."""
    try:
        return urljoin(url, link)
    except ValueError:
        return link


def _total(hydra: list[tuple[Triple, str]]) -> int | None:
    stated = [
        triple.object.value
        for triple, name in hydra
        if name == "totalItems" and isinstance(triple.object, Literal)
    ]
    # Python refuses to read thousands of digits; the first ones say enough, that the list cannot be whole.
    numbers = [int(value.strip()[:_MOST_DIGITS]) for value in stated if value.strip().isdecimal()]
    return max(numbers, default=None)
