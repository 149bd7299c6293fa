"""Which one process runs visitors' queries for all web workers, so that its limits hold for the machine.

It listens on a Unix socket in the data folder. A client sends a query with an open file for the result; a
query process writes into that very file, and the broker only says how it went.
"""

import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Final, cast

from pydantic import ValidationError

from catalogue.errors import (
    BadRequest,
    GraphStoreUnavailable,
    QueriesUnavailable,
    QueryRefused,
    QueryStopped,
    QueryTooSlow,
    ResultTooLarge,
)
from catalogue.folders import Ownership
from catalogue.model.admitted import AdmittedQuery
from catalogue.ports import Answer, QueryLimits, ResultFormat
from catalogue.settings import Settings, read_settings
from catalogue.sparql.admission import admit
from catalogue.sparql.prefixes import known_prefixes
from catalogue.stores.query_pool import QueryPool
from catalogue.stores.wire import Call, Done, Failed, Failure, Reply, failed, receive, send

SOCKET: Final = "broker.sock"
QUEUE_SECONDS: Final = 2.0

_logger = logging.getLogger(__name__)
_CLIENT_SECONDS: Final = 5.0
_MOST_CLIENTS: Final = 64


@dataclass(frozen=True, slots=True)
class BrokerSetting:
    """``slots`` queries at a time, each with so much memory, time and result.

    ``prefixes`` are known to every query.
    """

    slots: int = 2
    megabytes: int = 1024
    seconds: float = 30.0
    result_bytes: int = 50_000_000
    queue_seconds: float = QUEUE_SECONDS
    prefixes: Mapping[str, str] = field(default_factory=dict)


def broker_setting(settings: Settings) -> BrokerSetting:
    return BrokerSetting(
        slots=settings.sparql_processes,
        megabytes=settings.sparql_megabytes,
        seconds=settings.sparql_seconds,
        result_bytes=settings.sparql_result_megabytes * 1_000_000,
        prefixes=known_prefixes(settings.base_url),
    )


def query_limits(settings: Settings) -> QueryLimits:
    """What the broker grants at most."""
    setting = broker_setting(settings)
    return QueryLimits(setting.seconds, setting.result_bytes)


class BrokerClient:
    """Made anywhere, and used by any thread: every query has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is the one that the broker listens in."""
        self._folder = folder

    def query(self, admitted: AdmittedQuery, *, result: ResultFormat, limits: QueryLimits) -> Answer:
        call = Call(
            text=admitted.text,
            default_graphs=admitted.default_graphs,
            named_graphs=admitted.named_graphs,
            result=result,
            seconds=limits.seconds,
            result_bytes=limits.result_bytes,
        )
        with ExitStack() as unless_answered:
            file = unless_answered.enter_context(tempfile.TemporaryFile())
            body = cast("BinaryIO", file)
            done = _done(self._reply(call, body))
            body.seek(0)
            unless_answered.pop_all()
            return Answer(body, done.size, done.generation)

    def _reply(self, call: Call, body: BinaryIO) -> Reply:
        try:
            with _socket_in(self._folder) as address, closing(socket.socket(socket.AF_UNIX)) as wire:
                wire.settimeout(_CLIENT_SECONDS)
                wire.connect(address)
                send(wire, call, file=body.fileno())
                wire.settimeout(call.seconds + QUEUE_SECONDS + _CLIENT_SECONDS)
                return Reply.model_validate_json(receive(wire)[0])
        except (OSError, ValidationError) as error:
            raise QueriesUnavailable(
                f"the query broker in {self._folder} does not answer: {error}"
            ) from error


class Broker:
    """Listens from its making on; ``serve`` answers until ``stop``."""

    def __init__(self, folder: Path, graph: Path, setting: BrokerSetting) -> None:
        self._setting = setting
        self._ownership = Ownership(folder / "broker")
        self._listener = _listening(folder)
        self._pool = QueryPool(
            graph, slots=setting.slots, megabytes=setting.megabytes, queue_seconds=setting.queue_seconds
        )
        self._clients = threading.BoundedSemaphore(_MOST_CLIENTS)

    def serve(self) -> None:
        with suppress(OSError):  # of a listener that was shut
            while True:
                wire, _ = self._listener.accept()
                # Beyond so many, clients wait in the kernel's queue and give up by themselves.
                self._clients.acquire()
                threading.Thread(target=self._attend, args=[wire], daemon=True).start()

    def stop(self) -> None:
        """May be called from a signal handler or another thread."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        self._pool.close()
        self._ownership.release()

    def _attend(self, wire: socket.socket) -> None:
        try:
            with closing(wire), suppress(OSError):  # a client that is gone needs no answer
                wire.settimeout(_CLIENT_SECONDS)
                message, file = receive(wire)
                if file is not None:
                    try:
                        send(wire, self._answer(message, file, wire))
                    finally:
                        os.close(file)
        finally:
            self._clients.release()

    def _answer(self, message: bytes, file: int, wire: socket.socket) -> Reply:
        """Whatever a client claims to have checked is checked here again."""
        try:
            call = Call.model_validate_json(message)
            admit(call.text, default_graphs=call.default_graphs, named_graphs=call.named_graphs)
        except (ValidationError, BadRequest) as error:
            return failed(Failure.REFUSED, str(error))
        reply = self._pool.answer(self._bounded(call), file, wire)
        if isinstance(reply.content, Failed):
            _logger.info("%s: %s", reply.content.failure, reply.content.reason)
        return reply

    def _bounded(self, call: Call) -> Call:
        return call.model_copy(
            update={
                "seconds": min(call.seconds, self._setting.seconds),
                "result_bytes": min(call.result_bytes, self._setting.result_bytes),
                "prefixes": dict(self._setting.prefixes),
            }
        )


def run_broker(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; raises ``FolderTakenError`` where another broker runs on the data folder."""
    broker = Broker(settings.data_dir / "run", settings.data_dir / "graph", broker_setting(settings))

    def end(_number: int, _frame: FrameType | None) -> None:
        broker.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        broker.serve()
    finally:
        broker.close()


def main() -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    run_broker(read_settings())


def _listening(folder: Path) -> socket.socket:
    (folder / SOCKET).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    with _socket_in(folder) as address:
        listener.bind(address)
        (folder / SOCKET).chmod(0o600)
    listener.listen(_MOST_CLIENTS)
    return listener


@contextmanager
def _socket_in(folder: Path) -> Iterator[str]:
    """A short name for it: an address of more than 107 bytes is none, and data folders lie deep."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def _done(reply: Reply) -> Done:
    match reply.content:
        case Done():
            return reply.content
        case Failed(failure=Failure.REFUSED, reason=reason):
            raise QueryRefused(reason, parameter="query")
        case Failed(failure=Failure.TOO_LARGE, reason=reason):
            raise ResultTooLarge(reason, parameter="query")
        case Failed(failure=Failure.TOO_SLOW, reason=reason):
            raise QueryTooSlow(reason)
        case Failed(failure=Failure.TOO_HEAVY, reason=reason):
            raise QueryStopped(reason)
        case Failed(failure=Failure.BUSY, reason=reason):
            raise QueriesUnavailable(reason)
        case Failed(reason=reason):
            raise GraphStoreUnavailable(reason)


if __name__ == "__main__":
    main()
