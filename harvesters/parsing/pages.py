"""Which datasets a page holds, each with all that is said of it, and in a form that can be compared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from harvesters.errors import RecordRejected
from harvesters.findings import Finding
from harvesters.parsing.documents import read_document
from harvesters.parsing.mending import Document, Subject
from harvesters.parsing.paging import read_paging
from harvesters.source import Rejected
from ontologies.namespaces import PREFIXES, canonical_iri

MOST_TRIPLES: Final = 50_000
MOST_BYTES: Final = 5_000_000
LONGEST_LITERAL: Final = 1_000_000
LONGEST_IRI: Final = 2048

_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_DCAT: Final = PREFIXES["dcat"]
_IDENTIFIER: Final = PREFIXES["dct"] + "identifier"
_DATASET: Final = _DCAT + "Dataset"
_CATALOG: Final = _DCAT + "Catalog"
# A closure ends at these: they describe other things than the dataset, and often all of them.
_BORDERS: Final = {
    _DATASET,
    _CATALOG,
    _DCAT + "CatalogRecord",
    _DCAT + "DatasetSeries",
    PREFIXES["skos"] + "ConceptScheme",
    PREFIXES["owl"] + "Ontology",
}


@dataclass(frozen=True, slots=True)
class FoundDataset:
    """``triples`` are sorted N-Triples, in canonical form unless the page was only split."""

    iri: str
    triples: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """``next`` and ``total`` are what the page itself says of the list that it belongs to."""

    datasets: tuple[FoundDataset, ...]
    next: str | None = None
    total: int | None = None
    rejected: tuple[Rejected, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_page(body: bytes, media_type: str, url: str) -> Page:
    """Read the datasets of one answer, in the order of the document, in canonical form (RDFC-1.0)."""
    page = split_page(body, media_type, url)
    return replace(
        page, datasets=tuple(FoundDataset(found.iri, canonical(found.triples)) for found in page.datasets)
    )


def split_page(body: bytes, media_type: str, url: str) -> Page:
    """Read them without the canonical form, which a malicious graph can make to take for ever."""
    document = read_document(body, media_type, url)
    graph = _Graph.of(document)
    paging = read_paging(document.triples, url)
    found, rejected = _all_cut_out(graph, graph.datasets, url)
    return Page(found, paging.next, paging.total, rejected, document.findings)


def split_documents(documents: Sequence[Document], iri: str) -> Page:
    """Read the dataset ``iri`` from several documents together, or all that they hold if it is not there."""
    triples = [triple for document in documents for triple in _with_own_blank_nodes(document.triples)]
    findings = tuple(finding for document in documents for finding in document.findings)
    graph = _Graph.of(Document(tuple(triples), findings))
    named = NamedNode(iri)
    roots = (named,) if named in graph.datasets else graph.datasets
    found, rejected = _all_cut_out(graph, roots, iri)
    return Page(found, rejected=rejected, findings=findings)


def canonical(triples: bytes) -> bytes:
    """N-Triples with RDFC-1.0's blank node labels, lines sorted: equal graphs give equal bytes."""
    dataset = Dataset(parse(triples, format=RdfFormat.N_TRIPLES))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return _sorted_lines(quad.triple for quad in dataset)


def _all_cut_out(
    graph: "_Graph", roots: Iterable[Subject], url: str
) -> tuple[tuple[FoundDataset, ...], tuple[Rejected, ...]]:
    found: list[FoundDataset] = []
    rejected: list[Rejected] = []
    for number, root in enumerate(roots, start=1):
        try:
            found.append(_cut_out(graph, root, url))
        except RecordRejected as error:
            rejected.append(Rejected(_address_or_place(root, number, url), str(error)))
    return tuple(found), tuple(rejected)


