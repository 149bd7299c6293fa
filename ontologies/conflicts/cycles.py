"""What would be broader than itself, by what is said to be equal and broader."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

_Node = TypeVar("_Node", bound=Hashable)


def circles(
    equal: Iterable[tuple[_Node, _Node]], broader: Iterable[tuple[_Node, _Node]]
) -> tuple[frozenset[_Node], ...]:
    """Groups of nodes each of which leads to all others; ``broader`` pairs have the narrower one first.

    A group that holds together by equality alone is none.
    """
    upwards = list(broader)
    edges = [*upwards, *(pair for one, other in equal for pair in ((one, other), (other, one)))]
    group_of = {node: at for at, group in enumerate(_strongly_connected(edges)) for node in group}
    cyclic = {group_of[low] for low, high in upwards if group_of[low] == group_of[high]}
    members: dict[int, set[_Node]] = defaultdict(set)
    for node, at in group_of.items():
        if at in cyclic:
            members[at].add(node)
    return tuple(frozenset(each) for each in members.values())


def _strongly_connected(edges: Sequence[tuple[_Node, _Node]]) -> Iterator[list[_Node]]:
    """Kosaraju: against the edges, from the nodes that a walk along them leaves last."""
    along: dict[_Node, list[_Node]] = defaultdict(list)
    against: dict[_Node, list[_Node]] = defaultdict(list)
    for start, end in edges:
        along[start].append(end)
        against[end].append(start)
    seen: set[_Node] = set()
    left = [each for node in {*along, *against} for each in _left(node, along, seen)]
    seen = set()
    for node in reversed(left):
        if group := list(_left(node, against, seen)):
            yield group


def _left(start: _Node, edges: Mapping[_Node, Sequence[_Node]], seen: set[_Node]) -> Iterator[_Node]:
    """Nodes not seen yet that can be reached, each when the walk leaves it; no recursion, for depth."""
    if start in seen:
        return
    seen.add(start)
    path = [(start, iter(edges.get(start, ())))]
    while path:
        node, ahead = path[-1]
        onward = next((each for each in ahead if each not in seen), None)
        if onward is None:
            path.pop()
            yield node
        else:
            seen.add(onward)
            path.append((onward, iter(edges.get(onward, ()))))
