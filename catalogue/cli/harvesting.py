"""``catalogue harvest``, ``retry``, ``runs`` and ``rebuild``."""

import time
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table
from catalogue.errors import BadRequest, Conflict
from catalogue.ledger import REBUILD, REPROCESS, Job, JobState, Ledger
from catalogue.model.run import Run, RunMode, RunState
from catalogue.services import FOLLOWERS, Workshop, open_ledger
from catalogue.settings import read_settings
from catalogue.worker.loop import PROJECTING, Worker

_POLL_SECONDS = 0.2


def harvest(
    source: Annotated[list[str] | None, typer.Argument(help="Sources to harvest.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Harvest every source that is not paused.")] = False,
    full: Annotated[bool, typer.Option("--full", help="The whole list, not only what changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Harvest sources now: the running worker does it, or this command itself where none runs."""
    workshop = Workshop(read_settings())
    ledger = workshop.ledger
    names = [row.config.id for row in ledger.sources() if not row.paused] if all else source or []
    if not names:
        raise BadRequest("name the sources to harvest, or say --all", parameter="source")
    for name in names:
        ledger.source(name)
    _harvested(workshop, names, "harvest-full" if full else "harvest", as_json=as_json)


def retry(
    run: Annotated[int, typer.Argument(help="A source's newest run, some records of which failed.")],
    as_json: AsJson = False,
) -> None:
    """Ask a source again for the records alone that its newest run could not take in."""
    workshop = Workshop(read_settings())
    found = workshop.ledger.run(run)
    if found.mode is RunMode.REPROCESS:
        raise Conflict(f"run {run} asked {found.source} for nothing: harvest the source instead")
    newest = workshop.ledger.last_run(found.source) or found
    if newest.id != run or not found.state.ended:
        raise Conflict(f"run {newest.id} of {found.source} came later; only the newest can be retried")
    if found.state is RunState.HELD:
        raise Conflict(f"run {run} of {found.source} is held: approve or reject it first")
    if not workshop.ledger.rejections(run):
        raise Conflict(f"run {run} of {found.source} rejected no record: harvest the source instead")
    _harvested(workshop, [found.source], "harvest-retry", as_json=as_json)


def _harvested(workshop: Workshop, names: Sequence[str], kind: str, *, as_json: bool) -> None:
    ledger = workshop.ledger
    done = do_jobs(workshop, [ledger.put_job(kind, name) for name in names])
    found = [run for name in names if (run := ledger.last_run(name))]
    if as_json:
        print_json(found)
    else:
        print_runs(found)
    workshop.close()
    if any(job.state is JobState.FAILED for job in done):
        raise typer.Exit(1)


def runs(
    source: Annotated[str | None, typer.Argument(help="Only this source's runs.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: AsJson = False,
) -> None:
    """What past harvests did, the newest first."""
    found = open_ledger(read_settings()).runs(source, limit)
    if as_json:
        print_json(found)
    else:
        print_runs(found)


def rebuild(what: Annotated[str, typer.Argument(help="graph or index")], as_json: AsJson = False) -> None:
    """Make the graph store or the search index anew from the ledger; readers keep the old one until then."""
    if what not in FOLLOWERS:
        raise BadRequest(f"there is no {what!r}; there are {', '.join(FOLLOWERS)}", parameter="what")
    workshop = Workshop(read_settings())
    (job,) = do_jobs(workshop, [workshop.ledger.put_job("rebuild", what)])
    workshop.close()
    if as_json:
        print_json(job)
    else:
        notes.print(one_line(job.message))
    if job.state is JobState.FAILED:
        raise typer.Exit(1)


def bring_up(workshop: Workshop) -> None:
    """Let readers see what was decided: the running worker does it, or this process where none runs."""
    Worker(workshop).drain()


def do_jobs(workshop: Workshop, jobs: Sequence[Job]) -> list[Job]:
    """Ends when all are done, by the running worker or, where none runs, by this process."""

    def stand_in() -> None:
        """A worker that dies while we wait leaves its work to us."""
        if workshop.ledger.holder_of(PROJECTING) is None:
            Worker(workshop).drain()

    if not Worker(workshop).drain() or any(not _has_ended(workshop.ledger.job(job.id)) for job in jobs):
        # Another process projects, or is at the source.
        with progress_bars() as bars:
            watch(workshop.ledger, jobs, bars, check=stand_in)
    return [workshop.ledger.job(job.id) for job in jobs]


def progress_bars() -> Progress:
    columns = (
        TextColumn("{task.description:16}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=notes, disable=not notes.is_terminal)


def watch(
    ledger: Ledger,
    jobs: Sequence[Job],
    bars: Progress,
    *,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Show the jobs' runs until all have ended; the rate is records a second since the run began.

    ``check`` is called at every look: it may do the jobs, or raise for want of anybody who could.
    """
    tasks = {job.id: bars.add_task(job.argument, total=None, state="queued", rate="") for job in jobs}
    waiting = {job.id for job in jobs}
    while waiting:
        check()
        for number in sorted(waiting):
            job = ledger.job(number)
            ended = _has_ended(job)
            if found := _run_of(ledger, job):
                _show(bars, tasks[number], found, ended=ended)
            waiting -= {number} if ended else set()
        time.sleep(_POLL_SECONDS)


def _run_of(ledger: Ledger, job: Job) -> Run | None:
    """None before it has begun, and for what is no run."""
    if job.kind == REBUILD or not job.claimed:
        return None
    return ledger.last_run(job.argument, reprocess=job.kind == REPROCESS)


def _has_ended(job: Job) -> bool:
    return job.state in (JobState.DONE, JobState.FAILED)


def _show(bars: Progress, task: TaskID, run: Run, *, ended: bool) -> None:
    offered = run.counts.offered
    seconds = max(0.1, ((run.ended or run.started) - run.started).total_seconds())
    rate = f"{offered / seconds:,.0f}/s" if run.ended and offered else ""
    bars.update(task, completed=offered, total=offered if ended else None, state=run.state.value, rate=rate)


def print_runs(found: Sequence[Run]) -> None:
    columns = (
        "run",
        "source",
        "state",
        "started",
        "offered",
        "new",
        "changed",
        "unchanged",
        "rejected",
        "unseen",
        "withdrawn",
    )
    print_table("Runs", columns, (_row(run) for run in found))
    for run in found:
        if run.message:
            notes.print(f"run {run.id} of {run.source}: {one_line(run.message)}")


def _row(run: Run) -> tuple[object, ...]:
    counts = run.counts
    return (
        run.id,
        run.source,
        run.state.value,
        run.started,
        counts.offered,
        counts.new,
        counts.changed,
        counts.unchanged,
        counts.rejected,
        counts.unseen,
        counts.withdrawn,
    )
