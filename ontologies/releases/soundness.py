"""Whether the terms of a file hold together: identifiers, names, and what is broader than what."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyoxigraph as ox

from ontologies.releases.terms import Limits, ReleaseRefused, Term
from ontologies.releases.wording import is_formal

_UNNAMED_SHARE = 0.1


def sound(terms: Iterable[Term], limits: Limits) -> tuple[Term, ...]:
    """Give the terms that have a name, each once, without SNOMED CT's formal names.

    Raises ``ReleaseRefused`` for an identifier that is no IRI or that two terms have, for names that are too
    long or too many, for a file whose terms mostly have no name, and for a hierarchy with a cycle or beyond
    the limits.
    """
    every = {each.iri: each for each in _once(terms)}
    named = {iri: _carried(each) for iri, each in every.items() if each.label}
    active = sum(not each.obsolete for each in every.values())
    unnamed = sum(not (each.label or each.obsolete) for each in every.values())
    if not named or unnamed > _UNNAMED_SHARE * active:
        raise ReleaseRefused(
            f"{unnamed:,} of {active:,} terms have no English label" if every else "there is no term in it"
        )
    for each in named.values():
        _check_identifier(each, limits)
        _check_names(each, limits)
    closure_sizes({iri: each.broader for iri, each in named.items() if not each.obsolete}, limits)
    return tuple(named.values())


def closure_sizes(parents: Mapping[str, tuple[str, ...]], limits: Limits) -> int:
    """Count the pairs of narrower and broader; raises ``ReleaseRefused`` where they pass the limits."""
    above: dict[str, frozenset[str]] = {}
    pairs = 0
    for iri in from_the_top(parents, limits):
        known = [parent for parent in parents[iri] if parent in parents]
        above[iri] = frozenset(known).union(*(above[parent] for parent in known))
        pairs += len(above[iri])
        if pairs > limits.pairs:
            raise ReleaseRefused(
                f"the hierarchy has more than {limits.pairs:,} pairs of broader and narrower"
            )
    return pairs


def _once(terms: Iterable[Term]) -> list[Term]:
    found: dict[str, Term] = {}
    for each in terms:
        if each.iri in found:
            raise ReleaseRefused(f"{each.code} is the identifier of two terms")
        found[each.iri] = each
    return list(found.values())


def _carried(term: Term) -> Term:
    synonyms = tuple(name for name in term.synonyms if name != term.label and not is_formal(name))
    return replace(term, synonyms=synonyms)


def _check_identifier(term: Term, limits: Limits) -> None:
    """What is no IRI cannot stand in the graph, whose making it would stop."""
    if max(len(term.iri), len(term.code)) > limits.characters:
        raise ReleaseRefused(
            f"an identifier is longer than {limits.characters:,} characters: {term.code[:60]}"
        )
    try:
        ox.NamedNode(term.iri)
    except ValueError as error:
        raise ReleaseRefused(f"{term.code!r} is no identifier: {error}") from error


def _check_names(term: Term, limits: Limits) -> None:
    names = (term.label, *term.synonyms, *term.related)
    if any(len(name) > limits.characters for name in names):
        raise ReleaseRefused(f"a name of {term.code} is longer than {limits.characters:,} characters")
    for listed, what in ((names, "names"), (term.codes, "codes"), (term.broader, "parents")):
        if len(listed) > limits.names:
            raise ReleaseRefused(f"{term.code} has more than {limits.names:,} {what}")


def from_the_top(parents: Mapping[str, tuple[str, ...]], limits: Limits) -> list[str]:
    """Order terms so that parents come first; raises for a cycle, and for a way up that is too long."""
    finished: dict[str, None] = {}
    for start in parents:
        path = [start] if start not in finished else []
        on_path = set(path)
        while path:
            ahead = next((up for up in parents[path[-1]] if up in parents and up not in finished), None)
            if ahead is None:
                on_path.discard(path[-1])
                finished[path.pop()] = None
                continue
            if ahead in on_path:
                round_trip = [*path[path.index(ahead) :], ahead]
                raise ReleaseRefused("a cycle of broader terms: " + " > ".join(map(_shown, round_trip)))
            if len(path) >= limits.depth:
                raise ReleaseRefused(f"the hierarchy is deeper than {limits.depth:,} below {_shown(ahead)}")
            path.append(ahead)
            on_path.add(ahead)
    return list(finished)


def _shown(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]
