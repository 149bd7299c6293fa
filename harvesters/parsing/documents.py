"""How the bytes of an answer become triples: its format, its encoding, and what is refused unread."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit
from xml.parsers import expat

from pyoxigraph import RdfFormat, Triple, parse

from harvesters.errors import NotMetadata, Terminal
from harvesters.findings import Finding, Severity
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

_UTF_8: Final = frozenset({"utf-8", "utf8"})
ENCODINGS: Final = _UTF_8 | {"us-ascii", "ascii", "latin-1", "iso-8859-1", "iso-8859-15", "windows-1252"}
# What reads as one of these may be any of them, and a fault in one is a fault in all.
_TURTLES: Final = frozenset(
    {RdfFormat.TURTLE, RdfFormat.N3, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}
)
_FAMILIES: Final = dict.fromkeys(_TURTLES, _TURTLES)
_PIECE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on disk, which only the sandbox's child reads; ``charset`` is that of what is no UTF-8."""

    path: Path
    media_type: str
    url: str
    charset: str = ""


def read_answer(answer: Answer) -> Document:
    return read_document(answer.path.read_bytes(), answer.media_type, answer.url, charset=answer.charset)


def read_document(body: bytes, media_type: str, url: str, *, charset: str = "") -> Document:
    """Parse an answer as its header says, else its suffix, else its looks.

    ``charset`` is what a text is in that is no UTF-8. Raises ``NotMetadata`` in words for the node's
    operator; one bad line refuses the whole document.
    """
    body = _as_utf8(body, url, charset)
    if not body.strip():
        raise NotMetadata(f"{url}: the answer is empty")
    if _HTML.match(body):
        raise NotMetadata(f"{url}: the answer is an HTML page (a login or error page?), no RDF")
    rdf_format = _format_of(body, media_type, url)
    try:
        return _parsed(_made_safe(body, rdf_format, url), rdf_format, url)
    except NotMetadata:
        looks = _sniffed(body)
        if looks is None or looks in _FAMILIES.get(rdf_format, {rdf_format}):
            raise
    document = _parsed(_made_safe(body, looks, url), looks, url)
    return replace(document, findings=(_misnamed(url, rdf_format, looks), *document.findings))


def require_charset(name: str) -> str:
    """Give the name as it is known here. Raises ``Terminal`` for one that is not."""
    if name and name.lower() not in ENCODINGS:
        raise Terminal(f"charset={name} is not one of {', '.join(sorted(ENCODINGS))}")
    return name.lower()


def _as_utf8(body: bytes, url: str, charset: str) -> bytes:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _without_declaration(_decoded(body, "utf-16", url))
    body = body.removeprefix(codecs.BOM_UTF8)
    fault = _where_no_utf8(body)
    if fault is not None and charset:
        return _without_declaration(_decoded(body, charset, url))
    declared = _DECLARED.match(body[:300])
    encoding = declared[2].decode("ascii").lower() if declared else "utf-8"
    if encoding not in ENCODINGS:
        raise NotMetadata(f"{url}: the XML is encoded as {encoding}; please use UTF-8")
    if fault is not None and encoding in _UTF_8:
        line = body.count(b"\n", 0, fault) + 1
        raise NotMetadata(
            f"{url}: the text is not {encoding} as it says (line {line}); "
            "send UTF-8, or name what it is in the option charset="
        )
    if declared is None:
        return body
    return _without_declaration(body if encoding in _UTF_8 else _decoded(body, encoding, url))


def _where_no_utf8(body: bytes) -> int | None:
    """The place of the first byte that is no UTF-8; read in pieces, for a document may be large."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(body), _PIECE):
        try:
            decoder.decode(body[start : start + _PIECE], start + _PIECE >= len(body))
        except UnicodeDecodeError as error:
            return max(start + error.start - len(decoder.getstate()[0]), 0)
    return None


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
        return Document(tuple(_triples(body, rdf_format, url)), ())
    except NotMetadata as strict:
        try:
            return mended(_triples(body, rdf_format, url, lenient=True), url)
        except NotMetadata:
            raise strict from None


def _triples(body: bytes, rdf_format: RdfFormat, url: str, *, lenient: bool = False) -> Iterator[Triple]:
    try:
        quads = parse(body, format=rdf_format, base_iri=url, lenient=lenient)
        yield from (quad.triple for quad in quads)
    except SyntaxError as error:
        raise NotMetadata(f"{url}: the {rdf_format.name} is broken: {error.msg}") from error
    except ValueError as error:
        raise NotMetadata(f"{url}: the {rdf_format.name} cannot be read: {error}") from error


def _misnamed(url: str, named: RdfFormat, found: RdfFormat) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="",
        value=named.media_type,
        message=f"the answer says that it is {named.name}, and is {found.name}",
        how_to_fix=f"send it as {found.media_type}",
    )
