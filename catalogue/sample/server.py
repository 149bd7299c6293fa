"""How the sample nodes are reached: over HTTP on the loopback address, as any provider is."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer, TCPServer
from threading import Thread
from typing import Final, Literal
from urllib.parse import parse_qs, urlsplit

from catalogue.sample.facts import collections
from catalogue.sample.nodes import NODES, Document, NodeSpec, documents
from harvesters.source import SourceConfig

log = logging.getLogger(__name__)

DEFAULT_PORT: Final = 8901

_LOOPBACK: Final = "127.0.0.1"
_IDLE_SECONDS: Final = 30.0
_WELCOME: Final = (
    "Sample provider nodes, made from facts of the NCI Imaging Data Commons. Not EUCAIM's own data.\n\n"
)


def sources(address: str, nodes: tuple[NodeSpec, ...] = NODES) -> tuple[SourceConfig, ...]:
    """Tell how the nodes served at ``address`` are harvested. They are ours, hence without a pace."""
    return tuple(
        SourceConfig(id=f"idc-{node.id}", kind="dcat", url=address + node.path, title=node.title, pace=0.0)
        for node in nodes
    )


class SampleServer:
    """Serves the nodes from threads of this process, from ``start`` to ``stop``."""

    def __init__(self, nodes: tuple[NodeSpec, ...] = NODES) -> None:
        self._nodes = nodes
        self._server: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None

    @property
    def address(self) -> str:
        """Raises RuntimeError before ``start``."""
        if self._server is None:
            raise RuntimeError("the sample nodes are not being served")
        return f"http://{_LOOPBACK}:{self._server.server_address[1]}"

    def start(self, port: int = 0) -> None:
        """Port 0 takes a free one. The addresses of records hold the port: a fixed one keeps them stable.

        Raises OSError where the port is taken.
        """
        # Bound before the documents are made, since these name the port.
        answers: dict[_Place, _Answer] = {}
        self._server = _Server((_LOOPBACK, port), partial(_Handler, answers))
        answers.update(_answers(self._nodes, self.address))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="sample", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    page: str


@dataclass(frozen=True, slots=True)
class _Answer:
    media_type: str
    body: bytes

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:32]}"'


def _answers(nodes: tuple[NodeSpec, ...], address: str) -> dict[_Place, _Answer]:
    listing = _WELCOME + "".join(f"{address}{node.path}  {node.title}\n" for node in nodes)
    found = {_Place("/", ""): _Answer("text/plain; charset=utf-8", listing.encode())}
    for node in nodes:
        for document in documents(node, collections(), address=address):
            answer = _Answer(document.media_type, document.body)
            found |= dict.fromkeys(_places(document), answer)
    return found


def _places(document: Document) -> tuple[_Place, ...]:
    match document.page:
        case None:
            return (_Place(document.path, ""),)
        case 1:
            return (_Place(document.path, ""), _Place(document.path, "1"))
        case page:
            return (_Place(document.path, str(page)),)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Leave out http.server's reverse look-up of the host: it can wait for a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = _LOOPBACK, int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sample-nodes"
    timeout = _IDLE_SECONDS
    wbufsize = -1  # head and body in one packet, else each answer waits for a delayed acknowledgement

    def __init__(
        self, answers: Mapping[_Place, _Answer], request: socket, client: tuple[str, int], server: BaseServer
    ) -> None:
        self._answers = answers
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        self._reply("with body")

    def do_HEAD(self) -> None:
        self._reply("head only")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        log.debug(format, *args)

    def _reply(self, extent: Literal["with body", "head only"]) -> None:
        url = urlsplit(self.path)
        page = parse_qs(url.query).get("page", [""])[0]
        answer = self._answers.get(_Place(url.path, page))
        if answer is None:
            self._send(HTTPStatus.NOT_FOUND, _Answer("text/plain", b"Nothing is here.\n"), extent)
        elif answer.etag in self.headers.get("If-None-Match", ""):
            self._not_modified(answer)
        else:
            self._send(HTTPStatus.OK, answer, extent)

    def _not_modified(self, answer: _Answer) -> None:
        self.send_response(HTTPStatus.NOT_MODIFIED)
        self.send_header("ETag", answer.etag)
        self.end_headers()

    def _send(self, status: HTTPStatus, answer: _Answer, extent: Literal["with body", "head only"]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if status is HTTPStatus.OK:
            self.send_header("ETag", answer.etag)
        self.end_headers()
        if extent == "with body":
            self.wfile.write(answer.body)
