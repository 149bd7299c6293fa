"""What stands in the YAML above a table of mappings, or beside it."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Final

import yaml
from pydantic import TypeAdapter, ValidationError

from ontologies.mappings.curies import KNOWN, contracted, expanded
from ontologies.mappings.model import ExtensionDefinition, SetSlots

# That of a set with hundreds of prefixes is a tenth of it.
_MOST_CHARACTERS: Final = 200_000
_DEEPEST: Final = 4
# Prefixes that SSSOM itself declares, and that no set may give another meaning.
_BUILT_IN: Final = ("owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd")
_OF_ROWS: Final = (
    *("subject_type", "subject_source", "subject_source_version", "object_type", "object_source"),
    *("object_source_version", "predicate_type", "mapping_provider", "cardinality_scope", "mapping_tool"),
    *("mapping_tool_id", "mapping_tool_version", "mapping_date", "subject_match_field"),
    *("object_match_field", "subject_preprocessing", "object_preprocessing", "similarity_measure"),
    *("curation_rule", "curation_rule_text"),
)
_OF_THE_SET: Final = ("mapping_set_id", "mapping_set_version", "license")
_READ_ELSEWHERE: Final = ("sssom_version", "curie_map", "extension_definitions")
_VERSIONS: Final = ("1.0", "1.1")

_Value = str | list[str]
_PREFIX_MAP: Final = TypeAdapter(dict[str, str])
_DEFINITIONS: Final = TypeAdapter(tuple[ExtensionDefinition, ...])
_SLOTS: Final = TypeAdapter(dict[str, str | list[str]])


@dataclass(frozen=True, slots=True)
class Metadata:
    """``of_rows`` holds the slots that hold for each row without a value of its own."""

    set_id: str
    version: str
    licence: str
    prefixes: MappingOf[str, str]
    about: SetSlots
    extensions: tuple[ExtensionDefinition, ...]
    of_rows: MappingOf[str, _Value]


def read_metadata(block: str, beside: str, *, name: str) -> Metadata:
    """Read the block of the file and the one beside it, the former first.

    Raises ``ValueError`` naming the file.
    """
    found: dict[str, object] = {**_read(beside, name=name), **_read(block, name=name)}
    for wanted in ("mapping_set_id", "license"):
        if not found.get(wanted):
            raise ValueError(f"{name}: the metadata block lacks {wanted}")
    if found.get("sssom_version", "1.1") not in _VERSIONS:
        raise ValueError(
            f"{name}: SSSOM {found['sssom_version']} is not known, only {' and '.join(_VERSIONS)}"
        )
    known = {*_OF_THE_SET, *_OF_ROWS, *_READ_ELSEWHERE, *SetSlots.model_fields}
    try:
        extensions = _DEFINITIONS.validate_python(found.get("extension_definitions") or ())
        if unknown := sorted(found.keys() - known - {each.slot_name for each in extensions}):
            raise ValueError(
                f"{name}: SSSOM has no {unknown[0]!r}, and extension_definitions does not declare it"
            )
        slots = _SLOTS.validate_python({key: found[key] for key in found.keys() & {*_OF_THE_SET, *_OF_ROWS}})
        about = SetSlots.model_validate(
            {key: found[key] for key in found.keys() & SetSlots.model_fields.keys()}
        )
        prefixes = _prefixes(_PREFIX_MAP.validate_python(found.get("curie_map") or {}), name=name)
        people = tuple(contracted(expanded(each, prefixes) or each) for each in about.creator_id)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{name}: the metadata's {_place(first['loc'])}: {first['msg']}") from error
    of_rows = {key: value for key, value in slots.items() if key in _OF_ROWS and value}
    stated = {key: _single(slots.get(key, ""), key, name=name) for key in _OF_THE_SET}
    return Metadata(
        stated["mapping_set_id"],
        stated["mapping_set_version"],
        stated["license"],
        prefixes,
        about.model_copy(update={"creator_id": people}),
        extensions,
        of_rows,
    )


def _read(text: str, *, name: str) -> dict[str, object]:
    """Every scalar as the text it is written as: a version of 1.0 is no number."""
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"{name}: the metadata have more than {_MOST_CHARACTERS:,} characters")
    try:
        _require_plain(text, name=name)
        found = yaml.load(text, Loader=_Texts)  # noqa: S506 - it makes texts and nothing else
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: the metadata are no YAML: {' '.join(str(error).split())}") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{name}: the metadata are no keys and values")  # noqa: TRY004
    return {str(key): value for key, value in found.items() if value not in ("", None)}


class _Texts(yaml.BaseLoader):
    """Refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002
        found: dict[object, object] = super().construct_mapping(node, deep=deep)
        if len(found) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return found


def _require_plain(text: str, *, name: str) -> None:
    """References within YAML grow without end, and so does what is nested."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"{name}: the metadata refer to a part of themselves")  # noqa: TRY004
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise ValueError(f"{name}: the metadata are nested more than {_DEEPEST} deep")


def _prefixes(stated: dict[str, str], *, name: str) -> dict[str, str]:
    for prefix in _BUILT_IN:
        if stated.get(prefix, KNOWN[prefix]) != KNOWN[prefix]:
            raise ValueError(f"{name}: the prefix {prefix} stands for {KNOWN[prefix]} in all of SSSOM")
    return {**KNOWN, **stated}


def _single(value: _Value, key: str, *, name: str) -> str:
    if isinstance(value, list):
        raise ValueError(f"{name}: the metadata have several values of {key}")  # noqa: TRY004
    return value


def _place(location: tuple[int | str, ...]) -> str:
    return " ".join(map(str, location)) or "keys"
