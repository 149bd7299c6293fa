"""What loading a release would change in this instance, and doing it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from catalogue.errors import BadRequest
from catalogue.ledger import Ledger
from catalogue.ledger.vocabulary_rows import LoadedRelease, MappingState, ReleaseRow
from ontologies.additions import Additions, extended
from ontologies.concepts import Concept, ConceptScheme
from ontologies.mappings import Mapping, load_mappings
from ontologies.own_scheme import load_scheme
from ontologies.releases.contribution import Contribution, contribution
from ontologies.releases.difference import ReleaseDifference, compare
from ontologies.releases.effect import Effect, effect
from ontologies.releases.replacements import replacement_proposals
from ontologies.releases.retention import standing, still_needed
from ontologies.releases.terms import Release

# Every process holds the whole scheme, and the web makes each name ready for search: a gigabyte at the most.
_MOST_CONCEPTS: Final = 30_000
# All of them stand in the graph.
_MOST_PAIRS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Weighed:
    """``earlier`` names the release that it would take the place of, "" where none is loaded.

    ``retained`` concepts of that one stay as obsolete ones, since something rests on them. ``effect`` is that
    on the scheme, ``as_of`` the number of the vocabulary that was looked at.
    """

    system: str
    release: Release
    earlier: str
    difference: ReleaseDifference
    contribution: Contribution
    effect: Effect
    retained: tuple[Concept, ...]
    proposals: tuple[Mapping, ...]
    as_of: int

    @property
    def name(self) -> str:
        return f"{self.system} {self.release.version}"

    @property
    def concepts(self) -> tuple[Concept, ...]:
        return (*self.contribution.concepts, *self.retained)


def weigh(ledger: Ledger, release: Release, *, system: str = "") -> Weighed:
    """Compare with what the instance has of this system; nothing is written.

    Raises ``BadRequest`` for a release that brings nothing.
    """
    system = system or release.system
    stated = replace(release, version=release.version or release.sha256[:8])
    as_of = ledger.vocabulary_number()  # first: what comes between makes the rest of it stale
    known = ledger.release_terms(system)
    others, present = ledger.additions(but_of=system), ledger.additions()
    name = f"{system} {stated.version}"
    elsewhere, before = standing_scheme(others.concepts), standing_scheme(present.concepts)
    hanging = [each for each in others.concepts if not elsewhere.get(each.code)]
    added = contribution(stated, elsewhere, name=name, besides=hanging)
    if not added.concepts:
        raise BadRequest(
            f"none of its {len(release.active):,} terms is, or is below, a concept of the scheme"
        )
    rows = _rows(ledger, present)
    difference = compare(Release.read(known) if known else None, stated, before, rows)
    later = ConceptScheme("", extended(elsewhere, added.concepts))
    retained = retained_concepts(present, others, later, rows)
    after = _with((*others.concepts, *added.concepts, *retained))
    return Weighed(
        system=system,
        release=stated,
        earlier=_earlier(ledger, system),
        difference=difference,
        contribution=added,
        effect=effect(before, after),
        retained=retained,
        proposals=replacement_proposals(difference, after, release=name),
        as_of=as_of,
    )


def apply(ledger: Ledger, weighed: Weighed, *, who: str) -> ReleaseRow:
    """Put the release in the place of the system's earlier one, whole or not at all.

    Raises ``Conflict`` where the vocabulary is no longer the one that was looked at.
    """
    release = weighed.release
    loaded = LoadedRelease(
        system=weighed.system,
        version=release.version,
        title=release.title,
        licence=release.licence,
        sha256=release.sha256,
        terms=release.written(),
        term_count=len(release.terms),
        concepts=weighed.concepts,
    )
    return ledger.put_release(loaded, proposals=weighed.proposals, who=who, as_of=weighed.as_of)


def standing_scheme(added: Iterable[Concept]) -> ConceptScheme:
    """The scheme with what is added, as far as this holds, be it without a release that is taken out.

    With nothing, where an update of the software made a cycle of it: a release can be taken out then, too.
    """
    bare = load_scheme()
    try:
        return load_scheme(Additions(standing(added, own={each.code for each in bare})))
    except ValueError:
        return bare


def retained_concepts(
    present: Additions, others: Additions, later: ConceptScheme, rows: Iterable[Mapping]
) -> tuple[Concept, ...]:
    """Present concepts that neither the scheme nor the new release has, and that something rests on."""
    rested_on = chain(
        (code for each in others.concepts for code in (each.code, *each.parents)),
        (row.concept for row in rows if row.concept),
    )
    return still_needed(brought(present, others), later=later, rested_on=rested_on, beside=others.concepts)


def brought(present: Additions, others: Additions) -> tuple[Concept, ...]:
    """The concepts that the system's release in force brought, without those that it only gave names to."""
    elsewhere = frozenset(others.concepts)
    return tuple(each for each in present.concepts if each.parents and each not in elsewhere)


def _earlier(ledger: Ledger, system: str) -> str:
    known = (row for row in ledger.releases() if row.system == system and not row.is_remnant)
    return next((f"{row.system} {row.version}" for row in known), "")


def _with(concepts: tuple[Concept, ...]) -> ConceptScheme:
    try:
        scheme = load_scheme(Additions(concepts))
    except ValueError as error:
        raise BadRequest(f"the release does not fit the scheme: {error}", parameter="file") from error
    _require_bearable(scheme)
    return scheme


def _require_bearable(scheme: ConceptScheme) -> None:
    every = tuple(scheme)
    if len(every) > _MOST_CONCEPTS:
        raise BadRequest(
            f"the scheme would have {len(every):,} concepts; at most {_MOST_CONCEPTS:,} can be searched",
            parameter="file",
        )
    pairs = 0
    for one in every:
        pairs += len(scheme.broader(one.code))
        if pairs > _MOST_PAIRS:
            raise BadRequest(
                f"the scheme would have more than {_MOST_PAIRS:,} pairs of broader and narrower concepts",
                parameter="file",
            )


def _rows(ledger: Ledger, present: Additions) -> tuple[Mapping, ...]:
    """All that curators may be about to lose: what acts, and what waits for their word."""
    own = (row for row in load_mappings().mappings if row.record_id not in present.refused)
    waiting = (one.mapping for one in ledger.mapping_rows(state=MappingState.PROPOSED))
    return (*present.mappings, *own, *waiting)
