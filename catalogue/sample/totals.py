"""Which totals a right harvest of the sample nodes must arrive at."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.sample.facts import Collection, collections, values
from catalogue.sample.nodes import NODES, NodeSpec


@dataclass(frozen=True, slots=True)
class Expected:
    """``offered`` is every dataset of a source; the totals hold what counts towards patients, each once."""

    offered: Mapping[str, int]
    datasets: int
    patients: int
    studies: int


def expected(nodes: tuple[NodeSpec, ...] = NODES) -> Expected:
    """Follows from the facts alone; source ids are those of ``catalogue.sample.server.sources``."""
    known = collections()
    offers = {f"idc-{node.id}": node.offered(known) for node in nodes}
    counted = {item.id: item for offer in offers.values() for item in offer if counts(item)}
    return Expected(
        offered={source: len(offer) for source, offer in offers.items()},
        datasets=len(counted),
        patients=sum(item.patients for item in counted.values()),
        studies=sum(item.studies for item in counted.values()),
    )


def counts(collection: Collection) -> bool:
    """Animals, mixtures of animals and people, and phantoms never count as patients.

    A phantom collection may well call its species Human; then the word stands among its cancer types.
    """
    return collection.species == "Human" and "Phantom" not in values(collection.cancer_types)
