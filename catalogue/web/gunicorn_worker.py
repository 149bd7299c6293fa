"""What a gunicorn worker does with a client whose request it cannot pass on: too slow, or malformed."""

import time
from contextlib import suppress
from http import HTTPStatus
from socket import SHUT_RD
from typing import TYPE_CHECKING, Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from catalogue.web.headers import BARE_HEADERS
from catalogue.web.problems import Problem

if TYPE_CHECKING:
    from socket import socket

# A browser sends the head of a request in one go; who drips it holds a thread that others wait for.
HEAD_SECONDS: Final = 5.0


class CatalogueWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, with a deadline for a request's head and our form of an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (gunicorn's own signature)
        super().__init__(*args, **kwargs)
        self._heads: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> object:
        self._heads[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._heads.pop(conn, None)

    def handle_request(self, req: object, conn: TConn) -> object:
        self._heads.pop(conn, None)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """At least once a second, from the main loop: whose time is up meets the end of the input."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self._heads.items()):
            if now > until:
                with suppress(OSError):
                    conn.sock.shutdown(SHUT_RD)

    def handle_error(self, req: object, client: "socket", addr: object, exc: BaseException) -> None:
        """Answer what never reaches the application as the application would."""
        written = _Written()
        super().handle_error(req, written, addr, exc)
        if written.content:
            with suppress(OSError):
                client.settimeout(HEAD_SECONDS)
                client.sendall(_problem(written.content))


class _Written:
    """Takes what gunicorn writes in the place of a client."""

    def __init__(self) -> None:
        self.content = b""

    def sendall(self, content: bytes) -> None:
        self.content += content

    def gettimeout(self) -> float:
        return 0.0


def _problem(written: bytes) -> bytes:
    """Keep the status that gunicorn chose; its words repeat the request, and it calls a bad header a 500."""
    status = HTTPStatus(int(written.split(b" ", 2)[1]))
    if status is HTTPStatus.INTERNAL_SERVER_ERROR and b"Internal Server Error" not in written:
        status = HTTPStatus.BAD_REQUEST
    problem = Problem(type="about:blank", title=status.phrase, status=status.value, detail=status.description)
    body = problem.model_dump_json(exclude_none=True).encode()
    headers = {
        **BARE_HEADERS,
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode() + body
