"""How the bytes of an answer become triples: its format, its encoding, and what is refused unread."""

import codecs
import re
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit
from xml.parsers import expat

from pyoxigraph import RdfFormat, Triple, parse

from harvesters.errors import NotMetadata
from harvesters.parsing.contexts import with_contexts_inlined
from harvesters.parsing.mending import Document, mended

_FORMATS: Final = {
    "text/turtle": RdfFormat.TURTLE,
    "application/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "text/n3": RdfFormat.N3,
    "text/rdf+n3": RdfFormat.N3,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/dcat+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG,
}
_SUFFIXES: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".n3": RdfFormat.N3,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
}

# Possessive: a hundred comments at the head would else be divided up in 2^100 ways.
_LEAD: Final = rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+"
_HTML: Final = re.compile(_LEAD + rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_XML: Final = re.compile(
    rb"\s*<\?xml|" + _LEAD + rb"(?:<!doctype|<(?:\w+:)?RDF[\s>])", re.IGNORECASE | re.DOTALL
)
_JSON: Final = re.compile(rb"\s*(?:\{|\[\s*[\[{\]])")
_TURTLE: Final = re.compile(rb"\s*(?:#|@prefix|@base|prefix\s|base\s|<[^<>\s]*>\s|_:|\[\s)", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"""^(\s*<\?xml[^>]*?)\sencoding\s*=\s*["']([\w.-]+)["']""")

_ENCODINGS: Final = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}


def read_document(body: bytes, media_type: str, url: str) -> Document:
    """Parse an answer as its header says, else its suffix, else its looks.

    Raises ``NotMetadata`` in words for the node's operator; one bad line refuses the whole document.
    """
    body = _as_utf8(body, url)
    if not body.strip():
        raise NotMetadata(f"{url}: the answer is empty")
    if _HTML.match(body):
        raise NotMetadata(f"{url}: the answer is an HTML page (a login or error page?), no RDF")
    rdf_format = _format_of(body, media_type, url)
    return _parsed(_made_safe(body, rdf_format, url), rdf_format, url)


def _as_utf8(body: bytes, url: str) -> bytes:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return _decoded(_without_declaration(_decoded(body, encoding, url)), "utf-8", url)
    body = body.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARED.match(body[:300])
    if declared is None:
        return body
    encoding = declared[2].decode("ascii").lower()
    if encoding not in _ENCODINGS:
        raise NotMetadata(f"{url}: the XML is encoded as {encoding}; please use UTF-8")
    return _without_declaration(_decoded(body, encoding, url))


def _decoded(body: bytes, encoding: str, url: str) -> bytes:
    try:
        return body.decode(encoding).encode()
    except UnicodeError as error:
        raise NotMetadata(f"{url}: the text is not {encoding} as it says") from error


def _without_declaration(body: bytes) -> bytes:
    return _DECLARED.sub(rb"\1", body[:300], count=1) + body[300:]


def _format_of(body: bytes, media_type: str, url: str) -> RdfFormat:
    named = media_type.partition(";")[0].strip().lower()
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    if found := _FORMATS.get(named) or _SUFFIXES.get(suffix) or _sniffed(body):
        return found
    says = f"says that it is {named}" if named else "does not say what it is"
    raise NotMetadata(f"{url}: the answer {says}, and it looks like no RDF")


def _sniffed(body: bytes) -> RdfFormat | None:
    patterns = ((_XML, RdfFormat.RDF_XML), (_JSON, RdfFormat.JSON_LD), (_TURTLE, RdfFormat.TURTLE))
    return next((found for pattern, found in patterns if pattern.match(body)), None)


def _made_safe(body: bytes, rdf_format: RdfFormat, url: str) -> bytes:
    if rdf_format == RdfFormat.RDF_XML:
        _require_plain_xml(body, url)
        return body
    if rdf_format == RdfFormat.JSON_LD:
        return with_contexts_inlined(body, url)
    return body


def _require_plain_xml(body: bytes, url: str) -> None:
    """Read the XML once more, strictly: the RDF parser takes half a document for a whole one."""

    def refuse(*_: object) -> None:
        raise NotMetadata(f"{url}: the XML has a DOCTYPE or entities, which are not read; leave them out")

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotMetadata(f"{url}: the XML is broken: {error}") from error


def _parsed(body: bytes, rdf_format: RdfFormat, url: str) -> Document:
    if rdf_format == RdfFormat.JSON_LD:  # its strict reading drops what has a bad address, without a word
        return mended(_triples(body, rdf_format, url, lenient=True), url)
    try:
        return Document(_triples(body, rdf_format, url), ())
    except NotMetadata as strict:
        try:
            loose = _triples(body, rdf_format, url, lenient=True)
        except NotMetadata:
            raise strict from None
        return mended(loose, url)


def _triples(body: bytes, rdf_format: RdfFormat, url: str, *, lenient: bool = False) -> tuple[Triple, ...]:
    try:
        quads = parse(body, format=rdf_format, base_iri=url, lenient=lenient)
        return tuple(quad.triple for quad in quads)
    except SyntaxError as error:
        raise NotMetadata(f"{url}: the {rdf_format.name} is broken: {error.msg}") from error
    except ValueError as error:
        raise NotMetadata(f"{url}: the {rdf_format.name} cannot be read: {error}") from error
