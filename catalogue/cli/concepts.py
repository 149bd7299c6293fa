"""``catalogue concepts``: the scheme, and the releases of other terminologies that are loaded into it."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from catalogue.cli.acting import Who, acting_name
from catalogue.cli.console import AsJson, notes, print_json, print_table, screen
from catalogue.cli.release_tables import listing, print_unloading, print_weighed, table
from catalogue.errors import BadRequest
from catalogue.ledger import Ledger
from catalogue.ledger.vocabulary_rows import ReleaseRow
from catalogue.maintenance.releases import Weighed, apply, weigh
from catalogue.maintenance.unloading import unload as take_out
from catalogue.maintenance.unloading import weigh_unloading
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

_RECORDS: Final = "which records change, only `catalogue reprocess --all` finds out, as it makes them anew"
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
    """``remnants`` are what stays of releases that were taken out."""

    version: str
    axes: tuple[AxisRow, ...]
    releases: tuple[ReleaseRow, ...]
    remnants: tuple[ReleaseRow, ...]


@app.command()
def load(
    file: File,
    system: Annotated[str, typer.Option(help="Prefix of its codes, such as DOID; else as most have.")] = "",
    version: Annotated[str, typer.Option(help="Where the file does not say.")] = "",
    licence: Annotated[str, typer.Option(help="Where the file does not say.")] = "",
    who: Who = "",
    write: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a release would change, and with --apply put it in the place of the earlier one.

    Obsolete terms propose their replacement to curators; no concept and no mapping is rewritten.
    """
    if system and not _SYSTEM.fullmatch(system):
        raise BadRequest(f"{system!r} is no prefix: letters and digits", parameter="system")
    release = _read(file, read_release)
    stated = replace(release, version=version or release.version, licence=licence or release.licence)
    with closing(open_ledger(read_settings())) as ledger:
        weighed = weigh(ledger, stated, system=system)
        applied = apply(ledger, weighed, who=acting_name(who)) if write else None
    if as_json:
        print_json({"applied": applied is not None, "weighed": replace(weighed, release=_head(weighed))})
        return
    print_weighed(weighed)
    if applied:
        notes.print(f"{weighed.name} is loaded; {_RECORDS}")
    else:
        notes.print(f"nothing is written; say --apply to load it. {_RECORDS.capitalize()}")


@app.command()
def unload(
    system: Annotated[str, typer.Argument(help="As `concepts list` prints it, such as DOID.")],
    who: Who = "",
    write: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what would go with a loaded release, and with --apply take it out.

    Concepts on which an accepted mapping or another release rests stay, as obsolete ones; no mapping is
    rewritten. An earlier release of the system does not come back: load its file again.
    """
    with closing(open_ledger(read_settings())) as ledger:
        unloading = weigh_unloading(ledger, system)
        if write:
            take_out(ledger, unloading, who=acting_name(who))
    if as_json:
        print_json({"applied": write, "unloading": unloading})
        return
    print_unloading(unloading)
    name = f"{system} {unloading.row.version}"
    if write:
        notes.print(f"{name} is taken out; {_RECORDS}")
    else:
        notes.print(f"nothing is written; say --apply to take {name} out. {_RECORDS.capitalize()}")


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
            listing(each.complete),
            listing(each.reviewed),
        )
        for each in found.axes
    )
    columns = ("axis", "concepts", "in facets", "loaded", "complete in", "reviewed in")
    print_table(f"Scheme {found.version}", columns, rows)
    _print_releases(found.releases)
    kept = ((row.system, row.version, row.concepts, row.applied, row.who) for row in found.remnants)
    title = "Taken out, but for obsolete concepts that something rests on"
    table(title, ("system", "version", "concepts", "taken out", "by"), kept)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A release; without one, the scheme in force.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for cycles, names and codes that two concepts have; in OWL for contradictions, by HermiT.

    Exit code 1 where there is any.
    """
    found = _check_scheme() if file is None else _read(file, check_consistency)
    if as_json:
        print_json(found)
    elif isinstance(found, Consistency):
        _print_consistency(found)
    else:
        _print_faults(found)
    if found.culprits or found.unsatisfiable if isinstance(found, Consistency) else found:
        raise typer.Exit(1)


_Found = TypeVar("_Found")


def _read(file: Path, read: Callable[[Path], _Found]) -> _Found:
    """What reading a file gives; raises ``BadRequest`` that names it."""
    try:
        return read(file)
    except ReleaseRefused as error:
        raise BadRequest(f"{file.name}: {error}", parameter="file") from error
    except OSError as error:
        raise BadRequest(f"{file}: {error.strerror}", parameter="file") from error


def _head(weighed: Weighed) -> Release:
    """What a release says of itself; its terms would be megabytes."""
    return replace(weighed.release, terms=(), disjoint=())


def _listed(ledger: Ledger) -> ConceptsListed:
    scheme = load_scheme(Additions(ledger.additions().concepts))
    axes = tuple(_axis_row(axis, scheme) for axis in Axis)
    rows = ledger.releases()
    return ConceptsListed(
        version=scheme.version,
        axes=axes,
        releases=tuple(row for row in rows if not row.is_remnant),
        remnants=tuple(row for row in rows if row.is_remnant),
    )


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


def _print_consistency(found: Consistency) -> None:
    screen.print(f"{found.release.title or 'The release'}: {len(found.release.terms):,} terms; {found.word}")
    rows = ((each.term.code, each.term.label, each.one, each.other) for each in found.culprits)
    table("Placed below two that share nothing", ("code", "label", "below", "and below"), rows)
    if found.unsatisfiable:
        screen.print(f"Can have no member: {listing(found.unsatisfiable)}")


def _print_faults(faults: tuple[Fault, ...]) -> None:
    if faults:
        print_table("Faults of the scheme", ("where", "what"), ((each.where, each.what) for each in faults))
    else:
        notes.print("no cycle, no name and no code that two concepts have")
