"""The small catalogue and what fuller nodes add: counts per value, duplicates, derived and invented data."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalogue.indexes.tantivy import TantivyReader
from catalogue.model.dataset import Agent, AgeRange, Counts, Dataset, Period, StatedCount, Text
from catalogue.model.quality import CheckedRecord, Level, LevelFinding, Quality
from harvesters.findings import Severity
from ontologies.concepts import Axis, ConceptScheme
from tests.small_catalogue import (
    PROVIDERS,
    Maker,
    Offer,
    Provider,
    Shown,
    SmallCatalogue,
    fill,
    ledger_of,
    settings_of,
)

DREAM = Provider("dream", "Dream hospital", "https://dream.example/fdp", datasets=1, fictional=True)
NORTH, SOUTH = PROVIDERS
CT, MR = "IMG1000042", "IMG1000038"
DOI = "10.1234/full"


@dataclass(frozen=True, slots=True)
class RichCatalogue(SmallCatalogue):
    def dataset(self, key: str) -> Shown:
        added = {shown.dataset.key: shown for shown in added_records(self.scheme)}
        return added.get(key) or SmallCatalogue.dataset(self, key)

    def resolve(self, identifier: str) -> tuple[str, ...]:
        for shown in added_records(self.scheme):
            if identifier in (shown.dataset.key, shown.dataset.iri, *shown.dataset.identifiers):
                return (shown.duplicate_of or shown.dataset.key,)
        return SmallCatalogue.resolve(self, identifier)


def rich_catalogue(folder: Path, scheme: ConceptScheme) -> RichCatalogue:
    """Build the index, without the duplicate, and read it."""
    indexed = [shown for shown in added_records(scheme) if not shown.duplicate_of]
    fill(folder, scheme, *((shown.provider.id, shown.dataset) for shown in indexed))
    reader = TantivyReader(folder, settings_of(scheme))
    listed = (DREAM, *PROVIDERS)
    return RichCatalogue(scheme=scheme, index=reader, harvests=ledger_of(folder, listed), listed=listed)


def added_records(scheme: ConceptScheme) -> tuple[Shown, ...]:
    made = Maker(scheme)
    return (
        Shown(_full(made), NORTH, offers=(Offer("dupl000013", SOUTH),), quality=_checked()),
        Shown(
            made(
                "fict000011",
                "Invented MR",
                {"cancer": ("Prostate Cancer",), "modality": ("MR",), "country": ("FIN",)},
                counts=Counts(patients=500, studies=600),
                stated=(StatedCount(Axis.MODALITY, "MR", MR, 500),),
                counts_towards_totals=False,
                fictional=True,
                modified=date(2026, 11, 1),
            ),
            DREAM,
        ),
        Shown(
            made(
                "deri000012",
                "Segmentations of Everything-CT",
                {},
                counts=Counts(patients=100),
                counts_towards_totals=False,
                derived=True,
            ),
            SOUTH,
        ),
        Shown(
            made("dupl000013", "Everything-CT at South", {"modality": ("CT",)}, identifiers=(DOI,)),
            SOUTH,
            duplicate_of="full000010",
            offers=(Offer("full000010", NORTH),),
        ),
    )


def _full(made: Maker) -> Dataset:
    return made(
        "full000010",
        "Everything-CT",
        {
            "cancer": ("Lung Cancer",),
            "modality": ("CT", "PT"),
            "manufacturer": ("GE Healthcare", "Sybil"),
            "country": ("ESP",),
            "condition": ("DOWNLOAD",),
        },
        counts=Counts(patients=100, studies=200, series=300, images=4000),
        ages=AgeRange(40, 80),
        period=Period(date(2012, 1, 1), date(2018, 12, 31)),
        stated=(
            StatedCount(Axis.MODALITY, "CT", CT, 90, studies=150),
            StatedCount(Axis.MODALITY, "ct", CT, 3),
            StatedCount(Axis.MANUFACTURER, "Own build", None, 4),
        ),
        publisher=Agent("Institute", email="mailto:office@institute.example"),
        custodian=Agent("Holder of the images"),
        hdab=Agent("Access body", page="https://hdab.example/contact"),
        identifiers=(DOI,),
        keywords=(Text("everything", "en"),),
    )


def _checked() -> CheckedRecord:
    finding = LevelFinding(
        severity=Severity.ERROR,
        focus="https://provider.example/full000010",
        path="dct:provenance",
        value="",
        message="The provenance is missing.",
        how_to_fix="Say where the images come from.",
        levels=(Level.EHDS,),
    )
    quality = Quality(levels=(Level.ACCEPT, Level.EUCAIM), findings=(finding,))
    return CheckedRecord("full000010", "https://provider.example/full000010", 1, quality)
