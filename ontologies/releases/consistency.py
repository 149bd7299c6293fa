"""Whether a release contradicts itself: what HermiT finds, and which term is to blame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ontologies.releases.reading import DEFAULT_LIMITS, ask
from ontologies.releases.soundness import from_the_top
from ontologies.releases.terms import Limits, Release, ReleaseRefused, Term

_REASONING_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Culprit:
    """The highest term that was placed below two that share nothing; these by their codes."""

    term: Term
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """``word`` says in a sentence what was found, or why HermiT was not asked.

    HermiT names all ``unsatisfiable`` terms, and not why they are; the ``culprits`` are found by ancestors.
    """

    release: Release
    word: str
    reasoned: bool
    unsatisfiable: tuple[str, ...]
    culprits: tuple[Culprit, ...]

    @property
    def agrees(self) -> bool:
        return not (self.unsatisfiable or self.culprits)


def check_consistency(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Consistency:
    """Raises ``ReleaseRefused`` for a file that cannot be read, or whose axioms HermiT refuses."""
    answer = ask("check", path, replace(limits, seconds=max(limits.seconds, _REASONING_SECONDS)))
    if answer.release is None:
        raise ReleaseRefused(answer.refused)
    codes = {term.iri: term.code for term in answer.release.terms}
    found = answer.unsatisfiable or ()
    culprits = tuple(culprits_of(answer.release))
    return Consistency(
        release=answer.release,
        word=answer.not_reasoned or f"HermiT finds {len(found):,} of its classes unsatisfiable",
        reasoned=answer.unsatisfiable is not None,
        unsatisfiable=tuple(codes.get(iri, iri) for iri in found),
        culprits=culprits,
    )


def culprits_of(release: Release, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Culprit]:
    """Yield the highest terms below two disjoint ones."""
    terms = {term.iri: term for term in release.active}
    disjoint: dict[str, set[str]] = {}
    for one, other in release.disjoint:
        disjoint.setdefault(one, set()).add(other)
        disjoint.setdefault(other, set()).add(one)
    above: dict[str, frozenset[str]] = {}
    clashing: set[str] = set()
    for iri in from_the_top({iri: term.parents for iri, term in terms.items()}, limits):
        parents = [parent for parent in terms[iri].parents if parent in terms]
        above[iri] = frozenset((iri,)).union(*(above[parent] for parent in parents))
        clash = _clash(above[iri], disjoint)
        if clash and clashing.isdisjoint(parents):
            one, other = sorted(terms[each].code for each in clash)
            yield Culprit(terms[iri], one, other)
        if clash:
            clashing.add(iri)


def _clash(above: frozenset[str], disjoint: Mapping[str, set[str]]) -> tuple[str, str] | None:
    """Give two that share nothing and yet are both above."""
    for one in sorted(above):
        if shared := above.intersection(disjoint.get(one, ())):
            return one, min(shared)
    return None
