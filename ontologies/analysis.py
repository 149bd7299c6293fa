"""Which tokens a text consists of, for the aligner and for every search engine alike."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol

import Stemmer  # type: ignore[import-not-found]  # a C extension without annotations

# Part of the index settings' hash: any change below that changes a token must change it.
ANALYSIS_VERSION: Final = "1"
INDEX_LANGUAGE: Final = "en"
MAX_TOKEN: Final = 60

_WORD: Final = re.compile(r"[^\W_]+")
_ALGORITHMS: Final = MappingProxyType(
    {
        "ca": "catalan",
        "da": "danish",
        "de": "german",
        "en": "english",
        "es": "spanish",
        "fi": "finnish",
        "fr": "french",
        "it": "italian",
        "nl": "dutch",
        "no": "norwegian",
        "pt": "portuguese",
        "ro": "romanian",
        "sv": "swedish",
    }
)

# Letters that no Unicode decomposition opens.
_LIGATURES: Final = MappingProxyType(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)

# British to American, where medical words differ; written on folded tokens.
_SPELLINGS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(tum|col|lab|behavi|fav|neighb)our", r"\1or"),
        (r"oesoph", "esoph"),
        (r"aem", "em"),
        (r"paed", "ped"),
        (r"oedem", "edem"),
        (r"^oestr", "estr"),
        (r"gynaec", "gynec"),
        (r"^caec", "cec"),
        (r"aesth", "esth"),
        (r"^aetiol", "etiol"),
        (r"^foet", "fet"),
        (r"rrhoe", "rrhe"),
        (r"^fibre", "fiber"),
        (r"^centre", "center"),
        (r"^grey", "gray"),
        (r"(label|model)l(ed|ing)$", r"\1\2"),
        (r"isation", "ization"),
        (r"(random|anonym|optim|standard|character)is(e|ed|es|ing)$", r"\1iz\2"),
        (r"analys(e|ed|ing)$", r"analyz\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """``start`` and ``end`` are offsets into the text as it was given."""

    text: str
    start: int
    end: int


def tokens(text: str, language: str = "") -> list[Token]:
    """Fold, split, spell and, where the language has a stemmer, stem."""
    stem = _stemmer(language)
    return [Token(stem(_spelling(word[:MAX_TOKEN])), start, end) for word, start, end in _words(text)]


def token_text(text: str, language: str = "") -> str:
    """Join the tokens by blanks, as a field analysed by ``whitespace`` wants them."""
    stem = _stemmer(language)
    folded = text.lower() if text.isascii() else "".join(map(_FOLDED.__getitem__, text))
    return " ".join([stem(_spelling(word[:MAX_TOKEN])) for word in _WORD.findall(folded)])


def analyse(text: str) -> str:
    """Analyse text of the index, which is taken for English whatever its tag says."""
    return token_text(text, INDEX_LANGUAGE)


def normalise_label(text: str) -> str:
    """Reduce a label to what two spellings of the very same name have in common.

    Case, accents, punctuation, plural, British or American, "not otherwise specified", and the word order of
    "malignant neoplasm of lung" (lung cancer) and "adenocarcinoma of colon" (colon adenocarcinoma).
    """
    words = (_spelling(word) if len(word) <= MAX_TOKEN else word for word, _, _ in _words(text))
    spelt = " ".join(map(_singular, words))
    named = " ".join(_UNSPECIFIED.sub(" ", spelt).split())
    if found := _MALIGNANT_OF.fullmatch(named):
        return f"{found[1]} cancer"
    if found := _TUMOUR_OF.fullmatch(named):
        return f"{found[2]} {found[1]}"
    return named


# Greek and Latin plurals of medicine; the rest take an "s".
_PLURALS: Final = MappingProxyType(
    {
        "metastases": "metastasis",
        "micrometastases": "micrometastasis",
        "oligometastases": "oligometastasis",
        "carcinomata": "carcinoma",
        "sarcomata": "sarcoma",
        "bronchi": "bronchus",
        "testes": "testis",
        "vertebrae": "vertebra",
    }
)
_UNSPECIFIED: Final = re.compile(r"\bnot otherwise specified$|\bnos\b")
_MALIGNANT_OF: Final = re.compile(
    r"(?:malignant (?:neoplasm|tumor)|neoplasm malignant|(?:ca )?cancer) of (?:the )?(.+)"
)
_TUMOUR_OF: Final = re.compile(r"((?:\w+ )*\w*(?:carcinoma|sarcoma|lymphoma|melanoma)) of (?:the )?(.+)")


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each folded word with its offsets in the text as it was given."""
    if text.isascii():
        for found in _WORD.finditer(text.lower()):
            yield found[0], found.start(), found.end()
        return
    folded, origins = _fold(text)
    for found in _WORD.finditer(folded):
        yield found[0], origins[found.start()], origins[found.end() - 1] + 1


def _fold(text: str) -> tuple[str, list[int]]:
    """Fold each character, and remember which one each folded character came from."""
    folded: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for part in _FOLDED[character]:
            folded.append(part)
            origins.append(position)
    return "".join(folded), origins


class _Folding(dict[str, str]):
    """Folded characters, worked out once each; one who sends all of Unicode fills no memory with them."""

    _most: Final = 20_000

    def __missing__(self, character: str) -> str:
        opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
        kept = (part for part in opened if unicodedata.category(part) != "Mn")
        folded = "".join(_LIGATURES.get(part, part) for part in kept)
        if len(self) < self._most:
            self[character] = folded
        return folded


_FOLDED: Final = _Folding()


@lru_cache(maxsize=65_536)
def _spelling(word: str) -> str:
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def _singular(word: str) -> str:
    if word in _PLURALS:
        return _PLURALS[word]
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):  # noqa: PLR2004
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s")


class _Stem(Protocol):
    def __call__(self, word: str, /) -> str: ...


class _Stemmers(threading.local):
    """Stemmers of one thread: PyStemmer's are not to be shared."""

    def __init__(self) -> None:
        self.made: dict[str, _Stem] = {}


_STEMMERS: Final = _Stemmers()


def _unstemmed(word: str, /) -> str:
    return word


def _stemmer(language: str) -> _Stem:
    algorithm = _ALGORITHMS.get(language.partition("-")[0].lower())
    if algorithm is None:
        return _unstemmed
    if algorithm not in _STEMMERS.made:
        _STEMMERS.made[algorithm] = Stemmer.Stemmer(algorithm).stemWord
    return _STEMMERS.made[algorithm]
