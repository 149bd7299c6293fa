"""Reading a set of mappings from SSSOM/TSV."""

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from ontologies.concepts import Axis
from ontologies.mappings.curies import contracted, expanded
from ontologies.mappings.metadata import Metadata, read_metadata
from ontologies.mappings.model import Mapping, MappingSet

# MONDO's largest set has a tenth of it.
MOST_CHARACTERS: Final = 50_000_000
MOST_ROWS: Final = 200_000
_REQUIRED: Final = ("predicate_id", "object_id", "mapping_justification")

ENTITIES: Final = frozenset(
    (
        *("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification", "author_id"),
        *("reviewer_id", "creator_id", "subject_source", "object_source", "mapping_source"),
        *("mapping_tool_id", "curation_rule", "subject_match_field", "object_match_field"),
        *("subject_preprocessing", "object_preprocessing", "issue_tracker_item"),
    )
)
MULTIVALUED: Final = frozenset(
    name for name, field in Mapping.model_fields.items() if field.default == () and name != "extensions"
)
COLUMNS: Final = tuple(name for name in Mapping.model_fields if name != "extensions")
SOURCE: Final = "source:"

# These may be a bare name: an id of an instance's own row, the id of a source.
_BARE: Final = frozenset(("record_id", "subject_source"))
_PARTING: Final = re.compile(r"((?:\\[\\|]|[^|])*)(?:\||$)")
_ESCAPED: Final = re.compile(r"\\([\\|])")


def read_mappings(text: str, *, name: str, axis: Axis | None = None, metadata: str = "") -> MappingSet:
    """Read an SSSOM/TSV with its metadata block, and with ``metadata`` where they stand in a file beside it.

    ``axis`` is that of rows that state none of ours. A row without an id gets one made of what it says.
    Raises ``ValueError`` naming the file, the line and the column.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"{name}: has more than {MOST_CHARACTERS:,} characters")
    if "\0" in text:
        raise ValueError(f"{name}: is no text, it has NUL characters")
    block, first, table = _parted(text.removeprefix("\ufeff"))
    read = _Table(name, read_metadata(block, metadata, name=name), axis)
    mappings: dict[str, Mapping] = {}
    for row in _rows(table, first, name=name):
        mapping = read.mapping(row)
        if mappings.setdefault(mapping.record_id, mapping) != mapping or len(mappings) > MOST_ROWS:
            fault = (
                f"more than {MOST_ROWS:,} rows" if len(mappings) > MOST_ROWS else "the record_id stands twice"
            )
            raise ValueError(f"{name}, line {row.line}: {fault}")
    about = read.metadata
    rows = tuple(mappings.values())
    return MappingSet(about.set_id, about.version, about.licence, rows, about.about, about.extensions)


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one line that are not empty, by column."""

    line: int
    cells: MappingOf[str, str]


def _parted(text: str) -> tuple[str, int, str]:
    """Give the metadata without their marks, the number of the table's first line, and the table."""
    block: list[str] = []
    at = 0
    while text.startswith("#", at):
        end = text.find("\n", at) + 1 or len(text)
        block.append(text[at + 1 : end].rstrip("\r\n"))
        at = end
    # Some programs write a blank after the mark, on every line.
    marked = all(line.startswith(" ") or not line for line in block)
    lines = (line[1:] if marked else line for line in block)
    return "\n".join(lines), len(block) + 1, text[at:]


def _rows(table: str, first: int, *, name: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(table, newline=""), delimiter="\t", strict=True)
    try:
        columns = _columns(next(reader, []), name=name, line=first)
        for cells in reader:
            line = first + reader.line_num - 1
            if len(cells) > len(columns):
                raise ValueError(
                    f"{name}, line {line}: has {len(cells)} cells, and there are {len(columns)} columns"
                )
            if any(cells):
                filled = zip(columns, cells, strict=False)
                yield _Row(line, {column: cell for column, cell in filled if cell})
    except csv.Error as error:
        raise ValueError(f"{name}, line {first + reader.line_num - 1}: is no TSV: {error}") from error


def _columns(header: Sequence[str], *, name: str, line: int) -> Sequence[str]:
    twice = [column for column, group in itertools.groupby(sorted(header)) if len(list(group)) > 1]
    if twice:
        raise ValueError(f"{name}, line {line}: the column {twice[0]!r} stands twice")
    lacking = [column for column in _REQUIRED if column not in header]
    if lacking:
        raise ValueError(f"{name}, line {line}: the column {lacking[0]} is lacking")
    return header


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    metadata: Metadata
    axis: Axis | None

    def mapping(self, row: _Row) -> Mapping:
        slots = dict(self._slots(row))
        for slot, inherited in self.metadata.of_rows.items():
            if slot not in slots:
                single = inherited if isinstance(inherited, list) else [inherited]
                slots[slot] = self._value(slot, single if slot in MULTIVALUED else single[:1], row)
        if self.axis is not None and slots.get("subject_category") not in set(Axis):
            slots["subject_category"] = self.axis
        declared = [each.slot_name for each in self.metadata.extensions]
        slots["extensions"] = tuple((each, row.cells[each]) for each in sorted(declared) if each in row.cells)
        slots.setdefault("record_id", f"{self.metadata.set_id}#{_digest(row.cells)}")
        try:
            return Mapping.model_validate(slots)
        except ValidationError as error:
            first = error.errors()[0]
            column = f", column {first['loc'][0]}" if first["loc"] else ""
            message = first["msg"].removeprefix("Value error, ")
            raise ValueError(f"{self.name}, line {row.line}{column}: {message}") from error

    def _slots(self, row: _Row) -> Iterator[tuple[str, object]]:
        declared = {each.slot_name for each in self.metadata.extensions}
        for column, cell in row.cells.items():
            if column in COLUMNS:
                parts = _split(cell) if column in MULTIVALUED else [cell]
                yield column, self._value(column, parts, row)
            elif column not in declared:
                raise ValueError(
                    f"{self.name}, line {row.line}, column {column}: SSSOM has no such column, "
                    "and extension_definitions does not declare it"
                )

    def _value(self, slot: str, parts: Sequence[str], row: _Row) -> object:
        read = [self._entity(slot, part, row) if slot in ENTITIES else part for part in parts]
        return tuple(read) if slot in MULTIVALUED else read[0]

    def _entity(self, slot: str, value: str, row: _Row) -> str:
        if slot in _BARE and ":" not in value:
            return value
        iri = expanded(value, self.metadata.prefixes)
        if iri is None:
            prefix, colon, _ = value.partition(":")
            fault = (
                f"the prefix {prefix!r} is not declared in curie_map" if colon else f"{value!r} has no prefix"
            )
            raise ValueError(f"{self.name}, line {row.line}, column {slot}: {fault}")
        short = contracted(iri)
        return short.removeprefix(SOURCE) if slot == "subject_source" else short


def _split(cell: str) -> list[str]:
    """Take the values of a cell apart at bars that no backslash protects."""
    parts = [_ESCAPED.sub(r"\1", found[1]) for found in _PARTING.finditer(cell)]
    return [part for part in parts if part]


def _digest(cells: MappingOf[str, str]) -> str:
    said = "\n".join(f"{column}\t{cell}" for column, cell in sorted(cells.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:12]
