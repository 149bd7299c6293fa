"""What a record in Dublin Core says of a dataset.

Elements are known by their local names: repositories mix ``dc:`` and ``dct:`` and leave the wrapper out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from harvesters import recognition
from harvesters.descriptions import Description, Link, Node, Statement, Text, Typed, Value
from harvesters.errors import NotMetadata, RecordRejected
from harvesters.findings import Finding
from harvesters.parsing.strict import language_of, local_name, read_xml, text_of

VERSION: Final = "oai_dc/1"

_NAMESPACES: Final = ("openarchives.org/OAI/2.0/oai_dc", "purl.org/dc/")
_DATASETS: Final = {"dataset", "collection", "image", "stillimage", "c_ddb1", "c_c513"}
_FULL_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_PERIOD: Final = re.compile(r"(?:\d{4}(?:-\d\d){0,2})?\s*/\s*(?:\d{4}(?:-\d\d){0,2})?|\d{4}(?:-\d\d){0,2}")


def reads(profile: str) -> bool:
    """Whether a namespace or a metadata prefix is one of Dublin Core."""
    return profile == "oai_dc" or any(name in profile for name in _NAMESPACES)


def oai_dc(received: bytes, identifier: str) -> Description:
    """Raises ``RecordRejected`` for what has no title or is no dataset."""
    fields = _Fields(_read(received, identifier))
    _require_dataset(fields, identifier)
    if not fields.texts("title"):
        raise RecordRejected(f"{identifier}: the record has no title (dc:title)")
    subject = recognition.subject_of(fields.texts("identifier"), record=identifier)
    counts = list(_counts(fields, subject))
    return Description(
        subject=subject,
        statements=(*_statements(fields), *(statement for statement, _ in counts)),
        findings=tuple(finding for _, finding in counts),
    )


class _Fields:
    """The elements by name, without empty ones and placeholders."""

    def __init__(self, root: etree._Element) -> None:
        self._elements: dict[str, list[etree._Element]] = {}
        for element in root.iter():
            if local_name(element) and not recognition.is_placeholder(text_of(element)):
                self._elements.setdefault(local_name(element), []).append(element)

    def texts(self, name: str) -> list[str]:
        return [text_of(element) for element in self._elements.get(name, [])]

    def worded(self, name: str) -> Iterator[Text]:
        for element in self._elements.get(name, []):
            yield Text(text_of(element), recognition.language_tag(language_of(element)))


def _read(received: bytes, identifier: str) -> etree._Element:
    try:
        return read_xml(received, identifier)
    except NotMetadata as error:
        raise RecordRejected(str(error)) from error


def _require_dataset(fields: _Fields, identifier: str) -> None:
    """Several types may be told; one that fits is enough, and none says nothing against it."""
    types = fields.texts("type")
    words = {re.split(r"[/#:]", kind.rstrip("/"))[-1].replace(" ", "").lower() for kind in types}
    if types and not words & _DATASETS:
        raise RecordRejected(f"{identifier}: {types[0]!r} is no dataset (dc:type)")


def _statements(fields: _Fields) -> Iterator[Statement]:
    for name, (path, valued) in _PLAIN.items():
        yield from (Statement(path, valued(text)) for text in fields.worded(name))
    yield from _identifiers(fields.texts("identifier"))
    yield from _dates(fields)
    yield from _coverage(fields)
    yield from _rights(fields)


def _agent(name: Text) -> Node:
    return Node("foaf:Agent", (Statement("foaf:name", name),))


def _link_or_text(text: Text) -> Value:
    iri = recognition.address(text.text)
    return Link(iri) if iri else text


_PLAIN: Final[Mapping[str, tuple[str, Callable[[Text], Value]]]] = MappingProxyType(
    {
        "title": ("dct:title", lambda text: text),
        "alternative": ("dct:alternative", lambda text: text),
        "description": ("dct:description", lambda text: text),
        "abstract": ("dct:description", lambda text: text),
        "subject": ("dcat:keyword", lambda text: text),
        "publisher": ("dct:publisher", _agent),
        "creator": ("dct:creator", _agent),
        "contributor": ("dct:contributor", _agent),
        "language": ("dct:language", lambda text: recognition.language(text.text)),
        "source": ("dct:source", _link_or_text),
        "relation": ("dct:relation", _link_or_text),
        "extent": ("dct:extent", lambda text: text),
        "spatial": ("dct:spatial", lambda text: text),
        "created": ("dct:created", lambda text: recognition.dated(text.text)),
        "modified": ("dct:modified", lambda text: recognition.dated(text.text)),
    }
)


def _identifiers(identifiers: list[str]) -> Iterator[Statement]:
    for text in identifiers:
        if iri := recognition.address(text):
            yield Statement("dct:identifier", Text(iri))
            yield Statement("dcat:landingPage", Link(iri))
        notation = recognition.doi(text) or ("" if iri else text)
        if notation:
            yield Statement(
                "adms:identifier", Node("adms:Identifier", (Statement("skos:notation", Text(notation)),))
            )


def _dates(fields: _Fields) -> Iterator[Statement]:
    """Of several dates the first full one is taken: Dublin Core does not say of what each is the date."""
    dates = [*fields.texts("issued"), *fields.texts("date")]
    chosen = next((text for text in dates if _FULL_DATE.match(text)), dates[0] if dates else "")
    if chosen:
        yield Statement("dct:issued", recognition.dated(chosen))


def _coverage(fields: _Fields) -> Iterator[Statement]:
    """A period or a place by its shape; another coverage stays readable as a keyword."""
    for text in [*fields.worded("coverage"), *fields.worded("temporal")]:
        if _PERIOD.fullmatch(text.text):
            yield Statement("dct:temporal", recognition.period(text.text))
        else:
            yield Statement("dcat:keyword", text)


def _rights(fields: _Fields) -> Iterator[Statement]:
    """Access rights belong to the dataset, licence and format to what can be had of it."""
    held: list[Statement] = []
    for text in [*fields.texts("rights"), *fields.texts("license"), *fields.texts("accessRights")]:
        if right := recognition.access_right(text):
            yield Statement("dct:accessRights", right)
        elif recognition.is_licence(text):
            held.append(Statement("dct:license", Link(text)))
        else:
            held.append(Statement("dct:rights", Text(text)))
    for text in fields.texts("format"):
        if size := recognition.byte_size(text):
            held.append(Statement("dcat:byteSize", Typed(size, "xsd:nonNegativeInteger")))
        elif not recognition.holds_counts(text):
            value = recognition.media_type(text)
            held.append(Statement("dcat:mediaType" if isinstance(value, Link) else "dct:format", value))
    if held:
        place = next(filter(None, map(recognition.address, fields.texts("identifier"))), "")
        access = (Statement("dcat:accessURL", Link(place)),) if place else ()
        yield Statement("dcat:distribution", Node("dcat:Distribution", (*access, *held)))


def _counts(fields: _Fields, subject: str) -> Iterator[tuple[Statement, Finding]]:
    for text in [*fields.texts("extent"), *fields.texts("format")]:
        yield from recognition.counted(text, subject)
