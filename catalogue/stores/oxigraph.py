"""How Oxigraph keeps the graphs in one folder: for one writer, and read-only for everybody else.

``live`` is the writer's store, ``generations/N`` are its published states (hard links), ``CURRENT`` names
the one to read. Oxigraph forbids reading ``live`` beside its writer.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from catalogue.errors import GraphStoreUnavailable
from catalogue.folders import (
    FolderTakenError,
    Ownership,
    current,
    held,
    point,
    remove,
    rename,
    replace_text,
)
from catalogue.ports import DropGraph, Generation, GraphChange, GraphDigest, NamedGraph, PutGraph, PutNode
from catalogue.profile.lines import is_plain
from catalogue.stores.bulk import Load, quads_of

_STORE_GRAPH: Final = NamedNode("urn:catalogue:graph/store")
_WATERMARK: Final = NamedNode("urn:catalogue:terms#watermark")
# Beside a generation's store: a query over the union of all graphs would show it inside.
_WATERMARK_FILE: Final = "WATERMARK"
_KEPT_GENERATIONS: Final = 3
# One update takes 9 kB of memory a quad and slows with its size; a bulk load does neither, but cannot delete.
_BULK_FROM: Final = 2_000


class OxigraphWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._live = folder / "live"
        try:
            self._ownership = Ownership(folder)
        except FolderTakenError as error:
            raise GraphStoreUnavailable(
                f"the graph store in {folder} already has a writer; one worker at a time may write"
            ) from error
        try:
            _mend(folder)
            with _failures(self._live):
                self._store = Store(self._live)
        except BaseException:
            self._ownership.release()
            raise

    def watermark(self) -> int:
        return _watermark(self._store)

    def apply(self, changes: Iterable[GraphChange], *, watermark: int) -> None:
        """Large additions go in ahead of the transaction; the same batch again mends a crash between."""
        batch = _Batch(self._store)
        for change in changes:
            batch.add(change)
        with _failures(self._live):
            removed, added = batch.differences()
            load = Load(self._store)
            for graph in batch.new_graphs():
                load.add(graph)
            load.finish()
            if len(added) >= _BULK_FROM:
                self._store.bulk_extend(added)
                added = []
            self._store.update(_update(batch.dropped(), removed, added, watermark=watermark))

    def publish(self) -> Generation:
        generations = self._folder / "generations"
        generations.mkdir(exist_ok=True)
        known = _numbers(generations)
        # Not even a number that a crash left unused is given twice: caches take it for the state.
        number = max([0, *known, _number(current(self._folder))]) + 1
        half = generations / "unfinished"
        remove(half)
        with _failures(self._live):
            self._store.flush()
            self._store.backup(half)
            _bare(half)
        watermark = self.watermark()
        replace_text(half / _WATERMARK_FILE, str(watermark))
        rename(half, generations / str(number))
        point(self._folder, str(number))
        for old in sorted(known)[: -(_KEPT_GENERATIONS - 1)]:
            _remove_unused(generations / str(old))
        return Generation(number, watermark)

    def rebuild(self, graphs: Iterable[NamedGraph], *, watermark: int) -> None:
        aside = self._folder / "live.new"
        remove(aside)
        with _failures(aside):
            fresh = Store(aside)
            load = Load(fresh)
            for graph in graphs:
                load.add(graph)
            load.finish()
            fresh.update(_update((), (), (), watermark=watermark))
            fresh.flush()
            del fresh  # Oxigraph closes a store when its last reference goes; it must be closed to be moved
            del self._store
            rename(self._live, self._folder / "live.old")
            rename(aside, self._live)
            self._store = Store(self._live)
        remove(self._folder / "live.old")

    def close(self) -> None:
        if hasattr(self, "_store"):
            del self._store
        self._ownership.release()


class OxigraphReader:
    """May be shared by threads. A scan under way keeps the generation it began with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._open: tuple[int, Store] | None = None

    def generation(self) -> Generation | None:
        opened = self._current()
        return Generation(opened[0], self._watermark(opened[0])) if opened else None

    def scan(self) -> Iterator[GraphDigest]:
        opened = self._current()
        if opened is None:
            return
        for graph in opened[1].named_graphs():
            if isinstance(graph, NamedNode):
                digest = _digest(opened[1], graph)
                if digest.triples:  # a graph emptied node by node is no graph
                    yield digest

    def digest(self, graph: NamedGraph) -> GraphDigest:
        store = Store()
        name = NamedNode(graph.iri)
        store.extend(quads_of(graph))
        return _digest(store, name)

    def _watermark(self, number: int) -> int:
        file = self._folder / "generations" / str(number) / _WATERMARK_FILE
        try:
            return int(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise GraphStoreUnavailable(f"generation {number} cannot be read: {error}") from error

    def _current(self) -> tuple[int, Store] | None:
        with self._lock:
            number = _number(current(self._folder))
            while number and (self._open is None or self._open[0] != number):
                try:
                    self._open = (number, Store.read_only(str(self._folder / "generations" / str(number))))
                except OSError as error:
                    # Between reading the pointer and opening it, newer generations may have replaced it.
                    known, number = number, _number(current(self._folder))
                    if number == known:
                        raise GraphStoreUnavailable(f"generation {number} cannot be read: {error}") from error
            return self._open


class _Batch:
    """The wanted content of everything that some changes touch, and how it differs from the store's.

    A graph that the store does not have differs in all of it, and is not compared.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wanted = Store()  # a store, so that literals are rewritten as the real one rewrites them
        self._graphs: set[NamedNode] = set()
        self._nodes: set[tuple[NamedNode, NamedNode]] = set()
        self._touched: set[NamedNode] = set()
        self._new: dict[str, NamedGraph] = {}

    def add(self, change: GraphChange) -> None:
        match change:
            case PutGraph(graph) if self._is_new(graph):
                self._new[graph.iri] = graph
            case PutGraph(graph):
                self._new.pop(graph.iri, None)
                self._replace(NamedNode(graph.iri), list(quads_of(graph)))
            case DropGraph(iri):
                self._new.pop(iri, None)
                self._replace(NamedNode(iri), [])
            case PutNode(graph=iri, subject=subject, triples=triples):
                if given := self._new.pop(iri, None):
                    self._replace(NamedNode(iri), list(quads_of(given)))
                quads = list(quads_of(NamedGraph(iri, triples)))
                self._replace_node(NamedNode(subject), quads, NamedNode(iri))

    def new_graphs(self) -> Iterable[NamedGraph]:
        return self._new.values()

    def dropped(self) -> list[NamedNode]:
        return [graph for graph in self._graphs if not self._wanted.contains_named_graph(graph)]

    def differences(self) -> tuple[list[Quad], list[Quad]]:
        """Which quads must go and which must come; whole graphs that must go are ``dropped``."""
        present: set[Quad] = set()
        for graph in self._graphs.difference(self.dropped()):
            present.update(self._store.quads_for_pattern(None, None, None, graph))
        for graph, subject in self._nodes:
            present.update(self._store.quads_for_pattern(subject, None, None, graph))
        wanted = set(self._wanted)
        return list(present - wanted), list(wanted - present)

    def _is_new(self, graph: NamedGraph) -> bool:
        name = NamedNode(graph.iri)
        known = name in self._touched or self._store.contains_named_graph(name)
        return not known and is_plain(graph.triples)

    def _replace(self, graph: NamedNode, quads: list[Quad]) -> None:
        self._wanted.remove_graph(graph)
        self._wanted.extend(quads)
        self._graphs.add(graph)
        self._touched.add(graph)

    def _replace_node(self, subject: NamedNode, quads: list[Quad], graph: NamedNode) -> None:
        for quad in quads:
            if quad.subject != subject:
                raise ValueError(
                    f"{quad.subject} is described among the statements about {subject} in {graph}"
                )
        for quad in list(self._wanted.quads_for_pattern(subject, None, None, graph)):
            self._wanted.remove(quad)
        self._wanted.extend(quads)
        self._touched.add(graph)
        if graph not in self._graphs:
            self._nodes.add((graph, subject))


def _update(
    dropped: Iterable[NamedNode], removed: Iterable[Quad], added: Iterable[Quad], *, watermark: int
) -> str:
    """One update is one transaction."""
    mark = Quad(_STORE_GRAPH, _WATERMARK, Literal(watermark), _STORE_GRAPH)
    return " ;\n".join(
        [
            *(f"DROP SILENT GRAPH {graph}" for graph in (*dropped, _STORE_GRAPH)),
            f"DELETE DATA {{\n{_data(removed)}}}",
            f"INSERT DATA {{\n{_data((*added, mark))}}}",
        ]
    )


def _data(quads: Iterable[Quad]) -> str:
    return "".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}\n" for quad in quads)


def _bare(generation: Path) -> None:
    """Take out what is the store's own, so that no query meets it."""
    store = Store(generation)
    store.remove_graph(_STORE_GRAPH)
    store.flush()


def _remove_unused(generation: Path) -> None:
    """Leave a generation to the queries that still read it; a later publication takes it away."""
    with held(generation, alone=True) as taken:
        if taken:
            remove(generation)


def _watermark(store: Store) -> int:
    for quad in store.quads_for_pattern(_STORE_GRAPH, _WATERMARK, None, _STORE_GRAPH):
        if isinstance(quad.object, Literal):
            return int(quad.object.value)
    return 0


def _digest(store: Store, graph: NamedNode) -> GraphDigest:
    written = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
    lines = sorted(line for line in written.split(b"\n") if line)
    return GraphDigest(graph.value, len(lines), sha256(b"\n".join(lines)).hexdigest())


def _mend(folder: Path) -> None:
    """Finish or undo an interrupted rebuild: ``live.old`` exists only once ``live.new`` is complete."""
    live, aside, old = folder / "live", folder / "live.new", folder / "live.old"
    if old.is_dir() and not live.is_dir():
        rename(aside if aside.is_dir() else old, live)
    remove(aside)
    remove(old)


def _numbers(generations: Path) -> list[int]:
    return [_number(found.name) for found in generations.iterdir() if _number(found.name)]


def _number(name: str) -> int:
    return int(name) if name.isdecimal() else 0


@contextmanager
def _failures(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, SyntaxError) as error:
        raise GraphStoreUnavailable(f"the graph store in {folder} failed: {error}") from error
