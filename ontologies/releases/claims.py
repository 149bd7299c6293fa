"""Which names and codes of a release may be given to which concept: those that nobody else has or claims."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis
from ontologies.namespaces import canonical_iri
from ontologies.releases.matching import Known, exact_names
from ontologies.releases.terms import Term

_SHORTEST = 2
# Words that a benign tumour has in its name as well, and those beside which they mean a malignant one.
_MAY_BE_BENIGN: Final = frozenset(
    ("benign", "lesion", "mass", "naevi", "naevus", "neoplasm", "nevi", "nevus", "polyp", "tumor")
)
_MALIGNANT: Final = ("malignant", "cancer", "carcinoma", "sarcoma", "lymphoma", "melanoma", "blastoma")


@dataclass(frozen=True, slots=True)
class More:
    """What one concept gets."""

    synonyms: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    iris: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.synonyms or self.related or self.codes)


@dataclass(slots=True)
class _Claimed:
    axis: Axis
    terms: list[Term] = field(default_factory=list)


class Claims:
    """All terms are told first, then each concept is given what is its own alone.

    Published cross-references are not clean: a code that leads to two concepts leads to neither.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._claimed: dict[str, _Claimed] = {}
        self._labels: dict[tuple[Axis, str], set[str]] = {}
        self._names: dict[tuple[Axis, str], set[str]] = {}
        self._codes: dict[tuple[Axis, str], set[str]] = {}

    def add(self, term: Term, concept: str, axis: Axis) -> None:
        self._claimed.setdefault(concept, _Claimed(axis)).terms.append(term)
        self._labels.setdefault((axis, normalise_label(term.label)), set()).add(concept)
        for name in term.synonyms:
            self._names.setdefault((axis, normalise_label(name)), set()).add(concept)
        for code in _codes(term):
            self._codes.setdefault((axis, code), set()).add(concept)

    def of(self, concept: str) -> More:
        claimed = self._claimed[concept]
        here = self._known.scheme.get(concept)
        own = {normalise_label(name) for name in exact_names(here)} if here else set()
        if not here:
            own = {normalise_label(claimed.terms[0].label)}
        terms, axis = claimed.terms, claimed.axis
        exact = _distinct((name for t in terms for name in (t.label, *t.synonyms)), own)
        free = {key: name for key, name in exact.items() if self._may_name(concept, axis, key)}
        label = here.label if here else terms[0].label
        sure = axis is Axis.CANCER and not _may_be_benign(normalise_label(label))
        less = {key for key in free if sure and _may_be_benign(key)}
        related = _distinct((name for t in terms for name in t.related), {*own, *exact})
        known_codes = set(here.notations) if here else set()
        return More(
            synonyms=tuple(name for key, name in free.items() if key not in less),
            related=(
                *(free[key] for key in free if key in less),
                *(name for key, name in related.items() if self._is_free(axis, key)),
            ),
            codes=tuple(
                code
                for code in dict.fromkeys(code for t in terms for code in _codes(t))
                if code not in known_codes and self._may_have(concept, axis, code)
            ),
            iris=tuple(dict.fromkeys(canonical_iri(t.iri) for t in terms)),
        )

    def _may_name(self, concept: str, axis: Axis, key: str) -> bool:
        """Whether no other concept has the name, nobody doubts it, and no other term claims it."""
        if len(key) < _SHORTEST or (axis, key) in self._known.doubtful_names:
            return False
        if self._known.names.get((axis, key), {concept}) != {concept}:
            return False
        labelled = self._labels.get((axis, key), set())
        return labelled == {concept} if labelled else self._names.get((axis, key)) == {concept}

    def _is_free(self, axis: Axis, key: str) -> bool:
        taken = (self._known.names, self._labels, self._names)
        return bool(key) and not any((axis, key) in names for names in taken)

    def _may_have(self, concept: str, axis: Axis, code: str) -> bool:
        return self._known.holders.get((axis, code), {concept}) == {concept} and self._codes.get(
            (axis, code)
        ) == {concept}


def _may_be_benign(name: str) -> bool:
    """Whether a name does not say that a tumour is malignant: "neoplasm of liver".

    The Human Disease Ontology calls it an exact synonym of "liver cancer". Whatever aligned by it would make
    an adenoma a cancer; people may search by it.
    """
    words = name.split()
    return not _MAY_BE_BENIGN.isdisjoint(words) and not any(word.endswith(_MALIGNANT) for word in words)


def _distinct(names: Iterable[str], but: set[str]) -> dict[str, str]:
    """The first spelling of each name, by its normalised form."""
    found: dict[str, str] = {}
    for name in names:
        if (key := normalise_label(name)) and key not in but:
            found.setdefault(key, name)
    return found


def _codes(term: Term) -> tuple[str, ...]:
    return (term.code, *term.codes) if ":" in term.code else term.codes