def _with_own_blank_nodes(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Two documents may call different nodes by the same label."""
    renamed: dict[BlankNode, BlankNode] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, BlankNode):
            subject = renamed.setdefault(subject, BlankNode())
        if isinstance(value, BlankNode):
            value = renamed.setdefault(value, BlankNode())
        yield Triple(subject, triple.predicate, value)


@dataclass(slots=True)
class _Graph:
    """A document by subject, with what is a dataset in it and where each closure ends."""

    about: dict[Subject, list[Triple]] = field(default_factory=dict)
    linked_from: dict[Subject, Subject] = field(default_factory=dict)
    borders: set[Subject] = field(default_factory=set)
    datasets: tuple[Subject, ...] = ()

    @classmethod
    def of(cls, document: Document) -> "_Graph":
        graph = cls()
        spelling = _Spelling()
        typed: set[Subject] = set()
        catalogues: set[Subject] = set()
        for triple in document.triples:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue
            graph.about.setdefault(subject, []).append(triple)
            if isinstance(value, Literal):
                continue
            word = spelling(predicate.value)
            if word == _DCAT + "dataset":
                graph.linked_from.setdefault(value, subject)
            elif word == _RDF_TYPE and isinstance(value, NamedNode):
                kind = spelling(value.value)
                typed |= {subject} if kind == _DATASET else set()
                catalogues |= {subject} if kind == _CATALOG else set()
                graph.borders |= {subject} if kind in _BORDERS else set()
        wanted = (typed | set(graph.linked_from)) - catalogues
        graph.borders |= wanted
        graph.datasets = tuple(subject for subject in graph.about if subject in wanted)
        return graph

    def closure(self, root: Subject) -> Iterator[Triple]:
        """All statements about a node and about what it leads to, up to other datasets and catalogues."""
        waiting, seen = [root], {root}
        while waiting:
            for triple in self.about[waiting.pop()]:
                yield triple
                value = triple.object
                if isinstance(value, Literal | Triple) or value in seen or value in self.borders:
                    continue
                if value in self.about:
                    seen.add(value)
                    waiting.append(value)


class _Spelling(dict[str, str]):
    """Canonical spellings of terms, each looked up once a document."""

    def __call__(self, iri: str) -> str:
        if iri not in self:
            self[iri] = canonical_iri(iri)
        return self[iri]


def _cut_out(graph: _Graph, root: Subject, url: str) -> FoundDataset:
    iri = root.value if isinstance(root, NamedNode) else _minted(graph, root, url)
    triples = _within_limits(graph.closure(root))
    if isinstance(root, BlankNode):
        triples = [_renamed(triple, root, NamedNode(iri)) for triple in triples]
    lines = _sorted_lines(triples)
    if len(lines) > MOST_BYTES:
        raise RecordRejected(f"the dataset's statements are longer than {MOST_BYTES:,} bytes together")
    return FoundDataset(iri, lines)


def _minted(graph: _Graph, root: BlankNode, url: str) -> str:
    """Make a lasting name for a dataset without an address, from its catalogue's and its own identifier."""
    identifiers = sorted(
        triple.object.value.strip()
        for triple in graph.about[root]
        if canonical_iri(triple.predicate.value) == _IDENTIFIER
        and isinstance(triple.object, Literal | NamedNode)
    )
    named = [identifier for identifier in identifiers if identifier]
    if not named:
        raise RecordRejected("the dataset has neither an address of its own nor a dct:identifier")
    catalogue = graph.linked_from.get(root)
    place = catalogue.value if isinstance(catalogue, NamedNode) else url.partition("?")[0]
    return f"urn:catalogue:unnamed/{quote(place, safe='')}/{quote(named[0], safe='')}"


def _renamed(triple: Triple, old: BlankNode, new: NamedNode) -> Triple:
    subject = new if triple.subject == old else triple.subject
    value = new if triple.object == old else triple.object
    return Triple(subject, triple.predicate, value)


def _within_limits(closure: Iterable[Triple]) -> list[Triple]:
    triples: list[Triple] = []
    for triple in closure:
        if len(triples) == MOST_TRIPLES:
            raise RecordRejected(f"the dataset has more than {MOST_TRIPLES:,} statements")
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, NamedNode) and len(term.value) > LONGEST_IRI:
                raise RecordRejected(f"an address in it is longer than {LONGEST_IRI:,} characters")
            if isinstance(term, Literal) and len(term.value.encode()) > LONGEST_LITERAL:
                raise RecordRejected(f"a text in it is longer than {LONGEST_LITERAL:,} bytes")
        triples.append(triple)
    return triples


def _address_or_place(root: Subject, number: int, url: str) -> str:
    return root.value if isinstance(root, NamedNode) else f"{url} (dataset {number} of the page)"


def _sorted_lines(triples: Iterable[Triple]) -> bytes:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(lines.splitlines(keepends=True))))
