"""Which totals a right harvest of the sample nodes must arrive at."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.sample.facts import Collection, collections, values
from catalogue.sample.nodes import NODES, Node


@dataclass(frozen=True, slots=True)
class Expected:
    """``offered`` is every record of a source, ``distinct`` what these are about, each once.

    ``duplicates`` are the records that tell of a dataset which another one tells of too. ``datasets``,
    ``patients`` and ``studies`` are of what counts towards patients, each once: no animals, mixtures,
    phantoms, derived results or fictional examples.
    """

    offered: Mapping[str, int]
    distinct: int
    duplicates: int
    datasets: int
    patients: int
    studies: int


def expected(nodes: tuple[Node, ...] = NODES) -> Expected:
    """Follows from the facts alone; source ids are those of ``catalogue.sample.server.sources``."""
    offers = {source: names for node in nodes for source, names in node.offered().items()}
    distinct = {name for names in offers.values() for name in names}
    counted = [item for item in collections() if item.id in distinct and counts(item)]
    offered = {source: len(names) for source, names in offers.items()}
    return Expected(
        offered=offered,
        distinct=len(distinct),
        duplicates=sum(offered.values()) - len(distinct),
        datasets=len(counted),
        patients=sum(item.patients for item in counted),
        studies=sum(item.studies for item in counted),
    )


def counts(collection: Collection) -> bool:
    """Animals, mixtures of animals and people, and phantoms never count as patients.

    A phantom collection may well call its species Human; then the word stands among its cancer types.
    """
    return collection.species == "Human" and "Phantom" not in values(collection.cancer_types)
