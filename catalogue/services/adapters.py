"""Which ledger and which search engine the settings ask for."""

from typing import Final

from catalogue.errors import SettingsInvalid
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.ledger import Ledger
from catalogue.ports import IndexReader, IndexWriter
from catalogue.projections.index import index_settings
from catalogue.services.vocabulary import Vocabulary, in_force, own_vocabulary
from catalogue.settings import Settings
from ontologies.concepts import ConceptScheme

FOLLOWERS: Final = ("graph", "index", "quality")


def open_ledger(settings: Settings) -> Ledger:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid(f"CATALOGUE_DATA_DIR: {settings.data_dir}: {error.strerror}") from error
    return Ledger.open(settings.ledger_url)


def vocabulary_of(settings: Settings) -> Vocabulary:
    """What the instance of these settings has in force; the project's own where there is no instance yet."""
    if not settings.database_url and not (settings.data_dir / "ledger.sqlite").exists():
        return own_vocabulary()
    with open_ledger(settings) as ledger:
        return in_force(ledger)


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
