"""What an OAI-PMH record says of a collection or of a result, before any metadata format."""

from dataclasses import dataclass
from datetime import date

from catalogue.sample.describe import description, result_description
from catalogue.sample.facts import (
    RELEASED,
    AnalysisResult,
    Collection,
    collections,
    stated,
    values,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A keyword; ``scheme`` says what kind of thing it names."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another work, by its DOI; ``relation`` is one of DataCite's relation types."""

    relation: str
    doi: str


@dataclass(frozen=True, slots=True)
class Licence:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """``updated`` is None where the source gives no date: ``datestamp`` then is the release's."""

    id: str
    doi: str
    title: str
    description: str
    contributor: str
    updated: date | None
    published: int
    version: str
    set: str
    subjects: tuple[Subject, ...]
    sizes: tuple[str, ...]
    licences: tuple[Licence, ...]
    related: tuple[Related, ...]

    @property
    def datestamp(self) -> date:
        return self.updated or RELEASED


def collection_item(collection: Collection) -> Item:
    """The first original source gives the DOI; further ones are parts, derived ones are results of it."""
    first, *others = sorted(collection.origins, key=lambda origin: origin.kind != "original")
    relations = {"original": "HasPart", "derived": "IsSourceOf"}
    licences = (Licence(origin.licence, origin.licence_url) for origin in collection.origins)
    return Item(
        id=collection.id,
        doi=first.doi,
        title=collection.name,
        description=description(collection),
        contributor=collection.contributor,
        updated=collection.updated,
        published=first.published,
        version=f"idc_v{collection.release}",
        set=f"collections:{collection.programme}",
        subjects=_subjects(collection),
        sizes=_sizes(collection, sum(origin.megabytes for origin in collection.origins)),
        licences=tuple(dict.fromkeys(licences)),
        related=tuple(Related(relations[origin.kind], origin.doi) for origin in others),
    )


def result_item(result: AnalysisResult) -> Item:
    sources = (item for item in collections() if item.id in result.collections)
    originals = (origin.doi for item in sources for origin in item.origins if origin.kind == "original")
    return Item(
        id=result.id,
        doi=result.doi,
        title=result.title,
        description=result_description(result),
        contributor=result.contributor,
        updated=result.updated,
        published=result.published,
        version=f"idc_v{result.release}",
        set="analysis",
        subjects=tuple(Subject("DICOM Modality", code) for code in stated(result.modalities)),
        sizes=_sizes(result, result.megabytes),
        licences=(Licence(result.licence, result.licence_url),),
        related=tuple(Related("IsDerivedFrom", doi) for doi in dict.fromkeys(originals)),
    )


def _subjects(collection: Collection) -> tuple[Subject, ...]:
    """What the collection is about. DataCite has no place for the parts and makers that images name."""
    by_scheme = {
        "cancer_types": values(collection.cancer_types),
        "tumor_locations": values(collection.tumour_locations),
        "species": (collection.species,),
        "supporting_data": values(collection.supporting_data),
        "DICOM Modality": stated(collection.modalities),
    }
    return tuple(Subject(scheme, value) for scheme, many in by_scheme.items() for value in many)


def _sizes(item: Collection | AnalysisResult, megabytes: float) -> tuple[str, ...]:
    return (
        f"{item.patients} patients",
        f"{item.studies} studies",
        f"{item.series} series",
        f"{item.instances} images",
        f"{megabytes:.3f} MB",
    )
