"""A provider node that answers whatever a test wants, on this machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
"""


@dataclass(frozen=True)
class Answer:
    """``stream`` writes the body by itself, for answers that misbehave.

    With an ``ETag`` among the headers it is not sent to who has it already.
    """

    body: bytes = b""
    media_type: str = "text/turtle"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[BaseHTTPRequestHandler], None] | None = None


class Provider:
    """Answers by path and query; ``asked`` are the requests in their order.

    ``otherwise`` answers what no answer was laid out for.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.otherwise: Callable[[str], Answer] = lambda _: Answer(status=404)
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True)
        self._thread.start()

    def turtle(self, path: str, text: str) -> None:
        """Serve Turtle with the usual prefixes; ``{url}`` is this provider's address."""
        self.answers[path] = Answer((PREFIXES + text.replace("{url}", self.url)).encode())

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler_for(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            provider.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = provider.answers.get(self.path) or provider.otherwise(self.path)
            if self.headers.get("If-None-Match", "") == answer.headers.get("ETag"):
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.stream is not None:
                self.close_connection = True
                answer.stream(self)
                return
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the library's name)
            """Keep the test's output clean."""

    return Handler
