"""``catalogue bench``: figures measured on this machine."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from threading import Thread
from typing import Annotated

import httpx
import typer

from catalogue.bench.search import Engine, Measured, measure
from catalogue.cli import concept_benchmark, harvest_benchmark, linking_benchmark
from catalogue.cli.console import AsJson, notes, print_json, print_table
from catalogue.cli.local_sites import free_port, wait_for
from catalogue.cli.processes import Processes
from catalogue.cli.serving import web_arguments
from catalogue.errors import BadRequest
from catalogue.projections.index import expected_documents
from catalogue.search.vocabulary import Vocabulary
from catalogue.services import Workshop, open_index_reader, open_index_writer
from catalogue.settings import Settings, read_settings
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig

app = typer.Typer(no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Ratios within one run are what counts: the machine may be shared."""


app.command()(harvest_benchmark.harvest)
app.command()(linking_benchmark.linking)
app.command()(concept_benchmark.concepts)


@app.command()
def search(
    data: Annotated[
        Path | None, typer.Option(help="Folder of RDF files to harvest first; else the present catalogue.")
    ] = None,
    queries: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    rounds: Annotated[int, typer.Option(min=1, max=100)] = 1,
    seed: int = 1,
    elasticsearch: Annotated[
        str, typer.Option(help="Address of a cluster: measure it, too, with an index of its own.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """A page of results beside the bare engine calls: in process and over HTTP, on one engine or both."""
    with tempfile.TemporaryDirectory(prefix="catalogue-bench-") as name, ExitStack() as opened:
        folder = Path(name)
        settings = read_settings() if data is None else _harvested(data, folder)
        workshop = opened.enter_context(closing(Workshop(settings)))
        engines = [_engine("tantivy", settings, workshop, folder, opened)]
        if elasticsearch:
            engines.append(_clustered(elasticsearch, workshop, folder, opened))
        vocabulary = Vocabulary(workshop.scheme, {})
        found = measure(engines, vocabulary, queries=queries, rounds=rounds, seed=seed)
    _print(found, as_json=as_json)


def _engine(name: str, settings: Settings, workshop: Workshop, folder: Path, opened: ExitStack) -> Engine:
    address = opened.enter_context(_site(settings, folder / name))
    return Engine(name, open_index_reader(settings, workshop.scheme), address)


def _clustered(url: str, workshop: Workshop, folder: Path, opened: ExitStack) -> Engine:
    """The same documents in the cluster, below a prefix that ends with the measurement."""
    prefix = f"bench-{os.getpid()}"
    settings = workshop.settings.model_copy(update={"elasticsearch_url": url, "elasticsearch_prefix": prefix})
    opened.callback(httpx.delete, f"{url.rstrip('/')}/{prefix}-*", timeout=60, trust_env=False)
    writer = open_index_writer(settings, workshop.scheme)
    writer.rebuild(
        expected_documents(workshop.ledger, workshop.scheme), watermark=workshop.ledger.last_change()
    )
    writer.close()
    return _engine("Elasticsearch", settings, workshop, folder, opened)


def _print(found: Measured, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = ((one.name, f"{one.p50:.2f}", f"{one.p95:.2f}", f"{one.ratio:.1f}") for one in found.figures)
    title = f"{found.queries} queries over {found.datasets:,} datasets, one client"
    print_table(title, ("", "p50 ms", "p95 ms", "ratio of p50"), rows)


def _harvested(data: Path, folder: Path) -> Settings:
    """A catalogue of its own, harvested over HTTP from the folder's files, each a source."""
    files = sorted(
        path.name for path in data.glob("*.*") if path.suffix in (".nt", ".ttl", ".rdf", ".jsonld")
    )
    if not files:
        raise BadRequest(f"{data} holds no .nt, .ttl, .rdf or .jsonld file", parameter="data")
    with _files_served(data) as address:
        host = address.removeprefix("http://")
        settings = Settings(data_dir=folder / "catalogue", allowed_private_hosts=(host,), parse_seconds=600)
        workshop = Workshop(settings)
        for file in files:
            name = Path(file).stem
            workshop.ledger.add_source(SourceConfig(id=name, kind="dcat", url=f"{address}/{file}", pace=0))
            workshop.ledger.put_job("harvest", name)
        started = time.monotonic()
        Worker(workshop, followers=("index",)).drain()
        seconds = time.monotonic() - started
        records = workshop.ledger.count_live()
        notes.print(
            f"{records:,} records harvested and indexed in {seconds:.1f} s, {records / seconds:,.0f}/s"
        )
        workshop.close()
    return settings


@contextmanager
def _files_served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def guess_type(self, path: str | PathLike[str]) -> str:
        return {".nt": "application/n-triples", ".ttl": "text/turtle"}.get(Path(path).suffix, "")

    def log_message(self, *_: object) -> None:
        """Benchmarks print figures only."""


@contextmanager
def _site(settings: Settings, folder: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        "CATALOGUE_BIND": f"127.0.0.1:{port}",
        "CATALOGUE_BASE_URL": settings.base_url,
        "CATALOGUE_DATA_DIR": str(settings.data_dir.resolve()),
        "CATALOGUE_DATABASE_URL": settings.database_url,
        "CATALOGUE_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "CATALOGUE_ELASTICSEARCH_PREFIX": settings.elasticsearch_prefix,
    }
    with Processes(folder / "run") as processes:
        processes.start("web", web_arguments(), environment)
        wait_for(f"{address}/health/live", processes)
        yield address
