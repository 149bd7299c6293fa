"""How whole graphs are loaded as text, many at a time: faster than quad by quad, and in little memory."""

from collections.abc import Iterator
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from catalogue.ports import NamedGraph
from catalogue.profile.lines import is_plain

# One load takes about ten times as much memory as its text.
_TEXT_BYTES: Final = 4_000_000


class Load:
    """Graphs, or pieces of them, that a store is to hold besides what it holds; ``finish`` loads the rest."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[NamedGraph] = []
        self._size = 0

    def add(self, graph: NamedGraph) -> None:
        """Raises ``ValueError`` for what is no N-Triples and for blank nodes."""
        if not is_plain(graph.triples):
            self._store.bulk_extend(quads_of(graph))
            return
        # Its lines become N-Quads by putting the graph's name before their ends.
        self._waiting.append(graph)
        self._size += len(graph.triples)
        if self._size >= _TEXT_BYTES:
            self.finish()

    def finish(self) -> None:
        graphs, self._waiting, self._size = self._waiting, [], 0
        if not graphs:
            return
        text = b"".join(one.triples.replace(b" .\n", f" {NamedNode(one.iri)} .\n".encode()) for one in graphs)
        try:
            self._store.bulk_load(text, format=RdfFormat.N_QUADS)
        except SyntaxError:
            for graph in graphs:  # the one at fault says so itself
                self._store.bulk_extend(quads_of(graph))


def quads_of(graph: NamedGraph) -> Iterator[Quad]:
    """Refuse with ``ValueError`` what is no N-Triples, and blank nodes: they would be new at every call."""
    name = NamedNode(graph.iri)
    try:
        for quad in parse(graph.triples, format=RdfFormat.N_TRIPLES):
            if BlankNode in (type(quad.subject), type(quad.object)):
                raise ValueError(f"{graph.iri}: a blank node in {quad.triple}")
            yield Quad(quad.subject, quad.predicate, quad.object, name)
    except SyntaxError as error:
        raise ValueError(f"{graph.iri} is no N-Triples: {error}") from error
