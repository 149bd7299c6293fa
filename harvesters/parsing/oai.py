"""What an OAI-PMH answer says: its records, its token, its errors, and what the repository is like."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from harvesters.errors import NotMetadata
from harvesters.parsing.strict import canonical_xml, local_name, namespace, read_xml, text_of
from harvesters.recognition import names_nothing

OAI: Final = "http://www.openarchives.org/OAI/2.0/"

_MOST_DIGITS: Final = 18

# What XML 1.0 cannot hold, raw or as a reference.
_ILLEGAL: Final = re.compile(
    rb"[\x00-\x08\x0B\x0C\x0E-\x1F]|&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[1245-9]|2\d|3[01]));"
)


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """One record as it stands on a page; ``profile`` is the namespace of its metadata.

    ``metadata`` is canonical XML, so that white space and the envelope around it make no difference; it is
    empty where there is none.
    """

    identifier: str
    datestamp: str
    deleted: bool
    metadata: bytes
    profile: str

    @property
    def is_named(self) -> bool:
        """Whether the identifier is one, or behind its namespace (``oai:repository:undefined``).

        Repositories count their records, and some begin with 0.
        """
        local = self.identifier.rpartition(":")[2]
        return not (names_nothing(self.identifier) or (names_nothing(local) and not local.isdecimal()))


@dataclass(frozen=True, slots=True)
class OaiFormat:
    prefix: str
    namespace: str


@dataclass(frozen=True, slots=True)
class OaiAnswer:
    """``token`` leads to the next page, "" at the end; ``total`` is the list's size where it is told.

    ``headers`` are those of ListIdentifiers, as records without metadata. ``dropped`` counts the characters
    without which only the page could be read. An answer that could not be had or read at all holds nothing
    but the reason, ``unread``, and whether the server was ``busy`` with something else.
    """

    verb: str = ""
    response_date: str = ""
    error: str = ""
    error_text: str = ""
    records: tuple[OaiRecord, ...] = ()
    headers: tuple[OaiRecord, ...] = ()
    token: str = ""
    total: int | None = None
    formats: tuple[OaiFormat, ...] = ()
    granularity: str = ""
    earliest: str = ""
    dropped: int = 0
    unread: str = ""
    busy: bool = False


def read_oai(body: bytes, place: str) -> OaiAnswer:
    """Read one answer of any verb. Raises ``NotMetadata`` for what is no whole OAI-PMH answer."""
    root = read_xml(body, place)
    if root.tag != f"{{{OAI}}}OAI-PMH":
        raise NotMetadata(f"{place}: the answer is <{local_name(root)}>, no OAI-PMH 2.0")
    error = root.find(f"{{{OAI}}}error")
    token = root.find(f"*/{{{OAI}}}resumptionToken")
    return OaiAnswer(
        verb=_verb(root),
        response_date=_said(root, "responseDate"),
        error="" if error is None else error.get("code", "unknown"),
        error_text="" if error is None else text_of(error),
        records=tuple(_record(element) for element in root.iterfind(f"*/{{{OAI}}}record")),
        headers=tuple(_headers(root)),
        token="" if token is None else text_of(token),
        total=None if token is None else _number(token.get("completeListSize", "")),
        formats=tuple(_formats(root)),
        granularity=_said(root, "*/granularity"),
        earliest=_said(root, "*/earliestDatestamp"),
    )


def without_illegal_characters(body: bytes) -> tuple[bytes, int]:
    """Drop what no XML may hold from a page in UTF-8, and tell how much that was; all else stays."""
    return _ILLEGAL.subn(b"", body)


def _verb(root: etree._Element) -> str:
    """What is answered: the element behind those that every answer has."""
    names = [local_name(element) for element in root]
    return next((name for name in names if name not in ("responseDate", "request", "error")), "")


def _headers(root: etree._Element) -> Iterator[OaiRecord]:
    for header in root.iterfind(f"{{{OAI}}}ListIdentifiers/{{{OAI}}}header"):
        yield _headed(header, None)


def _record(element: etree._Element) -> OaiRecord:
    header = element.find(f"{{{OAI}}}header")
    return _headed(header, _described(element.find(f"{{{OAI}}}metadata")))


def _headed(header: etree._Element | None, described: etree._Element | None) -> OaiRecord:
    return OaiRecord(
        identifier="" if header is None else _said(header, "identifier"),
        datestamp="" if header is None else _said(header, "datestamp") or _said(header, "dateStamp"),
        deleted=header is not None and header.get("status") == "deleted",
        metadata=b"" if described is None else canonical_xml(described),
        profile="" if described is None else _profile(described),
    )


def _described(metadata: etree._Element | None) -> etree._Element | None:
    """The one element of the format; some repositories leave its wrapper out, then all of them together."""
    if metadata is None or len(metadata) == 0:
        return None
    return metadata[0] if len(metadata) == 1 else metadata


def _profile(described: etree._Element) -> str:
    """Without a namespace of their own, elements fall into that of the envelope, which says nothing."""
    own = namespace(described)
    if own == OAI and len(described):
        own = namespace(described[0])
    return "" if own == OAI else own


def _formats(root: etree._Element) -> Iterator[OaiFormat]:
    for element in root.iterfind(f"*/{{{OAI}}}metadataFormat"):
        yield OaiFormat(_said(element, "metadataPrefix"), _said(element, "metadataNamespace"))


def _said(element: etree._Element, path: str) -> str:
    steps = "/".join(step if step == "*" else f"{{{OAI}}}{step}" for step in path.split("/"))
    found = element.find(steps)
    return "" if found is None else text_of(found)


def _number(text: str) -> int | None:
    """Python refuses to read thousands of digits; the first ones say enough: the list cannot be whole."""
    return int(text[:_MOST_DIGITS]) if text.isascii() and text.isdigit() else None
