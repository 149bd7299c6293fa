"""How a collection reads as a record in EUCAIM DCAT-AP 2.0, with all that was measured of it.

What nobody measured is not made up: tier, country and health data access body are left out.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from catalogue.sample.describe import description
from catalogue.sample.dialects import HEALTH_PORTAL
from catalogue.sample.facts import Collection, Counted, Origin, sex_codes, stated, values
from catalogue.sample.fair_data_point import FDP_PREFIXES
from catalogue.sample.statements import Iri, Literal, Resource, Statement, Value

AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
HEALTH_LISTS: Final = "https://hdeu-dcat.data.health.europa.eu/resource/authority/"
EUCAIM_LISTS: Final = "https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/"
EHDS: Final = "http://data.europa.eu/eli/reg/2025/327/oj"
EUCAIM_PREFIXES: Final = {
    **FDP_PREFIXES,
    "cimg": "urn:catalogue:terms#",
    "cv": "http://data.europa.eu/m8g/",
    "dcatap": "http://data.europa.eu/r5r/",
    "geodcatap": "http://data.europa.eu/930/",
    "health": HEALTH_PORTAL,
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
CONCEPTS: Final = "https://cancerimage.eu/ontology/EUCAIM#"

_ARCHIVE: Final = "https://imaging.datacommons.cancer.gov/"
_DICOM_TERMS: Final = "http://dicom.nema.org/resources/ontology/DCM/"
_CANCERS: Final = MappingProxyType(
    {"Breast Cancer": "CLIN1000060", "Colon Cancer": "CLIN1000057", "Lung Cancer": "CLIN1000065"}
)
_MODALITIES: Final = MappingProxyType(
    {"CR": "IMG1000024", "CT": "IMG1000042", "MR": "IMG1000038", "SM": "IMG1004456"}
)
_BODY_PARTS: Final = MappingProxyType(
    {
        "BREAST": "BP1000136",
        "CHEST": "BP1000067",
        "COLON": "BP1000257",
        "LUNG": "BP1000113",
        "TSPINE": "BP1000194",
    }
)
_SEXES: Final = MappingProxyType({"F": "COM1001370", "M": "COM1001366"})
_ORIGINAL, _ANNOTATED, _COHORT = "SPEC1000020", "SPEC1000019", "COM1002627"


def eucaim_dataset(collection: Collection, base: str) -> Resource:
    """Tell a trial's collection as the node at ``base`` does."""
    iri = f"{base}/dataset/{collection.id}"
    statements = (
        *_texts(collection, iri),
        *_lists(),
        *_agents(collection),
        *_people(collection),
        *_images(collection),
        *_counts(collection),
        *_identifiers_and_files(collection, base),
    )
    return Resource(iri, ("dcat:Dataset",), statements)


def count(number: int) -> Literal:
    return Literal(str(number), datatype="xsd:nonNegativeInteger")


def concept(code: str) -> Iri:
    return Iri(CONCEPTS + code)


def _texts(collection: Collection, iri: str) -> Iterator[Statement]:
    yield Statement("dct:identifier", Literal(iri))
    yield Statement("dct:title", Literal(collection.name, "en"))
    yield Statement("dct:description", Literal(description(collection), "en"))
    yield Statement("dcat:version", Literal(f"{collection.release}.0.0"))
    if collection.updated is not None:
        yield Statement("dct:modified", Literal(collection.updated.isoformat(), datatype="xsd:date"))
    words = f"{collection.cancer_types},{collection.tumour_locations},{collection.supporting_data}"
    for keyword in dict.fromkeys(values(words)):
        yield Statement("dcat:keyword", Literal(keyword, "en"))
    label = Literal("De-identified images of a clinical trial, kept in the NCI Imaging Data Commons.", "en")
    yield Statement(
        "dct:provenance", Resource(None, ("dct:ProvenanceStatement",), (Statement("rdfs:label", label),))
    )


def _lists() -> Iterator[Statement]:
    """What is the same of every record: entries of the lists that the profile names."""
    yield Statement("dct:language", Iri(f"{AUTHORITY}language/ENG"))
    yield Statement("dcat:theme", Iri(f"{AUTHORITY}data-theme/HEAL"))
    yield Statement("dct:accessRights", Iri(f"{AUTHORITY}access-right/PUBLIC"))
    yield Statement("dcatap:applicableLegislation", Iri(EHDS))
    yield Statement("health:healthCategory", Iri(f"{HEALTH_LISTS}healthcategories/EHCT"))
    yield Statement("health:healthTheme", Iri(f"{HEALTH_LISTS}health-theme/CANCER_DISEASE"))
    yield Statement("health:hasStructuredData", Literal("false", datatype="xsd:boolean"))
    yield Statement("dct:conformsTo", Iri(f"{HEALTH_LISTS}standard/DICOM"))
    yield Statement("eucaim:collectionMethod", concept(_COHORT))


