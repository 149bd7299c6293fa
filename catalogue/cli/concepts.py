"""``catalogue concepts``: the scheme, and the releases of other terminologies that are loaded into it."""

import getpass
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table, screen
from catalogue.errors import BadRequest
from catalogue.ledger import Ledger
from catalogue.ledger.vocabulary_rows import ReleaseRow
from catalogue.maintenance.releases import Weighed, apply, weigh
from catalogue.services import open_ledger
from catalogue.settings import read_settings
from ontologies.additions import Additions
from ontologies.concepts import Axis, ConceptScheme
from ontologies.own_scheme import load_scheme
from ontologies.releases.consistency import Consistency, check_consistency
from ontologies.releases.integrity import Fault, faults_of
from ontologies.releases.reading import read_release
from ontologies.releases.terms import Release, ReleaseRefused

app = typer.Typer(no_args_is_help=True)

_SHOWN: Final = 10
_SYSTEM: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}")

File = Annotated[Path, typer.Argument(help="OWL, OBO, SKOS (Turtle, RDF/XML, JSON-LD) or OncoTree's JSON.")]


@dataclass(frozen=True, slots=True)
class AxisRow:
    """``complete`` and ``reviewed`` list languages besides English; values align in those that are both."""

    axis: Axis
    concepts: int
    shown: int
    loaded: int
    complete: tuple[str, ...]
    reviewed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConceptsListed:
    version: str
    axes: tuple[AxisRow, ...]
    releases: tuple[ReleaseRow, ...]


