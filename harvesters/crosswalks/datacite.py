"""What a DataCite record says of a dataset: kernels 2.2 to 4.7, bare or in the wrapper of OAI-PMH.

Elements are known by their local names: kernels differ by namespace, and repositories mix them.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from lxml import etree

from harvesters import recognition
from harvesters.descriptions import Description, Link, Node, Statement, Text, Typed, Value
from harvesters.errors import NotMetadata, RecordRejected
from harvesters.findings import Finding, Severity
from harvesters.parsing.strict import language_of, local_name, read_xml, text_of

VERSION: Final = "datacite/1"

_DATASETS: Final = {"dataset", "collection", "image"}
_MODALITY: Final = "dicom modality"
_DATES: Final = MappingProxyType(
    {
        "Issued": "dct:issued",
        "Updated": "dct:modified",
        "Created": "dct:created",
        "Available": "dct:available",
        "Valid": "dct:valid",
        "Submitted": "dct:dateSubmitted",
        "Accepted": "dct:dateAccepted",
        "Copyrighted": "dct:dateCopyrighted",
    }
)
# Relations that say the same as another are left plain: nothing is asserted to be identical.
_RELATIONS: Final = MappingProxyType(
    {
        "IsPartOf": "dct:isPartOf",
        "HasPart": "dct:hasPart",
        "IsVersionOf": "dct:isVersionOf",
        "HasVersion": "dct:hasVersion",
        "IsNewVersionOf": "dct:replaces",
        "Obsoletes": "dct:replaces",
        "IsPreviousVersionOf": "dct:isReplacedBy",
        "IsObsoletedBy": "dct:isReplacedBy",
        "References": "dct:references",
        "Cites": "dct:references",
        "IsReferencedBy": "dct:isReferencedBy",
        "IsCitedBy": "dct:isReferencedBy",
        "IsDerivedFrom": "dct:source",
        "Requires": "dct:requires",
        "IsRequiredBy": "dct:isRequiredBy",
        "IsVariantFormOf": "dct:isFormatOf",
        "IsOriginalFormOf": "dct:hasFormat",
        "IsDescribedBy": "foaf:page",
        "IsDocumentedBy": "foaf:page",
    }
)


def reads(profile: str) -> bool:
    """Whether a namespace or a metadata prefix is one of DataCite's."""
    return "datacite" in profile.lower()


def datacite(received: bytes, identifier: str) -> Description:
    """Raises ``RecordRejected`` for what has no title or is no dataset."""
    resource = _resource(received, identifier)
    _require_dataset(resource, identifier)
    if not any(_is_main(title) for title in _all(resource, "titles", "title")):
        raise RecordRejected(f"{identifier}: the record has no title")
    own = [text_of(element) for element in _children(resource, "identifier")]
    others = [text_of(element) for element in _all(resource, "alternateIdentifiers", "alternateIdentifier")]
    subject = recognition.subject_of([*own, *others], record=identifier)
    counts = [
        found
        for size in _all(resource, "sizes", "size")
        for found in recognition.counted(text_of(size), subject)
    ]
    return Description(
        subject=subject,
        statements=(*_statements(resource), *(statement for statement, _ in counts)),
        findings=(*_untyped(resource, subject), *(finding for _, finding in counts)),
    )


def _resource(received: bytes, identifier: str) -> etree._Element:
    try:
        root = read_xml(received, identifier)
    except NotMetadata as error:
        raise RecordRejected(str(error)) from error
    found = next((element for element in root.iter() if local_name(element) == "resource"), None)
    if found is None:
        raise RecordRejected(f"{identifier}: there is no DataCite resource in the record")
    return found


def _require_dataset(resource: etree._Element, identifier: str) -> None:
    kind = _general_type(resource)
    if kind and kind.lower() not in _DATASETS:
        raise RecordRejected(f"{identifier}: {kind!r} is no dataset (resourceTypeGeneral)")


