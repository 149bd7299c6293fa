"""Which concepts words name: by code or name, then by how a name begins, then by its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ontologies.analysis import normalise_label, token_text
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.suggestions import Method, Suggester, Suggestion


class How(StrEnum):
    """In the order in which matches are shown."""

    CODE = "code"
    LABEL = "label"
    SYNONYM = "synonym"
    NAME = "name in another language"
    RELATED = "related name"
    REWRITTEN = "the same words, written otherwise"
    BEGINNING = "beginning"
    WORDS = "words"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """``matched`` is the code or name that did; ``language`` is the name's, "" where that is not told.

    ``likeness`` is 1 for all that is more than alike.
    """

    concept: Concept
    how: How
    matched: str
    language: str = "en"
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class _Name:
    """``words`` are the folded words, each after a blank, so that a word's beginning can be looked for."""

    concept: Concept
    how: How
    text: str
    language: str
    words: str


class ConceptFinder:
    """Of other languages, those that are complete on an axis are looked in, read by a person or not."""

    def __init__(self, scheme: ConceptScheme) -> None:
        self._scheme = scheme
        self._suggester = Suggester(scheme)
        self._names = tuple(_names(scheme))
        self._by_label: dict[str, list[_Name]] = {}
        for name in self._names:
            self._by_label.setdefault(normalise_label(name.text), []).append(name)

    def find(self, words: str, *, axis: Axis | None = None) -> tuple[ConceptMatch, ...]:
        """All of them, the best first; each concept once. No words find every concept, by label."""
        if not words.strip():
            every = self._scheme.on(axis) if axis else self._scheme
            listed = sorted(every, key=lambda one: (one.label.casefold(), one.code))
            return tuple(ConceptMatch(one, How.LABEL, one.label) for one in listed)
        return self.find_on(words, (axis,) if axis else tuple(Axis))

    def find_on(self, words: str, axes: Sequence[Axis]) -> tuple[ConceptMatch, ...]:
        """The same on several axes. Where words find few, what is written or looks alike follows."""
        best: dict[str, ConceptMatch] = {}
        for match in (*self._exact(words, axes), *self._by_words(words, axes)):
            best.setdefault(match.concept.code, match)
        if len(best) < _FEW and len(words) <= _LONGEST_ALIKE:
            for match in self._alike(words, axes):
                best.setdefault(match.concept.code, match)
        return tuple(sorted(best.values(), key=lambda one: _ORDER[one.how]))

    def _exact(self, words: str, axes: Sequence[Axis]) -> tuple[ConceptMatch, ...]:
        """Those that have it for a code or, after normalising, for a name."""
        bare = words.strip()
        coded = (self._scheme.find(bare, one) for one in axes)
        by_code = [ConceptMatch(one, How.CODE, bare) for one in coded if one]
        named = self._by_label.get(normalise_label(bare), []) if normalise_label(bare) else []
        by_name = [_match(one, one.how) for one in named if one.concept.axis in axes]
        return (*by_code, *sorted(by_name, key=_place))

    def _by_words(self, words: str, axes: Sequence[Axis]) -> list[ConceptMatch]:
        asked = token_text(words).split(" ")
        if asked == [""] or len(asked) > _MOST_WORDS:
            return []
        beginning, each = " " + " ".join(asked), [f" {word}" for word in asked]
        found: list[tuple[bool, int, int, str, _Name]] = []
        for name in self._names:
            if name.concept.axis not in axes or not all(word in name.words for word in each):
                continue
            later = not name.words.startswith(beginning)
            found.append((later, _ORDER[name.how], len(name.words), name.text.casefold(), name))
        found.sort(key=lambda one: (*one[:4], one[4].concept.code))
        return [_match(one[4], How.WORDS if one[0] else How.BEGINNING) for one in found]

    def _alike(self, words: str, axes: Sequence[Axis]) -> list[ConceptMatch]:
        likely = [one for axis in axes for one in self._suggester.suggest(words, axis, limit=_FEW)]
        likely.sort(key=lambda one: (-one.score, one.concept.code))
        found = (_suggested(one) for one in likely)
        return [one for one in found if one.likeness >= _LEAST_LIKENESS][:_FEW]


@lru_cache(maxsize=2)
def concept_finder(scheme: ConceptScheme) -> ConceptFinder:
    """One a scheme: it takes a moment to make, and the scheme that went before is still being read."""
    return ConceptFinder(scheme)


# A page of ten that is not full is filled with what is alike, down to a third of the letters.
_FEW: Final = 10
_LEAST_LIKENESS: Final = 0.35
# What is longer is a text, and no slip of the pen; no name has so many words.
_LONGEST_ALIKE: Final = 120
_MOST_WORDS: Final = 30
_ORDER: Final = {how: place for place, how in enumerate(How)}


def _place(match: ConceptMatch) -> tuple[int, str, str]:
    return _ORDER[match.how], match.concept.label.casefold(), match.concept.code


def _suggested(one: Suggestion) -> ConceptMatch:
    if rewritten := one.scores.get(Method.REWRITTEN):
        return ConceptMatch(one.concept, How.REWRITTEN, rewritten.matched, "")
    alike = one.scores.get(Method.TRIGRAM) or next(iter(one.scores.values()))
    return ConceptMatch(one.concept, How.ALIKE, alike.matched, "", min(1.0, alike.score))


def _match(name: _Name, how: How) -> ConceptMatch:
    return ConceptMatch(name.concept, how, name.text, name.language)


def _names(scheme: ConceptScheme) -> Iterator[_Name]:
    for axis in Axis:
        complete = {language.code for language in scheme.languages(axis) if language.complete}
        for concept in scheme.on(axis):
            yield _name(concept, How.LABEL, concept.label)
            yield from (_name(concept, How.SYNONYM, text) for text in concept.synonyms)
            yield from (_name(concept, How.RELATED, text) for text in concept.related)
            for label in concept.labels:
                if label.language in complete:
                    yield _name(concept, How.NAME, label.text, label.language)


def _name(concept: Concept, how: How, text: str, language: str = "en") -> _Name:
    return _Name(concept, how, text, language, f" {token_text(text)}")
