"""The search index as a follower of the change log."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from catalogue.ledger import Change, Ledger, Published
from catalogue.model.query import FACETS
from catalogue.ports import Document, DropDocument, IndexSettings, IndexWriter, PutDocument
from catalogue.profile.reader import read_dataset
from catalogue.projections.documents import DOCUMENT_VERSION, document
from ontologies.analysis import ANALYSIS_VERSION
from ontologies.concepts import ConceptScheme

_BATCH: Final = 500


class IndexProjection:
    name = "index"
    step: int | None = None

    def __init__(self, ledger: Ledger, writer: IndexWriter, *, scheme: ConceptScheme) -> None:
        self._ledger = ledger
        self._writer = writer
        self._scheme = scheme

    def watermark(self) -> int:
        return self._writer.watermark()

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        keys = list(dict.fromkeys(change.key for change in changes))
        made = {
            one.key: one for one in _documents(self._ledger.published_many(keys), self._ledger, self._scheme)
        }
        documents = [
            PutDocument(document=made[key]) if key in made else DropDocument(key=key) for key in keys
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


def expected_documents(ledger: Ledger, scheme: ConceptScheme) -> Iterator[Document]:
    """All documents that an index in agreement with the ledger holds."""
    shown = ledger.iterate_published()
    while batch := tuple(islice(shown, _BATCH)):
        yield from _documents(batch, ledger, scheme)


def _documents(records: Sequence[Published], ledger: Ledger, scheme: ConceptScheme) -> Iterator[Document]:
    """One document a dataset: of a group of duplicates the representative, which names all its providers."""
    offers = ledger.offers([one.key for one in records])
    for published in records:
        if not published.duplicate_of:
            yield document(
                read_dataset(published.key, published.subject, published.triples),
                provider=published.source,
                offered_by=tuple(offer.source for offer in offers.get(published.key, ())),
                scheme=scheme,
            )
