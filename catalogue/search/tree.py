"""How a facet's counted values stand below one another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from catalogue.model.query import MISSING, Selection
from catalogue.ports import FacetCounts, FacetValue
from catalogue.search.vocabulary import FACET_LABELS, Vocabulary


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a facet. ``parent`` is the nearest broader value that the facet counts, too.

    ``patients`` sums whole datasets; ``patients_stated`` sums what ``datasets_stated`` providers state for
    this very value, None where nobody does.
    """

    code: str
    label: str
    parent: str | None
    depth: int
    datasets: int
    patients: int
    patients_stated: int | None = None
    datasets_stated: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """``values`` stand parent before child, siblings by datasets; ``missing`` counts datasets without any."""

    name: str
    label: str
    values: tuple[Node, ...]
    missing: int
    missing_chosen: bool = False

    @property
    def is_stated(self) -> bool:
        """Whether any provider states patients for one of the values."""
        return any(node.patients_stated is not None for node in self.values)

    @property
    def chosen(self) -> int:
        return sum(node.chosen for node in self.values) + self.missing_chosen


def facet_tree(name: str, counts: FacetCounts, selection: Selection, vocabulary: Vocabulary) -> Facet:
    """Order the values that people browse by.

    A chosen one stays even if it counts nothing or is hidden: else nobody could take it back.
    """
    chosen = {vocabulary.code(name, value) for value in selection.values if value != MISSING}
    counted = {value.code: value for value in counts.values if vocabulary.is_shown(value.code)}
    hidden = {value.code: value for value in counts.values}
    for code in sorted(code for code in chosen if code and code not in counted):
        counted[code] = hidden.get(code, FacetValue(code=code, datasets=0, patients=0))
    parents = {code: _nearest(code, counted, vocabulary) for code in counted}
    nodes = [
        Node(
            code=code,
            label=vocabulary.label(name, code),
            parent=parents[code],
            depth=0,
            datasets=value.datasets,
            patients=value.patients,
            patients_stated=value.patients_stated,
            datasets_stated=value.datasets_stated,
            chosen=code in chosen,
        )
        for code, value in counted.items()
    ]
    return Facet(
        name=name,
        label=FACET_LABELS[name],
        values=tuple(_walk(nodes, vocabulary)),
        missing=counts.missing,
        missing_chosen=MISSING in selection.values,
    )


def _nearest(code: str, counted: Mapping[str, FacetValue], vocabulary: Vocabulary) -> str | None:
    """Find the nearest broader value, of several a site before a tissue type, then the narrowest.

    That is asked of the scheme, not of the counts, so that no search turns the tree around.
    """
    level, seen = set(vocabulary.parents(code)), {code}
    while level:
        found = level & counted.keys()
        if found:
            return min(found, key=lambda parent: _browsing_order(parent, vocabulary))
        seen |= level
        level = {broader for parent in level for broader in vocabulary.parents(parent)} - seen
    return None


def _browsing_order(code: str, vocabulary: Vocabulary) -> tuple[bool, int, str]:
    return vocabulary.is_histology(code), vocabulary.breadth(code), code


def _walk(nodes: list[Node], vocabulary: Vocabulary) -> Iterator[Node]:
    def rank(node: Node) -> tuple[bool, int, str, str]:
        return vocabulary.is_histology(node.code), -node.datasets, node.label.casefold(), node.code

    ranked = sorted(nodes, key=rank)
    children: dict[str | None, list[Node]] = {}
    for node in ranked:
        children.setdefault(node.parent, []).append(node)

    def below(parent: str | None, depth: int) -> Iterator[Node]:
        for node in children.get(parent, []):
            yield replace(node, depth=depth)
            yield from below(node.code, depth + 1)

    return below(None, 0)
