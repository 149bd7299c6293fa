"""``catalogue demo``: the whole service in one go, on sample nodes that this machine serves itself."""

import os
import shutil
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from catalogue.cli.console import notes, print_table
from catalogue.cli.harvesting import progress_bars, watch
from catalogue.cli.processes import ProcessDied, Processes
from catalogue.cli.serving import Port, require_free, web_arguments, web_environment
from catalogue.errors import BadRequest
from catalogue.ledger import Job, Ledger
from catalogue.sample.server import DEFAULT_PORT, sources
from catalogue.sample.totals import expected
from catalogue.services import FOLLOWERS, open_ledger
from catalogue.settings import read_settings

NOTICE: Final = (
    "Sample: made from facts of the NCI Imaging Data Commons, release 25; texts are composed from the facts. "
    "It is not EUCAIM's own data, and the provider nodes are made up."
)
_STARTING_SECONDS: Final = 60.0


def demo(
    port: Port = 8000,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the data here; else they go at the end.")
    ] = None,
    sample_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the nodes.")] = DEFAULT_PORT,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
) -> None:
    """Serve sample provider nodes on this machine, harvest them over HTTP and open the site."""
    require_free("127.0.0.1", port)
    require_free("127.0.0.1", sample_port)
    with _folder(data_dir) as folder, Processes(folder / "run") as processes:
        environment = {
            "CATALOGUE_DATA_DIR": str(folder),
            "CATALOGUE_DATABASE_URL": "",
            "CATALOGUE_ELASTICSEARCH_URL": "",
            "CATALOGUE_BASE_URL": f"http://127.0.0.1:{port}",
            "CATALOGUE_ALLOWED_PRIVATE_HOSTS": f"127.0.0.1:{sample_port}",
            "CATALOGUE_SITE_NOTICE": NOTICE,
        }
        os.environ.update(environment)
        settings = read_settings()
        ledger = open_ledger(settings)
        nodes = f"http://127.0.0.1:{sample_port}"
        processes.start("sample", ["-m", "catalogue.sample", "--port", str(sample_port)], environment)
        _wait_for("sample", f"{nodes}/", processes)
        jobs = _register(ledger, nodes)
        processes.start("worker", ["-m", "catalogue", "worker"], environment)
        processes.start("broker", ["-m", "catalogue", "broker"], environment, restart=True)
        web = web_environment(settings, "127.0.0.1", port)
        processes.start("web", web_arguments(), environment | web)
        _wait_for("web", f"{settings.base_url}/health/live", processes)
        notes.print(f"The site answers at {settings.base_url}/ while the nodes come in")
        if not no_browser:
            webbrowser.open(settings.base_url)
        with progress_bars() as bars:
            watch(ledger, jobs, bars, check=processes.check)
        _wait_for_projections(ledger, processes)
        report(ledger, jobs, settings.base_url)
        notes.print(f"Ready: {settings.base_url}/ (Ctrl-C ends it)")
        processes.watch()


def report(ledger: Ledger, jobs: list[Job], site: str) -> None:
    """What each node offered and gave, and what the site counts beside what the sample's facts say."""
    wanted = expected()
    rows = []
    for job in jobs:
        for run in ledger.runs(job.argument, 1):
            counts = run.counts
            reasons = "; ".join(sorted({one.reason for one in ledger.rejections(run.id)}))
            harvested = counts.new + counts.changed + counts.unchanged
            rows.append((run.source, counts.offered, harvested, counts.rejected, reasons or run.message))
    print_table("Sample nodes", ("source", "offered", "harvested", "rejected", "reason"), rows)
    total = httpx.get(f"{site}/api/v1/search", params={"size": 1}, trust_env=False).json()["total"]
    counted = [
        ("the site", total["datasets"], total["patients"], total["studies"]),
        ("the facts", wanted.distinct, wanted.patients, wanted.studies),
    ]
    print_table(
        "Totals: each dataset once, patients and studies of people",
        ("", "datasets", "patients", "studies"),
        counted,
    )


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    """A folder of the operator's choice is kept; a temporary one goes with the demo."""
    if chosen is not None:
        try:
            chosen.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadRequest(f"{chosen}: {error.strerror}", parameter="data-dir") from error
        yield chosen.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="catalogue-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _register(ledger: Ledger, address: str) -> list[Job]:
    """A kept data folder knows the nodes already, though perhaps on another port."""
    known = {row.config.id for row in ledger.sources()}
    wanted = sources(address)
    for config in wanted:
        if config.id in known:
            ledger.update_source(config)
        else:
            ledger.add_source(config)
    return [ledger.put_job("harvest", config.id) for config in wanted]


def _wait_for(name: str, address: str, processes: Processes) -> None:
    limit = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < limit:
        processes.check()
        try:
            # Without the environment's proxies: they reach no loopback address.
            if httpx.get(address, timeout=2, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise ProcessDied(f"{name} did not answer at {address} within {_STARTING_SECONDS:.0f} s")


def _wait_for_projections(ledger: Ledger, processes: Processes) -> None:
    while not processes.stopped.wait(0.1):
        processes.check()
        if all(ledger.watermark(name) == ledger.last_change() for name in FOLLOWERS):
            return
