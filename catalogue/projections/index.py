"""The search index as a follower of the change log."""

from collections.abc import Iterator, Sequence

from catalogue.ledger import Change, Ledger, Published
from catalogue.ports import Document, DropDocument, IndexSettings, IndexWriter, PutDocument
from catalogue.profile.reader import read_dataset
from catalogue.projections.documents import DOCUMENT_VERSION, FACETS, document
from ontologies.analysis import ANALYSIS_VERSION
from ontologies.concepts import ConceptScheme


class IndexProjection:
    name = "index"

    def __init__(self, ledger: Ledger, writer: IndexWriter, *, scheme: ConceptScheme) -> None:
        self._ledger = ledger
        self._writer = writer
        self._scheme = scheme

    def watermark(self) -> int:
        return self._writer.watermark()

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        keys = {change.key: None for change in changes}
        published = {one.key: one for one in self._ledger.published_many(keys)}
        documents = [
            PutDocument(document=document_of(published[key], self._scheme))
            if key in published
            else DropDocument(key=key)
            for key in keys
        ]
        self._writer.apply(documents, watermark=watermark)

    def rebuild(self, *, watermark: int) -> None:
        self._writer.rebuild(expected_documents(self._ledger, self._scheme), watermark=watermark)

    def publish(self) -> None:
        """Readers see each batch as it is applied."""

    def is_published(self) -> bool:
        return True


def index_settings(scheme: ConceptScheme) -> IndexSettings:
    return IndexSettings(
        analysis=f"{ANALYSIS_VERSION}/{DOCUMENT_VERSION}", scheme=scheme.version, facets=FACETS
    )


def document_of(published: Published, scheme: ConceptScheme) -> Document:
    dataset = read_dataset(published.key, published.subject, published.triples)
    return document(dataset, provider=published.source, scheme=scheme)


def expected_documents(ledger: Ledger, scheme: ConceptScheme) -> Iterator[Document]:
    """All documents that an index in agreement with the ledger holds."""
    for published in ledger.iterate_published():
        yield document_of(published, scheme)
