"""What a text in a record of another standard means: an identifier, a count, a date, a right, a language."""

import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from harvesters.descriptions import Link, Node, Statement, Text, Typed, Value
from harvesters.findings import Finding, Severity

_DOI: Final = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*|info:doi/)?(10\.\d{4,9}/\S+)", re.IGNORECASE
)
_HANDLE: Final = re.compile(r"(?:https?://hdl\.handle\.net/|hdl:|info:hdl/)(\S+/\S+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_SAFE: Final = "/:;.,()_-~@!$&'*+=%"
_PLACEHOLDERS: Final = {
    "",
    "todo",
    "tbd",
    "n/a",
    "na",
    "none",
    "null",
    "unknown",
    "-",
    ":unav",
    ":none",
    ":tba",
}
# A title may be "0" and a keyword "string"; an identifier that is, came from a form left as it was.
_NAMELESS: Final = _PLACEHOLDERS | {"0", "--", "?", "nil", "string", "undefined", "xxx"}

# Patients come whole, so three digits behind a comma or a blank are thousands. A point is not guessed at.
_COUNT: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[,'\u2019 \u00a0\u2009\u202f]\d{3})+|\d+)\s*"
    r"(patient|subject|participant|individual|stud(?:y|ies)|series|image|instance)s?\b",
    re.IGNORECASE,
)
_COUNTED: Final = MappingProxyType(
    {
        "patient": "healthdcatap:numberOfUniqueIndividuals",
        "subject": "healthdcatap:numberOfUniqueIndividuals",
        "participant": "healthdcatap:numberOfUniqueIndividuals",
        "individual": "healthdcatap:numberOfUniqueIndividuals",
        "study": "healthdcatap:numberOfRecords",
        "studies": "healthdcatap:numberOfRecords",
        "series": "cimg:numberOfSeries",
        "image": "cimg:numberOfImages",
        "instance": "cimg:numberOfImages",
    }
)
_BYTES: Final = re.compile(r"(\d+)\s*(?:b|bytes?)?", re.IGNORECASE)

_DATES: Final = (
    (re.compile(r"\d{4}"), "xsd:gYear"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])"), "xsd:gYearMonth"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"), "xsd:date"),
    (
        re.compile(
            r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
            r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
        ),
        "xsd:dateTime",
    ),
)

_ACCESS: Final = "http://publications.europa.eu/resource/authority/access-right/"
# The words of info:eu-repo and COAR; an embargo is no access for now.
_RIGHTS: Final = MappingProxyType(
    {
        "openaccess": "PUBLIC",
        "public": "PUBLIC",
        "open": "PUBLIC",
        "c_abf2": "PUBLIC",
        "restrictedaccess": "RESTRICTED",
        "restricted": "RESTRICTED",
        "c_16ec": "RESTRICTED",
        "closedaccess": "NON_PUBLIC",
        "closed": "NON_PUBLIC",
        "non_public": "NON_PUBLIC",
        "metadataonlyaccess": "NON_PUBLIC",
        "c_14cb": "NON_PUBLIC",
        "embargoedaccess": "NON_PUBLIC",
        "c_f1cf": "NON_PUBLIC",
    }
)
_LICENCE: Final = re.compile(r"licen[sc]e|creativecommons\.org|opendatacommons|spdx\.org", re.IGNORECASE)

_LANGUAGE: Final = "http://publications.europa.eu/resource/authority/language/"
# ISO 639: two letters, three, and a second spelling of these; the EU's names are the first three in capitals.
_SPELLINGS: Final = tuple(
    spellings.split()
    for spellings in (
        *(
            "bg bul",
            "cs ces cze",
            "da dan",
            "de deu ger",
            "el ell gre",
            "en eng",
            "es spa",
            "et est",
            "fi fin",
        ),
        *("fr fra fre", "ga gle", "hr hrv", "hu hun", "it ita", "lt lit", "lv lav", "mt mlt", "nl nld dut"),
        *("no nor", "pl pol", "pt por", "ro ron rum", "sk slk slo", "sl slv", "sv swe"),
    )
)
_LANGUAGES: Final = MappingProxyType({one: words[1].upper() for words in _SPELLINGS for one in words})
_SHORT: Final = MappingProxyType({one: words[0] for words in _SPELLINGS for one in words})
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MEDIA_TYPE: Final = re.compile(r"(application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+")
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"


