"""Which datasets a page holds, each with all that is said of it, and in a form that can be compared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
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
from harvesters.recognition import names_nothing
from harvesters.source import Rejected
from ontologies.namespaces import PREFIXES, canonical_iri

MOST_TRIPLES: Final = 50_000
MOST_BYTES: Final = 5_000_000
LONGEST_LITERAL: Final = 1_000_000
LONGEST_IRI: Final = 2048
_NO_ADDRESSES: Final = {"about", "blob", "data", "file", "javascript"}

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
    """``next``, ``last`` and ``total`` are what the page itself says of the list that it belongs to.

    ``last`` is the address of the last page, "" on that page itself. Without ``is_catalogue`` the page holds
    neither a catalogue nor a dataset nor a part of a list.
    """

    datasets: tuple[FoundDataset, ...]
    next: str | None = None
    total: int | None = None
    rejected: tuple[Rejected, ...] = ()
    findings: tuple[Finding, ...] = ()
    last: str | None = None
    is_catalogue: bool = True


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page whose datasets are cut out one after the other, not yet in canonical form."""

    said: Page
    items: Iterator[FoundDataset | Rejected]


def open_page(document: Document, url: str) -> OpenPage:
    """Give what is in a document piece by piece."""
    graph = _Graph.of(document)
    paging = read_paging(document.triples, url)
    said = Page(
        datasets=(),
        next=paging.next,
        total=paging.total,
        findings=document.findings,
        last=paging.last,
        is_catalogue=paging.is_view or graph.has_catalogue or bool(graph.datasets),
    )
    return OpenPage(said, _cut(graph, graph.datasets, url))


def read_page(body: bytes, media_type: str, url: str) -> Page:
    """Read the datasets of one answer, in the order of the document, in canonical form (RDFC-1.0)."""
    page = split_page(body, media_type, url)
    return replace(
        page, datasets=tuple(FoundDataset(found.iri, canonical(found.triples)) for found in page.datasets)
    )


def split_page(body: bytes, media_type: str, url: str) -> Page:
    """Read them without the canonical form, which a malicious graph can make to take for ever."""
    page = open_page(read_document(body, media_type, url), url)
    return _collected(page.said, page.items)


def split_documents(documents: Sequence[Document], iri: str) -> Page:
    """Read the dataset ``iri`` from several documents together, or all that they hold if it is not there."""
    triples = [triple for document in documents for triple in _with_own_blank_nodes(document.triples)]
    findings = tuple(finding for document in documents for finding in document.findings)
    graph = _Graph.of(Document(tuple(triples), findings))
    named = NamedNode(iri)
    roots = (named,) if named in graph.datasets else graph.datasets
    return _collected(Page((), findings=findings), _cut(graph, roots, iri))


def canonical(triples: bytes) -> bytes:
    """N-Triples with RDFC-1.0's blank node labels, lines sorted: equal graphs give equal bytes.

    ``triples`` are those of a ``FoundDataset``. Statements without blank nodes have no part in the labels
    (RDFC-1.0, 4.4.3), and most have none.
    """
    lines = triples.splitlines(keepends=True)
    blank = b"".join(line for line in lines if b"_:" in line)
    if not blank:
        return triples
    dataset = Dataset(parse(blank, format=RdfFormat.N_TRIPLES))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    labelled = _sorted_lines(quad.triple for quad in dataset).splitlines(keepends=True)
    return b"".join(sorted({*labelled, *(line for line in lines if b"_:" not in line)}))


def _collected(said: Page, items: Iterable[FoundDataset | Rejected]) -> Page:
    found: list[FoundDataset] = []
    rejected: list[Rejected] = []
    for item in items:
        if isinstance(item, FoundDataset):
            found.append(item)
        else:
            rejected.append(item)
    return replace(said, datasets=tuple(found), rejected=tuple(rejected))


