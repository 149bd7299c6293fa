"""How an entry lies in tantivy: which fields there are and how each is indexed."""

from typing import Final

import tantivy

from catalogue.indexes import entries, names
from catalogue.ports import Document, IndexSettings

KEY_START: Final = "key_start"

# Raised with every change of this module, so that older folders are rebuilt.
_LAYOUT: Final = 3
_KEY_START_BYTES: Final = 7


def signature(settings: IndexSettings) -> str:
    return entries.signature(settings, engine=_LAYOUT)


def schema(settings: IndexSettings) -> tantivy.Schema:
    """Fields hold one thing each; facets hold codes as they are, once with and once without broader ones."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(names.KEY, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(names.BODY, stored=True)
    for name in names.TEXTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    codes = (names.closure_field, names.own_field, names.stated_field)
    for name in (names.UNSTATED, *(field(facet) for facet in settings.facets for field in codes)):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in names.filtered_numbers():
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in (KEY_START, *names.counted_numbers()):
        builder.add_integer_field(name, fast=True)
    for name in names.SORTS:
        builder.add_text_field(names.sort_field(name), fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def entry(document: Document, settings: IndexSettings) -> tantivy.Document:
    given, found = entries.entry(document, settings), tantivy.Document()
    found.add_text(names.KEY, given.key)
    found.add_bytes(names.BODY, given.body)
    found.add_integer(KEY_START, _key_start(given.key))
    for name, text in (*given.texts.items(), *given.orders.items()):
        found.add_text(name, text)
    for name, codes in given.codes.items():
        for code in codes:
            found.add_text(name, code)
    for name, numbers in given.numbers.items():
        for number in numbers:
            found.add_integer(name, number)
    return found


def _key_start(key: str) -> int:
    """Give a number that sorts as the key does, as far as its first bytes tell."""
    return int.from_bytes(key.encode()[:_KEY_START_BYTES].ljust(_KEY_START_BYTES, b"\0"), "big")
