"""What an index holds of a document, in every engine: texts, codes, numbers and sort keys."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from catalogue.indexes import names
from catalogue.ports import HISTOGRAM_STARTS, Document, DocumentDigest, Hit, IndexSettings

# Raised with every change of this module or of `names`, so that older indexes are rebuilt.
_VERSION: Final = 2
_WIDTH: Final = 16
# Engines refuse longer keys; titles that agree so far are told apart by their datasets' keys.
_SORTED_BYTES: Final = 4_000
_STATES: Final = "n"
# No analysed word is spelt so. One engine counts the documents that have a word in a field, the other all of
# them; with a word in every field both count, and therefore rank, alike.
_NO_WORDS: Final = "-"


@dataclass(frozen=True, slots=True)
class Entry:
    """Each mapping is by field; ``codes`` and ``numbers`` hold no value twice."""

    key: str
    body: bytes
    texts: Mapping[str, str]
    codes: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[int, ...]]
    orders: Mapping[str, str]


def signature(settings: IndexSettings, *, engine: int) -> str:
    """Tell what an index was built with: analysis, scheme, facets, entries and the engine's own layout."""
    written = json.dumps([_VERSION, engine, settings.analysis, settings.scheme, list(settings.facets)])
    return sha256(written.encode()).hexdigest()[:12]


def entry(document: Document, settings: IndexSettings) -> Entry:
    return Entry(
        key=document.key,
        body=body(document),
        texts={name: getattr(document, name) or _NO_WORDS for name in names.TEXTS},
        codes=dict(_codes(document, settings)),
        numbers={name: values for name, values in _numbers(document) if values},
        orders={names.sort_field(name): _order(name, document) for name in names.SORTS},
    )


def body(document: Document) -> bytes:
    """One document in its only spelling, so that equal documents have equal hashes."""
    written = document.model_dump(mode="json")
    return json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(key: str, written: bytes) -> DocumentDigest:
    return DocumentDigest(key, sha256(written).hexdigest())


def hit(written: bytes | str, score: float, tokens: tuple[str, ...]) -> Hit:
    document = Document.model_validate_json(written)
    words = {word for field in names.TEXTS for word in getattr(document, field).split()}
    return Hit(
        document=document,
        score=score,
        matched=tuple(token for token in dict.fromkeys(tokens) if token in words),
    )


def read_stated(counts: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Sum what documents state, by code: patients and documents. ``counts`` says how many hold each key.

    An engine sums a field over documents, but not the number that goes with one code of many. So a number is
    indexed as keys of its binary digits (9 for C61: ``C61 0``, ``C61 3``): a sum is the sum of its digits.
    """
    found: dict[str, tuple[int, int]] = {}
    for key, documents in counts.items():
        code, _, digit = key.rpartition(" ")
        patients, stating = found.get(code, (0, 0))
        if digit == _STATES:
            found[code] = (patients, stating + documents)
        else:
            found[code] = (patients + (documents << int(digit)), stating)
    return found


def _codes(document: Document, settings: IndexSettings) -> Iterator[tuple[str, tuple[str, ...]]]:
    stated = _stated_keys(document)
    for facet in settings.facets:
        yield names.closure_field(facet), tuple(dict.fromkeys(document.closure.get(facet, ())))
        yield names.own_field(facet), tuple(dict.fromkeys(document.concepts.get(facet, ())))
        yield names.stated_field(facet), tuple(stated.get(facet, ()))
    yield names.UNSTATED, tuple(facet for facet in settings.facets if not document.closure.get(facet))


def _stated_keys(document: Document) -> dict[str, list[str]]:
    """Give by facet the keys that ``read_stated`` sums; two numbers for one code are one sum."""
    sums: dict[tuple[str, str], int] = {}
    for one in document.stated if document.counted else ():
        sums[one.facet, one.code] = sums.get((one.facet, one.code), 0) + one.patients
    keys: dict[str, list[str]] = {}
    for (facet, code), patients in sums.items():
        digits = (digit for digit in range(patients.bit_length()) if patients >> digit & 1)
        keys.setdefault(facet, []).extend(f"{code} {digit}" for digit in (_STATES, *digits))
    return keys


def _numbers(document: Document) -> Iterator[tuple[str, tuple[int, ...]]]:
    counted = document.counted
    yield names.COUNTED, (int(counted),)
    yield names.COUNTED_PATIENTS, _given(document.patients if counted else None)
    yield names.COUNTED_STUDIES, _given(document.studies if counted else None)
    yield names.COUNTED_UNKNOWN, (int(counted and document.patients is None),)
    yield "patients", _given(document.patients)
    yield "studies", _given(document.studies)
    yield from _span("age", document.age_lowest, document.age_highest)
    yield from _span("year", document.year_lowest, document.year_highest)


def _span(name: str, lowest: int | None, highest: int | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A span with one known end is that one number."""
    lowest, highest = (highest if lowest is None else lowest), (lowest if highest is None else highest)
    yield names.lowest_field(name), _given(lowest)
    yield names.highest_field(name), _given(highest)
    if lowest is not None and highest is not None:
        starts = HISTOGRAM_STARTS[name]
        bars = zip(starts, (*starts[1:], None), strict=True)
        overlapped = (start for start, end in bars if start <= highest and (end is None or lowest < end))
        yield names.bars_field(name), tuple(overlapped)


def _given(number: int | None) -> tuple[int, ...]:
    return () if number is None else (number,)


def _order(name: str, document: Document) -> str:
    """Engines break ties by segment; with the key inside there are none."""
    return _SORT_KEYS[name](document) + "\x01" + document.key


def _rising_number(number: int | None) -> str:
    return "~" if number is None else f"{number:0{_WIDTH}}"


def _falling_number(number: int | None) -> str:
    return "~" if number is None else f"{10**_WIDTH - 1 - number:0{_WIDTH}}"


def _rising_text(text: str) -> str:
    return text.encode()[:_SORTED_BYTES].hex() + "!" if text else "~"


def _falling_text(text: str) -> str:
    """Each byte's complement; the end sorts behind every byte, so that a longer text comes first."""
    return bytes(255 - byte for byte in text.encode()[:_SORTED_BYTES]).hex() + "x" if text else "~"


def _counted_patients(document: Document) -> int | None:
    """Animals and invented people would else stand above the patients that somebody looks for."""
    return document.patients if document.counted else None


_SORT_KEYS: Final[Mapping[str, Callable[[Document], str]]] = {
    "patients": lambda document: _rising_number(_counted_patients(document)),
    "-patients": lambda document: _falling_number(_counted_patients(document)),
    "modified": lambda document: _rising_text(document.modified),
    "-modified": lambda document: _falling_text(document.modified),
    "title": lambda document: _rising_text(document.sort_title),
}
