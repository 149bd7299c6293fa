"""How two names of the same thing come to the same words, for suggestions to a curator."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from types import MappingProxyType
from typing import Final

from ontologies.analysis import normalise_label

_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")


class Rewriting:
    """Rewrites names word by word: "Renal neoplasm, malignant" and "cancer of kidney" are the same words.

    ``forms`` gives for each form, as its normalised words, the words that stand for all its forms; ``()``
    for what tells neither site nor tissue.
    """

    def __init__(self, forms: Mapping[tuple[str, ...], tuple[str, ...]]) -> None:
        self._forms = forms
        self._longest = max(map(len, forms), default=0)

    def words(self, name: str) -> tuple[str, ...]:
        """The name's words in its own order; ``()`` where nothing in it tells anything."""
        found = list(self._replaced(_spelt(name)))
        if "malignant" in found and "tumor" in found:
            found[found.index("tumor")] = "cancer"
            found.remove("malignant")
        return tuple(found)

    def _replaced(self, words: tuple[str, ...]) -> Iterator[str]:
        at = 0
        while at < len(words):
            length = self._known(words, at)
            form = words[at : at + max(length, 1)]
            yield from self._forms[form] if length else form
            at += max(length, 1)

    def _known(self, words: tuple[str, ...], at: int) -> int:
        """How many words the longest form has that begins here; 0 where none does."""
        longest = min(self._longest, len(words) - at)
        return next((n for n in range(longest, 0, -1) if words[at : at + n] in self._forms), 0)


def load_rewriting() -> Rewriting:
    """Read the project's own table; ``ValueError`` where a form stands for two words."""
    file = resources.files("ontologies") / "data" / "word-forms.tsv"
    lines = (line for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))
    rows = ((row["word"], row["forms"].split(",")) for row in csv.DictReader(lines, delimiter="\t"))
    return Rewriting(MappingProxyType(_by_form(rows)))


def _by_form(rows: Iterable[tuple[str, list[str]]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for word, forms in rows:
        meant = _spelt(word)
        for form in map(_spelt, forms):
            if found.setdefault(form, meant) != meant:
                raise ValueError(f"{' '.join(form)!r} is said to be a form of two words, {word!r} among them")
    return found


def _spelt(name: str) -> tuple[str, ...]:
    return tuple(normalise_label(_POSSESSIVE.sub("", name)).split())
