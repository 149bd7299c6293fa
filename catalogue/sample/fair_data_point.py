"""How a node serves a FAIR Data Point: root, catalogues, datasets and distributions, a Turtle document each.

Containers as the Java reference implementation has them: LDP direct containers without a document of their
own, told in the parent's document; long ones go on at ``page/{child}?page=N&size=M``, counted from nought,
with the next address in the head alone. A draft is listed by its container and answers 404.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from catalogue.sample.documents import Answer, Document
from catalogue.sample.facts import RELEASED, Collection, Selection, collections
from catalogue.sample.statements import PREFIXES, Iri, Literal, Resource, Statement, expand
from catalogue.sample.syntaxes import Syntax, write
from harvesters.source import SourceConfig

FDP_PREFIXES: Final = {
    **PREFIXES,
    "fdp-o": "https://w3id.org/fdp/fdp-o#",
    "ldp": "http://www.w3.org/ns/ldp#",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """One catalogue of the point; its container lists ``size`` datasets a page, all at once for None."""

    id: str
    title: str
    selection: Selection
    size: int | None = None


@dataclass(frozen=True, slots=True)
class FairDataPoint:
    """``phrase`` tells a collection as the node at a base address does; its named distributions move out.

    The datasets of ``drafts`` have one more distribution, which is not published yet.
    """

    id: str
    title: str
    shelves: tuple[Shelf, ...]
    phrase: Callable[[Collection, str], Resource]
    prefixes: Mapping[str, str]
    drafts: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        return f"/{self.id}"

    def sources(self, address: str) -> tuple[SourceConfig, ...]:
        return (SourceConfig(f"idc-{self.id}", "fdp", address + self.path, self.title, pace=0.0),)

    def offered(self) -> Mapping[str, tuple[str, ...]]:
        found = (item.id for shelf in self.shelves for item in shelf.selection.of(collections()))
        return {f"idc-{self.id}": tuple(found)}

    def documents(self, address: str) -> tuple[Document, ...]:
        return tuple(_Point(self, address).documents())


class _Point:
    """The node at one address."""

    def __init__(self, node: FairDataPoint, address: str) -> None:
        self._node = node
        self._address = address
        self._base = address + node.path

    def documents(self) -> Iterator[Document]:
        yield self._root()
        for shelf in self._node.shelves:
            held = shelf.selection.of(collections())
            yield from self._catalogue(shelf, held)
            for item in held:
                yield from self._dataset(shelf, item)

    def _root(self) -> Document:
        shelves = tuple(f"{self._base}/catalog/{shelf.id}" for shelf in self._node.shelves)
        statements = (
            Statement("dct:title", Literal(self._node.title, "en")),
            Statement("dct:hasVersion", Literal("1.0")),
            *(Statement("fdp-o:metadataCatalog", Iri(iri)) for iri in shelves),
        )
        container = self._container("catalog", self._base, "fdp-o:metadataCatalog", shelves)
        newest = max(_day(item) for shelf in self._node.shelves for item in shelf.selection.of(collections()))
        types = ("fdp-o:FAIRDataPoint", "dcat:DataService")
        return self._document(self._base, newest, Resource(self._base, types, statements), container)

    def _catalogue(self, shelf: Shelf, held: tuple[Collection, ...]) -> Iterator[Document]:
        """The catalogue's own document is the first page of its container; further ones repeat its head."""
        iri = f"{self._base}/catalog/{shelf.id}"
        listed = tuple(f"{self._base}/dataset/{item.id}" for item in held)
        size = shelf.size or len(listed)
        parts = tuple(listed[start : start + size] for start in range(0, len(listed), size))
        newest = max(_day(item) for item in held)
        for number, children in enumerate(parts):
            resource = Resource(iri, ("dcat:Catalog",), tuple(self._shown(shelf, children)))
            container = self._container("dataset", iri, "dcat:dataset", children)
            links = _links(f"{iri}/page/dataset", number=number, pages=len(parts), size=size)
            document = self._document(iri, newest, resource, container, links=links)
            if number == 0:
                yield document
            page = self._document(f"{iri}/page/dataset", newest, resource, container, links=links)
            yield replace(page, pages=("", "0") if number == 0 else (str(number),))

    def _shown(self, shelf: Shelf, children: tuple[str, ...]) -> Iterator[Statement]:
        yield Statement("dct:title", Literal(shelf.title, "en"))
        yield Statement("dct:isPartOf", Iri(self._base))
        for child in children:
            yield Statement("dcat:dataset", Iri(child))

    def _dataset(self, shelf: Shelf, item: Collection) -> Iterator[Document]:
        whole = self._node.phrase(item, self._base)
        iri = f"{self._base}/dataset/{item.id}"
        files = tuple(part for part in map(_distribution, whole.statements) if part is not None)
        names = tuple(part.iri for part in files if part.iri is not None)
        statements = (
            *(statement for statement in whole.statements if _distribution(statement) is None),
            Statement("dct:isPartOf", Iri(f"{self._base}/catalog/{shelf.id}")),
            *(Statement("dcat:distribution", Iri(name)) for name in names),
        )
        drafts = (f"{self._base}/distribution/{item.id}-draft",) * (item.id in self._node.drafts)
        container = self._container("distribution", iri, "dcat:distribution", (*names, *drafts))
        yield self._document(iri, _day(item), replace(whole, statements=statements), container)
        parent = Statement("dct:isPartOf", Iri(iri))
        for name, part in zip(names, files, strict=True):
            resource = replace(part, statements=(*part.statements, parent))
            yield self._document(name, _day(item), resource)

    def _container(self, kind: str, parent: str, relation: str, children: tuple[str, ...]) -> Resource:
        statements = (
            Statement("ldp:membershipResource", Iri(parent)),
            Statement("ldp:hasMemberRelation", Iri(expand(relation, FDP_PREFIXES))),
            *(Statement("ldp:contains", Iri(child)) for child in children),
        )
        return Resource(f"{self._base}/{kind}/", ("ldp:DirectContainer",), statements)

    def _document(
        self, iri: str, modified: date, *resources: Resource, links: tuple[tuple[str, str], ...] = ()
    ) -> Document:
        body = write(resources, Syntax.TURTLE, self._node.prefixes)
        answer = Answer(Syntax.TURTLE.media_type, body, modified, links)
        return Document(iri.removeprefix(self._address), answer)


def _links(url: str, *, number: int, pages: int, size: int) -> tuple[tuple[str, str], ...]:
    around = {"prev": number - 1, "next": number + 1}
    return tuple(
        (relation, f"{url}?page={page}&size={size}") for relation, page in around.items() if 0 <= page < pages
    )


def _distribution(statement: Statement) -> Resource | None:
    match statement:
        case Statement("dcat:distribution", Resource() as part):
            return part
        case _:
            return None


def _day(item: Collection) -> date:
    return item.updated or RELEASED
