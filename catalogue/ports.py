"""What the application asks of its stores: the graph store and the search index.

The ledger has no port: it is one implementation on two databases.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Final, Protocol

from pydantic import BaseModel, ConfigDict

from catalogue.model.admitted import AdmittedQuery

# --- graph store -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedGraph:
    """``triples`` are N-Triples in UTF-8 without blank nodes."""

    iri: str
    triples: bytes


@dataclass(frozen=True, slots=True)
class PutGraph:
    graph: NamedGraph


@dataclass(frozen=True, slots=True)
class DropGraph:
    iri: str


@dataclass(frozen=True, slots=True)
class PutNode:
    """Replace all statements about one subject in a shared graph; no triples removes the subject."""

    graph: str
    subject: str
    triples: bytes


GraphChange = PutGraph | DropGraph | PutNode


@dataclass(frozen=True, slots=True)
class Generation:
    """A published, read-only state of the store."""

    number: int
    watermark: int


@dataclass(frozen=True, slots=True)
class GraphDigest:
    iri: str
    triples: int
    sha256: str


class GraphWriter(Protocol):
    """The only opener of the live store. A change applied twice changes nothing more."""

    def watermark(self) -> int:
        """The number of the last change applied, 0 for an empty store."""
        ...

    def apply(self, changes: Iterable[GraphChange], *, watermark: int) -> None:
        """One transaction: all changes and the watermark, or nothing."""
        ...

    def publish(self) -> Generation: ...

    def rebuild(self, graphs: Iterable[NamedGraph], *, watermark: int) -> None:
        """Build aside, then switch; readers see the old generation until the next ``publish``.

        A graph may come in pieces.
        """
        ...

    def close(self) -> None: ...


class GraphReader(Protocol):
    """Reads the generation that was current when it was asked."""

    def generation(self) -> Generation | None: ...

    def scan(self) -> Iterator[GraphDigest]: ...

    def digest(self, graph: NamedGraph) -> GraphDigest:
        """What ``scan`` would say of this graph.

        Stores may rewrite literals (``"5"^^xsd:nonNegativeInteger``); a graph without triples is not scanned.
        """
        ...


class ResultFormat(StrEnum):
    """What an answer may be written in: tables and truth values first, graphs last."""

    JSON = "application/sparql-results+json"
    XML = "application/sparql-results+xml"
    CSV = "text/csv"
    TSV = "text/tab-separated-values"
    TURTLE = "text/turtle"
    N_TRIPLES = "application/n-triples"
    RDF_XML = "application/rdf+xml"


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may take; a store that sets less itself stays below."""

    seconds: float
    result_bytes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole result, from the file's beginning; whoever gets it closes ``body``."""

    body: BinaryIO
    size: int
    generation: int


class GraphQueries(Protocol):
    """Answers visitors' queries, in a place that can be stopped and that reaches no other machine."""

    def query(self, admitted: AdmittedQuery, *, result: ResultFormat, limits: QueryLimits) -> Answer:
        """Raises ``QueryRefused``, ``ResultTooLarge``, ``QueryStopped`` or ``StoreUnavailable``.

        CSV and TSV cannot say what ASK answers; a graph is asked for by CONSTRUCT and DESCRIBE alone.
        """
        ...


# --- search index ------------------------------------------------------------------------------------------


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Frozen):
    """Why a document carries a concept: the provider's word for it."""

    axis: str
    raw: str
    concept: str


class Stated(_Frozen):
    """How many patients a provider states for one value of a facet, as ``cimg:countBy``."""

    facet: str
    code: str
    patients: int


class Document(_Frozen):
    """One dataset as the index holds it: what is shown of a hit, what is counted, what is searched.

    ``concepts`` holds each facet's own codes, ``closure`` the same with all broader ones (self included);
    facets without a hierarchy (provider, access) have equal entries in both. The ``*_tokens`` are analysed
    (``ontologies.analysis``) and joined by blanks. ``counted`` is false for animals, phantoms, ``fictional``
    examples and ``derived`` results: their patients and studies never enter a sum.
    """

    key: str
    title: str
    sort_title: str
    summary: str = ""
    provider: str
    licence: str = ""
    modified: str = ""
    patients: int | None = None
    studies: int | None = None
    age_lowest: int | None = None
    age_highest: int | None = None
    year_lowest: int | None = None
    year_highest: int | None = None
    counted: bool = True
    derived: bool = False
    fictional: bool = False
    stated: tuple[Stated, ...] = ()
    concepts: Mapping[str, tuple[str, ...]]
    closure: Mapping[str, tuple[str, ...]]
    evidence: tuple[Evidence, ...] = ()
    title_tokens: str
    label_tokens: str = ""
    keyword_tokens: str = ""
    text_tokens: str = ""


