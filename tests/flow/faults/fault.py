"""What a fault is, and what may come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from catalogue.model.run import RunState
from harvesters.source import SourceConfig
from tests.flow.faults.nodes import Node
from tests.harvesters.scripted_provider import Provider

NodeT = TypeVar("NodeT", bound=Node)


@dataclass(frozen=True)
class Patient:
    """A node that is well until it ``falls_ill``; ``config`` is how it is harvested meanwhile."""

    node: Node
    falls_ill: Callable[[], SourceConfig | None]


@dataclass(frozen=True)
class Fault(Generic[NodeT]):
    """``spoil`` puts it into a node, and gives the source another configuration where the fault needs one.

    ``words`` stand in what is told of the run. All but ``changed``, ``withdrawn`` and ``unseen``, which the
    provider is entitled to, is nought unless it is said. The fault comes after so many harvests that went
    ``well``: answers are remembered from the second one on.
    """

    name: str
    node: Callable[[Provider, str], NodeT]
    spoil: Callable[[NodeT], SourceConfig | None]
    state: RunState
    words: tuple[str, ...]
    changed: int = 0
    withdrawn: int = 0
    unseen: int = 0
    rejected: int = 0
    well: int = 1
    options: Mapping[str, str] = field(default_factory=dict)

    def at(self, provider: Provider, name: str) -> Patient:
        node = self.node(provider, name)
        return Patient(node, lambda: self.spoil(node))
