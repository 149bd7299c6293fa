"""Reading OBO 1.2 and 1.4, line by line.

A reader of its own: of a stanza only names, parents and codes are wanted, and files in use break the format's
rules in ways that strict parsers refuse as a whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ontologies.concepts import Label
from ontologies.releases.codes import iri_of_code, reference_code
from ontologies.releases.terms import Limits, ReleaseRefused, Term
from ontologies.releases.wording import Header, plain, stated_version

_PART_OF: Final = ("BFO:0000050", "part_of")
_LINE_CHARACTERS: Final = 200_000

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_LETTERS: Final = {"n": " ", "t": " ", "W": " "}
# What follows a value: a comment, or qualifiers in braces.
_TRAILER: Final = re.compile(r"\s+!.*$|\s*\{([^{}]*)\}\s*(?:!.*)?$")
_LANGUAGE: Final = re.compile(
    r"\b([a-z]{2})\b.*(?:LANG|LANGUAGE)|LANG(?:UAGE)?[_:]?([a-z]{2})\b", re.IGNORECASE
)


@dataclass(slots=True)
class _Stanza:
    """``tags`` holds each tag's values in the order of the file."""

    kind: str
    line: int
    tags: dict[str, list[str]] = field(default_factory=dict)

    def all(self, tag: str) -> list[str]:
        return self.tags.get(tag, [])

    def first(self, tag: str) -> str:
        return self.tags.get(tag, [""])[0]


@dataclass(frozen=True, slots=True)
class OboFile:
    header: Header
    terms: tuple[Term, ...]
    disjoint: tuple[tuple[str, str], ...]


def read_obo(lines: Iterable[bytes], limits: Limits) -> OboFile:
    """Raises ``ReleaseRefused``, naming the line, for what is no OBO in UTF-8."""
    stanzas = _stanzas(lines)
    header = _header(next(stanzas))
    terms: list[Term] = []
    disjoint: list[tuple[str, str]] = []
    for stanza in stanzas:
        if stanza.kind == "Term":
            terms.append(_term(stanza))
            apart = (iri_of_code(_value(each)) for each in stanza.all("disjoint_from"))
            disjoint += [(terms[-1].iri, other) for other in apart]
        if len(terms) > limits.terms:
            raise ReleaseRefused(f"the file has more than {limits.terms:,} terms")
    return OboFile(header, tuple(terms), tuple(disjoint))


def _stanzas(lines: Iterable[bytes]) -> Iterator[_Stanza]:
    """The header first, as a stanza without a kind."""
    present = _Stanza("", 1)
    for number, raw in enumerate(lines, start=1):
        line = _decoded(raw, number)
        if not line or line.startswith("!"):
            continue
        if line.startswith("["):
            yield present
            present = _Stanza(line.strip("[]"), number)
            continue
        tag, colon, value = line.partition(":")
        if not colon:
            raise ReleaseRefused(f"line {number} is no line of OBO: it has no tag")
        present.tags.setdefault(tag, []).append(value.strip())
    yield present


def _decoded(raw: bytes, number: int) -> str:
    if len(raw) > _LINE_CHARACTERS:
        raise ReleaseRefused(f"line {number} is longer than {_LINE_CHARACTERS:,} bytes")
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError as error:
        raise ReleaseRefused(f"line {number} is not UTF-8") from error


def _header(stanza: _Stanza) -> Header:
    if "format-version" not in stanza.tags and "ontology" not in stanza.tags:
        raise ReleaseRefused("this is no OBO: its header names neither format-version nor ontology")
    about = dict(_properties(stanza))
    version = stanza.first("data-version") or stanza.first("date")
    return Header(
        title=about.get("title", stanza.first("ontology")),
        version=stated_version(version),
        licence=about.get("license", ""),
        iri=iri_of_code(stanza.first("ontology")),
    )


def _properties(stanza: _Stanza) -> Iterator[tuple[str, str]]:
    """Yield the local name and the value of each annotation."""
    for each in stanza.all("property_value"):
        name, _, value = each.partition(" ")
        quoted = _QUOTED.match(value.strip())
        yield re.split(r"[/#:]", name)[-1], _text(quoted[1]) if quoted else _value(value)


def _term(stanza: _Stanza) -> Term:
    code = _value(stanza.first("id"))
    if not code:
        raise ReleaseRefused(f"the term of line {stanza.line} has no id")
    synonyms = list(_synonyms(stanza))
    return Term(
        iri=iri_of_code(code),
        code=code,
        label=_text(_TRAILER.sub("", stanza.first("name"))),
        synonyms=tuple(text for text, scope, language in synonyms if scope == "EXACT" and not language),
        related=tuple(text for text, scope, language in synonyms if scope != "EXACT" and not language),
        parents=tuple(iri_of_code(_value(each)) for each in stanza.all("is_a")),
        wholes=tuple(iri_of_code(whole) for whole in _wholes(stanza, code)),
        codes=tuple(dict.fromkeys(_codes(stanza, code))),
        obsolete=_value(stanza.first("is_obsolete")) == "true",
        replaced_by=tuple(_value(each) for each in stanza.all("replaced_by")),
        consider=tuple(_value(each) for each in stanza.all("consider")),
        labels=tuple(
            Label(text, language, preferred=False)
            for text, scope, language in synonyms
            if scope == "EXACT" and language
        ),
    )


def _synonyms(stanza: _Stanza) -> Iterator[tuple[str, str, str]]:
    """Yield the text, the scope and the language, "" for English, of each synonym."""
    for each in stanza.all("synonym"):
        if quoted := _QUOTED.match(each):
            rest = each[quoted.end() :].split("[")[0]
            language = _LANGUAGE.search(rest)
            scope = next(iter(rest.split()), "RELATED")
            yield _text(quoted[1]), scope, (language[1] or language[2]).lower() if language else ""


def _wholes(stanza: _Stanza, code: str) -> Iterator[str]:
    if code.startswith("UBERON:"):
        for each in stanza.all("relationship"):
            relation, _, whole = _value(each).partition(" ")
            if relation in _PART_OF and whole != code:
                yield whole


def _codes(stanza: _Stanza, code: str) -> Iterator[str]:
    for each in stanza.all("alt_id"):
        if earlier := reference_code(_value(each)):
            yield earlier
    for each in stanza.all("xref"):
        qualified = _TRAILER.search(each)
        # MONDO says of each reference how near it is; only one that is equivalent is a code.
        if "MONDO:" in (sources := (qualified[1] or "") if qualified else ""):
            if "MONDO:equivalentTo" not in sources:
                continue
        elif code.startswith("MONDO:"):
            continue
        if found := reference_code(_value(each)):
            yield found


def _value(text: str) -> str:
    return _text(_TRAILER.sub("", text))


def _text(text: str) -> str:
    return plain(_ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), text))
