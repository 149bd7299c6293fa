"""How alike a text is to each of many: by the trigrams of its words, and by its words (BM25)."""

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

# A feature of more than this share of all texts tells little; only the others look for candidates.
_COMMON: Final = 0.05
_FEW: Final = 200
_LIKELY: Final = 100


class Likeness(Protocol):
    def scores(self, words: Sequence[str]) -> Mapping[int, float]:
        """Score the likeliest texts by their position: about 1 for equal ones, less for less alike."""


class Trigrams:
    """The cosine of the texts' trigrams, rare ones weighing more; the order of the words does not count."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        counted = [_trigrams(words) for words in texts]
        self._weights = _Weights(counted)
        self._vectors = [self._weights.vector(each) for each in counted]
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for position, vector in enumerate(self._vectors):
            for trigram, weight in vector.items():
                self._postings.setdefault(trigram, []).append((position, weight))

    def scores(self, words: Sequence[str]) -> Mapping[int, float]:
        """Exact for the likeliest, which are found by telling trigrams: common ones cost most of the time."""
        wanted = self._weights.vector(_trigrams(words))
        likely = _likeliest(self._rough(wanted))
        return {position: _dot(wanted, self._vectors[position]) for position, _ in likely}

    def _rough(self, wanted: Mapping[str, float]) -> dict[int, float]:
        known = [(trigram, self._postings[trigram]) for trigram in wanted if trigram in self._postings]
        most = max(_FEW, int(len(self._vectors) * _COMMON))
        telling = [each for each in known if len(each[1]) <= most] or known
        found: dict[int, float] = {}
        for trigram, postings in telling:
            weight = wanted[trigram]
            for position, own in postings:
                found[position] = found.get(position, 0.0) + weight * own
        return found


class Words:
    """BM25, as a share of what the text would score against itself; a shorter text may score more."""

    _k: Final = 1.5
    _b: Final = 0.75

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        counted = [Counter(words) for words in texts]
        lengths = [each.total() for each in counted]
        self._mean = sum(lengths) / max(len(lengths), 1) or 1.0
        self._count = len(counted)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for position, counts in enumerate(counted):
            for word, count in counts.items():
                saturated = self._saturated(count, lengths[position])
                self._postings.setdefault(word, []).append((position, saturated))

    def scores(self, words: Sequence[str]) -> Mapping[int, float]:
        wanted = Counter(words)
        found: dict[int, float] = {}
        for word in wanted:
            rarity = self._rarity(word)
            for position, saturated in self._postings.get(word, ()):
                found[position] = found.get(position, 0.0) + rarity * saturated
        own = sum(self._rarity(word) * self._saturated(n, len(words)) for word, n in wanted.items())
        return {position: score / own for position, score in _likeliest(found)}

    def _saturated(self, count: int, length: int) -> float:
        return count * (self._k + 1) / (count + self._k * (1 - self._b + self._b * length / self._mean))

    def _rarity(self, word: str) -> float:
        having = len(self._postings.get(word, ()))
        return math.log(1 + (self._count - having + 0.5) / (having + 0.5))


class _Weights:
    """Vectors of length 1 whose features weigh by how rare they are."""

    def __init__(self, counted: Sequence[Counter[str]]) -> None:
        having = Counter(feature for each in counted for feature in each)
        self._rarity = {feature: math.log(1 + len(counted) / n) for feature, n in having.items()}
        self._unknown = math.log(1 + len(counted))

    def vector(self, counts: Counter[str]) -> dict[str, float]:
        raw = {
            feature: (1 + math.log(count)) * self._rarity.get(feature, self._unknown)
            for feature, count in counts.items()
        }
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {feature: weight / length for feature, weight in raw.items()}


def _likeliest(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    """The highest of them, in no order; of equal ones the first texts."""
    if len(scores) <= _LIKELY:
        return list(scores.items())
    least = heapq.nlargest(_LIKELY, scores.values())[-1]
    above = [each for each in scores.items() if each[1] > least]
    equal = sorted(position for position, score in scores.items() if score == least)
    return above + [(position, least) for position in equal[: _LIKELY - len(above)]]


def _trigrams(words: Sequence[str]) -> Counter[str]:
    """Each word's, with its beginning and its end marked."""
    padded = (f"  {word} " for word in words)
    return Counter(text[at : at + 3] for text in padded for at in range(len(text) - 2))


def _dot(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    return min(sum(weight * right[feature] for feature, weight in left.items() if feature in right), 1.0)