class PutDocument(_Frozen):
    document: Document


class DropDocument(_Frozen):
    key: str


DocumentChange = PutDocument | DropDocument


class FacetFilter(_Frozen):
    """Codes wanted in one facet: any or all of ``wanted``, none of ``unwanted``.

    ``missing`` also lets "not stated" in, ``unwanted_missing`` keeps it out. ``own`` looks at a
    document's own codes only, not at the broader ones.
    """

    facet: str
    wanted: tuple[str, ...] = ()
    every: bool = False
    missing: bool = False
    unwanted: tuple[str, ...] = ()
    unwanted_missing: bool = False
    own: bool = False


class RangeFilter(_Frozen):
    """Both ends included; documents without the number do not match.

    ``field`` is ``patients`` or ``studies``, or ``age`` or ``year``: these match where the document's span
    from ``<field>_lowest`` to ``<field>_highest`` overlaps; a span with one known end is that one number.
    """

    field: str
    least: int | None = None
    most: int | None = None


class IndexQuery(_Frozen):
    """``tokens`` are analysed; a document must hold ``all tokens`` in any of its text fields.

    ``sort`` is ``relevance``, or a field (``patients``, ``modified``, ``title``), with ``-`` for descending;
    documents without the number come last in either direction, and for ``patients`` those that are not
    counted, too; ties are broken by key.
    """

    tokens: tuple[str, ...] = ()
    filters: tuple[FacetFilter, ...] = ()
    ranges: tuple[RangeFilter, ...] = ()
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()
    histograms: tuple[str, ...] = ()


class Totals(_Frozen):
    """``patients`` and ``studies`` sum counted documents.

    ``patients_unknown`` is how many of those state no number, ``uncounted`` how many are not counted.
    """

    datasets: int = 0
    uncounted: int = 0
    patients: int = 0
    patients_unknown: int = 0
    studies: int = 0


class FacetValue(_Frozen):
    """``patients`` sums whole datasets that are counted.

    ``patients_stated`` sums what ``datasets_stated`` counted documents state for this very code (not for
    narrower ones), None where none does.
    """

    code: str
    datasets: int
    patients: int
    patients_stated: int | None = None
    datasets_stated: int = 0


class FacetCounts(_Frozen):
    """Counts that ignore this facet's own selection and honour all others; values by datasets, then code."""

    values: tuple[FacetValue, ...] = ()
    missing: int = 0


class HistogramBar(_Frozen):
    """Datasets with ``start <= number < end``, or whose span overlaps that; the last bar has no end."""

    start: int
    end: int | None
    datasets: int


# The ranges that an index has, and their bars' first numbers: the same in every engine, and fixed, for people
# compare them between searches.
HISTOGRAM_STARTS: Final[Mapping[str, tuple[int, ...]]] = {
    "patients": (0, 10, 50, 100, 500, 1_000, 5_000, 10_000),
    "studies": (0, 10, 50, 100, 500, 1_000, 5_000, 10_000),
    "age": tuple(range(0, 101, 10)),
    "year": (0, *range(1985, 2026, 5)),
}


class NumberRange(_Frozen):
    """``least`` and ``most`` of the hits, of spans the outer ends; ``histogram`` ignores the own selection.

    The bars of ``age`` and ``year`` may add up to more than the hits: a span counts in each bar it overlaps.
    """

    least: int | None = None
    most: int | None = None
    histogram: tuple[HistogramBar, ...] = ()


class Hit(_Frozen):
    document: Document
    score: float
    matched: tuple[str, ...] = ()


class IndexPage(_Frozen):
    total: Totals
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, FacetCounts] = {}
    ranges: Mapping[str, NumberRange] = {}
    generation: str = ""


class Completion(_Frozen):
    text: str
    datasets: int


@dataclass(frozen=True, slots=True)
class DocumentDigest:
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What an index was built with: another analysis or scheme means another index."""

    analysis: str
    scheme: str
    facets: tuple[str, ...] = field(default_factory=tuple)


class IndexWriter(Protocol):
    """One writer an index. A change applied twice changes nothing more.

    Readers, in any process, see a change when the call returns.
    """

    def watermark(self) -> int:
        """The number of the last change applied, 0 for an empty or outdated index."""
        ...

    def apply(self, changes: Iterable[DocumentChange], *, watermark: int) -> None: ...

    def rebuild(self, documents: Iterable[Document], *, watermark: int) -> None:
        """Build aside, then switch."""
        ...

    def close(self) -> None: ...


class IndexReader(Protocol):
    def search(self, query: IndexQuery) -> IndexPage: ...

    def scan(self) -> Iterator[DocumentDigest]: ...

    def digest(self, document: Document) -> DocumentDigest:
        """What ``scan`` would say of this document."""
        ...
