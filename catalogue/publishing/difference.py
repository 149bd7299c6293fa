"""Which fields differ between two versions of a record, for people.

Nodes that the catalogue named after their content (``urn:catalogue:datasets/KEY#...``) get another name with
every edit: such nodes are paired by what they share, and what differs inside a pair is told field by field.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from catalogue.profile import terms
from ontologies.namespaces import compact

# Beyond these, nodes that differ are told whole: each pair is compared, and a hostile record has thousands.
_MOST_PAIRS: Final = 40_000
_DEEPEST: Final = 3
_MOST_STEPS: Final = 8
_MOST_FIELDS: Final = 20_000
_DATASET: Final = NamedNode(f"{terms.DCAT}Dataset")
_XSD_STRING: Final = f"{terms.XSD}string"

_Term = NamedNode | Literal
_Said = Mapping[str, Sequence[_Term]]


@dataclass(frozen=True, slots=True, order=True)
class FieldChange:
    """What one field says no more (``before``) and says now (``after``); what stayed is left out.

    ``path`` leads to the field from the dataset, such as ``dcat:distribution/dcat:accessURL``. ``node`` is
    the address of the part that bears the field, "" for the dataset and for parts without an address.
    """

    path: str
    node: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def differences(
    before: bytes, after: bytes, *, subjects: tuple[str, str] | None = None
) -> tuple[FieldChange, ...]:
    """``before`` and ``after`` are N-Triples, ``subjects`` the dataset's IRI in each; sorted by path.

    Without ``subjects`` it is the node whose type is dcat:Dataset, the first of several.
    """
    old, new = _Record(before), _Record(after)
    return tuple(sorted(_Comparison(old, new).walk(subjects or (old.dataset(), new.dataset()))))


class _Record:
    """What each node says, by property."""

    def __init__(self, triples: bytes) -> None:
        self._fields_left = _MOST_FIELDS
        self._said: dict[str, dict[str, list[_Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in parse(triples, format=RdfFormat.N_TRIPLES):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                self._said[quad.subject.value][quad.predicate.value].append(quad.object)

    def __contains__(self, node: str) -> bool:
        return node in self._said

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def dataset(self) -> str:
        typed = (node for node in self._said if _DATASET in self.of(node).get(terms.RDF_TYPE, ()))
        return min(typed, default="")

    def of(self, node: str) -> _Said:
        return self._said.get(node, {})

    def statements(self, node: str) -> set[tuple[str, _Term]]:
        return {(predicate, value) for predicate, values in self.of(node).items() for value in values}

    def part(self, term: _Term) -> str:
        """The node a value stands for, "" where it is a value and no more."""
        return term.value if isinstance(term, NamedNode) and term.value in self else ""

    def reached(self, nodes: Iterable[str]) -> set[str]:
        """These nodes and all that they lead to."""
        found: set[str] = set()
        waiting = [node for node in nodes if node]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                parts = (self.part(value) for values in self.of(node).values() for value in values)
                waiting += [part for part in parts if part]
        return found

    def written(self, term: _Term, deep: int = _DEEPEST) -> str:
        """A value; a node with all that it says, down to a few levels and as long as a reader can bear."""
        node = self.part(term)
        if not node:
            return _text(term)
        name = "" if _is_named_by_content(node) else f"<{node}> "
        statements = [(path, one) for path, ones in self.of(node).items() for one in ones]
        if not deep or len(statements) > self._fields_left:
            return f"{name}[...]"
        self._fields_left -= len(statements)
        fields = (f"{compact(path)} {self.written(one, deep - 1)}" for path, one in statements)
        return f"{name}[{'; '.join(sorted(fields))}]"


@dataclass(frozen=True, slots=True)
class _Way:
    """From the dataset to a part. Of a long one only the end is told: along a chain they grow and grow."""

    path: str = ""
    steps: int = 0

    def to(self, predicate: str) -> "_Way":
        so_far = self.path if self.steps <= _MOST_STEPS else "..."
        return _Way(f"{so_far}/{compact(predicate)}".removeprefix("/"), self.steps + 1)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A node of each version that are one part of the record."""

    before: str
    after: str
    way: _Way = field(default_factory=_Way)


