"""What a row of a sheet says of a dataset."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from harvesters import recognition
from harvesters.descriptions import Description, Link, Node, Statement, Text, Typed, Value
from harvesters.errors import RecordRejected
from harvesters.sheets import values
from harvesters.sheets.columns import Column, Form, columns
from harvesters.sheets.lists import FixedList
from harvesters.sheets.row import Count, Row, read_row
from ontologies.namespaces import AUTHORITIES, HEALTH_LISTS

VERSION: Final = "sheet/1"

_COUNT: Final = "xsd:nonNegativeInteger"
_EHDS: Final = "http://data.europa.eu/eli/reg/2025/327/oj"
# What the profile fixes for every dataset of this catalogue, so that no row has to say it.
_FIXED: Final = (
    Statement("dcat:theme", Link(f"{AUTHORITIES}data-theme/HEAL")),
    Statement("healthdcatap:healthTheme", Link(f"{HEALTH_LISTS}health-theme/CANCER_DISEASE")),
    Statement("dcatap:applicableLegislation", Link(_EHDS)),
)
# Texts of the template are in English, and EUCAIM asks for English; names and codes have no language.
_ENGLISH: Final = frozenset(("title", "description", "keywords", "population"))
_PLAIN: Final = (
    *("title", "description", "version", "keywords", "population", "codes", "landing_page", "issued"),
    *("modified", "subjects", "studies", "series", "images", "lowest_age", "highest_age", "segmented"),
    *("cancer", "other_cancers", "modality", "bodypart", "manufacturer", "sex", "country", "type"),
    *("method", "tier", "access_rights", "category", "structured", "topography", "linked", "screening"),
    "subject_kind",
)
_OF_FILES: Final = ("request", "access_condition", "data_use", "licence", "format", "gigabytes")
_TYPED: Final = MappingProxyType(
    {
        Form.NUMBER: (values.number, _COUNT),
        Form.SIZE: (values.size_in_bytes, _COUNT),
        Form.ANSWER: (values.answer, "xsd:boolean"),
    }
)
_AGENTS: Final = MappingProxyType(
    {"publisher": "dct:publisher", "custodian": "geodcatap:custodian", "hdab": "healthdcatap:hdab"}
)


def sheet(received: bytes, identifier: str) -> Description:
    """``received`` is a row in canonical JSON. Raises ``RecordRejected`` for one without a title."""
    row = read_row(received)
    said = _said(row)
    if "title" not in said:
        raise RecordRejected(f"{identifier}: the row has no title")
    return Description(subject=identifier, statements=(*_FIXED, *_statements(said), *_counts(row)))


def _said(row: Row) -> Mapping[str, str]:
    return {key: text for key, text in row.cells.items() if not values.is_empty(text)}


def _statements(said: Mapping[str, str]) -> Iterator[Statement]:
    yield Statement("dct:identifier", Text(said.get("identifier", "")))
    for key in _PLAIN:
        yield from _stated(said, columns()[key])
    yield from _names(said)
    for key, term in _AGENTS.items():
        if key in said:
            yield Statement(term, _agent(said[key], said.get(f"{key}_reach", "")))
    if "contact" in said:
        yield Statement("dcat:contactPoint", Node("vcard:Kind", (_vcard(said["contact"]),)))
    if "provenance" in said:
        label = Statement("rdfs:label", Text(said["provenance"], "en"))
        yield Statement("dct:provenance", Node("dct:ProvenanceStatement", (label,)))
    start, end = said.get("images_from", ""), said.get("images_to", "")
    if start or end:
        yield Statement("dct:temporal", recognition.period(f"{start}/{end}"))
    if files := tuple(_files(said)):
        yield Statement("dcat:distribution", Node("dcat:Distribution", files))


def _stated(said: Mapping[str, str], column: Column) -> Iterator[Statement]:
    for text in column.values(said.get(column.key, "")):
        yield Statement(column.term, _value(column, text))


def _value(column: Column, text: str) -> Value:
    """What is not understood stays text: alignment and the datatypes of the profile remark on it."""
    if column.form in _TYPED:
        understand, datatype = _TYPED[column.form]
        understood = understand(text)
        return Typed(understood, datatype) if understood else Text(text)
    match column.form:
        case Form.DATE:
            return recognition.dated(text)
        case Form.ADDRESS:
            return _link(values.address(text), text)
        case Form.CHOICE if isinstance(column.choices, FixedList):
            return _link(column.choices.find(text) or values.address(text), text)
        case _:
            return Text(text, "en" if column.key in _ENGLISH else "")


def _link(iri: str, text: str) -> Value:
    return Link(iri) if iri else Text(text)


def _names(said: Mapping[str, str]) -> Iterator[Statement]:
    """Its names elsewhere, by which the same dataset of another provider is known, and who wrote of it."""
    for text in columns()["other_identifiers"].values(said.get("other_identifiers", "")):
        notation = Statement("skos:notation", Text(recognition.doi(text) or text))
        yield Statement("adms:identifier", Node("adms:Identifier", (notation,)))
    for text in columns()["publications"].values(said.get("publications", "")):
        yield Statement("dct:isReferencedBy", _link(values.address(text), text))


def _agent(name: str, reach: str) -> Node:
    named = Statement("foaf:name", Text(name))
    if not reach:
        return Node("foaf:Agent", (named,))
    page, email = values.address(reach), values.email(reach)
    how = Statement("cv:contactPage", Link(page)) if page else Statement("cv:email", Text(email or reach))
    return Node("foaf:Agent", (named, Statement("cv:contactPoint", Node("cv:ContactPoint", (how,)))))


def _vcard(reach: str) -> Statement:
    if email := values.email(reach):
        return Statement("vcard:hasEmail", Link(f"mailto:{email}"))
    page = values.address(reach)
    return Statement("vcard:hasURL", Link(page)) if page else Statement("vcard:fn", Text(reach))


def _files(said: Mapping[str, str]) -> Iterator[Statement]:
    found = [statement for key in _OF_FILES for statement in _stated(said, columns()[key])]
    for statement in found:
        unlisted = statement.property == "dcat:mediaType" and isinstance(statement.value, Text)
        yield Statement("dct:format", statement.value) if unlisted else statement
    if found:
        yield Statement("dcatap:applicableLegislation", Link(_EHDS))


def _counts(row: Row) -> Iterator[Statement]:
    for count in row.counts:
        subjects = values.number(count.subjects)
        if subjects and count.dimension in columns():
            yield Statement("cimg:countBy", Node("", tuple(_count(count, subjects))))


def _count(count: Count, subjects: str) -> Iterator[Statement]:
    """Dimensions have the names of the axes, as the keys of their columns do."""
    yield Statement("cimg:dimension", Text(count.dimension))
    yield Statement("cimg:value", Text(count.value))
    yield Statement("cimg:subjects", Typed(subjects, _COUNT))
    if studies := values.number(count.studies):
        yield Statement("cimg:studies", Typed(studies, _COUNT))