def _cut(graph: "_Graph", roots: Iterable[Subject], url: str) -> Iterator[FoundDataset | Rejected]:
    for number, root in enumerate(roots, start=1):
        try:
            iri = _required(root.value) if isinstance(root, NamedNode) else _minted(graph, root, url)
        except RecordRejected as error:
            given = root.value if isinstance(root, NamedNode) else ""
            is_short = 0 < len(given) <= LONGEST_IRI
            place = given if is_short else f"{url} (dataset {number} of the page)"
            yield Rejected(place, str(error), identified=is_short)
            continue
        try:
            yield _cut_out(graph, root, iri)
        except RecordRejected as error:
            yield Rejected(iri, str(error))


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
    has_catalogue: bool = False

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
        graph.has_catalogue = bool(catalogues or graph.linked_from)
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


def _cut_out(graph: _Graph, root: Subject, iri: str) -> FoundDataset:
    triples = graph.closure(root)
    if isinstance(root, BlankNode):
        return bounded(iri, (_renamed(triple, root, NamedNode(iri)) for triple in triples))
    return bounded(iri, triples)


def bounded(iri: str, closure: Iterator[Triple]) -> FoundDataset:
    """What is said of a dataset, not in canonical form. Raises ``RecordRejected`` for more than any says."""
    triples = list(islice(closure, MOST_TRIPLES + 1))
    if len(triples) > MOST_TRIPLES:
        raise RecordRejected(f"the dataset has more than {MOST_TRIPLES:,} statements")
    lines = _sorted_lines(triples)
    for line in lines.splitlines():
        if len(line) > LONGEST_IRI:  # no term of a shorter one is too long
            _require_short_terms(line)
    if len(lines) > MOST_BYTES:
        raise RecordRejected(f"the dataset's statements are longer than {MOST_BYTES:,} bytes together")
    return FoundDataset(iri, lines)


def _required(iri: str) -> str:
    """Refuse names that any dataset of any machine could have."""
    if len(iri) > LONGEST_IRI:
        raise RecordRejected(f"the dataset's address is longer than {LONGEST_IRI:,} characters")
    scheme, _, rest = iri.partition(":")
    if scheme.lower() in _NO_ADDRESSES:
        raise RecordRejected(f"{iri[:200]!r} names a place on the provider's own machine, not a dataset")
    if scheme.lower() == "urn" and any(names_nothing(part) for part in rest.split(":")):
        raise RecordRejected(f"the dataset's address {iri[:200]!r} is a placeholder")
    return iri


def _minted(graph: _Graph, root: BlankNode, url: str) -> str:
    """Make a lasting name for a dataset without an address, from its catalogue's and its own identifier."""
    identifiers = sorted(
        triple.object.value.strip()
        for triple in graph.about[root]
        if canonical_iri(triple.predicate.value) == _IDENTIFIER
        and isinstance(triple.object, Literal | NamedNode)
    )
    named = [identifier for identifier in identifiers if not names_nothing(identifier)]
    if not named and any(identifiers):
        raise RecordRejected(
            f"the dataset has no address of its own, and its identifier {identifiers[-1]!r} is a placeholder"
        )
    if not named:
        raise RecordRejected("the dataset has neither an address of its own nor a dct:identifier")
    catalogue = graph.linked_from.get(root)
    place = catalogue.value if isinstance(catalogue, NamedNode) else url.partition("?")[0]
    return _required(f"urn:catalogue:unnamed/{quote(place, safe='')}/{quote(named[0], safe='')}")


def _renamed(triple: Triple, old: BlankNode, new: NamedNode) -> Triple:
    subject = new if triple.subject == old else triple.subject
    value = new if triple.object == old else triple.object
    return Triple(subject, triple.predicate, value)


def _require_short_terms(line: bytes) -> None:
    for quad in parse(line, format=RdfFormat.N_TRIPLES):
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode) and len(term.value) > LONGEST_IRI:
                raise RecordRejected(f"an address in it is longer than {LONGEST_IRI:,} characters")
            if isinstance(term, Literal) and len(term.value.encode()) > LONGEST_LITERAL:
                raise RecordRejected(f"a text in it is longer than {LONGEST_LITERAL:,} bytes")


def _sorted_lines(triples: Iterable[Triple]) -> bytes:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(lines.splitlines(keepends=True))))
