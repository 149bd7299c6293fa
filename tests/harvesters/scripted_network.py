"""What lies between a harvester and a provider: TLS with an authority of the test's own, and a real proxy."""

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import trustme

from tests.harvesters.scripted_provider import Provider


class Authority:
    """Makes certificates; ``bundle`` is its own as a PEM file."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.bundle = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.bundle))

    def secure(self, provider: Provider, *names: str, wants_certificate: bool = False) -> None:
        """Have a provider speak TLS alone, under these names."""
        context = self.context(*names)
        if wants_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            self._authority.configure_trust(context)
        server = provider._server
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        provider.url = f"https://{names[0]}:{provider.port}"

    def context(self, *names: str) -> ssl.SSLContext:
        """For a server under these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        return context

    def write_client(self, folder: Path, name: str) -> tuple[Path, Path]:
        issued = self._authority.issue_cert(name)
        cert, key = folder / "client.pem", folder / "client.key"
        issued.cert_chain_pems[0].write_to_path(str(cert))
        issued.private_key_pem.write_to_path(str(key))
        key.chmod(0o600)
        return cert, key


class ConnectProxy:
    """Connects wherever it is told to. ``targets`` is what it was asked for, ``heads`` the whole requests."""

    def __init__(self, *, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> None:
        self.answer = answer
        self.heads: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def targets(self) -> list[str]:
        return [head.split()[1] for head in self.heads]

    def stop(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(line,), daemon=True).start()

    def _carry(self, line: socket.socket) -> None:
        with closing(line), suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += line.recv(4096)
            self.heads.append(head.decode("ascii"))
            line.sendall(self.answer)
            if b" 200 " not in self.answer:
                return
            host, _, port = self.targets[-1].rpartition(":")
            with socket.create_connection((host.strip("[]"), int(port))) as further:
                _join(line, further)


def _join(one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([one, other], [], [])[0]:
            piece = ready.recv(65_536)
            if not piece:
                return
            (other if ready is one else one).sendall(piece)


@contextmanager
def running(proxy: ConnectProxy) -> Iterator[ConnectProxy]:
    try:
        yield proxy
    finally:
        proxy.stop()


def resolved_here(_host: str, _port: int) -> tuple[str, ...]:
    return ("127.0.0.1",)
