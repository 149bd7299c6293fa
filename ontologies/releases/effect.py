"""Which concepts come, go, and gain or lose names and codes, from one state of the scheme to the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from ontologies.concepts import Axis, Concept, ConceptScheme


@dataclass(frozen=True, slots=True)
class Words:
    """``names`` include the related ones, by which people search and nothing aligns."""

    names: tuple[str, ...]
    codes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.names or self.codes)

    @classmethod
    def lacking(cls, concept: Concept, other: Concept) -> Self:
        """What the one has and the other has not."""
        theirs = frozenset(_names(other))
        return cls(
            tuple(name for name in dict.fromkeys(_names(concept)) if name not in theirs),
            tuple(code for code in concept.notations if code not in other.notations),
        )


@dataclass(frozen=True, slots=True)
class ChangedConcept:
    code: str
    axis: Axis
    label: str
    gained: Words
    lost: Words


@dataclass(frozen=True, slots=True)
class Effect:
    added: tuple[Concept, ...]
    gone: tuple[Concept, ...]
    changed: tuple[ChangedConcept, ...]


def effect(before: ConceptScheme, after: ConceptScheme) -> Effect:
    return Effect(
        added=_only_in(after, before), gone=_only_in(before, after), changed=tuple(_changed(before, after))
    )


def _only_in(one: ConceptScheme, other: ConceptScheme) -> tuple[Concept, ...]:
    return tuple(sorted((each for each in one if other.get(each.code) is None), key=lambda each: each.code))


def _changed(before: ConceptScheme, after: ConceptScheme) -> Iterator[ChangedConcept]:
    for later in sorted(after, key=lambda each: each.code):
        earlier = before.get(later.code)
        if earlier is None or earlier == later:
            continue
        gained, lost = Words.lacking(later, earlier), Words.lacking(earlier, later)
        if gained or lost:
            yield ChangedConcept(later.code, later.axis, later.label, gained, lost)


def _names(concept: Concept) -> Iterable[str]:
    return (concept.label, *concept.synonyms, *concept.related)
