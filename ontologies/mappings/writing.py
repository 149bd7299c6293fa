"""Writing a set of mappings as SSSOM/TSV, the same bytes for the same set."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from ontologies.mappings.curies import Prefixes
from ontologies.mappings.model import ExtensionDefinition, Mapping, MappingSet, SetSlots
from ontologies.mappings.reading import COLUMNS, ENTITIES, MULTIVALUED, SOURCE

_SSSOM_VERSION: Final = "1.1"
# What YAML breaks lines at, or does not print.
_UNPRINTED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# A backslash is doubled where it would protect what follows, and a bar within a value is protected.
_TO_ESCAPE: Final = re.compile(r"\\(?=[\\|]|$)|\|")


def write_mappings(mappings: MappingSet) -> str:
    """Rows by axis, word and source; columns and metadata in SSSOM's order, only those in use.

    Cells are written as they are: ``=`` at the beginning of a provider's word is part of the word.
    """
    prefixes = Prefixes()
    extra = sorted({name for row in mappings.mappings for name, _ in row.extensions})
    cells = [_cells(row, extra, prefixes) for row in mappings.mappings]
    columns = [*COLUMNS, *extra]
    used = [at for at, _ in enumerate(columns) if any(row[at] for row in cells)]
    body = io.StringIO(newline="")
    writer = csv.writer(body, delimiter="\t", lineterminator="\n")
    writer.writerow(
        [columns[at] for at in used] or ["record_id", "predicate_id", "object_id", "mapping_justification"]
    )
    writer.writerows([row[at] for at in used] for row in cells)
    head = "".join(f"#{line}\n" for line in _metadata(mappings, extra, prefixes))
    return head + body.getvalue()


def _cells(row: Mapping, extra: Sequence[str], prefixes: Prefixes) -> list[str]:
    more = dict(row.extensions)
    return [*(_cell(row, slot, prefixes) for slot in COLUMNS), *(more.get(name, "") for name in extra)]


def _cell(row: Mapping, slot: str, prefixes: Prefixes) -> str:
    value: object = getattr(row, slot)
    if slot == "subject_source" and value and ":" not in str(value):
        value = f"{SOURCE}{value}"
    texts = [_text(each) for each in (value if isinstance(value, tuple) else (value,))]
    if slot in ENTITIES:
        texts = [prefixes.shortened(each) if each else "" for each in texts]
    if slot in MULTIVALUED:
        return "|".join(_TO_ESCAPE.sub(r"\\\g<0>", each) for each in texts)
    return texts[0]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _metadata(mappings: MappingSet, extra: Sequence[str], prefixes: Prefixes) -> Iterator[str]:
    people = [prefixes.shortened(each) for each in mappings.about.creator_id]
    about = mappings.about.model_copy(update={"creator_id": tuple(people)})
    yield f"sssom_version: {_quoted(_SSSOM_VERSION)}"
    if prefixes.map:
        yield "curie_map:"
        yield from (f"  {prefix}: {_quoted(iri)}" for prefix, iri in prefixes.map.items())
    yield f"mapping_set_id: {_quoted(mappings.id)}"
    if mappings.version:
        yield f"mapping_set_version: {_quoted(mappings.version)}"
    for slot in SetSlots.model_fields:
        if slot == "publication_date":
            yield f"license: {_quoted(mappings.licence)}"
        yield from _stated(slot, getattr(about, slot))
    yield from _definitions(mappings.extensions, extra)


def _stated(slot: str, value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        if value:
            yield f"{slot}:"
            yield from (f"  - {_quoted(each)}" for each in value)
    elif text := _text(value):
        yield f"{slot}: {text if isinstance(value, float) else _quoted(text)}"


def _definitions(stated: Iterable[ExtensionDefinition], extra: Sequence[str]) -> Iterator[str]:
    known = {each.slot_name: each for each in stated}
    defined = [known.get(name) or ExtensionDefinition(slot_name=name) for name in sorted({*known, *extra})]
    if defined:
        yield "extension_definitions:"
    for each in defined:
        yield f"  - slot_name: {_quoted(each.slot_name)}"
        for slot, value in (("property", each.property), ("type_hint", each.type_hint)):
            if value:
                yield f"    {slot}: {_quoted(value)}"


def _quoted(text: str) -> str:
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
