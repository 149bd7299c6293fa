"""``catalogue doctor``."""

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table
from catalogue.maintenance.doctor import diagnose
from catalogue.services import Workshop
from catalogue.settings import read_settings


def doctor(as_json: AsJson = False) -> None:
    """Compare ledger, graph store and search index; exit code 1 where they differ."""
    workshop = Workshop(read_settings())
    diagnosis = diagnose(workshop.examined())
    workshop.close()
    if as_json:
        print_json({"agreed": diagnosis.agreed, "diagnosis": diagnosis})
    else:
        held = f"{diagnosis.records} records, {diagnosis.graphs} graphs, {diagnosis.documents} documents"
        rows = ((one.store, one.thing, one.problem) for one in diagnosis.differences)
        if diagnosis.differences:
            print_table(f"{held}; they differ", ("store", "thing", "problem"), rows)
            notes.print(
                "`catalogue rebuild graph` and `catalogue rebuild index` make them anew from the ledger"
            )
        else:
            notes.print(f"{held}: all agree")
    if not diagnosis.agreed:
        raise typer.Exit(1)
