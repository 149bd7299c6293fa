"""How a document lies in the index: which fields it is searched, counted and sorted by."""

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Final

import tantivy

from catalogue.ports import Document, IndexSettings

KEY: Final = "key"
KEY_START: Final = "key_start"
BODY: Final = "body"
UNSTATED: Final = "unstated"
COUNTED: Final = "counted"
COUNTED_PATIENTS: Final = "counted_patients"
COUNTED_STUDIES: Final = "counted_studies"
COUNTED_UNKNOWN: Final = "counted_unknown"
TEXTS: Final = ("title_tokens", "label_tokens", "keyword_tokens", "text_tokens")
NUMBERS: Final = ("patients", "studies", "age_lowest", "age_highest")

# Raised with every change of this module, so that older folders are rebuilt.
_LAYOUT: Final = 1
_WIDTH: Final = 16
_KEY_START_BYTES: Final = 7


def signature(settings: IndexSettings) -> str:
    """Tell what an index was built with: analysis, scheme, facets and this layout."""
    written = json.dumps([_LAYOUT, settings.analysis, settings.scheme, list(settings.facets)])
    return sha256(written.encode()).hexdigest()[:12]


def schema(settings: IndexSettings) -> tantivy.Schema:
    """Fields hold one thing each; facets hold codes as they are, once with and once without broader ones."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(KEY, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(BODY, stored=True)
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in (UNSTATED, *map(closure_field, settings.facets), *map(own_field, settings.facets)):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (*NUMBERS, KEY_START, COUNTED, COUNTED_PATIENTS, COUNTED_STUDIES, COUNTED_UNKNOWN):
        builder.add_integer_field(name, indexed=name in NUMBERS, fast=True)
    for name in _SORT_KEYS:
        builder.add_text_field(sort_field(name), fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def entry(document: Document, settings: IndexSettings) -> tantivy.Document:
    found = tantivy.Document()
    found.add_text(KEY, document.key)
    found.add_bytes(BODY, body(document))
    for name in TEXTS:
        found.add_text(name, getattr(document, name))
    for facet in settings.facets:
        closure = document.closure.get(facet, ())
        _add_codes(found, closure_field(facet), closure)
        _add_codes(found, own_field(facet), document.concepts.get(facet, ()))
        _add_codes(found, UNSTATED, () if closure else (facet,))
    for name, number in _numbers(document):
        if number is not None:
            found.add_integer(name, number)
    for name, key in _SORT_KEYS.items():
        found.add_text(sort_field(name), key(document) + "\x01" + document.key)
    return found


def body(document: Document) -> bytes:
    """One document in its only spelling, so that equal documents have equal hashes."""
    written = document.model_dump(mode="json")
    return json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def closure_field(facet: str) -> str:
    return f"closure_{facet}"


def own_field(facet: str) -> str:
    return f"own_{facet}"


def sort_field(order: str) -> str:
    """Name the field of one sort order; its entries are unique and sorted ascending give the order.

    The engine breaks ties by segment; with the key inside the entry there are none.
    """
    return "falling_" + order[1:] if order.startswith("-") else "rising_" + order


def sorts() -> Iterable[str]:
    return _SORT_KEYS


def _numbers(document: Document) -> Iterable[tuple[str, int | None]]:
    counted = document.counted
    yield KEY_START, _key_start(document.key)
    yield COUNTED, int(counted)
    yield COUNTED_PATIENTS, document.patients if counted else None
    yield COUNTED_STUDIES, document.studies if counted else None
    yield COUNTED_UNKNOWN, int(counted and document.patients is None)
    yield "patients", document.patients
    yield "studies", document.studies
    yield "age_lowest", document.age_lowest
    yield "age_highest", document.age_highest


def _key_start(key: str) -> int:
    """Give a number that sorts as the key does, as far as its first bytes tell."""
    return int.from_bytes(key.encode()[:_KEY_START_BYTES].ljust(_KEY_START_BYTES, b"\0"), "big")


def _add_codes(found: tantivy.Document, field: str, codes: Iterable[str]) -> None:
    for code in dict.fromkeys(codes):
        found.add_text(field, code)


def _rising_number(number: int | None) -> str:
    return "~" if number is None else f"{number:0{_WIDTH}}"


def _falling_number(number: int | None) -> str:
    return "~" if number is None else f"{10**_WIDTH - 1 - number:0{_WIDTH}}"


def _rising_text(text: str) -> str:
    return text.encode().hex() + "!" if text else "~"


def _falling_text(text: str) -> str:
    """Each byte's complement; the end sorts behind every byte, so that a longer text comes first."""
    return bytes(255 - byte for byte in text.encode()).hex() + "x" if text else "~"


_SORT_KEYS: Final[Mapping[str, Callable[[Document], str]]] = {
    "patients": lambda document: _rising_number(document.patients),
    "-patients": lambda document: _falling_number(document.patients),
    "modified": lambda document: _rising_text(document.modified),
    "-modified": lambda document: _falling_text(document.modified),
    "title": lambda document: _rising_text(document.sort_title),
}
