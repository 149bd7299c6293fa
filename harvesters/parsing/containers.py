"""Where a document of a FAIR Data Point leads to: Linked Data Platform containers and DCAT's own links."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pyoxigraph import NamedNode

from harvesters.errors import NotMetadata
from harvesters.parsing.documents import read_document
from harvesters.parsing.mending import Document
from harvesters.parsing.pages import Page, split_documents
from harvesters.parsing.paging import read_paging
from ontologies.namespaces import PREFIXES, canonical_iri

_LDP: Final = PREFIXES["ldp"]
_DCAT: Final = PREFIXES["dcat"]
_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_CONTAINS: Final = _LDP + "contains"
_TO_CONTAINERS: Final = {
    "https://w3id.org/fdp/fdp-o#metadataCatalog",
    "http://www.re3data.org/schema/3-0#dataCatalog",
    _DCAT + "catalog",
}
_CATALOG: Final = _DCAT + "Catalog"


class Role(StrEnum):
    """What a document is, or what a link to it says that it is."""

    CONTAINER = "container"
    DATASET = "dataset"
    PART = "part of a dataset"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Member:
    """A link to a document one level below."""

    url: str
    role: Role


@dataclass(frozen=True, slots=True)
class Container:
    """``next`` is the next page of the same list."""

    role: Role
    members: tuple[Member, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One document of several that describe a dataset together."""

    body: bytes
    media_type: str
    url: str


def read_container(body: bytes, media_type: str, url: str, asked: str) -> Container:
    """``asked`` is the address that led here, ``url`` the one that answered: either may be described."""
    document = read_document(body, media_type, url)
    role = _role(_kinds(document, {asked, url}))
    members = {member.url: member for member in _members(document, role)}
    elsewhere = (one for link, one in members.items() if link.partition("#")[0] not in (asked, url))
    return Container(role, tuple(elsewhere), _next_page(document, url))


def read_parts(parts: Iterable[Part], iri: str) -> Page:
    """Read the dataset ``iri`` from its document and those of its distributions, not yet in canonical form.

    A distribution's document that cannot be read is left out: it is a finding, not the dataset's end.
    """
    first, *others = parts
    documents = [read_document(first.body, first.media_type, first.url)]
    for part in others:
        try:
            documents.append(read_document(part.body, part.media_type, part.url))
        except NotMetadata:
            continue
    return split_documents(documents, iri)


def _kinds(document: Document, described: set[str]) -> set[str]:
    return {
        canonical_iri(triple.object.value)
        for triple in document.triples
        if triple.predicate.value == _RDF_TYPE
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
        and triple.subject.value in described
    }


def _role(kinds: set[str]) -> Role:
    """A catalogue may be typed as a dataset too: DCAT has it so."""
    if _CATALOG in kinds:
        return Role.CONTAINER
    if _DCAT + "Dataset" in kinds:
        return Role.DATASET
    if kinds & {_DCAT + "Distribution", _DCAT + "DataService"}:
        return Role.PART
    return Role.OTHER


def _members(document: Document, role: Role) -> Iterator[Member]:
    """The links, the telling ones last, so that they win over a plain ``ldp:contains``."""
    contained = {
        Role.DATASET: Role.PART,
        # What a catalogue contains are datasets; what the point itself contains are catalogues.
        Role.CONTAINER: Role.DATASET,
    }.get(role, Role.CONTAINER)
    contains = {_CONTAINS: contained} if role is not Role.PART else {}
    telling = {**dict.fromkeys(_TO_CONTAINERS, Role.CONTAINER), _DCAT + "dataset": Role.DATASET}
    if role is Role.DATASET:
        telling = {_DCAT + "distribution": Role.PART}
    given = _described_here(document)
    for meant in (contains, telling):
        for triple in document.triples:
            found = meant.get(canonical_iri(triple.predicate.value))
            is_given = found is Role.PART and triple.object in given
            if found and isinstance(triple.object, NamedNode) and not is_given:
                yield Member(triple.object.value, found)


def _described_here(document: Document) -> set[object]:
    """Distributions that need no document of their own."""
    return {
        triple.subject
        for triple in document.triples
        if triple.predicate.value == _RDF_TYPE and triple.object == NamedNode(_DCAT + "Distribution")
    }


def _next_page(document: Document, url: str) -> str | None:
    for triple in document.triples:
        if triple.predicate.value == _LDP + "nextPage" and isinstance(triple.object, NamedNode):
            return triple.object.value
    return read_paging(document.triples, url).next
