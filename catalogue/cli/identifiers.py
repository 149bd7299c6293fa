"""``catalogue alias`` and ``suggestions``: which records are the same although their identifiers differ."""

from contextlib import closing
from typing import Annotated

import typer

from catalogue.cli.acting import acting_alone
from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table
from catalogue.cli.harvesting import bring_up
from catalogue.ledger import Suggestion
from catalogue.services import Workshop, open_ledger
from catalogue.settings import read_settings

app = typer.Typer(no_args_is_help=True)

Source = Annotated[str, typer.Argument(help="Short name of a source.")]
Given = Annotated[str, typer.Argument(help="The identifier that the source gives now.")]


@app.command()
def add(
    source: Source,
    given: Given,
    identifier: Annotated[str, typer.Argument(help="The one by which the catalogue knows the record.")],
    why: Annotated[str, typer.Option(help="The reason; it stays in the history.")],
) -> None:
    """Take what a source gives under a new identifier for the record it was: its address stays.

    A record that the new identifier has already is withdrawn and points to the old one.
    """
    with closing(Workshop(read_settings())) as workshop:
        with acting_alone(workshop.ledger, source):
            made = workshop.ledger.join_identifiers(source, given, identifier, why=why)
        bring_up(workshop)
    notes.print(one_line(f"{made.given} is {made.identifier} from the next harvest of {source} on"))


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Argument(help="Only this source's.")] = None, as_json: AsJson = False
) -> None:
    """All aliases, with their reasons; those too that a harvest found by a DOI that stayed."""
    with closing(open_ledger(read_settings())) as ledger:
        found = ledger.list_aliases(source)
    if as_json:
        print_json(found)
        return
    rows = ((one.source, one.given, one.identifier, one.at, one.why) for one in found)
    print_table("Aliases", ("source", "given", "is the record", "since", "why"), rows)


@app.command()
def remove(source: Source, given: Given) -> None:
    """Take what a source gives under an alias for a record of its own again, from its next harvest on."""
    with closing(open_ledger(read_settings())) as ledger, acting_alone(ledger, source):
        forgotten = ledger.forget_alias(source, given)
    notes.print(one_line(f"{forgotten.given} is no alias of {forgotten.identifier} any more"))


def suggestions(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100, as_json: AsJson = False
) -> None:
    """Datasets of different sources with the same title: they may be one, which only a person can tell."""
    with closing(open_ledger(read_settings())) as ledger:
        found = ledger.suggested_duplicates(limit)
    if as_json:
        print_json(found)
        return
    print_table("May be one dataset", ("title", "datasets"), (_row(one) for one in found))


def _row(one: Suggestion) -> tuple[str, str]:
    return one.title, ", ".join(f"{offer.key} ({offer.source})" for offer in one.offers)
