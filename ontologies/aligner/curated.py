"""What curated rows say of a value: which concepts it means, and which it does not."""

from collections.abc import Iterable, Iterator
from typing import Final

from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import Mapping
from ontologies.mappings.curies import expanded
from ontologies.mappings.subjects import subject_word
from ontologies.namespaces import notation

# Rows of these say something of a word; those of obsolete terms and cross-references are for curators alone.
_SAID_OF_WORDS: Final = frozenset(
    (
        *("skos:exactMatch", "skos:broadMatch", "skos:narrowMatch"),
        *("skos:closeMatch", "skos:relatedMatch"),
    )
)
# Those of SNOMED CT, which older tables write without their system.
_SHORTEST_NUMBER: Final = 6
_LONGEST_NUMBER: Final = 18


class CuratedWords:
    """Raises ``ValueError`` for a row whose object is no concept of the scheme on the row's axis."""

    def __init__(self, rows: Iterable[Mapping], scheme: ConceptScheme) -> None:
        self._said: dict[tuple[Axis, str, str], list[Mapping]] = {}
        self._denied: dict[tuple[Axis, str, str], set[str]] = {}
        self.sources: set[str] = set()
        for row in rows:
            if row.predicate_id in _SAID_OF_WORDS:
                if not stands(row, scheme):
                    raise ValueError(
                        f"{row.record_id}: {row.concept} is no concept on {row.subject_category.value}"
                    )
                self._add(row)

    def rows(self, value: str, axis: Axis, source: str) -> tuple[Mapping, ...]:
        """Those of the source itself, or else those for all; where any places the value, only these."""
        for key in _keys_of_value(value):
            for scope in dict.fromkeys((source, "")):
                if found := self._said.get((axis, key, scope)):
                    return tuple(row for row in found if row.places) or tuple(found)
        return ()

    def denied(self, value: str, axis: Axis, source: str) -> frozenset[str]:
        """Codes of concepts that a curator said the value does not mean."""
        found: set[str] = set()
        for key in _keys_of_value(value) if self._denied else ():
            for scope in (source, ""):
                found |= self._denied.get((axis, key, scope), set())
        return frozenset(found)

    def _add(self, row: Mapping) -> None:
        scope = row.subject_source if row.literal else ""
        self.sources.add(scope)
        for key in dict.fromkeys(_keys_of_row(row)):
            place = (row.subject_category, key, scope)
            if row.negative:
                self._denied.setdefault(place, set()).add(row.concept or "")
            else:
                self._said.setdefault(place, []).append(row)


def stands(row: Mapping, scheme: ConceptScheme) -> bool:
    """Whether the scheme has the row's object on its axis."""
    if row.concept is None:
        return True
    concept = scheme.get(row.concept)
    return concept is not None and concept.axis is row.subject_category


def _keys_of_row(row: Mapping) -> Iterator[str]:
    if row.literal:
        yield subject_word(row.subject_label)
        return
    iri = expanded(row.subject_id) or row.subject_id
    yield from (subject_word(key) for key in (row.subject_id, iri, notation(iri)) if key)


def _keys_of_value(value: str) -> tuple[str, ...]:
    keys = [subject_word(value), subject_word(notation(value))]
    if value.isascii() and value.isdigit() and _SHORTEST_NUMBER <= len(value) <= _LONGEST_NUMBER:
        keys.append(f"snomedct:{value}")
    return tuple(dict.fromkeys(key for key in keys if key))
