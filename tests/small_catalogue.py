"""A catalogue of nine made-up datasets on a real index and the real scheme, for tests of search and web."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask

from catalogue.errors import Gone, NotFound
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.ledger import Ledger, Snapshot
from catalogue.ledger.rows import Tombstone
from catalogue.model.dataset import Agent, AgeRange, AlignedValue, Counts, Dataset, Distribution, Text
from catalogue.model.quality import CheckedRecord
from catalogue.model.query import FACETS
from catalogue.model.run import RunState
from catalogue.ports import GraphQueries, IndexReader, IndexSettings, PutDocument, QueryLimits
from catalogue.projections.documents import document
from catalogue.publishing.feed import FeedPage
from catalogue.publishing.mappings import KnownMappings, known_mappings
from catalogue.stores.broker import BrokerClient
from catalogue.web.app import create_app
from harvesters.source import SourceConfig
from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import load_mappings
from ontologies.own_scheme import load_scheme

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NOTICE = "Sample made up for tests."
HOSTILE = "<script>alert(1)</script>"

_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_RESTRICTED = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
_CC_BY = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Provider:
    id: str
    title: str
    url: str
    datasets: int = 0
    last_success: datetime | None = NOW
    last_run_state: str = "done"
    message: str = ""
    fictional: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    key: str
    provider: Provider


@dataclass(frozen=True, slots=True)
class Shown:
    dataset: Dataset
    provider: Provider
    duplicate_of: str = ""
    offers: tuple[Offer, ...] = ()
    first_seen: datetime = NOW
    last_seen: datetime = NOW
    datestamp: datetime = NOW
    version: int = 1
    quality: CheckedRecord | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a withdrawn record."""

    tombstone: Tombstone
    provider: Provider | None
    lives_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    ledger_ok: bool = True
    graph_ok: bool = True
    index_ok: bool = True
    lag: Mapping[str, int] = field(default_factory=lambda: {"graph": 0, "index": 0})


@dataclass(frozen=True, slots=True)
class SmallCatalogue:
    """The services of the web, in memory but for the index and the ledger of the harvests."""

    scheme: ConceptScheme
    index: IndexReader
    harvests: Ledger
    base_url: str = "http://catalogue.test"
    site_notice: str = NOTICE
    condition: Condition = Condition()
    listed: tuple[Provider, ...] = ()
    queries: GraphQueries = field(default_factory=lambda: BrokerClient(Path("no broker here")))
    query_limits: QueryLimits = field(default_factory=lambda: QueryLimits(2.0, result_bytes=1_000_000))

    def for_request(self) -> "SmallCatalogue":
        return self

    def dataset(self, key: str) -> Shown:
        if key == "withdrawn1":
            raise Gone("withdrawn1 was withdrawn on 2026-11-20")
        for source, dataset in small_datasets(self.scheme):
            if dataset.key == key:
                return Shown(dataset, self._provider(source))
        raise NotFound(f"there is no dataset {key}")

    def record_in(self, key: str, media_type: str) -> bytes:
        return f"{media_type} of {self.dataset(key).dataset.iri}".encode()

    def withdrawn(self, key: str) -> Left:
        tombstone = Tombstone(
            key, "north", "x:1", "https://north.example/1", HOSTILE, NOW, "it was merged", 3, "lung000001"
        )
        return Left(tombstone, self._provider("north"), ("lung000001",))

    def tombstone_in(self, key: str, media_type: str) -> bytes:
        return f"{media_type} of what is left of {key}".encode()

    def feed_page(self, number: int, *, snapshot: int | None) -> FeedPage:
        """A feed is made from a ledger, and there is none: the catalogue looks new."""
        return FeedPage(number, 0, Snapshot(snapshot or 0, None), ())

    def resolve(self, identifier: str) -> tuple[str, ...]:
        known = (dataset for _, dataset in small_datasets(self.scheme))
        return tuple(one.key for one in known if identifier in (one.key, one.iri, *one.identifiers))

    def providers(self) -> tuple[Provider, ...]:
        return self.listed or PROVIDERS

    def mappings(self) -> KnownMappings:
        return known_mappings(load_mappings(), self.harvests.mapping_rows())

    def health(self) -> Condition:
        return self.condition

    def _provider(self, source: str) -> Provider:
        return next(provider for provider in PROVIDERS if provider.id == source)


PROVIDERS = (
    Provider("north", "North node", "https://north.example/catalogue", datasets=6),
    Provider(
        "south",
        "South node",
        "https://south.example/dump",
        datasets=3,
        last_run_state="failed",
        message="https://south.example/dump: no answer in 30 s",
    ),
)


def fill(folder: Path, scheme: ConceptScheme, *more: tuple[str, Dataset]) -> None:
    """Build the index; one process does it, any number may read."""
    writer = TantivyWriter(folder, settings_of(scheme))
    documents = [
        PutDocument(document=document(dataset, provider=source, scheme=scheme))
        for source, dataset in (*small_datasets(scheme), *more)
    ]
    writer.apply(documents, watermark=1)
    writer.close()


def small_catalogue(folder: Path, scheme: ConceptScheme) -> SmallCatalogue:
    index = TantivyReader(folder, settings_of(scheme))
    return SmallCatalogue(scheme=scheme, index=index, harvests=ledger_of(folder, PROVIDERS))


