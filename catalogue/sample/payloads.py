"""How an item is written in the metadata formats of OAI-PMH: Dublin Core and DataCite.

Dublin Core has no place for numbers and joins what belongs together, as simple repositories do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from catalogue.sample.items import Item

_SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_KERNEL: Final = "http://datacite.org/schema/kernel-4"
_KERNEL_SCHEMA: Final = "https://schema.datacite.org/meta/kernel-4/metadata.xsd"


@dataclass(frozen=True, slots=True)
class Format:
    """A metadata format as ``ListMetadataFormats`` gives it, and how an item is written in it."""

    prefix: str
    namespace: str
    schema: str
    write: Callable[[Item], str]


def _oai_dc(item: Item) -> str:
    place = f"{OAI_DC.namespace} {OAI_DC.schema}"
    body = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in _elements(item))
    return (
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC.namespace}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:xsi="{_SCHEMA_INSTANCE}" xsi:schemaLocation="{place}">{body}</oai_dc:dc>'
    )


def _elements(item: Item) -> Iterator[tuple[str, str]]:
    yield "title", item.title
    yield "creator", item.contributor
    for _, subjects in groupby(item.subjects, key=lambda subject: subject.scheme):
        yield "subject", ", ".join(subject.value for subject in subjects)
    yield "description", item.description
    yield "publisher", item.contributor
    if item.updated is not None:
        yield "date", item.updated.isoformat()
    yield "type", "Dataset"
    yield "format", "application/dicom"
    yield "identifier", f"https://doi.org/{item.doi}"
    yield "identifier", item.id
    yield "language", "en"
    for licence in item.licences:
        yield "rights", licence.url
        yield "rights", licence.name
    for related in item.related:
        yield "relation", f"https://doi.org/{related.doi}"


def _oai_datacite(item: Item) -> str:
    return (
        f'<oai_datacite xmlns="{OAI_DATACITE.namespace}" xmlns:xsi="{_SCHEMA_INSTANCE}"'
        f' xsi:schemaLocation="{OAI_DATACITE.namespace} {OAI_DATACITE.schema}">'
        "<schemaVersion>4</schemaVersion><datacentreSymbol>SAMPLE.NODE</datacentreSymbol>"
        f"<payload>{_resource(item)}</payload></oai_datacite>"
    )


def _resource(item: Item) -> str:
    """DataCite kernel 4: creators, titles, publisher, year and resource type are mandatory."""
    contributor = escape(item.contributor)
    creator = f'<creatorName nameType="Organizational">{contributor}</creatorName>'
    parts = (
        f'<identifier identifierType="DOI">{escape(item.doi)}</identifier>',
        f"<creators><creator>{creator}</creator></creators>",
        f'<titles><title xml:lang="en">{escape(item.title)}</title></titles>',
        f"<publisher>{contributor}</publisher>",
        f"<publicationYear>{item.published}</publicationYear>",
        '<resourceType resourceTypeGeneral="Dataset">DICOM collection</resourceType>',
        _many("subjects", (_tag("subject", one.value, subjectScheme=one.scheme) for one in item.subjects)),
        _dates(item),
        "<language>en</language>",
        _many("alternateIdentifiers", [_tag("alternateIdentifier", item.id, alternateIdentifierType="IDC")]),
        _related(item),
        _many("sizes", (_tag("size", size) for size in item.sizes)),
        "<formats><format>application/dicom</format></formats>",
        _tag("version", item.version),
        _many("rightsList", (_tag("rights", one.name, rightsURI=one.url) for one in item.licences)),
        _many("descriptions", [_tag("description", item.description, descriptionType="Abstract")]),
    )
    place = f"{_KERNEL} {_KERNEL_SCHEMA}"
    return f'<resource xmlns="{_KERNEL}" xsi:schemaLocation="{place}">{"".join(parts)}</resource>'


def _dates(item: Item) -> str:
    if item.updated is None:
        return ""
    return _many("dates", [_tag("date", item.updated.isoformat(), dateType="Updated")])


def _related(item: Item) -> str:
    tags = (
        _tag("relatedIdentifier", one.doi, relatedIdentifierType="DOI", relationType=one.relation)
        for one in item.related
    )
    return _many("relatedIdentifiers", tags) if item.related else ""


def _many(name: str, tags: "Iterator[str] | list[str]") -> str:
    return f"<{name}>{''.join(tags)}</{name}>"


def _tag(name: str, text: str, **attributes: str) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{escape(text)}</{name}>"


OAI_DC: Final = Format(
    "oai_dc",
    "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    _oai_dc,
)
OAI_DATACITE: Final = Format(
    "oai_datacite",
    "http://schema.datacite.org/oai/oai-1.1/",
    "http://schema.datacite.org/oai/oai-1.1/oai.xsd",
    _oai_datacite,
)
FORMATS: Final = {one.prefix: one for one in (OAI_DC, OAI_DATACITE)}
