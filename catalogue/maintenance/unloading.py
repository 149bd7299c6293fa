"""What taking a loaded release out would change in this instance, and doing it."""

from dataclasses import dataclass
from typing import Final

from catalogue.errors import NotFound
from catalogue.ledger import Ledger, LoadedRelease, MappingState, ReleaseRow
from catalogue.maintenance.releases import brought, retained_concepts, standing_scheme
from ontologies.concepts import Concept
from ontologies.mappings import Mapping
from ontologies.releases.effect import Effect, effect
from ontologies.releases.terms import Release

_NO_FILE: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Unloading:
    """``resting`` are the accepted mappings to concepts of the release, which stay as they are.

    ``retained`` concepts stay for these or for the ``relying`` releases, as obsolete ones. ``waiting`` are
    proposals to concepts that go. ``as_of`` is the number of the vocabulary that was looked at.
    """

    row: ReleaseRow
    effect: Effect
    resting: tuple[Mapping, ...]
    relying: tuple[str, ...]
    retained: tuple[Concept, ...]
    waiting: tuple[Mapping, ...]
    as_of: int


def weigh_unloading(ledger: Ledger, system: str) -> Unloading:
    """Nothing is written; an earlier release of the system does not come back.

    Raises ``NotFound`` for a system of which nothing is loaded.
    """
    as_of = ledger.vocabulary_number()  # first: what comes between makes the rest of it stale
    row = _in_force(ledger, system)
    others, present = ledger.additions(but_of=system), ledger.additions()
    later = standing_scheme(others.concepts)
    rows = present.mappings
    retained = retained_concepts(present, others, later, rows)
    kept = {each.code for each in retained}
    lost = {each.code for each in brought(present, others) if later.get(each.code) is None}
    proposed = (one.mapping for one in ledger.mapping_rows(state=MappingState.PROPOSED))
    return Unloading(
        row=row,
        effect=effect(standing_scheme(present.concepts), standing_scheme((*others.concepts, *retained))),
        resting=tuple(each for each in rows if each.concept in lost),
        relying=tuple(sorted({each.release for each in others.concepts if _rests(each, lost)})),
        retained=retained,
        waiting=tuple(each for each in proposed if each.concept in lost - kept),
        as_of=as_of,
    )


def unload(ledger: Ledger, unloading: Unloading, *, who: str) -> None:
    """Take the release out, whole or not at all; raises ``Conflict`` where the vocabulary has moved on."""
    remnant = _remnant(unloading) if unloading.retained else None
    ledger.take_out(unloading.row.system, remnant=remnant, who=who, as_of=unloading.as_of)


def _rests(concept: Concept, lost: set[str]) -> bool:
    return not lost.isdisjoint((concept.code, *concept.parents))


def _in_force(ledger: Ledger, system: str) -> ReleaseRow:
    rows = ledger.releases()
    found = next((row for row in rows if row.system == system), None)
    if found is None:
        loaded = ", ".join(row.system for row in rows) or "none at all"
        raise NotFound(f"no release of {system!r} is loaded; loaded are: {loaded}")
    return found


def _remnant(unloading: Unloading) -> LoadedRelease:
    """Without terms: whatever is loaded of the system next is compared with nothing."""
    row = unloading.row
    terms = Release(row.title, row.version, row.licence, "", _NO_FILE, ()).written()
    return LoadedRelease(
        system=row.system,
        version=row.version,
        title=row.title,
        licence=row.licence,
        sha256=row.sha256,
        terms=terms,
        term_count=0,
        concepts=unloading.retained,
    )
