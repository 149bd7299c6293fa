"""How the plainly fictional node reads: each title and description says that it is invented."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from catalogue.sample.documents import Answer, Document
from catalogue.sample.eucaim import (
    AUTHORITY,
    EHDS,
    EUCAIM_LISTS,
    EUCAIM_PREFIXES,
    HEALTH_LISTS,
    concept,
    count,
)
from catalogue.sample.invented import Invented, invented
from catalogue.sample.statements import Iri, Literal, Resource, Statement
from catalogue.sample.syntaxes import Syntax, write
from harvesters.source import SourceConfig

_MARK: Final = "(invented data)"
_CONCEPTS: Final = "urn:catalogue:concepts/"
_HOSPITALS: Final = MappingProxyType({"coast": "Coast", "north": "North", "valley": "Valley"})


@dataclass(frozen=True, slots=True)
class FictionalNode:
    """A DCAT catalogue in one Turtle document, in full EUCAIM DCAT-AP 2.0."""

    id: str
    title: str

    @property
    def path(self) -> str:
        return f"/{self.id}/catalog.ttl"

    def sources(self, address: str) -> tuple[SourceConfig, ...]:
        options = {"fictional": "true"}
        return (SourceConfig(self.id, "dcat", address + self.path, self.title, pace=0.0, options=options),)

    def offered(self) -> Mapping[str, tuple[str, ...]]:
        return {self.id: tuple(item.id for item in invented())}

    def documents(self, address: str) -> tuple[Document, ...]:
        base = f"{address}/{self.id}"
        resources = (_catalogue(self.title, base), *_agents(base))
        return (Document(self.path, Answer("text/turtle", write(resources, Syntax.TURTLE, EUCAIM_PREFIXES))),)


def _catalogue(title: str, base: str) -> Resource:
    text = "Fictional datasets, invented to show what a record may hold. No such patients or hospitals exist."
    statements = (
        Statement("dct:title", Literal(title, "en")),
        Statement("dct:description", Literal(text, "en")),
        Statement("dct:publisher", Iri(f"{base}/hospital/north")),
        Statement("dcatap:applicableLegislation", Iri(EHDS)),
        *(Statement("dcat:dataset", _dataset(item, base)) for item in invented()),
    )
    return Resource(f"{base}/catalog", ("dcat:Catalog",), statements)


def _agents(base: str) -> Iterator[Resource]:
    """Hospitals and access bodies, told once: each of them has exactly one point of contact."""
    for key, place in _HOSPITALS.items():
        email = Statement("cv:email", Literal(f"data@{key}.hospital.example"))
        kind = Iri(f"{HEALTH_LISTS}publisher-type/healthcare-providers")
        name = f"Fictional hospital {place} (invented)"
        yield _agent(f"{base}/hospital/{key}", name, email, Statement("dct:type", kind))
    for country in sorted({item.country for item in invented() if item.hdab}):
        page = Statement("cv:contactPage", Iri(f"https://{country.lower()}.hdab.example/"))
        name = f"Fictional health data access body, {country} (invented)"
        yield _agent(f"{base}/hdab/{country}", name, page)


def _agent(iri: str, name: str, contact: Statement, *more: Statement) -> Resource:
    point = Resource(None, ("cv:ContactPoint",), (contact,))
    named = Statement("foaf:name", Literal(name, "en"))
    return Resource(iri, ("foaf:Agent",), (named, *more, Statement("cv:contactPoint", point)))


def _dataset(item: Invented, base: str) -> Resource:
    iri = f"{base}/dataset/{item.id}"
    statements = (
        *_texts(item, iri),
        *_lists(item),
        *_agents_of(item, base),
        *_numbers(item),
        *_concepts(item),
        Statement("dcat:distribution", _distribution(item, base)),
    )
    return Resource(iri, ("dcat:Dataset",), statements)


def _texts(item: Invented, iri: str) -> Iterator[Statement]:
    yield Statement("cimg:fictional", Literal("true", datatype="xsd:boolean"))
    yield Statement("dct:identifier", Literal(iri))
    yield Statement("dct:title", Literal(f"{item.title} {_MARK}", "en"))
    text = f"Fictional example, invented for demonstration: {item.text} No such data exist."
    yield Statement("dct:description", Literal(text, "en"))
    yield Statement("dcat:version", Literal("1.0.0"))
    yield Statement("dct:issued", Literal("2026-01-15", datatype="xsd:date"))
    yield Statement("dct:modified", Literal("2020-01-01", datatype="xsd:date"))
    for keyword in (item.cancer, "fictional"):
        yield Statement("dcat:keyword", Literal(keyword, "en"))
    label = Statement("rdfs:label", Literal("Invented; there is no origin.", "en"))
    yield Statement("dct:provenance", Resource(None, ("dct:ProvenanceStatement",), (label,)))
    yield Statement("health:populationCoverage", Literal("Nobody: invented patients.", "en"))
    yield Statement("health:hasCodeValues", Literal(item.codes))


def _lists(item: Invented) -> Iterator[Statement]:
    yield Statement("dct:language", Iri(f"{AUTHORITY}language/ENG"))
    yield Statement("dcat:theme", Iri(f"{AUTHORITY}data-theme/HEAL"))
    yield Statement("dct:accessRights", Iri(f"{AUTHORITY}access-right/{item.access}"))
    yield Statement("dct:spatial", Iri(f"{AUTHORITY}country/{item.country}"))
    yield Statement("dcatap:applicableLegislation", Iri(EHDS))
    yield Statement("health:healthCategory", Iri(f"{HEALTH_LISTS}healthcategories/{item.category}"))
    yield Statement("health:healthTheme", Iri(f"{HEALTH_LISTS}health-theme/CANCER_DISEASE"))
    yield Statement("health:hasCodingSystem", Iri(f"{HEALTH_LISTS}coding-system/ICD-10"))
    yield Statement("health:hasStructuredData", Literal("false", datatype="xsd:boolean"))
    yield Statement("dct:conformsTo", Iri(f"{HEALTH_LISTS}standard/DICOM"))
    yield Statement("dct:type", Iri(f"{AUTHORITY}dataset-type/PERSONAL_DATA"))


def _agents_of(item: Invented, base: str) -> Iterator[Statement]:
    hospital = Iri(f"{base}/hospital/{item.hospital}")
    yield Statement("dct:publisher", hospital)
    yield Statement("geodcatap:custodian", hospital)
    if item.hdab:
        yield Statement("health:hdab", Iri(f"{base}/hdab/{item.country}"))
    email = Statement("vcard:hasEmail", Iri(f"mailto:data@{item.hospital}.hospital.example"))
    yield Statement("dcat:contactPoint", Resource(None, ("vcard:Kind",), (email,)))


def _numbers(item: Invented) -> Iterator[Statement]:
    yield Statement("health:numberOfUniqueIndividuals", count(item.patients))
    yield Statement("health:numberOfRecords", count(item.studies))
    yield Statement("cimg:numberOfSeries", count(item.series))
    yield Statement("cimg:numberOfImages", count(item.images))
    yield Statement("health:minTypicalAge", count(item.ages.lowest))
    yield Statement("health:maxTypicalAge", count(item.ages.highest))
    days = {"dcat:startDate": item.period.start, "dcat:endDate": item.period.end}
    period = (Statement(name, Literal(day.isoformat(), datatype="xsd:date")) for name, day in days.items())
    yield Statement("dct:temporal", Resource(None, ("dct:PeriodOfTime",), tuple(period)))


def _concepts(item: Invented) -> Iterator[Statement]:
    codes = {
        "eucaim:interoperabilityLevel": (item.tier,),
        "eucaim:hasCondition": (item.condition,),
        "eucaim:hasImageModality": item.modalities,
        "eucaim:hasImageBodyPart": item.body_parts,
        "eucaim:hasEquipmentManufacturer": item.manufacturers,
        "eucaim:hasBirthSex": item.sexes,
        "eucaim:collectionMethod": item.methods,
        "dct:type": item.types,
    }
    for predicate, values in codes.items():
        for code in values:
            yield Statement(predicate, concept(code))
    yield Statement("cimg:subjectKind", Literal("Human"))
    yield Statement("cimg:screening", Literal(str(item.screening).lower(), datatype="xsd:boolean"))
    for kind in item.linked:
        yield Statement("cimg:linkedDataKind", Iri(_CONCEPTS + kind))


def _distribution(item: Invented, base: str) -> Resource:
    statements = (
        Statement("dct:title", Literal(f"Fictional images {_MARK}", "en")),
        Statement("dcat:accessURL", Iri(f"https://negotiator.example/request?collection={item.id}")),
        Statement("dcatap:applicableLegislation", Iri(EHDS)),
        Statement("dcat:mediaType", Iri("https://www.iana.org/assignments/media-types/application/dicom")),
        *(Statement("dct:rights", Iri(f"{EUCAIM_LISTS}access-conditions/#{one}")) for one in item.conditions),
        *(Statement("dct:rights", Iri(f"{EUCAIM_LISTS}data-use-conditions/#{one}")) for one in item.uses),
    )
    return Resource(f"{base}/distribution/{item.id}", ("dcat:Distribution",), statements)
