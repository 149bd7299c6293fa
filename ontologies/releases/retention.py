"""Which concepts of releases rest on one another: what stands without one, and what of it has to stay."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from ontologies.concepts import Concept, ConceptScheme


def standing(added: Iterable[Concept], *, own: Collection[str]) -> tuple[Concept, ...]:
    """Give the additions that hold together with the ``own`` codes, without the release that is left out."""
    kept = tuple(added)
    while True:
        known = {*own, *(each.code for each in kept if each.parents)}
        fewer = tuple(each for each in kept if each.code in known and known.issuperset(each.parents))
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def still_needed(
    earlier: Iterable[Concept], *, later: ConceptScheme, rested_on: Iterable[str]
) -> tuple[Concept, ...]:
    """Give the earlier concepts that are not in the ``later`` scheme, and that others rest on.

    Those are parents of other releases' concepts and objects of curated mappings. They say that
    they are obsolete, and keep no name and no code that another concept may have now.
    """
    known = {each.code: each for each in earlier if later.get(each.code) is None}
    taken = {notation for each in later for notation in each.notations}
    wanted: dict[str, Concept] = {}
    open_ends = [code for code in rested_on if code in known]
    while open_ends:
        code = open_ends.pop()
        if code not in wanted:
            wanted[code] = _obsolete(known[code], taken)
            open_ends += [parent for parent in known[code].parents if parent in known]
    return tuple(wanted.values())


def _obsolete(concept: Concept, taken: Collection[str]) -> Concept:
    label = concept.label if concept.label.endswith("(obsolete)") else f"{concept.label} (obsolete)"
    own = (each for each in concept.notations if each.replace(":", "_") == concept.code)
    kept = tuple(each for each in own if each not in taken)
    return replace(
        concept, label=label, synonyms=(), related=(), notations=kept, same_as=(), hidden=False, grouping=True
    )