def doi(text: str) -> str:
    """A DOI without its resolver and in lower case (ISO 26324), "" for anything else."""
    found = _DOI.fullmatch(text.strip())
    return found[1].lower() if found else ""


def address(text: str) -> str:
    """The web address that an identifier is or stands for, "" where there is none."""
    text = text.strip()
    if name := doi(text):
        return f"https://doi.org/{quote(name, safe=_SAFE)}"
    if handle := _HANDLE.fullmatch(text):
        return f"https://hdl.handle.net/{quote(handle[1], safe=_SAFE)}"
    return text if _ADDRESS.fullmatch(text) else ""


def is_placeholder(text: str) -> bool:
    return text.strip().lower() in _PLACEHOLDERS


def names_nothing(identifier: str) -> bool:
    """Whether an identifier is one that many records of many providers could have."""
    return identifier.strip().lower() in _NAMELESS


def subject_of(identifiers: Iterable[str], *, record: str) -> str:
    """The dataset's IRI: its DOI's address, else the first web address, else a name made of the record's."""
    given = list(identifiers)
    dois = (address(text) for text in given if doi(text))
    others = (address(text) for text in given)
    found = next(dois, "") or next(filter(None, others), "")
    return found or f"urn:catalogue:unnamed/{quote(record, safe='')}"


def holds_counts(text: str) -> bool:
    return _COUNT.search(text) is not None


def counted(text: str, subject: str) -> Iterator[tuple[Statement, Finding]]:
    """Each ``N patients`` (subjects, studies, series, images) of a size or extent, with a finding."""
    for number, word in _COUNT.findall(text):
        path, digits = _COUNTED[word.lower()], re.sub(r"\D", "", number)
        finding = Finding(
            Severity.INFO,
            focus=subject,
            path=path,
            value=text[:200],
            # Without the number, so that what is to be mended alike is counted as one.
            message="this format has no field for the count; it was read from the text",
            how_to_fix=f"offer the record as DCAT too, with {path}",
        )
        yield Statement(path, Typed(digits, "xsd:nonNegativeInteger")), finding


def byte_size(text: str) -> str:
    """A number of bytes, "" for a size in any other measure."""
    found = _BYTES.fullmatch(text.strip())
    return found[1] if found else ""


def dated(text: str) -> Value:
    """A date by its shape; one of another shape stays text."""
    text = text.strip()
    for pattern, datatype in _DATES:
        if pattern.fullmatch(text):
            return Typed(text, datatype)
    return Text(text)


def period(text: str) -> Node:
    """A period by its two ends (``2015-01/2016``); a single date is both."""
    start, slash, end = (part.strip() for part in text.partition("/"))
    ends = (("dcat:startDate", start), ("dcat:endDate", end if slash else start))
    statements = (Statement(path, dated(moment)) for path, moment in ends if moment)
    return Node("dct:PeriodOfTime", tuple(statements))


def access_right(text: str) -> Link | None:
    """PUBLIC, RESTRICTED or NON_PUBLIC, where a text or an address says one of them."""
    word = re.split(r"[/#:]", text.strip().rstrip("/"))[-1].replace(" ", "").lower()
    right = _RIGHTS.get(word)
    return Link(_ACCESS + right) if right else None


def is_licence(iri: str) -> bool:
    return bool(_ADDRESS.fullmatch(iri.strip()) and _LICENCE.search(iri))


def language(code: str) -> Value:
    """The EU's name of a language by its code of two or three letters; another stays text."""
    known = _LANGUAGES.get(code.strip().lower().replace("_", "-").partition("-")[0])
    return Link(_LANGUAGE + known) if known else Text(code.strip())


def language_tag(text: str) -> str:
    """A tag that a text may carry, in its short form, "" for what is none."""
    tag = text.strip().replace("_", "-").lower()
    return _SHORT.get(tag, tag) if _TAG.fullmatch(tag) else ""


def media_type(text: str) -> Value:
    """The IANA address of a media type; another format stays text."""
    name = text.strip().lower()
    return Link(_MEDIA_TYPES + name) if _MEDIA_TYPE.fullmatch(name) else Text(text.strip())
