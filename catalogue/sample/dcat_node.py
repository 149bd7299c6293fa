"""How a node serves one DCAT catalogue: as one document, or in pages joined by Hydra links."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from catalogue.sample.dialects import Dialect, dataset
from catalogue.sample.documents import Answer, Document
from catalogue.sample.facts import Collection, Selection, collections
from catalogue.sample.statements import Iri, Literal, Resource, Statement
from catalogue.sample.syntaxes import write
from harvesters.source import SourceConfig


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
class DcatNode:
    """What the node offers, and how it speaks. Without paging it serves one document."""

    id: str
    title: str
    selection: Selection
    dialect: Dialect
    paging: Paging | None = None

    @property
    def path(self) -> str:
        return f"/{self.id}/catalog.{self.dialect.syntax.suffix}"

    def sources(self, address: str) -> tuple[SourceConfig, ...]:
        return (SourceConfig(f"idc-{self.id}", "dcat", address + self.path, self.title, pace=0.0),)

    def offered(self) -> Mapping[str, tuple[str, ...]]:
        return {f"idc-{self.id}": tuple(item.id for item in self.selection.of(collections()))}

    def documents(self, address: str) -> tuple[Document, ...]:
        """All that the node serves under ``address``, in order of pages."""
        records = self.selection.of(collections())
        if self.paging is None:
            return (_document(self, ("",), (_catalogue(self, records, address),)),)
        return tuple(_paged(self, self.paging, records, address))


def _paged(
    node: DcatNode, paging: Paging, records: tuple[Collection, ...], address: str
) -> Iterator[Document]:
    last = -(-len(records) // paging.size)
    for number in range(1, last + 1):
        pages = ("", "1") if number == 1 else (str(number),)
        shown = records[(number - 1) * paging.size : number * paging.size]
        total = Statement("hydra:totalItems", Literal(str(len(records)), datatype="xsd:integer"))
        view = _view(paging, number, last, f"{address}{node.path}")
        if paging.total_on == "page":
            page = Resource(view.iri, view.types, (total, *view.statements))
            yield _document(node, pages, (page, _catalogue(node, shown, address)))
        else:
            extra = (total, Statement("hydra:view", view))
            yield _document(node, pages, (_catalogue(node, shown, address, extra),))


def _view(paging: Paging, number: int, last: int, url: str) -> Resource:
    links = {paging.first: 1, paging.last: last}
    if number < last:
        links[paging.following] = number + 1
    if number > 1:
        links[paging.previous] = number - 1
    statements = (Statement(word, Iri(f"{url}?page={page}")) for word, page in links.items())
    return Resource(f"{url}?page={number}", (paging.view,), tuple(statements))


def _catalogue(
    node: DcatNode, shown: tuple[Collection, ...], address: str, extra: tuple[Statement, ...] = ()
) -> Resource:
    base = f"{address}/{node.id}"
    datasets = (Statement("dcat:dataset", dataset(item, node.dialect, base=base)) for item in shown)
    title = Statement("dct:title", Literal(node.title, node.dialect.language))
    types = ("dcat:Catalog", "hydra:Collection") if extra else ("dcat:Catalog",)
    return Resource(f"{base}/catalog", types, (title, *extra, *datasets))


def _document(node: DcatNode, pages: tuple[str, ...], resources: tuple[Resource, ...]) -> Document:
    syntax = node.dialect.syntax
    body = write(resources, syntax, node.dialect.prefixes)
    return Document(node.path, Answer(syntax.media_type, body), pages)
