"""``catalogue mappings``: what curators decided that providers' words mean."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.acting import Who, acting_name
from catalogue.cli.apart import read_file
from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table
from catalogue.curation.exported import exported, read_decisions
from catalogue.curation.incoming import Incoming, compared, in_force
from catalogue.errors import BadRequest, NotFound
from catalogue.ledger import Decision, Ledger, MappingState
from catalogue.publishing.mappings import KnownMapping, KnownMappings, known_mappings
from catalogue.services import open_ledger
from catalogue.services.vocabulary import in_force as vocabulary_in_force
from catalogue.settings import read_settings
from ontologies.concepts import Axis
from ontologies.conflicts import Conflict, find_conflicts
from ontologies.mappings import Mapping, load_mappings

app = typer.Typer(no_args_is_help=True)

_SHOWN = 50
_ALL = "all"
# Errors are told in one line; in the file the columns are parted by tabs.
_NO_SET = (
    "a mapping set (SSSOM/TSV) begins with the lines `#mapping_set_id: urn:example:words`,"
    " `#license: https://creativecommons.org/publicdomain/zero/1.0/` and, parted by tabs, `subject_label"
    " subject_type subject_category predicate_id object_id mapping_justification`; `catalogue mappings export"
    " --own` writes a model, and OpenRefine matches a spreadsheet's words at the catalogue's /reconcile"
)

File = Annotated[Path, typer.Argument(help="A mapping set: SSSOM as TSV.")]
OnAxis = Annotated[Axis | None, typer.Option(help="Only words of this axis.")]
Own = Annotated[bool, typer.Option("--own", help="The rows that come with the software, too.")]
RecordIds = Annotated[list[str], typer.Argument(metavar="RECORD_ID...", help="As `list` prints them.")]
Why = Annotated[str, typer.Option(help="The reason; it stays in the history.")]


@app.command("import")
def import_(
    file: File,
    state: Annotated[
        MappingState, typer.Option(help="What is said of rows that tell no state of their own.")
    ] = MappingState.PROPOSED,
    apply: Annotated[bool, typer.Option("--apply", help="Write what the difference shows.")] = False,
    despite_conflicts: Annotated[
        bool, typer.Option("--despite-conflicts", help="Also where a serious conflict would be in force.")
    ] = False,
    why: Why = "",
    who: Who = "",
    as_json: AsJson = False,
) -> None:
    """Show what a mapping set would change, and write it if told to.

    Exit code 1 where anything would change and was not written.
    """
    with closing(open_ledger(read_settings())) as ledger:
        wanted = _decisions(file, state)
        found = compared(wanted, _known(ledger), vocabulary_in_force(ledger).scheme)
        stopped = bool(found.serious and not despite_conflicts and _accepts(found))
        written = apply and not stopped
        act = ledger.decide(found.decisions, who=acting_name(who), why=why) if written else 0
    if as_json:
        print_json({"applied": written, "act": act, **_as_lists(found)})
    else:
        _print_difference(found)
        _say(found, act, apply=apply, stopped=stopped)
    if found.decisions and not written:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; the screen if not given.")] = None,
    state: Annotated[str, typer.Option(help="accepted, proposed, rejected or all.")] = "accepted",
    own: Own = False,
) -> None:
    """Write mappings as SSSOM, the same bytes for the same rows; with `all` each row tells its state."""
    if state not in (*MappingState, _ALL):
        states = ", ".join((*MappingState, _ALL))
        raise BadRequest(f"there is no state {state!r}; there are {states}", parameter="state")
    with closing(open_ledger(read_settings())) as ledger:
        rows = [one for one in _listed(_known(ledger), own=own) if state in (_ALL, one.state)]
    text = exported(rows, states=state == _ALL)
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}", parameter="file") from error
    notes.print(f"{len(rows)} mappings written to {file}")


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A mapping set; what is in force if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find mappings that contradict each other, the scheme, or the codes they name.

    Exit code 1 where any conflict is serious.
    """
    with closing(open_ledger(read_settings())) as ledger:
        rows = _rows_of(file) if file else in_force(_known(ledger))
        found = find_conflicts(rows, vocabulary_in_force(ledger).scheme)
    if as_json:
        print_json([_as_dict(one) for one in found])
    else:
        _print_conflicts(found)
        notes.print(f"{len(rows)} mappings, {len(found)} conflicts")
    if any(one.serious for one in found):
        raise typer.Exit(1)


@app.command("list")
def list_(
    axis: OnAxis = None,
    state: Annotated[MappingState | None, typer.Option(help="Only those in this state.")] = None,
    word: Annotated[str, typer.Option(help="A part of the word.")] = "",
    own: Own = False,
    as_json: AsJson = False,
) -> None:
    """What was decided of words here, by axis and word."""
    with closing(open_ledger(read_settings())) as ledger:
        known = KnownMappings(tuple(_listed(_known(ledger), own=own)))
    found = known.found(axis=axis, state=state, word=word)
    if as_json:
        print_json([_known_as_dict(one) for one in found])
        return
    heading = ("record id", "axis", "word", "of", "means", "state", "who", "when", "why")
    print_table("Mappings", heading, (_listed_row(one) for one in found))


@app.command()
def accept(record_id: RecordIds, why: Why, who: Who = "", as_json: AsJson = False) -> None:
    """Let mappings act, from the next harvest or `catalogue reprocess` on."""
    _decide(record_id, MappingState.ACCEPTED, why=why, who=who, as_json=as_json)


@app.command()
def reject(record_id: RecordIds, why: Why, who: Who = "", as_json: AsJson = False) -> None:
    """Let mappings act no more; those that come with the software, too."""
    _decide(record_id, MappingState.REJECTED, why=why, who=who, as_json=as_json)


