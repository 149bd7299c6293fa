"""Where the next page is, whether this is the last one, how many items there are: Hydra, in both dialects."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

_NAMESPACES: Final = ("http://www.w3.org/ns/hydra/core#", "https://www.w3.org/ns/hydra/core#")
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# The present word first: CKAN writes both, and they agree.
_NEXT: Final = ("next", "nextPage")
_LAST: Final = ("last", "lastPage")
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Paging:
    """``last`` is "" on the last page itself. With ``is_view`` the page says anything in Hydra's words."""

    next: str | None
    total: int | None
    last: str | None
    is_view: bool


def read_paging(triples: Iterable[Triple], url: str) -> Paging:
    """Read the links of the page itself where it is named, else of any view that the document holds."""
    hydra = [(triple, name) for triple in triples if (name := _name(triple))]
    following = _linked(hydra, _NEXT, url)
    last = _linked(hydra, _LAST, url)
    views = {url, *(triple.subject.value for triple, _ in hydra if isinstance(triple.subject, NamedNode))}
    return Paging(
        next=following,
        total=_total(hydra, url),
        last="" if last in views else last,
        is_view=bool(hydra),
    )


def _name(triple: Triple) -> str:
    """The local name of Hydra's property, or of its class."""
    word = triple.predicate.value
    if word == _RDF_TYPE and isinstance(triple.object, NamedNode):
        word = triple.object.value
    for namespace in _NAMESPACES:
        if word.startswith(namespace):
            return word[len(namespace) :]
    return ""


def _linked(hydra: list[tuple[Triple, str]], words: Iterable[str], url: str) -> str | None:
    for word in words:
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


def _total(hydra: list[tuple[Triple, str]], url: str) -> int | None:
    """The total of the page's own list: that of the page, or of what names the page as its view."""
    stated = [triple for triple, name in hydra if name == "totalItems" and isinstance(triple.object, Literal)]
    page = NamedNode(url)
    collections = {triple.subject for triple, name in hydra if name == "view" and triple.object == page}
    own = [triple for triple in stated if triple.subject == page or triple.subject in collections]
    return max(_numbers(own or stated), default=None)


def _numbers(triples: Iterable[Triple]) -> Iterable[int]:
    for triple in triples:
        value = triple.object.value.strip() if isinstance(triple.object, Literal) else ""
        if value.isdecimal():
            # Python refuses to read thousands of digits; the first ones say enough: the list cannot be whole.
            yield int(value[:_MOST_DIGITS])
