"""How the parts are put together: which adapters the settings ask for."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from catalogue.errors import Gone, NotFound, SettingsInvalid, StoreUnavailable
from catalogue.indexes.elasticsearch import ElasticsearchReader, ElasticsearchWriter
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.ingest.harvest import Harvesting, Progress
from catalogue.ingest.record import Preparation
from catalogue.ledger import Ledger, Published, SourceRow
from catalogue.maintenance.doctor import Examined
from catalogue.model.dataset import Dataset
from catalogue.model.quality import CheckedRecord
from catalogue.ports import GraphQueries, IndexQuery, IndexReader, IndexWriter
from catalogue.profile.reader import read_dataset
from catalogue.projections.follower import Projection
from catalogue.projections.graph import GraphProjection, GraphStore
from catalogue.projections.index import IndexProjection, index_settings
from catalogue.projections.quality import QualityProjection
from catalogue.publishing.feed import FeedPage, read_feed_page
from catalogue.publishing.record import serialised
from catalogue.publishing.resolution import resolved
from catalogue.quality.check import Checker
from catalogue.resources import shapes_folder
from catalogue.settings import Settings
from catalogue.stores.broker import BrokerClient, query_limits
from catalogue.stores.oxigraph import OxigraphReader, OxigraphWriter
from harvesters.parsing import Sandbox
from harvesters.source import Source, SourceConfig
from harvesters.sources import make_source
from harvesters.transport import Transport
from ontologies.aligner import load_aligner
from ontologies.concepts import ConceptScheme, load_scheme

FOLLOWERS: Final = ("graph", "index", "quality")
_PROVIDERS_KEPT: Final = 2.0


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    id: str
    title: str
    url: str
    datasets: int
    last_success: datetime | None
    last_run_state: str
    message: str
    fictional: bool


@dataclass(frozen=True, slots=True)
class OfferStatus:
    key: str
    provider: ProviderStatus


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    dataset: Dataset
    provider: ProviderStatus
    duplicate_of: str
    offers: tuple[OfferStatus, ...]
    first_seen: datetime
    last_seen: datetime
    datestamp: datetime
    version: int
    quality: CheckedRecord | None


@dataclass(frozen=True, slots=True)
class HealthStatus:
    ledger_ok: bool
    graph_ok: bool
    index_ok: bool
    lag: Mapping[str, int]


class WebServices:
    """What the web reads. One object a process, made after the fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ledger = open_ledger(settings)
        self.scheme = load_scheme()
        self.index: IndexReader = open_index_reader(settings, self.scheme)
        self._graph = OxigraphReader(settings.data_dir / "graph")
        self.queries: GraphQueries = BrokerClient(settings.data_dir / "run")
        self.query_limits = query_limits(settings)
        self.base_url = settings.base_url
        self.site_notice = settings.site_notice
        self._providers: tuple[float, tuple[ProviderStatus, ...]] = (0.0, ())

    def dataset(self, key: str) -> DatasetStatus:
        published = self._published(key)
        offers = self._ledger.offers([key]).get(key, ())
        return DatasetStatus(
            dataset=read_dataset(published.key, published.subject, published.triples),
            provider=self._provider(published.source),
            duplicate_of=published.duplicate_of,
            offers=tuple(OfferStatus(offer.key, self._provider(offer.source)) for offer in offers),
            first_seen=published.first_seen,
            last_seen=published.last_seen,
            datestamp=published.datestamp,
            version=published.version,
            quality=self._ledger.quality(key),
        )

    def record_in(self, key: str, media_type: str) -> bytes:
        return serialised(self._published(key), base_url=self.base_url, media_type=media_type)

    def feed_page(self, number: int, *, snapshot: int | None) -> FeedPage:
        return read_feed_page(self._ledger, number, snapshot=snapshot)

    def resolve(self, identifier: str) -> tuple[str, ...]:
        return resolved(self._ledger, identifier, base_url=self.base_url)

    def providers(self) -> tuple[ProviderStatus, ...]:
        """At most two seconds old: every page names providers, and few change within a second."""
        made, providers = self._providers
        if not providers or time.monotonic() - made > _PROVIDERS_KEPT:
            counts = self._ledger.count_by_source()
            providers = tuple(_provider(row, counts.get(row.config.id, 0)) for row in self._ledger.sources())
            self._providers = (time.monotonic(), providers)
        return providers

    def health(self) -> HealthStatus:
        lag: dict[str, int] = {}

        def ledger() -> None:
            last = self._ledger.last_change()
            lag.update({name: last - self._ledger.watermark(name) for name in FOLLOWERS})

        return HealthStatus(
            ledger_ok=_answers(ledger),
            graph_ok=_answers(self._graph.generation),
            index_ok=_answers(lambda: self.index.search(IndexQuery(limit=1))),
            lag=lag,
        )

    def _provider(self, source: str) -> ProviderStatus:
        known = {provider.id: provider for provider in self.providers()}
        return known.get(source) or _provider(self._ledger.source(source), 0)

    def _published(self, key: str) -> Published:
        published = self._ledger.published(key)
        if not published.shown:
            raise Gone(f"{key} was withdrawn on {published.datestamp.date().isoformat()}")
        return published