def _decide(record_ids: list[str], state: MappingState, *, why: str, who: str, as_json: bool) -> None:
    with closing(open_ledger(read_settings())) as ledger:
        known = _known(ledger).by_id
        unknown = [one for one in record_ids if one not in known]
        if unknown:
            raise NotFound(f"there is no mapping {unknown[0]!r}")
        wanted = [Decision(known[one].mapping, state) for one in dict.fromkeys(record_ids)]
        act = ledger.decide(wanted, who=acting_name(who), why=why)
    if as_json:
        print_json({"act": act})
    else:
        notes.print(_what_follows(act) if act else "nothing changes: that holds already")


def _known(ledger: Ledger) -> KnownMappings:
    return known_mappings(load_mappings(), ledger.mapping_rows())


def _listed(known: KnownMappings, *, own: bool) -> Iterator[KnownMapping]:
    """What was decided here; with ``own`` what nobody needed to decide, too."""
    return (one for one in known.rows if own or one.act)


def _text(path: Path) -> str:
    try:
        return read_file(path).decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"{path.name} is not in UTF-8: {error}", parameter="file") from error


def _rows_of(path: Path) -> tuple[Mapping, ...]:
    read = _decisions(path, MappingState.ACCEPTED)
    return tuple(one.mapping for one in read if one.state is MappingState.ACCEPTED)


def _decisions(path: Path, state: MappingState) -> tuple[Decision, ...]:
    """What is wrong with a file that is no mapping set at all is told with what one looks like."""
    text = _text(path)
    try:
        return tuple(read_decisions(text, name=path.name, state=state))
    except BadRequest as error:
        if text.removeprefix("\ufeff").startswith("#"):
            raise
        raise BadRequest(f"{error}; {_NO_SET}", parameter=error.parameter) from error


def _accepts(found: Incoming) -> bool:
    return any(one.state is MappingState.ACCEPTED for one in found.decisions)


def _say(found: Incoming, act: int, *, apply: bool, stopped: bool) -> None:
    counts = f"{len(found.new)} new, {len(found.changed)} changed, {found.same} as they are"
    if apply and stopped:
        notes.print(f"{counts}; nothing was written: resolve the conflicts, or say --despite-conflicts")
    elif apply:
        notes.print(f"{counts}; {_what_follows(act) if act else 'nothing to write'}")
    else:
        notes.print(f"{counts}; nothing was written: say --apply to write it")


def _what_follows(act: int) -> str:
    return f"written as act {act}; `catalogue reprocess --all` takes it to the records that came before"


def _print_difference(found: Incoming) -> None:
    new = ((one.state, *_cells(one.mapping)) for one in found.new[:_SHOWN])
    _print_some("New", ("state", *_COLUMNS), new, len(found.new))
    changed = (
        (f"{one.before.state} → {one.after.state}", *_cells(one.after.mapping))
        for one in found.changed[:_SHOWN]
    )
    _print_some("Changed", ("state", *_COLUMNS), changed, len(found.changed))
    against = ((one.by, *_cells(one.row)) for one in found.contradicted[:_SHOWN])
    _print_some("Would act no more", ("because of", *_COLUMNS), against, len(found.contradicted))
    _print_conflicts(found.conflicts)


def _print_conflicts(found: tuple[Conflict, ...]) -> None:
    rows = (
        ("serious" if one.serious else "", one.kind, one.says, one.advice, ", ".join(one.rows[:3]))
        for one in found[:_SHOWN]
    )
    _print_some("Conflicts", ("", "kind", "what", "what to do", "mappings"), rows, len(found))


def _print_some(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]], total: int) -> None:
    if total:
        more = f", the first {_SHOWN} of them" if total > _SHOWN else ""
        print_table(f"{title}: {total}{more}", columns, rows)


_COLUMNS = ("record id", "axis", "word", "of", "means")


def _cells(row: Mapping) -> tuple[object, ...]:
    return row.record_id, row.subject_category, row.word, row.subject_source, _meaning(row)


def _meaning(row: Mapping) -> str:
    if row.concept is None:
        return "nothing, on purpose"
    negation = "not " if row.negative else ""
    return one_line(f"{negation}{row.object_label} ({row.concept}, {row.predicate_id})")


def _listed_row(one: KnownMapping) -> tuple[object, ...]:
    return (*_cells(one.mapping), one.state, one.who, one.at, one.why)


def _known_as_dict(one: KnownMapping) -> dict[str, object]:
    told = {"state": one.state, "own": one.own, "acts": one.acts, "who": one.who, "why": one.why}
    return {**_row_as_dict(one.mapping), **told, "at": one.at, "act": one.act}


def _as_lists(found: Incoming) -> dict[str, object]:
    return {
        "new": [_decision_as_dict(one) for one in found.new],
        "changed": [
            {"before": _decision_as_dict(one.before), "after": _decision_as_dict(one.after)}
            for one in found.changed
        ],
        "same": found.same,
        "contradicted": [{**_row_as_dict(one.row), "by": one.by} for one in found.contradicted],
        "conflicts": [_as_dict(one) for one in found.conflicts],
    }


def _decision_as_dict(one: Decision) -> dict[str, object]:
    return {**_row_as_dict(one.mapping), "state": one.state}


def _row_as_dict(row: Mapping) -> dict[str, object]:
    return row.model_dump(mode="json", exclude_defaults=True)


def _as_dict(one: Conflict) -> dict[str, object]:
    told = {"kind": one.kind, "serious": one.serious, "rows": one.rows}
    return {**told, "says": one.says, "advice": one.advice}
