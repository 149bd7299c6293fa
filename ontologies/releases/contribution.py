"""What a release brings to the scheme: names and codes for known concepts, and concepts of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, Concept, ConceptScheme, code_of
from ontologies.namespaces import CONCEPTS, EUCAIM, canonical_iri
from ontologies.releases.claims import Claims
from ontologies.releases.matching import Known, LeftOut, Matches, matches
from ontologies.releases.soundness import from_the_top
from ontologies.releases.terms import Limits, Release, Term

# The hyperontology's own codes; any other name in its namespace might be a code or word that means another.
_PUBLISHED_CODE: Final = re.compile(r"[A-Z]{2,4}\d{7,9}")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_CODE_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Contribution:
    """``concepts`` are additions (``ontologies.additions``); those of ``matched`` codes are known.

    ``left_out`` terms are listed, each with its reason; ``outside`` counts those that are below no concept.
    """

    concepts: tuple[Concept, ...]
    matched: frozenset[str]
    left_out: tuple[LeftOut, ...]
    outside: int

    @property
    def new(self) -> tuple[Concept, ...]:
        return tuple(each for each in self.concepts if each.code not in self.matched)


def additions_of(release: Release, scheme: ConceptScheme, *, name: str = "") -> tuple[Concept, ...]:
    """Give the additions alone; ``scheme`` is without any earlier release of the system."""
    return contribution(release, scheme, name=name).concepts


def contribution(
    release: Release, scheme: ConceptScheme, *, name: str = "", besides: Iterable[Concept] = ()
) -> Contribution:
    """``name`` stands in each concept's ``release``; without it, system and version do.

    ``besides`` are concepts of other releases that the scheme cannot hold without this one: their names and
    codes stay theirs.
    """
    known = Known(scheme, besides)
    found = matches(release, known)
    places = _placed(release, found, known)
    claims = Claims(known)
    targets = {**found.found, **{iri: place.code for iri, place in places.new.items()}, **places.twins}
    for term in release.active:
        if term.iri in targets:
            claims.add(term, targets[term.iri], places.axis(term.iri, known, targets))
    named = name or f"{release.system} {release.version or release.sha256[:8]}"
    concepts = [
        *_enriched(found.found.values(), claims, scheme, named),
        *_created(places.new, claims, named),
    ]
    matched = frozenset(each.code for each in concepts if scheme.get(each.code))
    left_out = (*found.doubtful.values(), *places.left_out)
    return Contribution(
        concepts=tuple(sorted(concepts, key=lambda each: each.code)),
        matched=matched,
        left_out=tuple(sorted(left_out, key=lambda each: each.code)),
        outside=len(release.active) - len(targets) - len(left_out),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new concept is to stand."""

    code: str
    axis: Axis
    term: Term
    parents: tuple[str, ...]


@dataclass(slots=True)
class _Places:
    """``twins`` are terms with the very name of a new concept: the concept's code by the term's IRI."""

    new: dict[str, _Place] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def axis(self, iri: str, known: Known, targets: Mapping[str, str]) -> Axis:
        if iri in self.new:
            return self.new[iri].axis
        concept = known.scheme.get(targets[iri])
        if concept:
            return concept.axis
        return next(place.axis for place in self.new.values() if place.code == targets[iri])


def _placed(release: Release, found: Matches, known: Known) -> _Places:
    """Put each term that is no known concept below the nearest that are, or leave it out.

    A term that is left out, or has the name of one before it, hands its own place down to what is below it:
    so no way upwards exists that the release did not have, and no cycle.
    """
    terms = {term.iri: term for term in release.active}
    places = _Places()
    nearest: dict[str, tuple[str, ...]] = {}
    axes = {code: concept.axis for code in found.found.values() if (concept := known.scheme.get(code))}
    named: dict[tuple[Axis, str], str] = {}
    codes = {concept.code for concept in known.scheme}
    for iri in from_the_top({iri: term.broader for iri, term in terms.items()}, Limits()):
        term = terms[iri]
        above = tuple(dict.fromkeys(code for up in term.broader for code in nearest.get(up, ())))
        nearest[iri] = above
        if iri in found.found:
            nearest[iri] = (found.found[iri],)
        elif iri not in found.doubtful and above:
            axis = axes[above[0]]
            key = (axis, normalise_label(term.label))
            code = _concept_code(term, release.system)
            if any(axes[each] is not axis for each in above):
                places.left_out.append(LeftOut.of(term, "is below concepts of several axes"))
            elif key in named:
                places.twins[iri] = named[key]
            elif held := known.names.get(key, set()) - {code}:
                places.left_out.append(LeftOut.of(term, f"has a name of {', '.join(sorted(held))}"))
            elif not key[1] or not code or code in codes:
                places.left_out.append(LeftOut.of(term, "has no code or name of its own"))
            else:
                places.new[iri] = _Place(code, axis, term, _lowest(above, known.scheme))
                nearest[iri] = (code,)
                axes[code], named[key] = axis, code
                codes.add(code)
    return places


def _lowest(codes: tuple[str, ...], scheme: ConceptScheme) -> tuple[str, ...]:
    """Without known concepts that are above another of them anyway."""
    above = {up for code in codes if scheme.get(code) for up in scheme.broader(code) if up != code}
    roots = {code for code in codes if (concept := scheme.get(code)) and not concept.parents}
    kept = tuple(code for code in codes if code not in above and code not in roots)
    return kept or codes[:1]


def _concept_code(term: Term, system: str) -> str:
    """``DOID_1612``; the hyperontology's code is the scheme's; "" where none is safe in an address."""
    bare = canonical_iri(term.iri).startswith(EUCAIM) and _PUBLISHED_CODE.fullmatch(term.code)
    written = term.code if bare or ":" in term.code else f"{system}_{term.code}"
    code = _UNSAFE.sub("-", written.replace(":", "_")).strip("-")
    return code if len(code) <= _CODE_CHARACTERS else ""


def _enriched(codes: Iterable[str], claims: Claims, scheme: ConceptScheme, release: str) -> Iterator[Concept]:
    """What is new to known concepts."""
    for code in sorted(set(codes)):
        concept = scheme.get(code)
        if concept and (more := claims.of(code)):
            yield Concept(
                code=code,
                iri=concept.iri,
                axis=concept.axis,
                label=concept.label,
                synonyms=more.synonyms,
                notations=more.codes,
                same_as=tuple(iri for iri in more.iris if iri not in (concept.iri, *concept.same_as)),
                related=more.related,
                release=release,
            )


def _created(new: Mapping[str, _Place], claims: Claims, release: str) -> Iterator[Concept]:
    for iri, place in ((canonical_iri(each), place) for each, place in new.items()):
        more = claims.of(place.code)
        # Whoever names a concept does so by its IRI, and finds it by the code that this IRI has.
        own = iri if code_of(iri) == place.code else CONCEPTS + place.code
        yield Concept(
            code=place.code,
            iri=own,
            axis=place.axis,
            label=_capital(place.term.label),
            synonyms=more.synonyms,
            notations=more.codes,
            parents=tuple(sorted(place.parents)),
            same_as=tuple(each for each in more.iris if each != own),
            related=more.related,
            release=release,
        )


def _capital(label: str) -> str:
    """As the scheme's own labels begin."""
    first = label.partition(" ")[0]
    return label[:1].upper() + label[1:] if first.islower() else label
