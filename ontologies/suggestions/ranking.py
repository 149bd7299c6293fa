"""Which concepts a value may mean, best first, each with its reasons; a person decides."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from ontologies.analysis import token_text
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.suggestions.likeness import Trigrams, Words
from ontologies.suggestions.rewriting import Rewriting, load_rewriting


class Method(StrEnum):
    """EXACT: the same words; REWRITTEN: the same words once both are rewritten; the others: likeness."""

    EXACT = "exact"
    REWRITTEN = "rewritten"
    TRIGRAM = "trigram"
    WORDS = "words"


class Kind(StrEnum):
    """What a matched name is to its concept. A translation may be a draft, a related name something else."""

    LABEL = "label"
    SYNONYM = "synonym"
    CODE = "code"
    TRANSLATION = "translation"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """``synonyms`` are exact ones, and names only."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()
    translations: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    def names(self) -> Iterator[Name]:
        yield Name(self.label, Kind.LABEL)
        for kind, texts in (
            (Kind.SYNONYM, self.synonyms),
            (Kind.TRANSLATION, self.translations),
            (Kind.RELATED, self.related),
        ):
            yield from (Name(text, kind) for text in texts)


@dataclass(frozen=True, slots=True)
class Scored:
    """From 0 to 1, less for names that are less the concept's own; ``matched`` is the name itself."""

    score: float
    matched: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Ranked:
    """``scores`` lacks a method by which the two are not alike; ``score`` is what the rank follows."""

    code: str
    score: float
    scores: Mapping[Method, Scored]


@dataclass(frozen=True, slots=True)
class Suggestion:
    concept: Concept
    score: float
    scores: Mapping[Method, Scored]


class Ranking:
    """Ranks candidates of any source. Safe to share between threads once made."""

    def __init__(self, candidates: Iterable[Candidate], rewriting: Rewriting) -> None:
        owned = [(each.code, name) for each in candidates for name in each.names()]
        self._codes = [code for code, _ in owned]
        self._names = [name for _, name in owned]
        self._rewriting = rewriting
        written = [_written(name.text) for name in self._names]
        rewritten = [rewriting.words(name.text) for name in self._names]
        self._exact = _positions(written)
        self._equal = _positions(tuple(sorted(words)) for words in rewritten)
        self._written = Trigrams(written)
        self._rewritten = Trigrams(rewritten)
        self._words = Words(rewritten)

    def rank(self, text: str, *, limit: int = 10) -> tuple[Ranked, ...]:
        """The ``limit`` likeliest; equal ones by their codes, so that the same text gives the same list."""
        found: dict[str, dict[Method, tuple[float, int]]] = {}
        for method, scores in self._scores(text[:_LONGEST]).items():
            for position, score in scores.items():
                weighed = min(score, 1.0) * _WEIGHTS[self._names[position].kind]
                best = found.setdefault(self._codes[position], {})
                if method not in best or weighed > best[method][0]:
                    best[method] = (weighed, position)
        totals = [(-_combined(best), code) for code, best in found.items()]
        return tuple(self._ranked(code, found[code]) for _, code in heapq.nsmallest(limit, totals))

    def _scores(self, text: str) -> dict[Method, Mapping[int, float]]:
        written, rewritten = _written(text), self._rewriting.words(text)
        trigram = dict(self._written.scores(written))
        for position, score in self._rewritten.scores(rewritten).items():
            trigram[position] = max(score, trigram.get(position, 0.0))
        return {
            Method.EXACT: dict.fromkeys(self._exact.get(written, ()), 1.0),
            Method.REWRITTEN: dict.fromkeys(self._equal.get(tuple(sorted(rewritten)), ()), 1.0),
            Method.TRIGRAM: trigram,
            Method.WORDS: self._words.scores(rewritten),
        }

    def _ranked(self, code: str, best: Mapping[Method, tuple[float, int]]) -> Ranked:
        scores = {
            method: Scored(score, self._names[position].text, self._names[position].kind)
            for method, (score, position) in best.items()
        }
        return Ranked(code, _combined(best), MappingProxyType(scores))


class Suggester:
    """Suggests concepts of a scheme; each axis is made ready when it is first asked for."""

    def __init__(self, scheme: ConceptScheme) -> None:
        self._scheme = scheme
        self._rewriting = load_rewriting()
        self._ranking = lru_cache(len(Axis))(self._made)

    def suggest(self, raw: str, axis: Axis, *, limit: int = 10) -> tuple[Suggestion, ...]:
        named = self._ranking(axis).rank(raw, limit=limit)
        coded = self._coded(raw.strip(), axis)
        ranked = (*coded, *(each for each in named if each.code not in {one.code for one in coded}))
        concepts = ((self._scheme.get(each.code), each) for each in ranked[:limit])
        return tuple(Suggestion(found, each.score, each.scores) for found, each in concepts if found)

    def _coded(self, raw: str, axis: Axis) -> tuple[Ranked, ...]:
        concept = self._scheme.find(raw, axis)
        if concept is None:
            return ()
        scores = MappingProxyType({Method.EXACT: Scored(1.0, raw, Kind.CODE)})
        return (Ranked(concept.code, sum(_SHARES.values()), scores),)

    def _made(self, axis: Axis) -> Ranking:
        return Ranking(candidates(self._scheme, axis), self._rewriting)


def candidates(scheme: ConceptScheme, axis: Axis) -> Iterator[Candidate]:
    """Concepts of an axis, with their names in each language that has one for all that facets show."""
    languages = {each.code for each in scheme.languages(axis) if each.complete}
    for concept in scheme.on(axis):
        spoken = tuple(label.text for label in concept.labels if label.language in languages)
        yield Candidate(concept.code, concept.label, concept.synonyms, spoken, concept.related)


# A value of more is a text.
_LONGEST: Final = 300
# Related names come after all that are exact; an English label before a synonym of another concept.
_WEIGHTS: Final = MappingProxyType(
    {
        Kind.LABEL: 1.0,
        Kind.CODE: 1.0,
        Kind.SYNONYM: 0.99,
        Kind.TRANSLATION: 0.95,
        Kind.RELATED: 0.5,
    }
)
# Chosen on the development half of ``catalogue bench linking``: the same words first, then trigrams; words
# alone lead astray where a value shares but common ones with a name.
_SHARES: Final = MappingProxyType(
    {Method.EXACT: 3.0, Method.REWRITTEN: 2.0, Method.TRIGRAM: 1.0, Method.WORDS: 0.02}
)


def _combined(best: Mapping[Method, tuple[float, int]]) -> float:
    return sum(_SHARES[method] * score for method, (score, _) in best.items())


def _written(text: str) -> tuple[str, ...]:
    return tuple(token_text(text).split())


def _positions(keys: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    """Where each of the keys stands; an empty one is no key."""
    found: dict[tuple[str, ...], list[int]] = {}
    for position, key in enumerate(keys):
        if key:
            found.setdefault(key, []).append(position)
    return found
