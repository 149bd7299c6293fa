"""A catalogue on the embedded stores in a folder, filled without any provider."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from catalogue.ingest.identity import mint_key
from catalogue.ledger import Ledger, StagedRecord
from catalogue.maintenance.doctor import Diagnosis, diagnose
from catalogue.model.run import RunCounts
from catalogue.projections.follower import Projection, follow
from catalogue.services import Workshop
from catalogue.settings import Settings
from harvesters.source import SourceConfig
from tests.catalogue import descriptions
from tests.catalogue.descriptions import received, rules
from tests.contracts.ledger_builders import applied

SOURCE = "lisbon"


@contextmanager
def opened(folder: Path) -> Iterator[Workshop]:
    workshop = Workshop(Settings(data_dir=folder))
    try:
        yield workshop
    finally:
        workshop.close()


def iri(name: str) -> str:
    return f"https://node.example/dataset/{name}"


def key(name: str) -> str:
    return mint_key(SOURCE, iri(name), taken=lambda _: False)


def give(workshop: Workshop, titles: Mapping[str, str], *, withdrawn: Sequence[str] = ()) -> RunCounts:
    """One run that gives datasets by name, with their titles, and says that some are gone."""
    ledger = workshop.ledger
    if SOURCE not in {row.config.id for row in ledger.sources()}:
        ledger.add_source(SourceConfig(SOURCE, "dcat", "https://node.example/catalogue.ttl"))
    run = ledger.start_run(SOURCE)
    ledger.stage(run.id, [staged(name, title) for name, title in titles.items()])
    ledger.withdrawn(run.id, [iri(name) for name in withdrawn])
    return applied(ledger, run.id, complete=True)


def follow_all(workshop: Workshop) -> dict[str, int]:
    return {one.name: follow(workshop.ledger, one) for one in workshop.projections}


def diagnosis(workshop: Workshop) -> Diagnosis:
    return diagnose(workshop.examined())


def projection(workshop: Workshop, name: str) -> Projection:
    return next(one for one in workshop.projections if one.name == name)


def documents(workshop: Workshop) -> set[str]:
    return {found.key for found in workshop.examined().index.scan()}


def graphs(workshop: Workshop) -> set[str]:
    """The names of the graphs that readers see, without the site's address."""
    base = f"{workshop.settings.base_url}/graph/"
    return {found.iri.removeprefix(base) for found in workshop.examined().graph.scan()}


def writes(ledger: Ledger) -> dict[int, tuple[int, int]]:
    """By run: graph writes, index writes."""
    return {run.id: (run.counts.graph_writes, run.counts.index_writes) for run in ledger.runs(SOURCE, 100)}


def staged(name: str, title: str) -> StagedRecord:
    record = received('eucaim:hasCondition "Prostate Cancer" .', title=title, identifier=iri(name))
    return descriptions.staged(record, rules().prepare(record, key=key(name)), key=key(name))
