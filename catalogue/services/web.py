"""What the web reads of the ledger, the graph and the index."""

import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from catalogue.errors import Gone, NotFound, StoreUnavailable
from catalogue.ledger import Ledger, Published, SourceRow
from catalogue.ledger.rows import Tombstone
from catalogue.model.dataset import Dataset
from catalogue.model.quality import CheckedRecord
from catalogue.ports import GraphQueries, IndexQuery
from catalogue.profile.reader import read_dataset
from catalogue.publishing.feed import FeedPage, read_feed_page
from catalogue.publishing.mappings import KnownMappings, MappingsReader
from catalogue.publishing.record import serialised
from catalogue.publishing.resolution import resolved
from catalogue.publishing.tombstone import serialised as tombstone_serialised
from catalogue.services.adapters import FOLLOWERS, open_index_reader, open_ledger
from catalogue.services.searched import SearchedTogether
from catalogue.settings import Settings
from catalogue.stores.broker import BrokerClient, query_limits
from catalogue.stores.oxigraph import OxigraphReader

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
class WithdrawnStatus:
    tombstone: Tombstone
    provider: ProviderStatus | None
    lives_on: tuple[str, ...]


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
        self._together = SearchedTogether(self._ledger, partial(open_index_reader, settings))
        now = self._together.present()
        self.scheme, self.aligner, self.index = now.vocabulary.scheme, now.vocabulary.aligner, now.index
        self._mappings = MappingsReader(self._ledger)
        self._graph = OxigraphReader(settings.data_dir / "graph")
        self.queries: GraphQueries = BrokerClient(settings.data_dir / "run")
        self.query_limits = query_limits(settings)
        self.base_url = settings.base_url
        self.site_notice = settings.site_notice
        self._providers = _Providers(self._ledger)

    def for_request(self) -> "WebServices":
        """The same with the concepts and the index of this moment, which no other request exchanges."""
        found, now = copy(self), self._together.present()
        found.scheme, found.aligner, found.index = now.vocabulary.scheme, now.vocabulary.aligner, now.index
        return found

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

    @property
    def harvests(self) -> Ledger:
        return self._ledger

    def withdrawn(self, key: str) -> WithdrawnStatus:
        tombstone = self._ledger.tombstone(key)
        known = {provider.id: provider for provider in self.providers()}
        same = [tombstone.replaced_by, *self.resolve(tombstone.subject or tombstone.identifier)]
        shown = {found.key for found in self._ledger.published_many(same)}
        lives_on = tuple(one for one in dict.fromkeys(same) if one in shown)
        return WithdrawnStatus(tombstone, known.get(tombstone.source), lives_on)

    def tombstone_in(self, key: str, media_type: str) -> bytes:
        tombstone = self._ledger.tombstone(key)
        return tombstone_serialised(tombstone, base_url=self.base_url, media_type=media_type)

    def feed_page(self, number: int, *, snapshot: int | None) -> FeedPage:
        return read_feed_page(self._ledger, number, snapshot=snapshot)

    def resolve(self, identifier: str) -> tuple[str, ...]:
        return resolved(self._ledger, identifier, base_url=self.base_url)

    def providers(self) -> tuple[ProviderStatus, ...]:
        return self._providers.known()

    def mappings(self) -> KnownMappings:
        return self._mappings.known()

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


class _Providers:
    """At most two seconds old: every page names providers, and few change within a second."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._kept: tuple[float, tuple[ProviderStatus, ...]] = (0.0, ())

    def known(self) -> tuple[ProviderStatus, ...]:
        made, providers = self._kept
        if not providers or time.monotonic() - made > _PROVIDERS_KEPT:
            counts = self._ledger.count_by_source()
            providers = tuple(_provider(row, counts.get(row.config.id, 0)) for row in self._ledger.sources())
            self._kept = (time.monotonic(), providers)
        return providers


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
