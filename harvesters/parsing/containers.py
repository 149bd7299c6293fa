"""Where a document of a FAIR Data Point leads to: Linked Data Platform containers and DCAT's own links."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pyoxigraph import NamedNode

from harvesters.errors import LimitReached, NotMetadata
from harvesters.parsing.documents import Answer, read_answer
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
_POINTS: Final = {
    "https://w3id.org/fdp/fdp-o#FAIRDataPoint",
    "https://w3id.org/fdp/fdp-o#MetadataService",
    "http://www.re3data.org/schema/3-0#Repository",
    *(
        _LDP + kind
        for kind in ("Container", "BasicContainer", "DirectContainer", "IndirectContainer", "Page")
    ),
}
MOST_BYTES: Final = 20_000_000
MOST_MEMBERS: Final = 100_000


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
    """``next`` is the next page of the same list.

    A document that is not ``is_named`` describes datasets, and none with the address that was asked for.
    """

    role: Role
    members: tuple[Member, ...]
    next: str | None
    is_named: bool


def read_container(answer: Answer, asked: str) -> Container:
    """``asked`` is the address that led here, which may be described as well as the one that answered."""
    document = read_answer(answer)
    kinds = _kinds(document, {asked, answer.url})
    role = _role(kinds)
    # What a catalogue contains are datasets; what the point itself contains are catalogues.
    contained = {Role.DATASET: Role.PART}.get(role, Role.DATASET if _CATALOG in kinds else Role.CONTAINER)
    members = {member.url: member for member in _members(document, role, contained)}
    if len(members) > MOST_MEMBERS:
        raise LimitReached(f"{answer.url}: the list names more than {MOST_MEMBERS:,} documents")
    elsewhere = (one for link, one in members.items() if link.partition("#")[0] not in (asked, answer.url))
    return Container(role, tuple(elsewhere), _next_page(document, answer.url), _is_named(document, asked))


def read_parts(parts: Iterable[Answer], iri: str) -> Page:
    """Read the dataset ``iri`` from its document and those of its distributions, not yet in canonical form.

    A distribution's document that cannot be read is left out: it is a finding, not the dataset's end.
    """
    first, *others = parts
    documents = [read_answer(first)]
    for part in others:
        try:
            documents.append(read_answer(part))
        except NotMetadata:
            continue
    page = split_documents(documents, iri)
    if sum(len(found.triples) for found in page.datasets) > MOST_BYTES:
        raise LimitReached(
            f"{iri}: the datasets of one document are longer than {MOST_BYTES:,} bytes together"
        )
    return page


def _kinds(document: Document, described: set[str]) -> set[str]:
    return {
        canonical_iri(triple.object.value)
        for triple in document.triples
        if triple.predicate.value == _RDF_TYPE
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
        and triple.subject.value in described
    }


def _is_named(document: Document, asked: str) -> bool:
    datasets = {
        triple.subject
        for triple in document.triples
        if triple.predicate.value == _RDF_TYPE
        and isinstance(triple.object, NamedNode)
        and canonical_iri(triple.object.value) == _DCAT + "Dataset"
    }
    return not datasets or NamedNode(asked) in datasets


def _role(kinds: set[str]) -> Role:
    """A catalogue may be typed as a dataset too, and the point itself as a service: DCAT has it so."""
    if _CATALOG in kinds:
        return Role.CONTAINER
    if _DCAT + "Dataset" in kinds:
        return Role.DATASET
    if kinds & _POINTS:
        return Role.CONTAINER
    if kinds & {_DCAT + "Distribution", _DCAT + "DataService"}:
        return Role.PART
    return Role.OTHER


def _members(document: Document, role: Role, contained: Role) -> Iterator[Member]:
    """The links, the telling ones last, so that they win over a plain ``ldp:contains``."""
    contains = {_CONTAINS: contained} if role is not Role.PART else {}
    related = _member_relations(document)
    telling = {**dict.fromkeys(_TO_CONTAINERS, Role.CONTAINER), _DCAT + "dataset": Role.DATASET}
    if role is Role.DATASET:
        telling = {_DCAT + "distribution": Role.PART}
    given = _described_here(document)
    for meant in (contains, telling):
        for triple in document.triples:
            found = meant.get(canonical_iri(triple.predicate.value))
            if found and meant is contains:
                found = related.get(triple.subject, found)
            is_given = found is Role.PART and triple.object in given
            if found and isinstance(triple.object, NamedNode) and not is_given:
                yield Member(triple.object.value, found)


def _member_relations(document: Document) -> dict[object, Role]:
    """What a container of the Linked Data Platform says that its members are (LDP 1.0, 5.4.1.4)."""
    meant = {
        **dict.fromkeys(_TO_CONTAINERS, Role.CONTAINER),
        _DCAT + "dataset": Role.DATASET,
        _DCAT + "distribution": Role.PART,
    }
    return {
        triple.subject: meant[relation]
        for triple in document.triples
        if triple.predicate.value == _LDP + "hasMemberRelation"
        and isinstance(triple.object, NamedNode)
        and (relation := canonical_iri(triple.object.value)) in meant
    }


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
