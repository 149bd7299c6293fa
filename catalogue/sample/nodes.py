"""Which sample nodes there are, and the documents each of them serves.

A further node is one more entry of ``NODES``. The facts hold programmes that no node offers yet (trials, the
quantitative imaging groups and others).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

from catalogue.sample.dialects import HEALTH_PORTAL, HEALTH_W3ID, Dialect, Lists, Modalities, Parts, dataset
from catalogue.sample.facts import Collection
from catalogue.sample.statements import Iri, Literal, Resource, Statement
from catalogue.sample.syntaxes import Syntax, write


@dataclass(frozen=True, slots=True)
class Paging:
    """Hydra's words for pages of ``size`` records, and where the sum of all records stands."""

    size: int
    view: str
    first: str
    last: str
    following: str
    previous: str
    total_on: OneOf["page", "catalogue"]


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A provider node: what it offers, and how it speaks. Without paging it serves one document."""

    id: str
    title: str
    programmes: tuple[str, ...]
    dialect: Dialect
    paging: Paging | None = None

    @property
    def path(self) -> str:
        return f"/{self.id}/catalog.{self.dialect.syntax.suffix}"

    def offered(self, collections: tuple[Collection, ...]) -> tuple[Collection, ...]:
        return tuple(item for item in collections if item.programme in self.programmes)


@dataclass(frozen=True, slots=True)
class Document:
    """What a node answers at ``path``; ``page`` is the value of ``?page=``, None where there is but one."""

    path: str
    page: int | None
    media_type: str
    body: bytes


NODES: Final = (
    NodeSpec(
        "tcga",
        "TCGA node (sample)",
        ("tcga",),
        Dialect(
            syntax=Syntax.TURTLE,
            health=HEALTH_W3ID,
            language="en",
            dates="xsd:date",
            numbers="xsd:nonNegativeInteger",
            parts=Parts.NAMED,
            lists=Lists.SPLIT,
            modalities=Modalities.CONCEPT,
        ),
        Paging(
            size=10,
            view="hydra:PagedCollection",
            first="hydra:firstPage",
            last="hydra:lastPage",
            following="hydra:nextPage",
            previous="hydra:previousPage",
            total_on="page",
        ),
    ),
    NodeSpec(
        "community",
        "Community node (sample)",
        ("community",),
        Dialect(
            syntax=Syntax.JSON_LD,
            health=HEALTH_PORTAL,
            language="en",
            dates="xsd:dateTime",
            numbers="xsd:nonNegativeInteger",
            parts=Parts.BLANK,
            lists=Lists.SPLIT,
            modalities=Modalities.LITERAL,
        ),
        Paging(
            size=25,
            view="hydra:PartialCollectionView",
            first="hydra:first",
            last="hydra:last",
            following="hydra:next",
            previous="hydra:previous",
            total_on="catalogue",
        ),
    ),
    NodeSpec(
        "cptac",
        "CPTAC node (sample)",
        ("cptac", "apollo", "cgci", "hcmi"),
        Dialect(
            syntax=Syntax.RDF_XML,
            health=HEALTH_PORTAL,
            language="",
            dates="",
            numbers="",
            parts=Parts.BLANK,
            lists=Lists.JOINED,
            modalities=Modalities.KEYWORD,
        ),
    ),
    NodeSpec(
        "research",
        "Research node (sample)",
        ("htan", "nlm", "nih", "covid_19", "pdmr", "icdc"),
        Dialect(
            syntax=Syntax.N_TRIPLES,
            health=HEALTH_PORTAL,
            language="",
            dates="xsd:date",
            numbers="xsd:nonNegativeInteger",
            parts=Parts.NAMED,
            lists=Lists.SPLIT,
            modalities=Modalities.LITERAL,
        ),
    ),
)


def documents(spec: NodeSpec, collections: tuple[Collection, ...], *, address: str) -> tuple[Document, ...]:
    """Write all that a node serves under ``address``, in order of pages."""
    records = spec.offered(collections)
    if spec.paging is None:
        return (_document(spec, None, (_catalogue(spec, records, address),)),)
    return tuple(_paged(spec, spec.paging, records, address))


def _paged(
    spec: NodeSpec, paging: Paging, records: tuple[Collection, ...], address: str
) -> Iterator[Document]:
    last = -(-len(records) // paging.size)
    for number in range(1, last + 1):
        shown = records[(number - 1) * paging.size : number * paging.size]
        total = Statement("hydra:totalItems", Literal(str(len(records)), datatype="xsd:integer"))
        view = _view(paging, number, last, f"{address}{spec.path}")
        if paging.total_on == "page":
            page = Resource(view.iri, view.types, (total, *view.statements))
            yield _document(spec, number, (page, _catalogue(spec, shown, address)))
        else:
            extra = (total, Statement("hydra:view", view))
            yield _document(spec, number, (_catalogue(spec, shown, address, extra),))


def _view(paging: Paging, number: int, last: int, url: str) -> Resource:
    links = {paging.first: 1, paging.last: last}
    if number < last:
        links[paging.following] = number + 1
    if number > 1:
        links[paging.previous] = number - 1
    statements = (Statement(word, Iri(f"{url}?page={page}")) for word, page in links.items())
    return Resource(f"{url}?page={number}", (paging.view,), tuple(statements))


def _catalogue(
    spec: NodeSpec, shown: tuple[Collection, ...], address: str, extra: tuple[Statement, ...] = ()
) -> Resource:
    base = f"{address}/{spec.id}"
    datasets = (Statement("dcat:dataset", dataset(item, spec.dialect, base=base)) for item in shown)
    title = Statement("dct:title", Literal(spec.title, spec.dialect.language))
    types = ("dcat:Catalog", "hydra:Collection") if extra else ("dcat:Catalog",)
    return Resource(f"{base}/catalog", types, (title, *extra, *datasets))


def _document(spec: NodeSpec, page: int | None, resources: tuple[Resource, ...]) -> Document:
    syntax = spec.dialect.syntax
    return Document(spec.path, page, syntax.media_type, write(resources, syntax, spec.dialect.prefixes))