def _agents(collection: Collection) -> Iterator[Statement]:
    page = Statement("cv:contactPage", Iri(_ARCHIVE))
    publisher = (
        Statement("foaf:name", Literal(collection.contributor, "en")),
        Statement("cv:contactPoint", Resource(None, ("cv:ContactPoint",), (page,))),
    )
    yield Statement("dct:publisher", Resource(None, ("foaf:Agent",), publisher))
    contact = Statement("vcard:hasURL", Iri(_ARCHIVE))
    yield Statement("dcat:contactPoint", Resource(None, ("vcard:Kind",), (contact,)))


def _people(collection: Collection) -> Iterator[Statement]:
    numbers = {
        "health:numberOfUniqueIndividuals": collection.patients,
        "health:numberOfRecords": collection.studies,
        "health:minTypicalAge": collection.ages.youngest,
        "health:maxTypicalAge": collection.ages.oldest,
        "cimg:numberOfSeries": collection.series,
        "cimg:numberOfImages": collection.instances,
    }
    for predicate, number in numbers.items():
        if number is not None:
            yield Statement(predicate, count(number))
    for code in sex_codes(collection):
        yield Statement("eucaim:hasBirthSex", _known(code, _SEXES))
    yield Statement("cimg:subjectKind", Literal(collection.species))


def _images(collection: Collection) -> Iterator[Statement]:
    for name in values(collection.cancer_types):
        if name in _CANCERS:
            yield Statement("eucaim:hasCondition", concept(_CANCERS[name]))
    for code in stated(collection.modalities):
        yield Statement("eucaim:hasImageModality", _modality(code))
    for part in stated(collection.body_parts):
        yield Statement("eucaim:hasImageBodyPart", _known(part, _BODY_PARTS))
    for maker in stated(collection.manufacturers):
        yield Statement("eucaim:hasEquipmentManufacturer", Literal(maker))
    yield Statement("dct:type", concept(_ORIGINAL))
    if any(origin.kind == "derived" for origin in collection.origins):
        yield Statement("dct:type", concept(_ANNOTATED))


def _modality(code: str) -> Iri:
    return concept(_MODALITIES[code]) if code in _MODALITIES else Iri(_DICOM_TERMS + code)


def _known(value: str, concepts: Mapping[str, str]) -> Value:
    return concept(concepts[value]) if value in concepts else Literal(value)


def _counts(collection: Collection) -> Iterator[Statement]:
    """Manufacturers stay as spelt: one patient may have images under two spellings of one maker."""
    for item in collection.modalities:
        yield from _count_by("modality", item, _modality(item.value or ""))
    for item in collection.body_parts:
        yield from _count_by("bodypart", item, _known(item.value or "", _BODY_PARTS))
    for item in collection.manufacturers:
        yield from _count_by("manufacturer", item, Literal(item.value or ""))
    for sexed in collection.sexes:
        # Images of one patient may bear several codes: that is no sex to count by.
        if "|" not in sexed.value and sexed.value != "(absent)":
            yield from _slice("sex", _known(sexed.value, _SEXES), sexed.patients)


def _count_by(dimension: str, item: Counted, value: Value) -> Iterator[Statement]:
    if item.value:
        yield from _slice(dimension, value, item.patients, Statement("cimg:studies", count(item.studies)))


def _slice(dimension: str, value: Value, patients: int, *more: Statement) -> Iterator[Statement]:
    statements = (
        Statement("cimg:dimension", Literal(dimension)),
        Statement("cimg:value", value),
        Statement("cimg:subjects", count(patients)),
        *more,
    )
    yield Statement("cimg:countBy", Resource(None, (), statements))


def _identifiers_and_files(collection: Collection, base: str) -> Iterator[Statement]:
    for name in (collection.id, *(origin.doi for origin in collection.origins if origin.kind == "original")):
        notation = Statement("skos:notation", Literal(name))
        yield Statement("adms:identifier", Resource(None, ("adms:Identifier",), (notation,)))
    for number, origin in enumerate(collection.origins, start=1):
        if origin.kind == "original":
            yield Statement("dcat:landingPage", Iri(origin.url))
        iri = f"{base}/distribution/{collection.id}-{number}"
        yield Statement("dcat:distribution", Resource(iri, ("dcat:Distribution",), tuple(_files(origin))))


def _files(origin: Origin) -> Iterator[Statement]:
    what = "Original images" if origin.kind == "original" else "Analysis result"
    yield Statement("dct:title", Literal(f"{what}, {origin.doi}", "en"))
    yield Statement("dcat:accessURL", Iri(origin.url))
    yield Statement("dcatap:applicableLegislation", Iri(EHDS))
    yield Statement("dct:rights", Iri(f"{EUCAIM_LISTS}access-conditions/#DOWNLOAD"))
    yield Statement("dct:license", Iri(origin.licence_url))
    yield Statement("dcat:mediaType", Iri("https://www.iana.org/assignments/media-types/application/dicom"))
    yield Statement("dcat:byteSize", count(round(origin.megabytes * 1_000_000)))
