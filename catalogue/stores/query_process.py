"""What runs inside a query process: one query after the other, on read-only generations.

It may be killed at any moment, and dies by itself over a query that takes too much.
"""

import os
import resource
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from math import ceil
from pathlib import Path
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

from catalogue.folders import held
from catalogue.ports import ResultFormat
from catalogue.stores.no_network import close_network
from catalogue.stores.wire import Call, Done, Failure, Hangup, Reply, failed, receive, send

_GRACE_SECONDS: Final = 2.0
_TABLES: Final = {
    ResultFormat.JSON: QueryResultsFormat.JSON,
    ResultFormat.XML: QueryResultsFormat.XML,
    ResultFormat.CSV: QueryResultsFormat.CSV,
    ResultFormat.TSV: QueryResultsFormat.TSV,
}
_GRAPHS: Final = {
    ResultFormat.TURTLE: RdfFormat.TURTLE,
    ResultFormat.N_TRIPLES: RdfFormat.N_TRIPLES,
    ResultFormat.RDF_XML: RdfFormat.RDF_XML,
}


class _ResultTooLarge(Exception):
    pass


class _Outdated(Exception):
    pass


class _Bounded:
    """A file that takes so many bytes and no more."""

    def __init__(self, descriptor: int, most: int) -> None:
        self._descriptor = descriptor
        self._most = most
        self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > self._most:
            raise _ResultTooLarge(f"the result has more than {self._most:,} bytes; add a LIMIT")
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        return len(data)

    def flush(self) -> None:
        pass


class Generations:
    """The generation that was last asked for stays open, and stays on disk as long as it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: tuple[int, Store] | None = None
        self._hold = ExitStack()

    def store(self, number: int) -> Store:
        if self._open is None or self._open[0] != number:
            self._open = None
            self._hold.close()
            place = self._folder / "generations" / str(number)
            if not self._hold.enter_context(held(place)):
                raise _Outdated
            try:
                self._open = (number, Store.read_only(str(place)))
            except OSError as error:
                raise _Outdated from error
        return self._open[1]


def serve(wire: socket.socket, folder: Path, megabytes: int) -> None:
    """Say once which network is left, then answer until the broker hangs up."""
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    closed = close_network()
    generations = Generations(folder)
    wire.sendall(b"c" if closed else b"o")
    with suppress(Hangup, BrokenPipeError, ConnectionResetError):
        while True:
            message, file = receive(wire)
            if file is None:
                raise Hangup("a query came without a file for its result")
            try:
                call = Call.model_validate_json(message)
                _bound(call.seconds)
                send(wire, _reply(call, file, generations))
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                os.close(file)


def _bound(seconds: float) -> None:
    """By the kernel's own means, for a broker that dies cannot kill."""
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = ceil(used.ru_utime + used.ru_stime + seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _reply(call: Call, file: int, generations: Generations) -> Reply:
    output = _Bounded(file, call.result_bytes)
    try:
        _answer(call, generations.store(call.generation), output)
    except _FAILURES as error:
        return _failure(error)
    return Reply(content=Done(size=output.size, generation=call.generation))


_FAILURES: Final = (
    SyntaxError,
    ValueError,
    MemoryError,
    OSError,
    RuntimeError,
    _ResultTooLarge,
    _Outdated,
)


def _failure(error: Exception) -> Reply:
    match error:
        case SyntaxError():
            return failed(Failure.REFUSED, _in_words(error))
        case ValueError():
            return failed(Failure.REFUSED, str(error))
        case MemoryError():
            return failed(Failure.TOO_HEAVY, "the query needed too much memory")
        case _ResultTooLarge():
            return failed(Failure.TOO_LARGE, str(error))
        case _Outdated():
            return failed(Failure.OUTDATED, "the generation is gone")
        case _:
            return failed(Failure.STORE, str(error))


def _answer(call: Call, store: Store, output: _Bounded) -> None:
    chosen = bool(call.default_graphs or call.named_graphs)
    default: list[NamedNode | BlankNode | DefaultGraph] = [NamedNode(iri) for iri in call.default_graphs]
    found = store.query(
        call.text,
        prefixes=call.prefixes,
        use_default_graph_as_union=not chosen,
        default_graph=default if chosen else None,
        named_graphs=[NamedNode(iri) for iri in call.named_graphs] if chosen else None,
    )
    match found:
        case QuerySolutions() | QueryBoolean() if call.result in _TABLES:
            found.serialize(output, format=_TABLES[call.result])  # type: ignore[arg-type]
        case QueryTriples() if call.result in _GRAPHS:
            found.serialize(output, format=_GRAPHS[call.result])  # type: ignore[arg-type]
        case _:
            raise ValueError(f"this query's result cannot be written as {call.result.value}")


def _in_words(error: SyntaxError) -> str:
    """``error at 2:5: expected one of ...`` is how the engine says it."""
    words = str(error.msg).removeprefix("error at ")
    place, separator, reason = words.partition(": ")
    line, _, column = place.partition(":")
    if separator and line.isdecimal() and column.isdecimal():
        return f"line {line}, column {column}: {reason}"
    return words


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3]))
