"""How a person sees what loading a release would change, or taking one out."""

from collections.abc import Iterable
from typing import Final

from catalogue.cli.console import print_table, screen
from catalogue.maintenance.releases import Weighed
from catalogue.maintenance.unloading import Unloading
from ontologies.concepts import Axis, Concept
from ontologies.mappings import Mapping
from ontologies.releases.difference import Obsolete, ReleaseDifference
from ontologies.releases.effect import ChangedConcept, Effect

_SHOWN: Final = 10
_EXAMPLES: Final = 3


def print_weighed(weighed: Weighed) -> None:
    """Concepts of the scheme and terms of the release are two things, and each count says which it is of."""
    release, difference, brought = weighed.release, weighed.difference, weighed.contribution
    screen.print(f"{weighed.name}: {release.title or 'untitled'}, {release.licence or 'no licence stated'}")
    placed = len(release.active) - brought.outside - len(brought.left_out)
    screen.print(
        f"Its {len(release.active):,} terms in use: {len(brought.new):,} become concepts,"
        f" {placed - len(brought.new):,} belong to these or to known ones, {brought.outside:,} are outside of"
        f" all axes, {len(brought.left_out):,} are left out; {_news(weighed)}"
    )
    retained = {each.code for each in weighed.retained}
    _print_effect(weighed.effect, but=retained)
    if weighed.earlier:
        _print_terms(difference)
    _print_obsolete(difference.obsolete)
    rows = ((each.subject_id, each.predicate_id, each.object_id) for each in weighed.proposals)
    table("Proposed to curators", ("obsolete", "", "concept"), rows)
    left_out = ((each.code, each.label, each.why) for each in brought.left_out)
    table("Terms left out", ("code", "label", "why"), left_out)
    _print_retained(weighed.retained)


def print_unloading(unloading: Unloading) -> None:
    row, retained = unloading.row, unloading.retained
    screen.print(
        f"{row.system} {row.version}: {row.title or 'untitled'}, loaded {row.applied:%Y-%m-%d} by {row.who}"
    )
    _print_effect(unloading.effect, but={each.code for each in retained})
    _print_retained(retained)
    if unloading.relying:
        screen.print(f"Releases that rest on its concepts: {listing(unloading.relying)}")
    columns = ("record id", "word", "means")
    table("Accepted mappings that rest on its concepts", columns, map(_meaning, unloading.resting))
    table("Proposals that would lead nowhere", columns, map(_meaning, unloading.waiting))


def table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Print the first few rows and how many there are; nothing for none."""
    every = list(rows)
    if every:
        more = f"; the first {_SHOWN}" if len(every) > _SHOWN else ""
        print_table(f"{title}: {len(every):,}{more}", columns, every[:_SHOWN])


def listing(words: Iterable[str], *, most: int = _SHOWN) -> str:
    every = tuple(words)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def _news(weighed: Weighed) -> str:
    if not weighed.earlier:
        return f"no release of {weighed.system} is loaded yet to compare them with"
    difference = weighed.difference
    return (
        f"beside {weighed.earlier} {len(difference.new):,} are new, {len(difference.changed):,} changed,"
        f" {len(difference.moved):,} moved, {len(difference.obsolete):,} obsolete"
    )


def _print_effect(effect: Effect, *, but: set[str]) -> None:
    """``but`` are codes of concepts that stay as obsolete ones; they have a table of their own."""
    changed = tuple(each for each in effect.changed if each.code not in but)
    gaining = tuple(each for each in changed if each.gained)
    losing = tuple(each for each in changed if each.lost)
    screen.print(
        f"In the scheme {len(effect.added):,} concepts would be added and {len(effect.gone):,} would go;"
        f" {len(gaining):,} would gain names or codes, {len(losing):,} would lose some"
    )
    _print_by_axis("Concepts that would be added", effect.added)
    _print_by_axis("Concepts that would go", effect.gone)
    columns = ("code", "label", "names", "codes")
    table("Concepts that would gain names or codes", columns, (_gained(each) for each in gaining))
    table("Concepts that would lose names or codes", columns, (_lost(each) for each in losing))


def _print_by_axis(title: str, concepts: tuple[Concept, ...]) -> None:
    by_axis = ((axis, [each for each in concepts if each.axis is axis]) for axis in Axis)
    rows = [(axis.value, len(found), _named(found)) for axis, found in by_axis if found]
    if rows:
        print_table(f"{title}: {len(concepts):,}", ("axis", "concepts", "the first of them"), rows)


def _named(concepts: Iterable[Concept]) -> str:
    return listing((f"{each.label} ({each.code})" for each in concepts), most=_EXAMPLES)


def _gained(one: ChangedConcept) -> tuple[object, ...]:
    return one.code, one.label, _few(one.gained.names), _few(one.gained.codes)


def _lost(one: ChangedConcept) -> tuple[object, ...]:
    return one.code, one.label, _few(one.lost.names), _few(one.lost.codes)


def _few(words: Iterable[str]) -> str:
    return listing(words, most=_EXAMPLES)


def _print_terms(difference: ReleaseDifference) -> None:
    new = ((each.code, each.label) for each in difference.new)
    table("New terms", ("code", "label"), new)
    changed = ((each.later.code, each.later.label, ", ".join(each.what)) for each in difference.changed)
    table("Changed terms", ("code", "label", "what"), changed)
    moved = ((each.term.code, " ".join(each.earlier), " ".join(each.later)) for each in difference.moved)
    table("Moved terms", ("code", "from below", "to below"), moved)


def _print_obsolete(terms: Iterable[Obsolete]) -> None:
    rows = (
        (
            each.term.code,
            each.term.label,
            listing((*each.term.replaced_by, *each.term.consider)),
            listing(each.concepts),
            listing(each.mappings),
        )
        for each in sorted(terms, key=lambda each: not each.concepts)
    )
    table("Obsolete terms", ("code", "label", "instead", "concepts with it", "mappings to these"), rows)


def _print_retained(concepts: Iterable[Concept]) -> None:
    rows = sorted((each.code, each.label) for each in concepts)
    table("Kept as obsolete", ("code", "label"), rows)


def _meaning(row: Mapping) -> tuple[object, ...]:
    return row.record_id, row.word, f"{row.object_label} ({row.concept})"