class _Comparison:
    def __init__(self, before: _Record, after: _Record) -> None:
        self._before = before
        self._after = after
        self._dataset = ""
        self._met_before: set[str] = set()
        self._met_after: set[str] = set()
        self._whole_before: list[str] = []
        self._whole_after: list[str] = []
        self._waiting: deque[_Pair] = deque()

    def walk(self, subjects: tuple[str, str]) -> Iterator[FieldChange]:
        """From the dataset outwards; then what cannot be reached from it, by name."""
        self._dataset = subjects[1]
        self._wait(_Pair(*subjects))
        yield from self._compared()
        self._met_before |= self._before.reached(self._whole_before)
        self._met_after |= self._after.reached(self._whole_after)
        for node in sorted(set(self._before) | set(self._after)):
            self._wait(_Pair(node, node))
            yield from self._compared()

    def _wait(self, pair: _Pair) -> None:
        """Each node is told once: by the shortest path."""
        if pair.before not in self._met_before and pair.after not in self._met_after:
            self._met_before.add(pair.before)
            self._met_after.add(pair.after)
            self._waiting.append(pair)

    def _compared(self) -> Iterator[FieldChange]:
        while self._waiting:
            pair = self._waiting.popleft()
            before, after = self._before.of(pair.before), self._after.of(pair.after)
            for predicate in sorted(set(before) | set(after)):
                way = pair.way.to(predicate)
                change = self._field(way, before.get(predicate, ()), after.get(predicate, ()))
                if any(change):
                    yield FieldChange(way.path, self._address(pair), *change)

    def _field(
        self, way: _Way, before: Sequence[_Term], after: Sequence[_Term]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        for same in sorted(set(before) & set(after), key=str):
            self._enter(way, same, same)
        gone = sorted(set(before) - set(after), key=str)
        come = sorted(set(after) - set(before), key=str)
        paired = dict(self._pairs(gone, come))
        for old, new in paired.items():
            self._enter(way, old, new)
        found = set(paired.values())
        gone = [one for one in gone if one not in paired]
        come = [one for one in come if one not in found]
        self._whole_before += (self._before.part(one) for one in gone)
        self._whole_after += (self._after.part(one) for one in come)
        return tuple(map(self._before.written, gone)), tuple(map(self._after.written, come))

    def _enter(self, way: _Way, old: _Term, new: _Term) -> None:
        if self._before.part(old) or self._after.part(new):
            self._wait(_Pair(old.value, new.value, way))

    def _pairs(self, gone: Sequence[_Term], come: Sequence[_Term]) -> Iterator[tuple[_Term, _Term]]:
        """Nodes without an address that are one part of the record: those that share most, and the last."""
        old = [one for one in gone if _is_named_by_content(self._before.part(one))]
        new = [one for one in come if _is_named_by_content(self._after.part(one))]
        if len(old) == len(new) == 1:
            yield old[0], new[0]
        elif len(old) * len(new) <= _MOST_PAIRS:
            yield from self._alike(old, new)

    def _alike(self, old: Sequence[_Term], new: Sequence[_Term]) -> Iterator[tuple[_Term, _Term]]:
        before = [self._before.statements(one.value) for one in old]
        after = [self._after.statements(one.value) for one in new]
        alike = [
            (-len(said & says), place, other)
            for place, said in enumerate(before)
            for other, says in enumerate(after)
        ]
        taken_old: set[int] = set()
        taken_new: set[int] = set()
        for shared, place, other in sorted(alike):
            if shared and place not in taken_old and other not in taken_new:
                taken_old.add(place)
                taken_new.add(other)
                yield old[place], new[other]

    def _address(self, pair: _Pair) -> str:
        return "" if pair.after == self._dataset or _is_named_by_content(pair.after) else pair.after


def _is_named_by_content(node: str) -> bool:
    return node.startswith(f"{terms.OWN}datasets/") and "#" in node


def _text(term: _Term) -> str:
    if isinstance(term, NamedNode):
        return compact(term.value)
    if term.language:
        return f"{term.value}@{term.language}"
    datatype = term.datatype.value
    return term.value if datatype == _XSD_STRING else f"{term.value} ({compact(datatype)})"