def _untyped(resource: etree._Element, subject: str) -> Iterator[Finding]:
    if not _general_type(resource):
        yield Finding(
            Severity.INFO,
            focus=subject,
            path="datacite:resourceTypeGeneral",
            value="",
            message="the record does not say of which type it is; it was taken for a dataset",
            how_to_fix="set resourceTypeGeneral to Dataset, Collection or Image",
        )


def _general_type(resource: etree._Element) -> str:
    return next(
        (element.get("resourceTypeGeneral", "").strip() for element in _children(resource, "resourceType")),
        "",
    )


def _statements(resource: etree._Element) -> Iterator[Statement]:
    yield from _identifiers(resource)
    yield from _titles(resource)
    yield from _descriptions(resource)
    yield from _subjects(resource)
    yield from _dates(resource)
    yield from _agents(resource)
    yield from _relations(resource)
    yield from _plain(resource)
    yield from _distribution(resource)


def _identifiers(resource: etree._Element) -> Iterator[Statement]:
    for element in _children(resource, "identifier"):
        text = text_of(element)
        iri = recognition.address(text)
        if iri:
            yield Statement("dct:identifier", Text(iri))
            yield Statement("dcat:landingPage", Link(iri))
        if notation := recognition.doi(text) or ("" if iri else text):
            yield _other_identifier(notation, element.get("identifierType", ""))
    for element in _all(resource, "alternateIdentifiers", "alternateIdentifier"):
        text = text_of(element)
        yield _other_identifier(recognition.doi(text) or text, element.get("alternateIdentifierType", ""))


def _other_identifier(notation: str, kind: str) -> Statement:
    agency = (Statement("adms:schemaAgency", Text(kind)),) if kind else ()
    return Statement(
        "adms:identifier", Node("adms:Identifier", (Statement("skos:notation", Text(notation)), *agency))
    )


def _titles(resource: etree._Element) -> Iterator[Statement]:
    for element in _all(resource, "titles", "title"):
        yield Statement("dct:title" if _is_main(element) else "dct:alternative", _worded(element))


def _is_main(title: etree._Element) -> bool:
    return not title.get("titleType", "").strip()


def _descriptions(resource: etree._Element) -> Iterator[Statement]:
    """What is neither abstract, methods nor contents describes the dataset only where no abstract does."""
    elements = list(_all(resource, "descriptions", "description"))
    abstract = any(element.get("descriptionType", "Abstract") == "Abstract" for element in elements)
    for element in elements:
        match element.get("descriptionType", "Abstract"):
            case "Abstract":
                yield Statement("dct:description", _worded(element))
            case "Methods":
                label = Statement("rdfs:label", _worded(element))
                yield Statement("dct:provenance", Node("dct:ProvenanceStatement", (label,)))
            case "TableOfContents":
                yield Statement("dct:tableOfContents", _worded(element))
            case _:
                yield Statement("rdfs:comment" if abstract else "dct:description", _worded(element))


def _subjects(resource: etree._Element) -> Iterator[Statement]:
    for element in _all(resource, "subjects", "subject"):
        if element.get("subjectScheme", "").strip().lower() == _MODALITY:
            yield Statement("eucaim:hasImageModality", Text(text_of(element)))
            continue
        yield Statement("dcat:keyword", _worded(element))
        if iri := element.get("valueURI", "").strip():
            yield Statement("dct:subject", Link(iri))


def _dates(resource: etree._Element) -> Iterator[Statement]:
    issued = False
    for element in _all(resource, "dates", "date"):
        kind = element.get("dateType", "")
        if kind == "Collected":
            yield Statement("dct:temporal", recognition.period(text_of(element)))
        elif kind in _DATES:
            issued = issued or kind == "Issued"
            yield Statement(_DATES[kind], recognition.dated(text_of(element)))
    for element in _children(resource, "publicationYear"):
        if not issued:
            yield Statement("dct:issued", recognition.dated(text_of(element)))


