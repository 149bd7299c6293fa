"""``catalogue source``: which provider nodes are harvested."""

from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table, screen
from catalogue.errors import BadRequest
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
    pace: Annotated[float, typer.Option(min=0, max=3600, help="Least seconds between two requests.")] = 1.0,
    option: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, repeatable.")] = None,
) -> None:
    """Register a provider node; its address is checked, nothing is fetched yet."""
    settings = read_settings()
    if kind not in KINDS:
        raise BadRequest(f"there is no kind {kind!r}; there are {', '.join(KINDS)}", parameter="kind")
    if not all(part.isalnum() for part in id.split("-")) or id != id.lower() or not id.isascii():
        raise BadRequest(f"{id!r} is no id: lower-case letters, digits and single hyphens", parameter="id")
    check_url(url, settings.allowed_private_hosts)
    options = dict(_pair(text) for text in option or [])
    config = SourceConfig(id=id, kind=kind, url=url, title=title or id, pace=pace, options=options)
    workshop = Workshop(settings)
    try:
        workshop.source(config)  # refuses options that its kind does not know
        workshop.ledger.add_source(config)
    finally:
        workshop.close()
    screen.print(f"{id} is registered; `catalogue harvest {id}` brings it in")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All sources, with their last harvest."""
    rows = open_ledger(read_settings()).sources()
    if as_json:
        print_json(rows)
        return
    columns = ("id", "kind", "address", "last run", "harvested")
    print_table("Sources", columns, (_row(row) for row in rows))


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
    print_table(row.config.title, ("", ""), _facts(row))
    rejected = ((one.identifier, one.reason) for one in rejections)
    print_table(f"Rejected in the last run: {len(rejections)}", ("record", "reason"), rejected)
    found = ((one.severity.value, one.path, one.value, one.message) for one in findings[:20])
    print_table(f"Findings of the last run: {len(findings)}, the first 20", ("", "path", "value", ""), found)


@app.command()
def remove(id: Id) -> None:
    """Harvest a source no more and withdraw its records; the ledger keeps their history."""
    ledger = open_ledger(read_settings())
    withdrawn = ledger.remove_source(id)
    notes.print(f"{id} is removed; {withdrawn} records are withdrawn")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadRequest(f"{text!r} is no option; write KEY=VALUE", parameter="option")
    return name, value


def _row(row: SourceRow) -> tuple[object, ...]:
    last = row.last_run.state.value if row.last_run else None
    return row.config.id, row.config.kind, row.config.url, last, row.last_harvested


def _facts(row: SourceRow) -> list[tuple[object, object]]:
    last = row.last_run
    return [
        ("address", row.config.url),
        ("kind", row.config.kind),
        ("pace", f"{row.config.pace} s"),
        ("options", ", ".join(f"{name}={value}" for name, value in row.config.options.items()) or None),
        ("last run", f"{last.state.value} {last.message}".strip() if last else None),
        ("harvested", row.last_harvested),
    ]
