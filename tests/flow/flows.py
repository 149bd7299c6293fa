"""What the flow tests do again and again: harvest, search, and write down an end state."""

from collections.abc import Callable, Iterable

from catalogue.maintenance.doctor import diagnose
from catalogue.model.query import SearchQuery
from catalogue.model.run import Run
from catalogue.search.page import SearchPage, search
from catalogue.search.vocabulary import Vocabulary
from catalogue.services import Workshop, open_index_reader
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig

Catalogue = Callable[..., Workshop]
Sources = tuple[SourceConfig, ...]


def host_of(url: str) -> str:
    return url.split("/")[2]


def register(workshop: Workshop, sources: Iterable[SourceConfig]) -> None:
    for config in sources:
        workshop.ledger.add_source(config)


def harvest_all(workshop: Workshop) -> dict[str, Run]:
    """The newest run of each source, after this process did all the work."""
    names = [row.config.id for row in workshop.ledger.sources()]
    for name in names:
        workshop.ledger.put_job("harvest", name)
    assert Worker(workshop).drain(), "another process holds the lease"
    return {name: workshop.ledger.runs(name, 1)[0] for name in names}


def found(workshop: Workshop, *pairs: tuple[str, str]) -> SearchPage:
    reader = open_index_reader(workshop.settings, workshop.scheme)
    return search(SearchQuery.from_pairs(pairs), reader, Vocabulary(workshop.scheme, {}))


def state(workshop: Workshop) -> dict[str, str]:
    """What a catalogue holds, without the moments at which it came in.

    The graph of the catalogue itself tells times and run numbers, so it is compared by the doctor alone.
    """
    examined = workshop.examined()
    ledger = {f"ledger {one.key}": one.sha256 for one in workshop.ledger.iterate_published()}
    graphs = {f"graph {one.iri}": one.sha256 for one in examined.graph.scan()}
    graphs.pop(f"graph {workshop.settings.base_url}/graph/catalogue", None)
    documents = {f"document {one.key}": one.sha256 for one in examined.index.scan()}
    return ledger | graphs | documents


def assert_agreed(workshop: Workshop) -> None:
    diagnosis = diagnose(workshop.examined())
    assert not diagnosis.differences, diagnosis.differences[:5]
