"""What changes from one release to the next: new, changed, moved and obsolete terms, and whom they touch."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ontologies.concepts import Concept, ConceptScheme
from ontologies.mappings import Mapping as MappingRow
from ontologies.releases.terms import Release, Term

_WORDS: Final = ("label", "synonyms", "related", "codes")


@dataclass(frozen=True, slots=True)
class Change:
    """``what`` names what is different: label, synonyms, related, codes."""

    earlier: Term
    later: Term
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A term with other parents; both are codes."""

    term: Term
    earlier: tuple[str, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obsolete:
    """A term that is no longer to be used. ``gone`` ones are not even mentioned any more.

    ``concepts`` are those of the scheme with its code, ``mappings`` the record ids of rows that name them.
    """

    term: Term
    gone: bool
    concepts: tuple[str, ...]
    mappings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    new: tuple[Term, ...]
    changed: tuple[Change, ...]
    moved: tuple[Move, ...]
    obsolete: tuple[Obsolete, ...]

    @property
    def touching(self) -> tuple[Obsolete, ...]:
        """Obsolete terms that concepts of the scheme rest on."""
        return tuple(each for each in self.obsolete if each.concepts)


def compare(
    earlier: Release | None,
    later: Release,
    scheme: ConceptScheme,
    rows: Iterable[MappingRow] = (),
) -> ReleaseDifference:
    """Without an earlier release all active terms are new, and obsolete are those that the scheme knows."""
    before = {each.iri: each for each in earlier.active} if earlier else {}
    after = {each.iri: each for each in later.active}
    both = [(before[iri], each) for iri, each in after.items() if iri in before]
    shown = _Codes(before, after)
    changes = (Change(one, other, _different(one, other)) for one, other in both)
    moves = (Move(other, shown.of(one.broader), shown.of(other.broader)) for one, other in both)
    return ReleaseDifference(
        new=tuple(each for iri, each in after.items() if iri not in before),
        changed=tuple(each for each in changes if each.what),
        moved=tuple(each for each in moves if each.earlier != each.later),
        obsolete=tuple(_obsolete(before, later, scheme, _by_concept(rows))),
    )


@dataclass(frozen=True, slots=True)
class _Codes:
    """Codes in the place of IRIs."""

    before: Mapping[str, Term]
    after: Mapping[str, Term]

    def of(self, iris: Iterable[str]) -> tuple[str, ...]:
        found = (self.after.get(iri) or self.before.get(iri) for iri in iris)
        return tuple(sorted(term.code for term in found if term))


def _different(one: Term, other: Term) -> tuple[str, ...]:
    return tuple(word for word in _WORDS if _comparable(one, word) != _comparable(other, word))


def _comparable(term: Term, word: str) -> object:
    """Order says nothing."""
    value = getattr(term, word)
    return value if isinstance(value, str) else frozenset(value)


def _obsolete(
    before: Mapping[str, Term], later: Release, scheme: ConceptScheme, rows: Mapping[str, list[str]]
) -> Iterator[Obsolete]:
    marked = {each.iri: each for each in later.terms if each.obsolete}
    mentioned = {each.iri for each in later.terms}
    successor = {code: each for each in later.active for code in each.codes}
    for iri, term in {**before, **marked}.items():
        if iri in mentioned and iri not in marked:
            continue
        present = marked.get(iri) or _merged(term, successor.get(term.code))
        concepts = tuple(sorted(each.code for each in _resting_on(term.code, scheme)))
        if iri in before or concepts:
            touched = sorted(row for concept in concepts for row in rows.get(concept, ()))
            yield Obsolete(present, iri not in marked, concepts, tuple(touched))


def _merged(term: Term, successor: Term | None) -> Term:
    """OBO keeps a merged term only as an earlier code of the one that it became part of."""
    replaced = (successor.code,) if successor else ()
    return Term(term.iri, term.code, term.label, obsolete=True, replaced_by=replaced)


def _resting_on(code: str, scheme: ConceptScheme) -> Iterator[Concept]:
    for concept in scheme:
        if code in concept.notations:
            yield concept


def _by_concept(rows: Iterable[MappingRow]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.concept:
            found.setdefault(row.concept, []).append(row.record_id)
    return found
