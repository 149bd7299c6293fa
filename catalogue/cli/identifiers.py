"""``catalogue alias`` and ``suggestions``: which records are the same although their identifiers differ."""

from contextlib import closing
from typing import Annotated

import typer

from catalogue.cli.acting import acting_alone
from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table
from catalogue.cli.harvesting import bring_up
from catalogue.ledger import Renaming, Suggestion
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
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many of each kind.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Records that may be one dataset, which only a person can tell.

    Those of different sources have the same title; two of one source have a DOI, handle or address that no
    other has there: its identifier may have changed, and `catalogue alias add` joins them.
    """
    with closing(open_ledger(read_settings())) as ledger:
        duplicates, renamed = ledger.suggested_duplicates(limit), ledger.suggested_renamings(limit)
    if as_json:
        print_json({"duplicates": duplicates, "renamed": renamed})
        return
    print_table("May be one dataset", ("title", "datasets"), (_row(one) for one in duplicates))
    heading = ("source", "both have", "known as", "given now", "one is missing")
    print_table("May be one record", heading, (_pair(one) for one in renamed))


def _row(one: Suggestion) -> tuple[str, str]:
    return one.title, ", ".join(f"{offer.key} ({offer.source})" for offer in one.offers)


def _pair(one: Renaming) -> tuple[str, ...]:
    known, given = f"{one.identifier} ({one.key})", f"{one.given} ({one.given_key})"
    return one.source, one.shared, known, given, "yes" if one.unseen else "no"
