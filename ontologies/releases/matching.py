"""Which concept of the scheme a term of a release is: by its own code, by codes of other systems, by name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, Concept, ConceptScheme, code_of
from ontologies.namespaces import canonical_iri
from ontologies.releases.terms import Release, Term

# Systems that tell one disease or body part from the next; ICD-10 and ICD-O-3 file many under one code.
_PRECISE: Final = frozenset(("DOID", "MONDO", "NCIT", "ONCOTREE", "RadLex", "SNOMEDCT", "UBERON"))
# Where the terms of a system belong; those of others may be on any axis.
_AXES: Final = MappingProxyType(
    {
        "DOID": (Axis.CANCER,),
        "MONDO": (Axis.CANCER,),
        "ONCOTREE": (Axis.CANCER,),
        "UBERON": (Axis.BODYPART,),
    }
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A term that brings nothing, and why."""

    code: str
    label: str
    why: str

    @classmethod
    def of(cls, term: Term, why: str) -> "LeftOut":
        return cls(term.code, term.label, why)


@dataclass(frozen=True, slots=True)
class Matches:
    """``found`` gives the concept's code by the term's IRI; ``doubtful`` ones point to several."""

    found: Mapping[str, str]
    doubtful: Mapping[str, LeftOut]


class Known:
    """What names a concept already, as sets of concept codes."""

    def __init__(self, scheme: ConceptScheme, besides: Iterable[Concept] = ()) -> None:
        self.scheme = scheme
        self._everyone = (*scheme, *besides)
        self.codes: dict[str, set[str]] = {}
        self.iris: dict[str, set[str]] = {}
        for concept in scheme:
            for written in concept.notations:
                self.codes.setdefault(written, set()).add(concept.code)
            for iri in (concept.iri, *concept.same_as):
                self.iris.setdefault(canonical_iri(iri), set()).add(concept.code)

    @cached_property
    def holders(self) -> Mapping[tuple[Axis, str], set[str]]:
        """Who has a code of another system, by axis."""
        found: dict[tuple[Axis, str], set[str]] = {}
        for concept in self._everyone:
            for written in concept.notations:
                found.setdefault((concept.axis, written), set()).add(concept.code)
        return found

    @cached_property
    def names(self) -> Mapping[tuple[Axis, str], set[str]]:
        """By axis and normalised name, in any language."""
        found: dict[tuple[Axis, str], set[str]] = {}
        for concept in self._everyone:
            for name in exact_names(concept):
                found.setdefault((concept.axis, normalise_label(name)), set()).add(concept.code)
        return found

    @cached_property
    def doubtful_names(self) -> frozenset[tuple[Axis, str]]:
        """Names that somebody here said are related, not exact."""
        return frozenset((each.axis, normalise_label(name)) for each in self.scheme for name in each.related)

    def by_identity(self, term: Term) -> set[str]:
        """The very concept, else those that say they are equal to it or have its code."""
        iri = canonical_iri(term.iri)
        own = self.scheme.get(code_of(iri))
        if own and own.iri == iri:
            return {own.code}
        return {*self.iris.get(iri, ()), *self.codes.get(term.code, ())}

    def by_name(self, term: Term, axes: Iterable[Axis]) -> set[str]:
        key = normalise_label(term.label)
        every = {code for axis in axes for code in self.names.get((axis, key), ())}
        return {code for code in every if self.scheme.get(code)}

    def on(self, codes: Iterable[str], axes: tuple[Axis, ...]) -> set[str]:
        """Keep the concepts of these axes."""
        return {code for code in codes if (concept := self.scheme.get(code)) and concept.axis in axes}


def exact_names(concept: Concept) -> Iterator[str]:
    yield concept.label
    yield from concept.synonyms
    yield from (label.text for label in concept.labels)


def matches(release: Release, known: Known) -> Matches:
    """A term's own code decides; else its codes elsewhere and its name must not contradict each other.

    A code that two terms carry says nothing of either.
    """
    carried = Counter(code for term in release.active for code in set(term.codes))
    found: dict[str, str] = {}
    doubtful: dict[str, LeftOut] = {}
    for term in release.active:
        axes = axes_of(term)
        meant = known.on(known.by_identity(term), axes) or _by_codes_and_name(term, known, axes, carried)
        if len(meant) == 1:
            found[term.iri] = meant.pop()
        elif meant:
            doubtful[term.iri] = LeftOut.of(term, f"may be any of {', '.join(sorted(meant))}")
    rivals = _rivals(release, known, found)
    for term in rivals:
        concept = found.pop(term.iri)
        doubtful[term.iri] = LeftOut.of(term, f"is one of several that have codes of {concept}")
    return Matches(found, doubtful)


def axes_of(term: Term) -> tuple[Axis, ...]:
    return _AXES.get(term.code.partition(":")[0], tuple(Axis))


def _by_codes_and_name(
    term: Term, known: Known, axes: tuple[Axis, ...], carried: Mapping[str, int]
) -> set[str]:
    telling = [each for each in term.codes if carried[each] == 1 and each.partition(":")[0] in _PRECISE]
    by_code = known.on((code for each in telling for code in known.codes.get(each, ())), axes)
    by_name = known.by_name(term, axes)
    return (by_code & by_name) or (by_code | by_name)


def _rivals(release: Release, known: Known, found: Mapping[str, str]) -> list[Term]:
    """Terms that only a code elsewhere takes to a concept that another term is taken to as well."""
    by_concept: dict[str, list[Term]] = {}
    for term in release.active:
        if term.iri in found:
            by_concept.setdefault(found[term.iri], []).append(term)
    rivals: list[Term] = []
    for concept, terms in by_concept.items():
        if len(terms) > 1:
            rivals += [term for term in terms if not _is_named(term, concept, known)]
    return rivals


def _is_named(term: Term, concept: str, known: Known) -> bool:
    return concept in known.by_identity(term) or concept in known.by_name(term, axes_of(term))
