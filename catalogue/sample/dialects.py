"""How a node phrases a collection: the choices that differ between providers, and the record they give."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from catalogue.sample.describe import description
from catalogue.sample.facts import Collection, Origin, sex_codes, stated, values
from catalogue.sample.statements import PREFIXES, Iri, Literal, Resource, Statement
from catalogue.sample.syntaxes import Syntax

HEALTH_PORTAL: Final = "http://healthdataportal.eu/ns/health#"
HEALTH_W3ID: Final = "https://w3id.org/healthdcat-ap#"

_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_DICOM_TERMS: Final = "http://dicom.nema.org/resources/ontology/DCM/"
_DICOM_FILES: Final = "https://www.iana.org/assignments/media-types/application/dicom"


class Parts(Enum):
    """Whether publisher, identifiers and distributions have names; the latter may even be documents."""

    NAMED = "named"
    BLANK = "blank"
    DOCUMENTS = "documents"


class Lists(Enum):
    """Whether comma-joined texts become one keyword or several."""

    SPLIT = "split"
    JOINED = "joined"


class Modalities(Enum):
    CONCEPT = "concept"
    LITERAL = "literal"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One provider's idiom. ``dates`` and ``numbers`` are datatypes, "" for plain literals."""

    syntax: Syntax
    health: str
    language: str
    dates: str
    numbers: str
    parts: Parts
    lists: Lists
    modalities: Modalities

    @property
    def prefixes(self) -> dict[str, str]:
        return {**PREFIXES, "health": self.health}


def dataset(collection: Collection, dialect: Dialect, *, base: str) -> Resource:
    """Phrase a collection as the node at ``base`` would."""
    iri = f"{base}/dataset/{collection.id}"
    statements = (
        *_texts(collection, dialect),
        *_fixed(collection),
        *_keywords(collection, dialect),
        *_imaging(collection, dialect),
        *_people(collection, dialect),
        *_agents_and_files(collection, dialect, base),
    )
    return Resource(iri, ("dcat:Dataset",), statements)


def _texts(collection: Collection, dialect: Dialect) -> Iterator[Statement]:
    yield Statement("dct:identifier", Literal(collection.id))
    yield Statement("dct:title", Literal(collection.name, dialect.language))
    yield Statement("dct:description", Literal(description(collection), dialect.language))
    if collection.updated is not None:
        midnight = "T00:00:00Z" if dialect.dates == "xsd:dateTime" else ""
        date = f"{collection.updated.isoformat()}{midnight}"
        yield Statement("dct:modified", Literal(date, datatype=dialect.dates))


def _fixed(collection: Collection) -> Iterator[Statement]:
    yield Statement("dct:language", Iri(f"{_AUTHORITY}language/ENG"))
    yield Statement("dcat:theme", Iri(f"{_AUTHORITY}data-theme/HEAL"))
    yield Statement("dct:accessRights", Iri(f"{_AUTHORITY}access-right/PUBLIC"))
    yield Statement("dcat:version", Literal(f"idc_v{collection.release}"))


def _keywords(collection: Collection, dialect: Dialect) -> Iterator[Statement]:
    joined = (
        collection.cancer_types,
        collection.tumour_locations,
        collection.species,
        collection.supporting_data,
    )
    for text in joined:
        for keyword in values(text) if dialect.lists is Lists.SPLIT else (text,) * bool(text):
            yield Statement("dcat:keyword", Literal(keyword, dialect.language))


def _imaging(collection: Collection, dialect: Dialect) -> Iterator[Statement]:
    for code in stated(collection.modalities):
        yield _modality(code, dialect)
    for part in stated(collection.body_parts):
        yield Statement("eucaim:hasImageBodyPart", Literal(part))
    for maker in stated(collection.manufacturers):
        yield Statement("eucaim:hasEquipmentManufacturer", Literal(maker))


def _modality(code: str, dialect: Dialect) -> Statement:
    match dialect.modalities:
        case Modalities.CONCEPT:
            return Statement("eucaim:hasImageModality", Iri(f"{_DICOM_TERMS}{code}"))
        case Modalities.LITERAL:
            return Statement("eucaim:hasImageModality", Literal(code))
        case Modalities.KEYWORD:
            return Statement("dcat:keyword", Literal(code))


def _people(collection: Collection, dialect: Dialect) -> Iterator[Statement]:
    """Ages as in the data: nought (``000Y``) and 155 are for the reader to doubt."""
    numbers = {
        "health:numberOfUniqueIndividuals": collection.patients,
        "health:numberOfRecords": collection.studies,
        "health:minTypicalAge": collection.ages.youngest,
        "health:maxTypicalAge": collection.ages.oldest,
    }
    for predicate, number in numbers.items():
        if number is not None:
            yield Statement(predicate, Literal(str(number), datatype=dialect.numbers))
    for code in sex_codes(collection):
        yield Statement("eucaim:hasBirthSex", Literal(code))


def _agents_and_files(collection: Collection, dialect: Dialect, base: str) -> Iterator[Statement]:
    def part(name: str, kind: str, *statements: Statement) -> Resource:
        iri = f"{base}/dataset/{collection.id}#{name}"
        return Resource(None if dialect.parts is Parts.BLANK else iri, (kind,), statements)

    publisher = part("publisher", "foaf:Agent", Statement("foaf:name", Literal(collection.contributor)))
    yield Statement("dct:publisher", publisher)
    for number, origin in enumerate(collection.origins, start=1):
        if origin.kind == "original":
            notation = Statement("skos:notation", Literal(origin.doi))
            yield Statement("dcat:landingPage", Iri(origin.url))
            yield Statement("adms:identifier", part(f"identifier{number}", "adms:Identifier", notation))
        files = part(f"distribution{number}", "dcat:Distribution", *_distribution(origin, dialect))
        if dialect.parts is Parts.DOCUMENTS:
            files = replace(files, iri=f"{base}/distribution/{collection.id}-{number}")
        yield Statement("dcat:distribution", files)


def _distribution(origin: Origin, dialect: Dialect) -> Iterator[Statement]:
    what = "Original images" if origin.kind == "original" else "Analysis result"
    size = round(origin.megabytes * 1_000_000)
    yield Statement("dct:title", Literal(f"{what}, {origin.doi}", dialect.language))
    yield Statement("dcat:accessURL", Iri(origin.url))
    yield Statement("dct:license", Iri(origin.licence_url))
    yield Statement("dcat:mediaType", Iri(_DICOM_FILES))
    yield Statement("dcat:byteSize", Literal(str(size), datatype=dialect.numbers))