def _agents(resource: etree._Element) -> Iterator[Statement]:
    for element in _children(resource, "publisher"):
        yield Statement("dct:publisher", _agent(element, Text(text_of(element))))
    for element in _all(resource, "creators", "creator"):
        if name := _name(element, "creatorName"):
            yield Statement("dct:creator", _agent(element, name))
    for element in _all(resource, "contributors", "contributor"):
        if name := _name(element, "contributorName"):
            yield _contribution(element, name)


def _contribution(element: etree._Element, name: Text) -> Statement:
    role = element.get("contributorType", "Other")
    if role == "ContactPerson":
        return Statement("dcat:contactPoint", Node("vcard:Kind", (Statement("vcard:fn", name),)))
    said = (Statement("prov:agent", _agent(element, name)), Statement("dcat:hadRole", Text(role)))
    return Statement("prov:qualifiedAttribution", Node("prov:Attribution", said))


def _agent(element: etree._Element, name: Text) -> Node:
    """Its ORCID or ROR address is its name in the graph; nothing is asked there."""
    given = [element.get("publisherIdentifier", "")]
    given += [text_of(child) for child in _children(element, "nameIdentifier")]
    iri = next(filter(None, map(recognition.address, given)), "")
    return Node("foaf:Agent", (Statement("foaf:name", name),), iri=iri)


def _name(element: etree._Element, tag: str) -> Text | None:
    return next((_worded(child) for child in _children(element, tag)), None)


def _relations(resource: etree._Element) -> Iterator[Statement]:
    for element in _all(resource, "relatedIdentifiers", "relatedIdentifier"):
        path = _RELATIONS.get(element.get("relationType", ""), "dct:relation")
        iri = recognition.address(text_of(element))
        yield Statement(path, Link(iri) if iri else Text(text_of(element)))


def _plain(resource: etree._Element) -> Iterator[Statement]:
    for element in _children(resource, "version"):
        yield Statement("dcat:version", Text(text_of(element)))
    for element in _children(resource, "language"):
        yield Statement("dct:language", recognition.language(text_of(element)))
    for place in resource.iter():
        if local_name(place) == "geoLocationPlace" and text_of(place):
            yield Statement("dct:spatial", Text(text_of(place)))
    for size in _all(resource, "sizes", "size"):
        if not recognition.byte_size(text_of(size)):
            yield Statement("dct:extent", Text(text_of(size)))


def _distribution(resource: etree._Element) -> Iterator[Statement]:
    """Access rights belong to the dataset; licence, format and bytes to what can be had of it."""
    held: list[Statement] = []
    rights = [*_all(resource, "rightsList", "rights"), *_children(resource, "rights")]
    for element in rights:
        iri = element.get("rightsURI", "").strip()
        if right := recognition.access_right(iri) or recognition.access_right(text_of(element)):
            yield Statement("dct:accessRights", right)
        elif iri:
            held.append(Statement("dct:license", Link(iri)))
        else:
            held.append(Statement("dct:rights", _worded(element)))
    held += [_format(text_of(element)) for element in _all(resource, "formats", "format")]
    for size in _all(resource, "sizes", "size"):
        if number := recognition.byte_size(text_of(size)):
            held.append(Statement("dcat:byteSize", Typed(number, "xsd:nonNegativeInteger")))
    if held:
        places = (recognition.address(text_of(element)) for element in _children(resource, "identifier"))
        access = [Statement("dcat:accessURL", Link(place)) for place in places if place]
        yield Statement("dcat:distribution", Node("dcat:Distribution", (*access, *held)))


def _format(text: str) -> Statement:
    value: Value = recognition.media_type(text)
    return Statement("dcat:mediaType" if isinstance(value, Link) else "dct:format", value)


def _all(resource: etree._Element, group: str, tag: str) -> Iterator[etree._Element]:
    for parent in resource:
        if local_name(parent) == group:
            yield from _children(parent, tag)


def _children(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The children of a name that say something."""
    for child in element:
        if local_name(child) == tag and (
            tag == "resourceType" or not recognition.is_placeholder(text_of(child))
        ):
            yield child


def _worded(element: etree._Element) -> Text:
    return Text(text_of(element), recognition.language_tag(language_of(element)))
