"""Which concept a name belongs to, and whether to one alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, Concept, ConceptScheme


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    rule: str


class Names:
    """The names of one axis, normalised.

    Labels go before synonyms, the project's own concepts before those of a loaded release, English before
    other languages; a name that two concepts of the same standing claim belongs to none. Related names
    never count, nor does a language that is incomplete or that nobody reviewed.
    """

    def __init__(self, scheme: ConceptScheme, axis: Axis) -> None:
        spoken = frozenset(language.code for language in scheme.languages(axis) if language.aligns)
        claims: dict[str, dict[int, set[Named]]] = {}
        for concept in scheme.on(axis):
            for standing, name, rule in _claims(concept, spoken):
                standings = claims.setdefault(normalise_label(name), {})
                standings.setdefault(standing, set()).add(Named(concept.code, rule))
        self._found = {name: found for name, ranked in claims.items() if name and (found := _sole(ranked))}

    def find(self, name: str) -> Named | None:
        return self._found.get(normalise_label(name))


def _claims(concept: Concept, spoken: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    loaded = 2 if concept.release else 0
    yield loaded, concept.label, f"the label {concept.label!r}"
    for name in concept.synonyms:
        yield loaded + 1, name, f"the synonym {name!r}"
    for label in concept.labels:
        if label.language in spoken and label.reviewed:
            yield 4 if label.preferred else 5, label.text, f"the name {label.text!r} ({label.language})"


def _sole(ranked: dict[int, set[Named]]) -> Named | None:
    claims = ranked[min(ranked)]
    return min(claims, key=lambda one: one.rule) if len({one.code for one in claims}) == 1 else None
