"""Which concepts of releases rest on one another: what stands without one, and what of it has to stay."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, Concept, ConceptScheme


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
    earlier: Iterable[Concept],
    *,
    later: ConceptScheme,
    rested_on: Iterable[str],
    beside: Iterable[Concept] = (),
) -> tuple[Concept, ...]:
    """Give the earlier concepts that are not in the ``later`` scheme, and that others rest on.

    Those are parents of other releases' concepts and objects of curated mappings. They say that
    they are obsolete, and keep no name and no code that another concept may have now; ``beside`` are concepts
    that the later scheme cannot hold without them.
    """
    known = {each.code: each for each in earlier if later.get(each.code) is None}
    taken = _Taken((*later, *beside))
    for each in known.values():
        taken.take(each, normalise_label(each.label))
    wanted: dict[str, Concept] = {}
    open_ends = [code for code in rested_on if code in known]
    while open_ends:
        code = open_ends.pop()
        if code not in wanted:
            wanted[code] = _obsolete(known[code], taken)
            open_ends += [parent for parent in known[code].parents if parent in known]
    return tuple(wanted.values())


class _Taken:
    """Which names and codes are whose."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._holders: dict[tuple[Axis, str], set[str]] = {}
        for each in concepts:
            for name in (each.label, *each.synonyms):
                self.take(each, normalise_label(name))
            for notation in each.notations:
                self.take(each, notation)

    def take(self, concept: Concept, text: str) -> None:
        self._holders.setdefault((concept.axis, text), set()).add(concept.code)

    def is_free(self, concept: Concept, text: str) -> bool:
        return self._holders.get((concept.axis, text), set()) <= {concept.code}


def _obsolete(concept: Concept, taken: _Taken) -> Concept:
    label = _obsolete_label(concept, taken)
    taken.take(concept, normalise_label(label))  # another may come to the same
    own = (each for each in concept.notations if each.replace(":", "_") == concept.code)
    kept = tuple(each for each in own if taken.is_free(concept, each))
    return replace(
        concept, label=label, synonyms=(), related=(), notations=kept, same_as=(), hidden=False, grouping=True
    )


def _obsolete_label(concept: Concept, taken: _Taken) -> str:
    """Two that bore one name after another may both be obsolete: the second one tells its code."""
    coded = f" (obsolete, {concept.code})"
    bare = concept.label.removesuffix(coded).removesuffix(" (obsolete)")
    marked = f"{bare} (obsolete)"
    return marked if taken.is_free(concept, normalise_label(marked)) else bare + coded
