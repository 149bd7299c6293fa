"""The catalogue as a DCAT feed: pages of datasets as portals and other catalogues harvest them.

A dataset stands in the feed as it is published, in concepts, but without what only this catalogue makes of
it: its explanations (``cimg:alignedValue``, and the raw words beside counts per value) and its verdict on
totals. Who harvests the feed comes to these by the same rules; who wants ours finds them in the record.
So a dataset's statements move only when the dataset does, not with a mapping that gives a better reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from catalogue.errors import NotFound
from catalogue.ledger import Ledger, Listed, Snapshot
from catalogue.profile import terms
from catalogue.publishing.addresses import served, served_triples
from catalogue.publishing.formats import written
from ontologies.namespaces import PREFIXES

PAGE_SIZE: Final = 100
CATALOGUE_TITLE: Final = "Cancer image catalogue"

_DESCRIPTION: Final = (
    "Descriptions of cancer imaging datasets, harvested from the nodes of their providers and aligned to "
    "cancer imaging concepts."
)
_EHDS_REGULATION: Final = "http://data.europa.eu/eli/reg/2025/327/oj"
_LEGISLATION: Final = f"{PREFIXES['dcatap']}applicableLegislation"
_HYDRA: Final = PREFIXES["hydra"]
_ALIGNED: Final = f"<{terms.ALIGNED_VALUE}>".encode()
_MADE_HERE: Final = frozenset(
    f"<{iri}>".encode()
    for iri in (terms.ALIGNED_VALUE, terms.COUNTS_TOWARDS_TOTALS, terms.CONCEPT_CODE, terms.RAW_VALUE)
)
Said = tuple[str, NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """``total`` counts the datasets of all pages."""

    number: int
    total: int
    snapshot: Snapshot
    datasets: tuple[Listed, ...]

    @property
    def pages(self) -> int:
        """An empty catalogue has one empty page."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class FeedSite:
    """Whose feed it is. ``notice`` is a sentence that is to stand with everything, may be empty."""

    base_url: str
    notice: str = ""


def read_feed_page(ledger: Ledger, number: int, *, snapshot: int | None = None) -> FeedPage:
    """A page of the present list, or of the one that an earlier page was taken from.

    Raises ``NotFound`` beyond the last page and ``BadRequest`` for a snapshot that is not kept.
    """
    moment = ledger.snapshot(snapshot)
    offset = (number - 1) * PAGE_SIZE
    page = FeedPage(
        number, ledger.count_at(moment), moment, ledger.page_at(moment, offset=offset, limit=PAGE_SIZE)
    )
    if number > page.pages:
        raise NotFound(f"the catalogue's last page is {page.pages}; there is no page {number}")
    return page


def feed_document(page: FeedPage, site: FeedSite, *, media_type: str, address: Callable[[int], str]) -> bytes:
    """One page in RDF, sorted, with no moment of its making. ``address`` gives a page's public IRI."""
    triples = b"".join(
        (
            _lines(_catalogue(page, site, address)),
            _lines(_paging(page, address)),
            *(served_triples(offered(listed), site.base_url) for listed in page.datasets),
        )
    )
    # An agent that several datasets name stands here once.
    lines = b"".join(sorted(set(triples.splitlines(keepends=True))))
    return written(lines, base_url=site.base_url, media_type=media_type)


def offered(listed: Listed) -> bytes:
    """The published statements without what the catalogue itself makes of them, in stored form."""
    lines = [(line, *line.split(b" ", 2)) for line in listed.triples.splitlines(keepends=True)]
    explanations = {value.split(b" ", 1)[0] for _, _, predicate, value in lines if predicate == _ALIGNED}
    return b"".join(
        line
        for line, subject, predicate, _ in lines
        if predicate not in _MADE_HERE and subject not in explanations
    )


def _catalogue(page: FeedPage, site: FeedSite, address: Callable[[int], str]) -> Iterator[Triple]:
    node = f"{site.base_url}/catalog"
    publisher = f"{node}#publisher"
    description = f"{_DESCRIPTION} {site.notice}".strip()
    yield from _about(
        node,
        (terms.RDF_TYPE, NamedNode(f"{terms.DCAT}Catalog")),
        (terms.RDF_TYPE, NamedNode(f"{_HYDRA}Collection")),
        (f"{terms.DCT}title", Literal(CATALOGUE_TITLE, language="en")),
        (f"{terms.DCT}description", Literal(description, language="en")),
        (f"{terms.DCT}publisher", NamedNode(publisher)),
        (f"{terms.FOAF}homepage", NamedNode(f"{site.base_url}/")),
        (_LEGISLATION, NamedNode(_EHDS_REGULATION)),
        (f"{_HYDRA}totalItems", _number(page.total)),
        (f"{_HYDRA}view", NamedNode(address(page.number))),
    )
    if page.snapshot.moment:
        moment = page.snapshot.moment.isoformat().replace("+00:00", "Z")
        changed = Literal(moment, datatype=NamedNode(f"{terms.XSD}dateTime"))
        yield from _about(node, (f"{terms.DCT}modified", changed))
    yield from _about(
        publisher,
        (terms.RDF_TYPE, NamedNode(f"{terms.FOAF}Agent")),
        (f"{terms.FOAF}name", Literal(CATALOGUE_TITLE, language="en")),
    )
    for listed in page.datasets:
        dataset = NamedNode(served(listed.subject, site.base_url))
        yield from _about(node, (f"{terms.DCAT}dataset", dataset))


def _paging(page: FeedPage, address: Callable[[int], str]) -> Iterator[Triple]:
    """In both dialects of Hydra: readers of either find all pages."""
    leads = {"first": 1, "last": page.pages, "previous": page.number - 1, "next": page.number + 1}
    for word, number in leads.items():
        if 1 <= number <= page.pages:
            link = NamedNode(address(number))
            yield from _about(address(page.number), (f"{_HYDRA}{word}", link), (f"{_HYDRA}{word}Page", link))
    yield from _about(
        address(page.number),
        (terms.RDF_TYPE, NamedNode(f"{_HYDRA}PartialCollectionView")),
        (terms.RDF_TYPE, NamedNode(f"{_HYDRA}PagedCollection")),
        (f"{_HYDRA}totalItems", _number(page.total)),
        (f"{_HYDRA}itemsPerPage", _number(PAGE_SIZE)),
    )


def _about(node: str, *said: Said) -> Iterator[Triple]:
    for predicate, value in said:
        yield Triple(NamedNode(node), NamedNode(predicate), value)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(f"{terms.XSD}integer"))


def _lines(triples: Iterator[Triple]) -> bytes:
    return bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
