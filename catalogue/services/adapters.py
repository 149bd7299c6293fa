"""Which ledger and which search engine the settings ask for."""

from typing import Final

from catalogue.errors import SettingsInvalid
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.ledger import Ledger
from catalogue.ports import IndexReader, IndexWriter
from catalogue.projections.index import index_settings
from catalogue.settings import Settings
from ontologies.concepts import ConceptScheme

FOLLOWERS: Final = ("graph", "index", "quality")


def open_ledger(settings: Settings) -> Ledger:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid(f"CATALOGUE_DATA_DIR: {settings.data_dir}: {error.strerror}") from error
    return Ledger.open(settings.ledger_url)


def open_index_reader(settings: Settings, scheme: ConceptScheme) -> IndexReader:
    """Elasticsearch where its address is set, else the index in the data folder."""
    if settings.elasticsearch_url:
        # Twenty megabytes in each process that never asks a cluster.
        from catalogue.indexes.elasticsearch import ElasticsearchReader  # noqa: PLC0415

        prefix = settings.elasticsearch_prefix
        return ElasticsearchReader(settings.elasticsearch_url, index_settings(scheme), prefix)
    return TantivyReader(settings.data_dir / "index", index_settings(scheme))


def open_index_writer(settings: Settings, scheme: ConceptScheme) -> IndexWriter:
    if settings.elasticsearch_url:
        from catalogue.indexes.elasticsearch import ElasticsearchWriter  # noqa: PLC0415  (the same)

        prefix = settings.elasticsearch_prefix
        return ElasticsearchWriter(settings.elasticsearch_url, index_settings(scheme), prefix)
    return TantivyWriter(settings.data_dir / "index", index_settings(scheme))
