"""To which sockets a harvest is connected: checked addresses only, under one deadline for a whole answer."""

import socket
import ssl
from collections.abc import Callable, Collection, Iterable
from typing import Any

import httpcore

from harvesters.addresses import Resolver, checked_addresses
from harvesters.interruption import Answer, Interruption
from harvesters.proxy import Proxy, tunnel


class Deadline:
    """The moment at which the present answer must be whole; a slow drip never trips a read time-out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = 0.0

    def start(self, seconds: float) -> None:
        self._until = self._clock() + seconds

    def within(self, timeout: float | None) -> float:
        """Give what is left of a time-out. Raises ``httpcore.ReadTimeout`` where nothing is."""
        left = self._until - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the very addresses that were checked: a name is resolved once for both.

    With a ``proxy`` they are still resolved and checked here, and the proxy is told which one to connect to.
    """

    def __init__(
        self,
        allowed: Collection[str],
        resolver: Resolver,
        *,
        deadline: Deadline,
        interruption: Interruption,
        proxy: Proxy | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._deadline = deadline
        self._interruption = interruption
        self._proxy = proxy
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002  (httpcore's own signature)
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  (the same)
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in self._checked(host, port, timeout):
            try:
                return self._connected(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError

    def _checked(self, host: str, port: int, timeout: float | None) -> tuple[str, ...]:
        return self._awaited(
            lambda: checked_addresses(host, port, self._allowed, self._resolver),
            self._deadline.within(timeout),
        )

    def _connected(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        if self._proxy is None:
            return self._stream(address, port, timeout)
        stream = self._stream(self._proxy.host, self._proxy.port, timeout)
        try:
            tunnel(stream, self._proxy, address, port)
        except BaseException:
            stream.close()
            raise
        return stream

    def _stream(self, host: str, port: int, timeout: float | None) -> "_GuardedStream":
        seconds = self._deadline.within(timeout)
        stream = self._awaited(
            lambda: self._sockets.connect_tcp(host, port, seconds),
            self._deadline.within(None),
            too_late=lambda late: late.close(),
        )
        line = self._interruption.watch(stream.get_extra_info("socket"))
        return _GuardedStream(stream, self._deadline, self._interruption, line)

    def _awaited(
        self,
        ask: Callable[[], Answer],
        seconds: float,
        *,
        too_late: Callable[[Answer], object] = lambda _: None,
    ) -> Answer:
        try:
            return self._interruption.awaited(ask, seconds, too_late=too_late)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error


class _GuardedStream(httpcore.NetworkStream):
    """Ends at the deadline, and when somebody cuts ``line``."""

    def __init__(
        self,
        stream: httpcore.NetworkStream,
        deadline: Deadline,
        interruption: Interruption,
        line: socket.socket,
    ) -> None:
        self._stream = stream
        self._deadline = deadline
        self._interruption = interruption
        self._line = line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._interruption.release(self._line)
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        except BaseException:
            self.close()
            raise
        return _GuardedStream(secured, self._deadline, self._interruption, self._line)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (httpcore's own signature)
        return self._stream.get_extra_info(info)
