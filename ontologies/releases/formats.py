"""Which format a file is in, by its first bytes; and what is refused before any parser sees it."""

import json
import re
from enum import StrEnum
from pathlib import PurePath
from typing import Final
from xml.parsers import expat

from ontologies.releases.terms import ReleaseRefused

_HEAD: Final = 65_536
_ENTITY_CHARACTERS: Final = 300
_COMPRESSED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
_OTHER_UNICODE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_BYTE_ORDER: Final = b"\xef\xbb\xbf"
_OBO: Final = re.compile(rb"^(?:format-version|data-version|ontology) *:", re.MULTILINE)
_NTRIPLE: Final = re.compile(rb"(?:<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+\S")
_XML: Final = re.compile(rb"<(?:\?xml|!|[A-Za-z][\w.-]*(?::[\w.-]+)?[\s>])")


class Format(StrEnum):
    OBO = "OBO"
    RDF_XML = "RDF/XML"
    TURTLE = "Turtle"
    N_TRIPLES = "N-Triples"
    JSON_LD = "JSON-LD"
    ONCOTREE = "OncoTree"


def format_of(content: bytes, name: str) -> Format:
    """Raises ``ReleaseRefused`` for what is compressed, not in UTF-8, or in no format that is read here."""
    head = content[:_HEAD].removeprefix(_BYTE_ORDER).lstrip()
    if head.startswith(_COMPRESSED):
        raise ReleaseRefused("the file is compressed; unpack it first")
    if content.startswith(_OTHER_UNICODE) or b"\x00" in head:
        raise ReleaseRefused("the file is not UTF-8")
    if not head:
        raise ReleaseRefused("the file is empty")
    if head.startswith((b"{", b"[")):
        return _json(content, name)
    if _NTRIPLE.match(head):
        return Format.N_TRIPLES if PurePath(name).suffix != ".ttl" else Format.TURTLE
    if _XML.match(head):
        check_entities(content)
        return Format.RDF_XML
    return Format.OBO if _OBO.search(head) else Format.TURTLE


def check_entities(content: bytes) -> None:
    """Refuse entities that name others, or files: nine lines of them grow to gigabytes in a parser.

    Short plain ones stay: editors of OWL write a namespace as an entity.
    """
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _entity
    parser.StartElementHandler = _first_element
    try:
        parser.Parse(content, True)
    except _Enough:
        return
    except expat.ExpatError as error:
        raise ReleaseRefused(f"the XML is broken: {error}") from error


class _Enough(Exception):
    """The document's first element begins: no entity is declared any more."""


def _first_element(_name: str, _attributes: object) -> None:
    raise _Enough


def _entity(name: str, parameter: int, value: str | None, *_external: object) -> None:
    if parameter or value is None or "&" in value or "%" in value or len(value) > _ENTITY_CHARACTERS:
        raise ReleaseRefused(f"the XML declares the entity {name}, which is more than a short text")


def _json(content: bytes, name: str) -> Format:
    if PurePath(name).suffix == ".jsonld":
        return Format.JSON_LD
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReleaseRefused(f"the JSON is broken: {type(error).__name__}, {error}") from error
    match found:
        case {"@context": _} | {"@graph": _} | {"@id": _} | [{"@id": _}, *_]:
            return Format.JSON_LD
        case dict() if any(isinstance(each, dict) and "children" in each for each in found.values()):
            return Format.ONCOTREE
        case _:
            raise ReleaseRefused("this JSON is neither JSON-LD nor OncoTree")
