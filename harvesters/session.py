"""How one request is sent and its answer read: within limits, at checked addresses, until it is ended."""

import ssl
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpcore
import httpx

from harvesters.addresses import Resolver
from harvesters.connections import Deadline, GuardedBackend
from harvesters.credentials import Certificate
from harvesters.errors import LimitReached, ProviderRefuses, Terminal
from harvesters.interruption import Interruption
from harvesters.proxy import Proxy
from harvesters.remembered import Remembered
from harvesters.unpacking import unpacked
from harvesters.wording import in_words, raise_for_status

_REDIRECTS: Final = {301, 302, 303, 307, 308}
_LONGEST_REASON: Final = 100_000
# What a session was given to know us by would be as good as a secret, and no later request needs it.
_NOT_KEPT: Final = {"set-cookie", "set-cookie2"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, unpacked; header names are in lower case. ``url`` is the address that answered.

    ``revalidated``: the server said that the body from memory still holds (304).
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    revalidated: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    location: str


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Seconds, bytes after unpacking, and how far an answer may unpack.

    ``tries`` is how often a page is asked for in all while its server is out of reach or busy. A longer pause
    than ``pause_seconds`` is the worker's to make: others could use the time.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    answer_seconds: float = 600.0
    pause_seconds: float = 300.0
    tries: int = 5
    most_bytes: int = 200_000_000
    most_ratio: int = 100
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Request:
    """``form`` makes it a POST; ``known`` is the answer that the server may confirm (304)."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    form: bytes | None = None
    known: Remembered | None = None
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How the network is reached: by which names, through what, trusting whom."""

    allowed: Collection[str]
    resolver: Resolver
    proxy: Proxy | None = None
    ca_bundle: Path | None = None


class Session:
    """Connections that are kept; those on which a certificate was shown serve nobody else."""

    def __init__(self, way: Way, contact: str, limits: TransportLimits, clock: Callable[[], float]) -> None:
        self.interruption = Interruption()
        self._limits = limits
        self._headers = _who_asks(contact)
        self._ca_bundle = way.ca_bundle
        self._deadline = Deadline(clock)
        self._backend = GuardedBackend(
            way.allowed,
            way.resolver,
            deadline=self._deadline,
            interruption=self.interruption,
            proxy=way.proxy,
        )
        self._pools: dict[Certificate | None, httpcore.ConnectionPool] = {}
        self._pool(None)

    def send(self, request: Request, certificate: Certificate | None = None) -> Reply | Redirect:
        self.interruption.check()
        pool = self._pool(certificate)
        self._deadline.start(self._limits.answer_seconds)
        target = httpx.URL(request.url)
        host = ("Host", target.netloc.decode("ascii"))
        try:
            with (
                in_words(request.url, self._limits),
                pool.stream(
                    "GET" if request.form is None else "POST",
                    _wire_form(target),
                    headers=[*self._headers, host, *request.headers, *_length(request.form)],
                    content=request.form,
                    extensions={"timeout": self._timeouts()},
                ) as response,
            ):
                return self._read(request, response)
        finally:
            # An answer that was cut looks whole where nothing says how long it is.
            self.interruption.check()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _pool(self, certificate: Certificate | None) -> httpcore.ConnectionPool:
        if certificate not in self._pools:
            self._pools[certificate] = httpcore.ConnectionPool(
                ssl_context=_ssl_context(self._ca_bundle, certificate),
                max_keepalive_connections=1,
                network_backend=self._backend,
            )
        return self._pools[certificate]

    def _read(self, request: Request, response: httpcore.Response) -> Reply | Redirect:
        headers = _read_headers(response)
        if response.status in _REDIRECTS and "location" in headers:
            return Redirect(headers["location"])
        now, known = datetime.now(UTC), request.known
        if response.status == HTTPStatus.NOT_MODIFIED and known:
            return Reply(request.url, HTTPStatus.OK, known.headers, known.body, now, revalidated=True)
        try:
            raise_for_status(request.url, response.status, headers)
        except ProviderRefuses as error:
            error.body = self._reason(response, headers)
            raise
        body = self._body(response.iter_stream(), headers, request.most_bytes or self._limits.most_bytes)
        return Reply(request.url, response.status, headers, body, datetime.now(UTC))

    def _body(self, chunks: Iterable[bytes], headers: Mapping[str, str], most_bytes: int) -> bytes:
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most_bytes:
            raise LimitReached(f"the answer is larger than {most_bytes:,} bytes")
        encoding = headers.get("content-encoding", "")
        return unpacked(chunks, encoding, most_bytes=most_bytes, most_ratio=self._limits.most_ratio)

    def _reason(self, response: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        """What XML says of a refusal, in a few words; a refusal stands without them too."""
        if "xml" not in headers.get("content-type", ""):
            return b""
        try:
            return self._body(response.iter_stream(), headers, _LONGEST_REASON)
        except (Terminal, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
            return b""

    def _timeouts(self) -> dict[str, float]:
        connect, read = self._limits.connect_seconds, self._limits.read_seconds
        return {"connect": connect, "read": read, "write": read, "pool": connect}


def _who_asks(contact: str) -> list[tuple[str, str]]:
    contact = contact.encode("ascii", "replace").decode("ascii")
    reach = f" (+{contact})" if contact else ""
    headers = [("User-Agent", f"eucaim-catalogue-harvester{reach}"), ("Accept-Encoding", "gzip, deflate")]
    return [*headers, ("From", contact)] if "@" in contact else headers


def _length(form: bytes | None) -> list[tuple[str, str]]:
    return [] if form is None else [("Content-Length", str(len(form)))]


def _wire_form(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _read_headers(response: httpcore.Response) -> dict[str, str]:
    named = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
    return {name: value for name, value in named if name not in _NOT_KEPT}


def _ssl_context(ca_bundle: Path | None, certificate: Certificate | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_bundle:
        try:
            context.load_verify_locations(cafile=ca_bundle)
        except (OSError, ssl.SSLError) as error:
            raise Terminal(f"{ca_bundle}: no certificates of authorities can be read ({error})") from error
    if certificate:
        try:
            # A password that is said to be empty keeps OpenSSL from asking for one at the terminal.
            context.load_cert_chain(certificate.cert, certificate.key, password="")
        except (OSError, ssl.SSLError) as error:
            raise Terminal(f"the secret {certificate.name!r}: the certificate cannot be read") from error
    return context
