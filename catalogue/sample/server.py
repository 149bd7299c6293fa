"""How the sample nodes are reached: over HTTP on the loopback address, as any provider is."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer, TCPServer
from threading import Thread
from typing import Final, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from catalogue.sample.documents import Answer
from catalogue.sample.nodes import NODES, Node
from catalogue.sample.oai_node import OaiNode
from catalogue.sample.oai_pmh import Repository
from harvesters.source import SourceConfig

log = logging.getLogger(__name__)

DEFAULT_PORT: Final = 8901

_LOOPBACK: Final = "127.0.0.1"
_IDLE_SECONDS: Final = 30.0
_LONGEST_FORM: Final = 65_536
_WELCOME: Final = (
    "Sample provider nodes, made from facts of the NCI Imaging Data Commons. Not EUCAIM's own data.\n"
    "The fictional node is invented altogether.\n\n"
)


def sources(address: str, nodes: tuple[Node, ...] = NODES) -> tuple[SourceConfig, ...]:
    """Tell how the nodes served at ``address`` are harvested. They are ours, hence without a pace."""
    return tuple(source for node in nodes for source in node.sources(address))


class SampleServer:
    """Serves the nodes from threads of this process, from ``start`` to ``stop``."""

    def __init__(self, nodes: tuple[Node, ...] = NODES) -> None:
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
        site = _Site()
        self._server = _Server((_LOOPBACK, port), partial(_Handler, site))
        site.fill(self._nodes, self.address)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="sample", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None


@dataclass(frozen=True, slots=True)
class _Site:
    """What all nodes answer: documents by path and page, repositories by path."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)

    def fill(self, nodes: tuple[Node, ...], address: str) -> None:
        listing = _WELCOME + "".join(f"{address}{node.path}  {node.title}\n" for node in nodes)
        self.answers["/", ""] = Answer("text/plain; charset=utf-8", listing.encode())
        for node in nodes:
            if isinstance(node, OaiNode):
                self.repositories[node.path] = node.repository(address)
                continue
            for document in node.documents(address):
                for page in document.pages:
                    self.answers[document.path, page] = document.answer

    def get(self, path: str, query: str) -> Answer | None:
        if path in self.repositories:
            return self.ask(path, parse_qsl(query, keep_blank_values=True))
        return self.answers.get((path, parse_qs(query).get("page", [""])[0]))

    def ask(self, path: str, arguments: Sequence[tuple[str, str]]) -> Answer:
        body = self.repositories[path].answer(arguments, datetime.now(UTC))
        return Answer("text/xml; charset=utf-8", body)


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

    def __init__(self, site: _Site, request: socket, client: tuple[str, int], server: BaseServer) -> None:
        self._site = site
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        self._reply("with body")

    def do_HEAD(self) -> None:
        self._reply("head only")

    def do_POST(self) -> None:
        """OAI-PMH 2.0, 3.1.1: each request may come as a form too."""
        path = urlsplit(self.path).path
        length = self.headers.get("Content-Length", "")
        if path not in self._site.repositories or not length.isdigit() or int(length) > _LONGEST_FORM:
            self.close_connection = True  # its body is not read
            self._send(HTTPStatus.BAD_REQUEST, Answer("text/plain", b"No form is taken here.\n"), "with body")
            return
        form = self.rfile.read(int(length)).decode("utf-8", "replace")
        arguments = parse_qsl(form, keep_blank_values=True)
        self._send(HTTPStatus.OK, self._site.ask(path, arguments), "with body")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        log.debug(format, *args)

    def _reply(self, extent: Literal["with body", "head only"]) -> None:
        url = urlsplit(self.path)
        answer = self._site.get(url.path, url.query)
        if answer is None:
            self._send(HTTPStatus.NOT_FOUND, Answer("text/plain", b"Nothing is here.\n"), extent)
        elif _is_known(answer, self.headers):
            self._not_modified(answer)
        else:
            self._send(HTTPStatus.OK, answer, extent)

    def _not_modified(self, answer: Answer) -> None:
        self.send_response(HTTPStatus.NOT_MODIFIED)
        self._describe(answer)
        self.end_headers()

    def _send(self, status: HTTPStatus, answer: Answer, extent: Literal["with body", "head only"]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if status is HTTPStatus.OK:
            self._describe(answer)
        self.end_headers()
        if extent == "with body":
            self.wfile.write(answer.body)

    def _describe(self, answer: Answer) -> None:
        self.send_header("ETag", answer.etag)
        if answer.modified is not None:
            self.send_header("Last-Modified", format_datetime(_midnight(answer.modified), usegmt=True))
        for relation, url in answer.links:
            self.send_header("Link", f'<{url}>; rel="{relation}"')


def _is_known(answer: Answer, headers: Message) -> bool:
    """RFC 9110, 13.2.2: with a tag given, the date does not matter."""
    if "If-None-Match" in headers:
        return answer.etag in headers["If-None-Match"]
    if answer.modified is None or "If-Modified-Since" not in headers:
        return False
    try:
        since = parsedate_to_datetime(headers["If-Modified-Since"])
    except ValueError:
        return False
    return since.tzinfo is not None and _midnight(answer.modified) <= since


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
