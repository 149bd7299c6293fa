"""What the views ask of the application; the composition root builds it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol, cast

from flask import current_app

from catalogue.model.dataset import Dataset
from catalogue.model.quality import CheckedRecord
from catalogue.ports import GraphQueries, IndexReader, QueryLimits
from catalogue.publishing.feed import FeedPage
from catalogue.search.vocabulary import Vocabulary
from ontologies.concepts import ConceptScheme

EXTENSION: Final = "catalogue"


class ProviderView(Protocol):
    """``last_run_state`` is a ``RunState``, "" before the first run; ``message`` says what went wrong."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def datasets(self) -> int: ...
    @property
    def last_success(self) -> datetime | None: ...
    @property
    def last_run_state(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def fictional(self) -> bool:
        """Whether all that it describes is invented."""
        ...


class OfferView(Protocol):
    """Another provider's record of the same dataset."""

    @property
    def key(self) -> str: ...
    @property
    def provider(self) -> ProviderView: ...


class DatasetView(Protocol):
    """A live record. ``datestamp`` is when it last changed here, ``version`` counts its published states."""

    @property
    def dataset(self) -> Dataset: ...
    @property
    def provider(self) -> ProviderView: ...
    @property
    def duplicate_of(self) -> str:
        """The key of the record that stands for this dataset in searches, "" for itself."""
        ...

    @property
    def offers(self) -> tuple[OfferView, ...]: ...
    @property
    def first_seen(self) -> datetime: ...
    @property
    def last_seen(self) -> datetime: ...
    @property
    def datestamp(self) -> datetime: ...
    @property
    def version(self) -> int: ...
    @property
    def quality(self) -> CheckedRecord | None:
        """What the last check found, None before the first."""
        ...


class Health(Protocol):
    """``lag`` counts, for each follower of the change log, the changes that it has not yet taken in."""

    @property
    def ledger_ok(self) -> bool: ...
    @property
    def graph_ok(self) -> bool: ...
    @property
    def index_ok(self) -> bool: ...
    @property
    def lag(self) -> Mapping[str, int]: ...


class WebServices(Protocol):
    """All may raise ``StoreUnavailable``."""

    @property
    def scheme(self) -> ConceptScheme: ...
    @property
    def index(self) -> IndexReader: ...
    @property
    def base_url(self) -> str:
        """The public address, without a slash at its end."""
        ...

    @property
    def site_notice(self) -> str:
        """One sentence in the footer of every page, "" for none."""
        ...

    @property
    def queries(self) -> GraphQueries: ...
    @property
    def query_limits(self) -> QueryLimits: ...

    def dataset(self, key: str) -> DatasetView:
        """Find a live record; raises ``NotFound``, ``Gone``."""
        ...

    def record_in(self, key: str, media_type: str) -> bytes:
        """Write the record as RDF; raises ``NotFound``, ``Gone``."""
        ...

    def feed_page(self, number: int, *, snapshot: int | None) -> FeedPage:
        """Read a page of the feed; raises ``NotFound``, ``BadRequest`` for a snapshot that is not kept."""
        ...

    def resolve(self, identifier: str) -> tuple[str, ...]:
        """Find the keys of the datasets that an identifier names, in any of its spellings."""
        ...

    def providers(self) -> tuple[ProviderView, ...]: ...

    def health(self) -> Health: ...


def services() -> WebServices:
    return cast("WebServices", current_app.extensions[EXTENSION])


def vocabulary() -> Vocabulary:
    found = services()
    titles = {provider.id: provider.title or provider.id for provider in found.providers()}
    return Vocabulary(found.scheme, titles)
