"""How often the concept that a name means is the first of those suggested, or among the first ten."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from catalogue.bench.linking_sets import GoldSet, Printed, Question
from ontologies.analysis import token_text
from ontologies.suggestions import Candidate, Ranking
from ontologies.suggestions.likeness import Likeness, Trigrams, Words
from ontologies.suggestions.rewriting import load_rewriting

SUGGESTIONS: Final = "suggestions"

# Codes, the likeliest first.
_Method: TypeAlias = Callable[[str], Sequence[str]]
_DEEPEST: Final = 50
_FIRST: Final = 10


@dataclass(frozen=True, slots=True)
class Score:
    """``n`` questions; accuracy at the first place, mean reciprocal rank, recall at the tenth."""

    method: str
    n: int
    accuracy: float
    mrr: float
    recall: float


@dataclass(frozen=True, slots=True)
class Linking:
    """``hard`` are the scores on names whose words equal no string of any candidate."""

    name: str
    candidates: int
    strings: int
    scores: tuple[Score, ...]
    hard: tuple[Score, ...]
    printed: tuple[Printed, ...]


def measure_linking(sets: Iterable[GoldSet]) -> Iterator[Linking]:
    """Measure suggestions beside an exact look-up, BM25 and trigrams over the same strings."""
    made: dict[tuple[Candidate, ...], Mapping[str, _Method]] = {}
    for gold in sets:
        if gold.candidates not in made:
            made[gold.candidates] = _methods(gold.candidates)
        yield _linking(gold, made[gold.candidates])


def _linking(gold: GoldSet, methods: Mapping[str, _Method]) -> Linking:
    strings = [name.text for each in gold.candidates for name in each.names()]
    known = {_words(text) for text in strings}
    hard = [each for each in gold.questions if _words(each.text) not in known]
    return Linking(
        gold.name,
        len(gold.candidates),
        len(strings),
        tuple(_score(name, method, gold.questions) for name, method in methods.items()),
        tuple(_score(name, method, hard) for name, method in methods.items()),
        gold.printed,
    )


def _score(name: str, method: _Method, questions: Sequence[Question]) -> Score:
    ranks = [_rank(method(each.text), each.answers) for each in questions]
    n = max(len(ranks), 1)
    return Score(
        name,
        len(ranks),
        sum(rank == 1 for rank in ranks) / n,
        sum(1 / rank for rank in ranks if rank) / n,
        sum(1 <= rank <= _FIRST for rank in ranks) / n,
    )


def _rank(codes: Sequence[str], answers: frozenset[str]) -> int:
    """The place of the first right one, 0 where there is none."""
    return next((place for place, code in enumerate(codes, start=1) if code in answers), 0)


def _methods(candidates: tuple[Candidate, ...]) -> dict[str, _Method]:
    named = [(each.code, _words(name.text)) for each in candidates for name in each.names()]
    codes = [code for code, _ in named]
    texts = [words for _, words in named]
    ranking = Ranking(candidates, load_rewriting())
    return {
        "exact": _exact(named),
        "BM25": _alike(Words(texts), codes),
        "trigram": _alike(Trigrams(texts), codes),
        SUGGESTIONS: lambda text: [each.code for each in ranking.rank(text, limit=_DEEPEST)],
    }


def _exact(named: Iterable[tuple[str, tuple[str, ...]]]) -> _Method:
    found: dict[tuple[str, ...], set[str]] = {}
    for code, words in named:
        found.setdefault(words, set()).add(code)
    return lambda text: sorted(found.get(_words(text), ()))


def _alike(likeness: Likeness, codes: Sequence[str]) -> _Method:
    def ranked(text: str) -> Sequence[str]:
        best: dict[str, float] = {}
        for position, score in likeness.scores(_words(text)).items():
            best[codes[position]] = max(score, best.get(codes[position], 0.0))
        return sorted(best, key=lambda code: (-best[code], code))[:_DEEPEST]

    return ranked


def _words(text: str) -> tuple[str, ...]:
    return tuple(token_text(text).split())
