"""``catalogue reprocess``: what sources gave before through newer crosswalks, concepts or mappings."""

from collections.abc import Sequence
from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table
from catalogue.cli.harvesting import do_jobs
from catalogue.errors import BadRequest
from catalogue.ledger import REPROCESS, JobState
from catalogue.model.run import Run
from catalogue.services import Workshop
from catalogue.settings import read_settings


def reprocess(
    source: Annotated[list[str] | None, typer.Argument(help="Sources whose records are made anew.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Every source, also paused ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make what sources gave before anew by the present rules; no source is asked for anything.

    The running worker does it, or this command itself where none runs. Records that come out as they were
    stay untouched.
    """
    workshop = Workshop(read_settings())
    ledger = workshop.ledger
    names = [row.config.id for row in ledger.sources()] if all else list(dict.fromkeys(source or []))
    if not names and not all:
        raise BadRequest("name the sources whose records to make anew, or say --all", parameter="source")
    for name in names:
        ledger.source(name)
    done = do_jobs(workshop, [ledger.put_job(REPROCESS, name) for name in names])
    found = [run for name in names if (run := ledger.last_run(name, reprocess=True))]
    if as_json:
        print_json(found)
    else:
        _print(found)
    workshop.close()
    if any(job.state is JobState.FAILED for job in done):
        raise typer.Exit(1)


def _print(found: Sequence[Run]) -> None:
    columns = ("run", "source", "state", "records", "made anew", "changed", "let in", "rejected")
    print_table("Made anew", columns, (_row(run) for run in found))
    for run in found:
        if run.message:
            notes.print(f"run {run.id} of {run.source}: {one_line(run.message)}")


def _row(run: Run) -> tuple[object, ...]:
    counts = run.counts
    records = run.listing.total if run.listing else None
    return (
        run.id,
        run.source,
        run.state.value,
        records,
        counts.offered,
        counts.changed,
        counts.new,
        counts.rejected,
    )