@app.command()
def load(
    file: File,
    system: Annotated[str, typer.Option(help="Prefix of its codes, such as DOID; else as most have.")] = "",
    version: Annotated[str, typer.Option(help="Where the file does not say.")] = "",
    licence: Annotated[str, typer.Option(help="Where the file does not say.")] = "",
    who: Annotated[str, typer.Option(help="Who answers for it; else your login name.")] = "",
    write: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a release would change, and with --apply put it in the place of the earlier one.

    Obsolete terms propose their replacement to curators; no concept and no mapping is rewritten.
    """
    if system and not _SYSTEM.fullmatch(system):
        raise BadRequest(f"{system!r} is no prefix: letters and digits", parameter="system")
    release = _read(file)
    stated = replace(release, version=version or release.version, licence=licence or release.licence)
    with closing(open_ledger(read_settings())) as ledger:
        weighed = weigh(ledger, stated, system=system)
        applied = apply(ledger, weighed, who=who or getpass.getuser()) if write else None
    if as_json:
        print_json({"applied": applied is not None, "weighed": replace(weighed, release=_head(weighed))})
        return
    _print_weighed(weighed)
    if applied:
        notes.print(f"{weighed.name} is loaded; `catalogue reprocess` aligns what is there anew")
    else:
        notes.print("nothing is written; say --apply to load it")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """The scheme by axis, its languages, and the releases that are loaded."""
    with closing(open_ledger(read_settings())) as ledger:
        found = _listed(ledger)
    if as_json:
        print_json(found)
        return
    rows = (
        (
            each.axis.value,
            each.concepts,
            each.shown,
            each.loaded,
            _listing(each.complete),
            _listing(each.reviewed),
        )
        for each in found.axes
    )
    columns = ("axis", "concepts", "in facets", "loaded", "complete in", "reviewed in")
    print_table(f"Scheme {found.version}", columns, rows)
    _print_releases(found.releases)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A release; without one, the scheme in force.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for cycles, names and codes that two concepts have; in OWL for contradictions, by HermiT.

    Exit code 1 where there is any.
    """
    found = _check_scheme() if file is None else _check_file(file)
    if as_json:
        print_json(found)
    elif isinstance(found, Consistency):
        _print_consistency(found)
    else:
        _print_faults(found)
    if found.culprits or found.unsatisfiable if isinstance(found, Consistency) else found:
        raise typer.Exit(1)


def _read(file: Path) -> Release:
    try:
        return read_release(file)
    except ReleaseRefused as error:
        raise BadRequest(f"{file.name}: {error}", parameter="file") from error
    except OSError as error:
        raise BadRequest(f"{file}: {error.strerror}", parameter="file") from error


def _head(weighed: Weighed) -> Release:
    """What a release says of itself; its terms would be megabytes."""
    return replace(weighed.release, terms=(), disjoint=())


def _print_weighed(weighed: Weighed) -> None:
    release, difference, brought = weighed.release, weighed.difference, weighed.contribution
    screen.print(f"{weighed.name}: {release.title or 'untitled'}, {release.licence or 'no licence stated'}")
    screen.print(
        f"{len(release.terms):,} terms: {len(brought.matched):,} concepts are known, {len(brought.new):,} are"
        f" new, {brought.outside:,} terms are outside of all axes, {len(brought.left_out):,} left out"
    )
    _table("New terms", ("code", "label"), ((each.code, each.label) for each in difference.new))
    changed = ((each.later.code, each.later.label, ", ".join(each.what)) for each in difference.changed)
    _table("Changed terms", ("code", "label", "what"), changed)
    moved = ((each.term.code, " ".join(each.earlier), " ".join(each.later)) for each in difference.moved)
    _table("Moved terms", ("code", "from below", "to below"), moved)
    obsolete = (
        (
            each.term.code,
            each.term.label,
            _listing((*each.term.replaced_by, *each.term.consider)),
            _listing(each.concepts),
            _listing(each.mappings),
        )
        for each in sorted(difference.obsolete, key=lambda each: not each.concepts)
    )
    _table("Obsolete terms", ("code", "label", "instead", "concepts with it", "mappings to these"), obsolete)
    rows = ((each.subject_id, each.predicate_id, each.object_id) for each in weighed.proposals)
    _table("Proposed to curators", ("obsolete", "", "concept"), rows)
    left_out = ((each.code, each.label, each.why) for each in brought.left_out)
    _table("Left out", ("code", "label", "why"), left_out)
    kept = ((each.code, each.label) for each in weighed.retained)
    _table("Kept as obsolete, since something rests on them", ("code", "label"), kept)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    every = list(rows)
    if every:
        more = f"; the first {_SHOWN}" if len(every) > _SHOWN else ""
        print_table(f"{title}: {len(every):,}{more}", columns, every[:_SHOWN])


def _listing(words: Iterable[str]) -> str:
    every = tuple(words)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def _listed(ledger: Ledger) -> ConceptsListed:
    scheme = load_scheme(Additions(ledger.additions().concepts))
    axes = tuple(_axis_row(axis, scheme) for axis in Axis)
    return ConceptsListed(scheme.version, axes, ledger.releases())


def _print_releases(releases: tuple[ReleaseRow, ...]) -> None:
    rows = (
        (row.system, row.version, row.licence, row.terms, row.concepts, row.applied, row.who, row.sha256[:12])
        for row in releases
    )
    columns = ("system", "version", "licence", "terms", "concepts", "loaded", "by", "sha256")
    print_table("Loaded releases", columns, rows)


def _axis_row(axis: Axis, scheme: ConceptScheme) -> AxisRow:
    concepts, languages = scheme.on(axis), scheme.languages(axis)
    return AxisRow(
        axis=axis,
        concepts=len(concepts),
        shown=sum(each.shown for each in concepts),
        loaded=sum(bool(each.release) for each in concepts),
        complete=tuple(each.code for each in languages if each.complete),
        reviewed=tuple(each.code for each in languages if each.reviewed),
    )


def _check_scheme() -> tuple[Fault, ...]:
    with closing(open_ledger(read_settings())) as ledger:
        concepts = ledger.additions().concepts
    try:
        return faults_of(load_scheme(Additions(concepts)))
    except ValueError as error:
        return (Fault("the scheme", str(error)),)


def _check_file(file: Path) -> Consistency:
    try:
        return check_consistency(file)
    except ReleaseRefused as error:
        raise BadRequest(f"{file.name}: {error}", parameter="file") from error
    except OSError as error:
        raise BadRequest(f"{file}: {error.strerror}", parameter="file") from error


def _print_consistency(found: Consistency) -> None:
    screen.print(f"{found.release.title or 'The release'}: {len(found.release.terms):,} terms; {found.word}")
    rows = ((each.term.code, each.term.label, each.one, each.other) for each in found.culprits)
    _table("Placed below two that share nothing", ("code", "label", "below", "and below"), rows)
    if found.unsatisfiable:
        screen.print(f"Can have no member: {_listing(found.unsatisfiable)}")


def _print_faults(faults: tuple[Fault, ...]) -> None:
    if faults:
        print_table("Faults of the scheme", ("where", "what"), ((each.where, each.what) for each in faults))
    else:
        notes.print("no cycle, no name and no code that two concepts have")