class Workshop:
    """What harvests and projections need. Stores are opened when first used: only the worker may write."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = open_ledger(settings)
        self._opened: list[Callable[[], None]] = []

    @cached_property
    def scheme(self) -> ConceptScheme:
        return load_scheme()

    @cached_property
    def preparation(self) -> Preparation:
        return Preparation(self.scheme, load_aligner(self.scheme), base_url=self.settings.base_url)

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """Raises ``StoreUnavailable`` while another process writes."""
        folder = self.settings.data_dir
        graph = OxigraphWriter(folder / "graph")
        self._opened.append(graph.close)
        index = open_index_writer(self.settings, self.scheme)
        self._opened.append(index.close)
        store = GraphStore(graph, OxigraphReader(folder / "graph"), folder / "graph" / "MADE_WITH")
        base_url = self.settings.base_url
        return (
            IndexProjection(self.ledger, index, scheme=self.scheme),
            GraphProjection(self.ledger, store, base_url=base_url, scheme=self.scheme),
            # Last: checking takes its time, and searches must not wait for it.
            QualityProjection(self.ledger, graph, Checker(self.scheme, shapes_folder()), base_url=base_url),
        )

    @cached_property
    def _sandbox(self) -> Sandbox:
        sandbox = Sandbox(seconds=self.settings.parse_seconds, megabytes=self.settings.parse_megabytes)
        self._opened.append(sandbox.close)
        return sandbox

    @cached_property
    def _transport(self) -> Transport:
        transport = Transport(
            allowed_private_hosts=self.settings.allowed_private_hosts,
            contact=self.settings.contact,
            memory=self.settings.data_dir / "answers",
        )
        self._opened.append(transport.close)
        return transport

    def source(self, config: SourceConfig) -> Source:
        return make_source(config, self._transport, self._sandbox)

    def harvesting(self, report: Callable[[Progress], None]) -> Harvesting:
        return Harvesting(self.ledger, self.preparation, self.settings.data_dir / "spool", report)

    def examined(self) -> Examined:
        return Examined(
            ledger=self.ledger,
            graph=OxigraphReader(self.settings.data_dir / "graph"),
            index=open_index_reader(self.settings, self.scheme),
            scheme=self.scheme,
            base_url=self.settings.base_url,
            followers=FOLLOWERS,
        )

    def close(self) -> None:
        while self._opened:
            self._opened.pop()()
        self.ledger.close()


def open_ledger(settings: Settings) -> Ledger:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid(f"CATALOGUE_DATA_DIR: {settings.data_dir}: {error.strerror}") from error
    return Ledger.open(settings.ledger_url)


def open_index_reader(settings: Settings, scheme: ConceptScheme) -> IndexReader:
    """Elasticsearch where its address is set, else the index in the data folder."""
    if settings.elasticsearch_url:
        prefix = settings.elasticsearch_prefix
        return ElasticsearchReader(settings.elasticsearch_url, index_settings(scheme), prefix)
    return TantivyReader(settings.data_dir / "index", index_settings(scheme))


def open_index_writer(settings: Settings, scheme: ConceptScheme) -> IndexWriter:
    if settings.elasticsearch_url:
        prefix = settings.elasticsearch_prefix
        return ElasticsearchWriter(settings.elasticsearch_url, index_settings(scheme), prefix)
    return TantivyWriter(settings.data_dir / "index", index_settings(scheme))


def open_web_services(settings: Settings) -> WebServices:
    return WebServices(settings)


def _provider(row: SourceRow, datasets: int) -> ProviderStatus:
    last = row.last_run
    return ProviderStatus(
        id=row.config.id,
        title=row.config.title or row.config.id,
        url=row.config.url,
        datasets=datasets,
        last_success=row.last_harvested,
        last_run_state=last.state.value if last else "",
        message=last.message if last else "",
        fictional=row.config.options.get("fictional") == "true",
    )


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (StoreUnavailable, NotFound):
        return False
    return True
