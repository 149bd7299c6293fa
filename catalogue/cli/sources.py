"""``catalogue source``: which provider nodes are harvested."""

import secrets
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table, screen
from catalogue.cli.pairs import Option, pairs
from catalogue.errors import BadRequest
from catalogue.ingest.schedules import check_schedule, next_run
from catalogue.ledger import SourceRow
from catalogue.services import Workshop, open_ledger
from catalogue.settings import read_settings
from harvesters.addresses import check_url
from harvesters.source import SourceConfig
from harvesters.sources import KINDS

app = typer.Typer(no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Short name of the source, such as upv-node.")]


@app.command()
def add(
    id: Id,
    kind: Annotated[str, typer.Option(help=f"Protocol: {', '.join(KINDS)}.")],
    url: Annotated[str, typer.Option(help="Where the provider's catalogue starts.")],
    title: Annotated[str, typer.Option(help="Name shown to people.")] = "",
    hold_first: Annotated[
        bool, typer.Option("--hold-first", help="Hold the first run until a curator lets it in.")
    ] = False,
    pace: Annotated[float, typer.Option(min=0, max=3600, help="Least seconds between two requests.")] = 1.0,
    option: Option = None,
) -> None:
    """Register a provider node; its address is checked, nothing is fetched yet."""
    settings = read_settings()
    if kind not in KINDS:
        raise BadRequest(f"there is no kind {kind!r}; there are {', '.join(KINDS)}", parameter="kind")
    if not all(part.isalnum() for part in id.split("-")) or id != id.lower() or not id.isascii():
        raise BadRequest(f"{id!r} is no id: lower-case letters, digits and single hyphens", parameter="id")
    options = pairs(option)
    config = SourceConfig(id=id, kind=kind, url=url, title=title or id, pace=pace, options=options)
    with closing(Workshop(settings)) as workshop:
        _check(config, workshop)
        workshop.ledger.add_source(config, hold_first=hold_first)
    screen.print(f"{id} is registered; `catalogue harvest {id}` brings it in")


@app.command("set")
def set_(
    id: Id,
    url: Annotated[str | None, typer.Option(help="The node has moved here.")] = None,
    title: Annotated[str | None, typer.Option(help="Name shown to people.")] = None,
    pace: Annotated[
        float | None, typer.Option(min=0, max=3600, help="Least seconds between requests.")
    ] = None,
    option: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, or KEY= to take it away.")] = None,
) -> None:
    """Change how a source is harvested; its records stay as they are."""
    with closing(Workshop(read_settings())) as workshop:
        before = workshop.ledger.source(id).config
        given = {**before.options, **pairs(option)}
        config = replace(
            before,
            url=url or before.url,
            title=title or before.title,
            pace=before.pace if pace is None else pace,
            options={name: value for name, value in given.items() if value},
        )
        _check(config, workshop)
        workshop.ledger.update_source(config)
    screen.print(f"{id} is changed; the next harvest is done that way")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All sources, with their last harvest."""
    ledger = open_ledger(read_settings())
    rows = ledger.sources()
    if as_json:
        print_json(rows)
        return
    columns = ("id", "kind", "address", "last run", "harvested", "next")
    print_table("Sources", columns, (_row(row, ledger.now()) for row in rows))


@app.command()
def show(id: Id, as_json: AsJson = False) -> None:
    """One source: its settings, its last run, what is wrong with its records."""
    ledger = open_ledger(read_settings())
    row = ledger.source(id)
    findings = ledger.findings(row.last_run.id) if row.last_run else ()
    rejections = ledger.rejections(row.last_run.id) if row.last_run else ()
    if as_json:
        print_json({"source": row, "findings": findings, "rejections": rejections})
        return
    print_table(row.config.title, ("", ""), _facts(row, ledger.now()))
    rejected = ((one.identifier, one.reason) for one in rejections)
    print_table(f"Rejected in the last run: {len(rejections)}", ("record", "reason"), rejected)
    found = ((one.severity.value, one.path, one.value, one.message) for one in findings[:20])
    print_table(f"Findings of the last run: {len(findings)}, the first 20", ("", "path", "value", ""), found)


@app.command()
def pause(id: Id) -> None:
    """Take a source out of its schedule and of `harvest --all`; its records stay as they are."""
    open_ledger(read_settings()).pause_source(id)
    notes.print(f"{id} is paused; `catalogue source resume {id}` ends the pause")


@app.command()
def resume(id: Id) -> None:
    """End a source's pause."""
    open_ledger(read_settings()).pause_source(id, paused=False)
    notes.print(f"{id} is harvested as scheduled again")


@app.command()
def token(
    id: Id, revoke: Annotated[bool, typer.Option("--revoke", help="Take the token away instead.")] = False
) -> None:
    """Make the token with which a provider asks for a harvest; it is shown once, and ends the one before."""
    ledger = open_ledger(read_settings())
    made = "" if revoke else secrets.token_urlsafe(32)
    ledger.set_token(id, sha256(made.encode()).hexdigest() if made else "")
    if revoke:
        notes.print(f"{id} has no token any more")
        return
    print(made)
    notes.print(f"give it to whoever runs {id}; only its hash is kept")


@app.command()
def remove(id: Id) -> None:
    """Harvest a source no more and withdraw its records; the ledger keeps their history."""
    ledger = open_ledger(read_settings())
    withdrawn = ledger.remove_source(id)
    notes.print(f"{id} is removed; {withdrawn} records are withdrawn")


def _check(config: SourceConfig, workshop: Workshop) -> None:
    """Refuse an address that is not allowed, and options that its kind does not know."""
    if not config.url.startswith("upload:"):
        check_url(config.url, workshop.settings.allowed_private_hosts)
    check_schedule(config)
    with closing(workshop.desk()) as desk:
        desk.source(config)


def _row(row: SourceRow, now: datetime) -> tuple[object, ...]:
    last = row.last_run.state.value if row.last_run else None
    return row.config.id, row.config.kind, row.config.url, last, row.last_harvested, _next(row, now)


def _next(row: SourceRow, now: datetime) -> datetime | str:
    if row.paused:
        return "paused"
    due = next_run(row, now=now)
    return due.at if due else "by command"


def _facts(row: SourceRow, now: datetime) -> list[tuple[object, object]]:
    last = row.last_run
    return [
        ("address", row.config.url),
        ("kind", row.config.kind),
        ("pace", f"{row.config.pace} s"),
        ("options", ", ".join(f"{name}={value}" for name, value in row.config.options.items()) or None),
        ("next run", _next(row, now)),
        ("first run is held", row.hold_first),
        ("last run", f"{last.state.value} {last.message}".strip() if last else None),
        ("harvested", row.last_harvested),
        ("last whole list", row.last_whole_list),
        ("failed since", row.failures),
        ("incomplete since", row.incompletes),
        ("token for pings", row.has_token),
    ]
