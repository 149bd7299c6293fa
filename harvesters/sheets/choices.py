"""Which values the lists of a sheet hold, and which of them somebody may have meant."""

from difflib import get_close_matches
from typing import Final

from harvesters.sheets.columns import Column
from harvesters.sheets.lists import FixedList
from ontologies.aligner import Aligner, load_aligner
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.own_scheme import load_scheme

_NEAREST: Final = 3
# Below this likeness, of 1, a suggestion would only puzzle.
_LIKENESS: Final = 0.55
_LONGEST: Final = 80


class Choices:
    """What the columns of a sheet choose from."""

    def __init__(self, scheme: ConceptScheme, aligner: Aligner) -> None:
        self._scheme = scheme
        self._aligner = aligner
        self._words: dict[Axis, dict[str, str]] = {}

    def offered(self, choices: Axis | FixedList) -> tuple[str, ...]:
        """The names that people pick from, by the alphabet; a short list keeps its order."""
        if isinstance(choices, FixedList):
            return tuple(choices.names)
        return tuple(sorted({concept.label for concept in self._on(choices)}, key=str.casefold))

    def means(self, column: Column, value: str) -> bool:
        """Whether a value is understood: by name, by code, or by a curator's mapping."""
        match column.choices:
            case None:
                return True
            case FixedList() as listed:
                return bool(listed.find(value)) or listed.open
            case axis:
                found = self._aligner.align(value, axis)
                return all(one.concept or one.justification for one in found)

    def nearest(self, column: Column, value: str) -> tuple[str, ...]:
        """At most three names of the list that look like the value, the likeliest first."""
        if column.choices is None or len(value) > _LONGEST:
            return ()
        words = self._names(column.choices)
        found = get_close_matches(value.casefold(), words, n=2 * _NEAREST, cutoff=_LIKENESS)
        return tuple(dict.fromkeys(words[word] for word in found))[:_NEAREST]

    def _names(self, choices: Axis | FixedList) -> dict[str, str]:
        """Every name in small letters, with the one that is offered."""
        if isinstance(choices, FixedList):
            return {name.casefold(): name for name in choices.names}
        if choices not in self._words:
            self._words[choices] = {
                name.casefold(): concept.label
                for concept in self._on(choices)
                for name in (*concept.synonyms, concept.label)
            }
        return self._words[choices]

    def _on(self, axis: Axis) -> tuple[Concept, ...]:
        return tuple(concept for concept in self._scheme.on(axis) if concept.shown and concept.parents)


def load_choices() -> Choices:
    """Those of the project's own concepts and mappings."""
    scheme = load_scheme()
    return Choices(scheme, load_aligner(scheme))
