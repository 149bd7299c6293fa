"""``catalogue approve``, ``reject`` and ``stop``: what a curator or operator decides about a run."""

from collections.abc import Callable
from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table, screen
from catalogue.cli.harvesting import bring_up, print_runs
from catalogue.errors import BadRequest, Conflict
from catalogue.ledger import Lease, Ledger, this_holder
from catalogue.model.run import Run, RunCounts
from catalogue.services import Workshop, open_ledger
from catalogue.settings import read_settings
from catalogue.worker.harvests import source_lease

_LEASE_SECONDS = 60.0
_SHOWN = 20

RunNumber = Annotated[int, typer.Argument(help="Number of the run, as `catalogue runs` prints it.")]


def approve(
    run: RunNumber,
    why: Annotated[str, typer.Option(help="The reason; it stays in the history.")],
    withdrawing: Annotated[
        int | None, typer.Option(help="How many records may go; asked for where it is not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apply a run that is held, with all that it takes away."""
    workshop = Workshop(read_settings())
    ledger = workshop.ledger
    going = _going(ledger, run)
    if going:
        _require_confirmed(ledger, run, going, withdrawing)
    _under_lease(ledger, ledger.run(run), lambda lease: ledger.approve_run(run, why, lease=lease))
    bring_up(workshop)
    _tell(ledger, run, as_json=as_json)
    workshop.close()


def reject(
    run: RunNumber,
    why: Annotated[str, typer.Option(help="The reason; it stays in the history.")],
    as_json: AsJson = False,
) -> None:
    """Give up a run that is held: nothing of it is applied, everything stays as it was."""
    ledger = open_ledger(read_settings())
    ledger.reject_run(run, why)
    _tell(ledger, run, as_json=as_json)


def stop(run: RunNumber, as_json: AsJson = False) -> None:
    """End a run that is under way, at once; nothing of it is applied."""
    ledger = open_ledger(read_settings())
    found = ledger.request_stop(run)
    worked_on = ledger.holder_of(source_lease(found.source)) is not None
    when = "its worker does so within seconds" if worked_on else "nobody works on it; the next worker ends it"
    notes.print(f"run {run} of {found.source} is asked to end; {when}")
    _tell(ledger, run, as_json=as_json)


def _going(ledger: Ledger, run: int) -> int:
    return ledger.count_missing(run)[0]


def _require_confirmed(ledger: Ledger, run: int, going: int, withdrawing: int | None) -> None:
    """Whoever approves says how many records go; a number that has changed meanwhile is asked for again."""
    if withdrawing is None and screen.is_terminal:
        rows = ((one.title or one.identifier, one.patients) for one in ledger.missing(run, limit=_SHOWN))
        print_table(f"Run {run} would withdraw {going} records, the first of them:", ("", "patients"), rows)
        withdrawing = typer.prompt(f"Type {going} to withdraw them", type=int)
    if withdrawing != going:
        raise BadRequest(
            f"run {run} would withdraw {going} records: say --withdrawing {going} if these are to go",
            parameter="withdrawing",
        )


def _under_lease(ledger: Ledger, run: Run, act: Callable[[Lease], RunCounts]) -> None:
    lease = ledger.acquire(source_lease(run.source), this_holder(), _LEASE_SECONDS)
    if lease is None:
        raise Conflict(f"{run.source} is being harvested; wait for the end, or stop that run first")
    try:
        act(lease)
    finally:
        ledger.release(lease)


def _tell(ledger: Ledger, run: int, *, as_json: bool) -> None:
    if as_json:
        print_json(ledger.run(run))
    else:
        print_runs([ledger.run(run)])
