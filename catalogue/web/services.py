"""What the views ask of the application; the composition root builds it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

from flask import current_app, g

from catalogue.ledger.overview import FindingGroup, LevelCounts
from catalogue.ledger.rows import Job, Logged, MissingRecord, Outcome, SourceRow, Tombstone, Transition
from catalogue.model.dataset import Dataset
from catalogue.model.quality import CheckedRecord
from catalogue.model.run import Run, RunState
from catalogue.ports import GraphQueries, IndexReader, QueryLimits
from catalogue.publishing.feed import FeedPage
from catalogue.publishing.mappings import KnownMappings
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


class Harvests(Protocol):
    """What the ledger tells of sources and runs; ``put_job`` is all that the web may do."""

    def source(self, source_id: str) -> SourceRow:
        """Raises ``NotFound``."""
        ...

    def sources(self) -> tuple[SourceRow, ...]: ...

    def run(self, run_id: int) -> Run:
        """Raises ``NotFound``."""
        ...

    def run_page(
        self, *, source_id: str = "", state: RunState | None = None, offset: int = 0, limit: int = 50
    ) -> tuple[Run, ...]: ...

    def count_runs(self, *, source_id: str = "", state: RunState | None = None) -> int: ...

    def recent_runs(self, each: int) -> Mapping[str, tuple[Run, ...]]: ...

    def held_runs(self) -> tuple[Run, ...]: ...

    def last_applied(self, source_id: str, *, before: int) -> Run | None: ...

    def missing(self, run_id: int, *, offset: int = 0, limit: int = 100) -> tuple[MissingRecord, ...]: ...

    def count_missing(self, run_id: int) -> tuple[int, int]: ...

    def transitions(self, run_id: int) -> tuple[Transition, ...]: ...

    def finding_groups(
        self, run_id: int, *, offset: int = 0, limit: int = 20
    ) -> tuple[FindingGroup, ...]: ...

    def count_finding_groups(self, run_id: int) -> tuple[int, int]: ...

    def run_log(
        self, run_id: int, *, offset: int, limit: int, outcome: Outcome | None = None
    ) -> tuple[Logged, ...]: ...

    def count_run_log(self, run_id: int, outcome: Outcome | None = None) -> int: ...

    def patients_by_source(self) -> Mapping[str, int]: ...

    def levels_of_source(self, source_id: str) -> LevelCounts: ...

    def quality_of_source(self, source_id: str, limit: int) -> tuple[CheckedRecord, ...]: ...

    def last_findings(self, source_id: str) -> Run | None: ...

    def source_of_token(self, sha256: str) -> str | None: ...

    def since_last_job(self, kind: str, argument: str) -> timedelta | None: ...

    def put_job(self, kind: str, argument: str) -> Job: ...


class WithdrawnView(Protocol):
    """What is left of a withdrawn record; ``lives_on`` are the keys of shown records of the same dataset.

    ``provider`` is None once its source was removed.
    """

    @property
    def tombstone(self) -> Tombstone: ...
    @property
    def provider(self) -> ProviderView | None: ...
    @property
    def lives_on(self) -> tuple[str, ...]: ...


class WebServices(Protocol):
    """All may raise ``StoreUnavailable``."""

    def for_request(self) -> "WebServices":
        """The same with concepts and an index that belong together, from a request's beginning to its end."""
        ...

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
    def harvests(self) -> Harvests: ...

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

    def withdrawn(self, key: str) -> WithdrawnView:
        """Raises ``NotFound`` for a record that is not withdrawn."""
        ...

    def tombstone_in(self, key: str, media_type: str) -> bytes:
        """Write what is left of a withdrawn record as RDF; raises ``NotFound``."""
        ...

    def feed_page(self, number: int, *, snapshot: int | None) -> FeedPage:
        """Read a page of the feed; raises ``NotFound``, ``BadRequest`` for a snapshot that is not kept."""
        ...

    def resolve(self, identifier: str) -> tuple[str, ...]:
        """Find the keys of the datasets that an identifier names, in any of its spellings."""
        ...

    def providers(self) -> tuple[ProviderView, ...]: ...

    def mappings(self) -> KnownMappings:
        """Which mappings are known at present, in whatever state."""
        ...

    def health(self) -> Health: ...


def services() -> WebServices:
    """Those of the request under way."""
    if EXTENSION not in g:
        setattr(g, EXTENSION, cast("WebServices", current_app.extensions[EXTENSION]).for_request())
    return cast("WebServices", g.get(EXTENSION))


def vocabulary() -> Vocabulary:
    found = services()
    titles = {provider.id: provider.title or provider.id for provider in found.providers()}
    return Vocabulary(found.scheme, titles)
