"""How bad addresses and language tags are made harmless, so that the rest of a document can be kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from harvesters.findings import Finding, Severity

Subject = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple

_ILLEGAL: Final = re.compile(r"""[\x00-\x20<>"{}|^`\\\[\]]""")

# Whoever mends a page needs no longer list, and no longer text to find a place by.
_MOST_FINDINGS: Final = 1000
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Document:
    """The triples of one answer, whichever graph they stood in."""

    triples: tuple[Triple, ...]
    findings: tuple[Finding, ...]


def mended(triples: Iterable[Triple], url: str) -> Document:
    """Escape bad characters in addresses; an address beyond that becomes text, or its statement goes."""
    kept: list[Triple] = []
    findings: dict[str, Finding] = {}
    for triple in triples:
        for text, message in _faults(triple):
            if len(findings) < _MOST_FINDINGS:
                findings[text[:_LONGEST]] = Finding(
                    Severity.WARNING,
                    focus=url,
                    path="",
                    value=text[:_LONGEST],
                    message=message,
                    how_to_fix="write it as its standard says (RFC 3987, BCP 47)",
                )
        if whole := _mended(triple):
            kept.append(whole)
    return Document(tuple(kept), tuple(findings[text] for text in sorted(findings)))


def _mended(triple: Triple) -> Triple | None:
    subject, predicate, value = triple.subject, _sound_iri(triple.predicate.value), triple.object
    if isinstance(subject, NamedNode):
        sound = _sound_iri(subject.value)
        if sound is None:
            return None
        subject = sound
    return None if predicate is None else Triple(subject, predicate, _sound_value(value))


def _sound_value(term: Term) -> Term:
    match term:
        case NamedNode():
            return _sound_iri(term.value) or Literal(term.value)
        case Literal() if term.language:
            language = _sound_language(term.language)
            return Literal(term.value, language=language) if language else Literal(term.value)
        case _:
            return term


def _faults(triple: Triple) -> Iterable[tuple[str, str]]:
    for term in (triple.subject, triple.predicate, triple.object):
        match term:
            case NamedNode() if (sound := _sound_iri(term.value)) is None:
                yield term.value, "this is no address; it was kept as text, or its statement left out"
            case NamedNode() if sound != term:
                yield term.value, "this address holds characters that no address may hold; they were escaped"
            case Literal() if term.language and _sound_language(term.language) != term.language:
                yield term.language, "this is no language tag; it was corrected or left out"


@lru_cache(maxsize=10_000)
def _sound_iri(iri: str) -> NamedNode | None:
    for spelling in (iri, _ILLEGAL.sub(lambda found: quote(found[0], safe=""), iri)):
        try:
            return NamedNode(spelling)
        except ValueError:
            continue
    return None


@lru_cache(maxsize=10_000)
def _sound_language(tag: str) -> str:
    for spelling in (tag, tag.replace("_", "-")):
        try:
            return Literal("", language=spelling).language or ""
        except ValueError:
            continue
    return ""
