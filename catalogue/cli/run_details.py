"""``catalogue run``: one run in detail: its stages, its log, its findings, and what the provider answered."""

import sys
from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table
from catalogue.errors import NotFound
from catalogue.ledger import Ledger
from catalogue.model.run import Run
from catalogue.services import Workshop
from catalogue.settings import read_settings
from harvesters.spool import Spool

_MOST = 10_000


def run(
    number: Annotated[int, typer.Argument(metavar="RUN", help="As `catalogue runs` prints it.")],
    log: Annotated[
        bool, typer.Option("--log", help="What became of each record that is not as before.")
    ] = False,
    findings: Annotated[
        bool, typer.Option("--findings", help="What is wrong in its records, with all values.")
    ] = False,
    answers: Annotated[bool, typer.Option("--answers", help="What was asked and answered.")] = False,
    answer: Annotated[int | None, typer.Option(min=1, help="Print this answer, byte for byte.")] = None,
    as_json: AsJson = False,
) -> None:
    """One run: its stages, what its list proved, its counts; its log, findings and answers on request."""
    workshop = Workshop(read_settings())
    ledger = workshop.ledger
    found = ledger.run(number)
    if answer is not None:
        _print_answer(_spool(workshop, number), answer)
    elif answers:
        _print_answers(_spool(workshop, number), as_json=as_json)
    elif findings:
        _print_findings(ledger, number, as_json=as_json)
    elif log:
        _print_log(ledger, number, as_json=as_json)
    else:
        _print_run(ledger, found, as_json=as_json)
    workshop.close()


def _spool(workshop: Workshop, number: int) -> Spool:
    pages = workshop.spools.pages_of(number)
    if pages is None:
        raise NotFound(f"the answers of run {number} are not kept: only those of a source's newest run are")
    return pages


def _print_answer(spool: Spool, number: int) -> None:
    for page in spool:
        if page.number == number:
            sys.stdout.buffer.write(page.read())
            return
    raise NotFound(f"the run has {len(spool)} answers; there is no answer {number}")


def _print_answers(spool: Spool, *, as_json: bool) -> None:
    if as_json:
        print_json(list(spool))
        return
    rows = (
        (page.number, page.status, page.headers.get("content-type", ""), page.fetched_at, page.asked)
        for page in spool
    )
    print_table("What the provider answered", ("", "status", "type", "at", "address"), rows)


def _print_log(ledger: Ledger, number: int, *, as_json: bool) -> None:
    lines = ledger.run_log(number, offset=0, limit=_MOST)
    if as_json:
        print_json(lines)
        return
    rows = ((line.outcome.value, line.key, line.title or line.identifier, line.reason) for line in lines)
    print_table(f"Run {number}", ("", "key", "record", "reason"), rows)
    if (count := ledger.count_run_log(number)) > len(lines):
        notes.print(f"the first {len(lines):,} of {count:,} lines")


def _print_findings(ledger: Ledger, number: int, *, as_json: bool) -> None:
    """Numbers too that the pages hold back."""
    found = ledger.findings(number)
    if as_json:
        print_json(found)
        return
    rows = ((one.severity.value, one.focus, one.path, one.value, one.message) for one in found[:_MOST])
    print_table(f"Findings of run {number}", ("", "at", "path", "value", ""), rows)
    if len(found) > _MOST:
        notes.print(f"the first {_MOST:,} of {len(found):,} findings")


def _print_run(ledger: Ledger, found: Run, *, as_json: bool) -> None:
    steps = ledger.transitions(found.id)
    if as_json:
        print_json({"run": found, "transitions": steps, "rejections": ledger.rejections(found.id)})
        return
    print_table(f"Run {found.id} of {found.source}", ("", ""), _facts(found))
    print_table("Stages", ("at", "state", "why"), ((step.at, step.state.value, step.cause) for step in steps))


def _facts(found: Run) -> list[tuple[str, object]]:
    counts, listing = found.counts, found.listing
    proof = "not read yet"
    if listing is not None:
        proof = "complete" if listing.complete else f"incomplete: {listing.incomplete_because}"
    return [
        ("state", f"{found.state.value} {one_line(found.message)}".strip()),
        ("asked for", found.mode.value),
        ("list", proof),
        ("pages", listing.pages if listing else None),
        ("went on after a crash", f"{found.resumed} times" if found.resumed else None),
        ("offered", counts.offered),
        ("new", counts.new),
        ("changed", counts.changed),
        ("unchanged", counts.unchanged),
        ("rejected", counts.rejected),
        ("missing", counts.unseen),
        ("withdrawn", counts.withdrawn),
    ]
