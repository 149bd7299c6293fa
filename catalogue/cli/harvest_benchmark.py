"""``catalogue bench harvest``: from a generated node into search, by a worker of its own."""

import tempfile
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from catalogue.bench.harvest import Harvested, Watched, measure_harvests
from catalogue.bench.stages import Stage, stages
from catalogue.cli.console import AsJson, notes, print_json, print_table
from catalogue.cli.local_sites import free_port, wait_for
from catalogue.cli.processes import Processes
from catalogue.services import open_index_reader, open_ledger
from catalogue.settings import Settings
from harvesters.source import SourceConfig
from ontologies.own_scheme import load_scheme


class Kind(StrEnum):
    OAI = "oai"
    DCAT = "dcat"
    BOTH = "both"


_USUAL_RECORDS: Final = {Kind.OAI: 50_000, Kind.DCAT: 10_000}
_STAGED_RECORDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class HarvestFigures:
    harvested: Harvested
    stages: tuple[Stage, ...]


def harvest(
    kind: Annotated[Kind, typer.Option(help="What the node speaks.")] = Kind.BOTH,
    records: Annotated[
        int, typer.Option(min=0, max=100_000, help="0: 50,000 by OAI-PMH, 10,000 in Turtle pages.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """From the first request until all is visible in search, by a worker of its own from a generated node."""
    kinds = (Kind.OAI, Kind.DCAT) if kind is Kind.BOTH else (kind,)
    found = [_figures(one, records or _USUAL_RECORDS[one]) for one in kinds]
    if as_json:
        print_json(found)
        return
    for one in found:
        _print_harvested(one)


def _figures(kind: Kind, records: int) -> HarvestFigures:
    """The whole with a running worker; then, on fewer records, its stages one by one."""
    with tempfile.TemporaryDirectory(prefix="catalogue-bench-") as name, Processes(Path(name)) as processes:
        folder = Path(name)
        node = _generated(records, processes)
        with Processes(folder / "run") as running:
            harvested = _measured(kind, node, folder, running)
        few = _generated(min(records, _STAGED_RECORDS), processes)
        settings = _bench_settings(few, folder / "stages")
        return HarvestFigures(harvested, stages(_source(kind, few), settings))


def _measured(kind: Kind, node: str, folder: Path, running: Processes) -> Harvested:
    settings = _bench_settings(node, folder / "catalogue")
    with closing(open_ledger(settings)) as ledger:
        ledger.add_source(_source(kind, node))
        environment = {
            "CATALOGUE_DATA_DIR": str(settings.data_dir),
            "CATALOGUE_DATABASE_URL": "",
            "CATALOGUE_ELASTICSEARCH_URL": "",
            "CATALOGUE_ALLOWED_PRIVATE_HOSTS": ",".join(settings.allowed_private_hosts),
        }
        worker = running.start("worker", ["-m", "catalogue", "worker"], environment)
        index = open_index_reader(settings, load_scheme())
        watched = Watched(ledger, index, kind.value, worker.process.pid, running.check)
        return measure_harvests(kind.value, watched, revise=lambda: _revised(node))


def _bench_settings(node: str, folder: Path) -> Settings:
    host = node.removeprefix("http://")
    return Settings(
        data_dir=folder,
        database_url="",
        elasticsearch_url="",
        allowed_private_hosts=(host,),
        parse_seconds=600,
    )


def _source(kind: Kind, node: str) -> SourceConfig:
    if kind is Kind.OAI:
        return SourceConfig("oai", "oai_pmh", f"{node}/oai", pace=0.0, options={"prefix": "oai_datacite"})
    return SourceConfig("dcat", "dcat", f"{node}/catalog.ttl", pace=0.0)


def _generated(records: int, processes: Processes) -> str:
    """Start a node of so many records; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    arguments = ["-m", "catalogue.bench.node", "--records", str(records), "--port", str(port)]
    processes.start(f"node-{port}", arguments, {})
    wait_for(address, processes)
    return address


def _revised(node: str) -> int:
    return int(httpx.post(f"{node}/revision/2", timeout=60, trust_env=False).raise_for_status().text)


def _print_harvested(found: HarvestFigures) -> None:
    harvested = found.harvested
    rows = (
        (one.name, f"{one.records:,}", f"{one.seconds:.1f}", f"{one.rate:,.0f}", f"{one.ratio:.1f}")
        for one in harvested.timings
    )
    columns = ("harvest", "records", "seconds", "records/s", "ratio")
    print_table(f"{harvested.kind}: from the order until visible in search", columns, rows)
    shares = ((one.name, f"{one.milliseconds:.2f}", f"{one.share:.0%}") for one in found.stages)
    title = f"{harvested.kind}: each stage alone, in one process"
    print_table(title, ("stage", "ms a record", "of all until visible"), shares)
    notes.print(
        f"The worker's peak was {harvested.megabytes:,.0f} MB. When all were visible, the quality of "
        f"{harvested.quality_behind:,} was not checked yet; {harvested.quality_rate:,.0f} a second are."
    )