def ledger_of(folder: Path, providers: Iterable[Provider]) -> Ledger:
    """Each provider with the run that it tells of; made once, any number may read."""
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
    known = {row.config.id for row in ledger.sources()}
    for provider in providers:
        if provider.id not in known:
            options = {"fictional": "true"} if provider.fictional else {}
            ledger.add_source(SourceConfig(provider.id, "dcat", provider.url, provider.title, 1.0, options))
            ledger.end_run(
                ledger.start_run(provider.id).id, RunState(provider.last_run_state), provider.message
            )
    return ledger


def small_site(folder: str) -> Flask:
    """Make the application as gunicorn wants it."""
    return create_app(small_catalogue(Path(folder), load_scheme()))


def settings_of(scheme: ConceptScheme) -> IndexSettings:
    return IndexSettings(analysis="1", scheme=scheme.version, facets=FACETS)


class Maker:
    """Makes datasets with what most of them have."""

    def __init__(self, scheme: ConceptScheme) -> None:
        self._scheme = scheme

    def __call__(self, key: str, title: str, values: dict[str, tuple[str, ...]], **more: object) -> Dataset:
        usual = Dataset(
            key=key,
            iri=f"https://provider.example/{key}",
            titles=(Text(title, "en"),),
            descriptions=(Text(f"Images of {title}, made up for tests.", "en"),),
            values=tuple(
                _aligned(Axis(axis), raw, self._scheme) for axis, raws in values.items() for raw in raws
            ),
            access_rights=_PUBLIC,
            modified=date(2026, 1, 2),
            distributions=(
                Distribution(
                    title="Images", access_url=f"https://provider.example/{key}/files", licence=_CC_BY
                ),
            ),
        )
        return replace(usual, **more)  # type: ignore[arg-type]


def small_datasets(scheme: ConceptScheme) -> tuple[tuple[str, Dataset], ...]:
    """Pairs of source and dataset."""
    made = Maker(scheme)
    return (
        (
            "north",
            made(
                "lung000001",
                "Lung-CT-Screening",
                {
                    "cancer": ("Lung Cancer",),
                    "bodypart": ("Chest",),
                    "modality": ("CT",),
                    "manufacturer": ("GE Healthcare",),
                    "sex": ("F", "M"),
                },
                counts=Counts(patients=1200, studies=2400, series=9000, images=400_000),
                ages=AgeRange(55, 74),
                publisher=Agent("Institute of made-up images"),
                identifiers=("10.1234/lung",),
                landing_pages=("https://provider.example/lung",),
                keywords=(Text("screening", "en"),),
            ),
        ),
        (
            "north",
            made(
                "luad000002",
                "LUAD-PET",
                {"cancer": ("Lung Adenocarcinoma", "Metastatic disease"), "modality": ("CT", "PT")},
                counts=Counts(patients=80, studies=90),
                modified=date(2026, 5, 6),
            ),
        ),
        (
            "north",
            made(
                "brea000003",
                "Breast-MG",
                {"cancer": ("Breast Cancer",), "bodypart": ("Breast",), "modality": ("MG",), "sex": ("F",)},
                counts=Counts(patients=3000, studies=5000),
            ),
        ),
        (
            "north",
            made(
                "pros000004",
                "Prostate-MR",
                {"cancer": ("Prostate Cancer",), "modality": ("MR", "SEG")},
                counts=Counts(patients=346, studies=349),
                access_rights=_RESTRICTED,
            ),
        ),
        (
            "south",
            made(
                "glio000005",
                "Glioma-MR",
                {"cancer": ("Low-grade glioma", "Glioblastoma"), "modality": ("MR",)},
                counts=Counts(patients=50),
            ),
        ),
        (
            "north",
            made(
                "mice000006",
                "Mouse-CT",
                {"subject": ("Mouse",), "modality": ("CT",)},
                counts=Counts(patients=700, studies=800),
                counts_towards_totals=False,
            ),
        ),
        (
            "south",
            made(
                "evil000007",
                f"{HOSTILE} & <b>bold</b>",
                {"modality": ("CT",)},
                descriptions=(Text(f"<p>First {HOSTILE}</p><p onclick='x()'>Second, n &lt; 5</p>"),),
                landing_pages=("javascript:alert(1)",),
                distributions=(
                    Distribution(title="<img src=x onerror=alert(1)>", access_url="data:text/html,x"),
                ),
            ),
        ),
        (
            "south",
            made("bare000008", "Bare record", {}, access_rights="", distributions=(), modified=None),
        ),
        (
            "north",
            made(
                "lung000009",
                "Lung-CT-Small",
                {"cancer": ("Lung Cancer",), "modality": ("CT",)},
                counts=Counts(patients=20, studies=20),
            ),
        ),
    )


_FOUND_BY_WORD = {
    "Lung Cancer": "Lung cancer",
    "Lung Adenocarcinoma": "Lung adenocarcinoma",
    "Breast Cancer": "Breast cancer",
    "Prostate Cancer": "Prostate cancer",
}


def _aligned(axis: Axis, raw: str, scheme: ConceptScheme) -> AlignedValue:
    label = _FOUND_BY_WORD.get(raw, raw)
    concept = scheme.find(raw, axis) or next((one for one in scheme.on(axis) if one.label == label), None)
    return AlignedValue(
        axis=axis,
        raw=raw,
        concept=concept.code if concept else None,
        justification="semapv:LexicalMatching" if concept else "",
        rule="exact label" if concept else "",
        property="eucaim:hasCancerType" if axis is Axis.CANCER else "dcat:keyword",
        scheme=scheme.version if concept else "",
    )
