"""Which record an item of a list is, where its source gave some of them new identifiers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from harvesters.source import Record, Rejected, Withdrawn

Item = Record | Withdrawn | Rejected


class NewNames:
    """``aliases`` leads from the identifiers that a source gives now to those that its records keep.

    Where a list names both, the record's own name wins: the other one is another dataset, or the same one
    twice. That the own name is gone says nothing as long as the new one is there.
    """

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        for given, identifier in aliases.items():
            self._names[identifier].add(given)

    def asked_for(self, identifiers: Collection[str]) -> frozenset[str]:
        """Under which names a source is asked for these records: the new ones, where there are any."""
        return frozenset(name for one in identifiers for name in self._names.get(one) or {one})

    def settled(self, items: Iterable[Item]) -> Iterator[tuple[Item, str]]:
        """Give the items under the identifiers that their records keep, with those that they came under.

        Those in question come last.
        """
        named: set[str] = set()
        renamed: list[Item] = []
        gone: dict[str, Withdrawn] = {}
        for item in items:
            if item.identifier in self._aliases:
                renamed.append(item)
            elif item.identifier in self._names and isinstance(item, Withdrawn):
                gone[item.identifier] = item
            else:
                named |= {item.identifier} & self._names.keys()
                yield item, item.identifier
        for item in renamed:
            identifier = self._aliases[item.identifier]
            if identifier in named:
                yield _second(item, identifier), item.identifier
                continue
            if not isinstance(item, Withdrawn):
                named.add(identifier)
                gone.pop(identifier, None)
            yield replace(item, identifier=identifier), item.identifier
        yield from ((one, identifier) for identifier, one in gone.items() if identifier not in named)


def _second(item: Item, identifier: str) -> Rejected:
    return Rejected(
        item.identifier,
        f"this is known as another name of {identifier}, which stands in the list itself",
    )
