"""How a provider is asked over HTTP: politely, within limits, and never at a private address."""

import email.utils
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

import httpcore
import httpx

from harvesters.addresses import Resolver, check_url, endpoint, resolve
from harvesters.connections import Deadline, GuardedBackend
from harvesters.errors import (
    AddressRefused,
    HarvestError,
    LimitReached,
    ProviderBusy,
    ProviderRefuses,
    ProviderTimeout,
    ProviderUnreachable,
    Transient,
)
from harvesters.remembered import Remembered, Remembrance
from harvesters.unpacking import unpacked

__all__ = ["Reply", "Transport", "TransportLimits", "check_url"]

_REDIRECTS: Final = {301, 302, 303, 307, 308}
_LONGEST_RETRY_AFTER: Final = 3600.0
# A longer pause is the worker's to make: meanwhile others could use the connection.
_LONGEST_PAUSE: Final = 60.0
_REFUSALS: Final = {
    401: "a login is needed (401)",
    403: "access is forbidden (403)",
    404: "nothing is at this address (404)",
    410: "this is gone for good (410)",
}


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
class TransportLimits:
    """Seconds, bytes after unpacking, and how far an answer may unpack."""

    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    answer_seconds: float = 600.0
    most_bytes: int = 200_000_000
    most_ratio: int = 100
    redirects: int = 3


class Transport:
    """A session with at most one connection to a host; used by one thread at a time.

    ``memory`` is a folder for answers that need not be sent twice; it may be removed at any time.
    """

    def __init__(
        self,
        *,
        allowed_private_hosts: Collection[str] = (),
        contact: str = "",
        limits: TransportLimits | None = None,
        memory: Path | None = None,
        resolver: Resolver = resolve,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._allowed = frozenset(allowed_private_hosts)
        self._limits = limits or TransportLimits()
        self._clock = clock
        self._sleep = sleep
        self._headers = _who_asks(contact)
        self._memory = Remembrance(memory) if memory else None
        self._asked: dict[str, float] = {}
        self._deadline = Deadline(clock)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_keepalive_connections=1,
            network_backend=GuardedBackend(self._allowed, resolver, self._deadline),
        )

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        allowed_hosts: Collection[str] = (),
        pace: float = 0.0,
        tries: int = 1,
        revalidate: bool = False,
    ) -> Reply:
        """Fetch a page, following redirects by hand; every hop is checked like the first address.

        ``allowed_hosts`` are the hosts that a redirect may lead to besides the address's own; ``pace`` is
        the least time between two requests to a host, in seconds. ``tries`` is how often a page is asked
        for in all while its server is out of reach or busy; the pauses are what it asks for, else 1, 2, 4 s.
        With ``revalidate`` an answer that the server says is unchanged (304) is given from memory.
        """
        for number in range(tries - 1):
            try:
                return self._get(url, accept, allowed_hosts, pace, revalidate=revalidate)
            except Transient as error:
                pause = 2.0**number if error.retry_after is None else error.retry_after
                if pause > _LONGEST_PAUSE:
                    raise
                self._sleep(pause)
        return self._get(url, accept, allowed_hosts, pace, revalidate=revalidate)

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(
        self, url: str, accept: str, allowed_hosts: Collection[str], pace: float, *, revalidate: bool
    ) -> Reply:
        asked = url
        memory = self._memory if revalidate else None
        known = memory.recall(url) if memory else None
        hosts = {*allowed_hosts, endpoint(url, self._allowed)[0]}
        for _ in range(self._limits.redirects + 1):
            self._wait(endpoint(url, self._allowed)[0], pace)
            answer = self._exchange(url, accept, known)
            if isinstance(answer, Reply):
                if memory and answer.url == asked:
                    memory.keep(asked, answer.headers, answer.body)
                return answer
            url, known = _next_hop(url, answer.location, hosts), None
        raise AddressRefused(f"{asked}: redirected more than {self._limits.redirects} times")

    def _wait(self, host: str, pace: float) -> None:
        now = self._clock()
        if host in self._asked and (pause := self._asked[host] + pace - now) > 0:
            self._sleep(pause)
        self._asked[host] = self._clock()

    def _exchange(self, url: str, accept: str, known: Remembered | None) -> "Reply | _Redirect":
        self._deadline.start(self._limits.answer_seconds)
        target = httpx.URL(url)
        headers = [*self._headers, ("Accept", accept), ("Host", target.netloc.decode("ascii"))]
        headers += known.validators if known else []
        with (
            _in_words(url, self._limits),
            self._pool.stream(
                "GET", _wire_form(target), headers=headers, extensions={"timeout": self._timeouts()}
            ) as response,
        ):
            return self._read(url, response, known)

    def _read(self, url: str, response: httpcore.Response, known: Remembered | None) -> "Reply | _Redirect":
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
        }
        if response.status in _REDIRECTS and "location" in headers:
            return _Redirect(headers["location"])
        if response.status == HTTPStatus.NOT_MODIFIED and known:
            return Reply(url, HTTPStatus.OK, known.headers, known.body, datetime.now(UTC), revalidated=True)
        _raise_for_status(url, response.status, headers)
        return Reply(
            url=url,
            status=response.status,
            headers=headers,
            body=self._body(response.iter_stream(), headers),
            fetched_at=datetime.now(UTC),
        )

    def _body(self, chunks: Iterable[bytes], headers: Mapping[str, str]) -> bytes:
        limits = self._limits
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limits.most_bytes:
            raise LimitReached(f"the answer is larger than {limits.most_bytes:,} bytes")
        encoding = headers.get("content-encoding", "")
        return unpacked(chunks, encoding, most_bytes=limits.most_bytes, most_ratio=limits.most_ratio)

    def _timeouts(self) -> dict[str, float]:
        connect, read = self._limits.connect_seconds, self._limits.read_seconds
        return {"connect": connect, "read": read, "write": read, "pool": connect}


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


def _who_asks(contact: str) -> list[tuple[str, str]]:
    contact = contact.encode("ascii", "replace").decode("ascii")
    reach = f" (+{contact})" if contact else ""
    headers = [("User-Agent", f"eucaim-catalogue-harvester{reach}"), ("Accept-Encoding", "gzip, deflate")]
    return [*headers, ("From", contact)] if "@" in contact else headers


def _wire_form(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _next_hop(url: str, location: str, hosts: Collection[str]) -> str:
    try:
        target = httpx.URL(url).join(location)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(f"{url}: redirects to {location!r}, which is no address") from error
    if target.host not in hosts:
        raise AddressRefused(
            f"{url}: redirects to another host ({target.host}); name it in the option hosts="
        )
    return str(target)


def _raise_for_status(url: str, status: int, headers: Mapping[str, str]) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in (408, 425, 429) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = _retry_after(headers.get("retry-after", ""))
        raise ProviderBusy(f"{url}: the server cannot answer now ({status})", retry_after=wait)
    raise ProviderRefuses(f"{url}: {_REFUSALS.get(status, f'the server answers {status}')}", status=status)


def _retry_after(value: str) -> float | None:
    """Seconds from now, whether given as seconds or as a date (RFC 9110, 10.2.3)."""
    if value.strip().isdecimal():
        return min(float(value), _LONGEST_RETRY_AFTER)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = moment.timestamp() - datetime.now(UTC).timestamp()
    return min(max(wait, 0.0), _LONGEST_RETRY_AFTER)


@contextmanager
def _in_words(url: str, limits: TransportLimits) -> Iterator[None]:
    """Turn what the network says into sentences that name the address."""
    try:
        yield
    except HarvestError as error:
        if str(error).startswith(url):
            raise
        raise _named(url, error) from error
    except httpcore.ConnectTimeout as error:
        raise ProviderTimeout(f"{url}: no connection within {limits.connect_seconds:g} s") from error
    except httpcore.TimeoutException as error:
        raise ProviderTimeout(
            f"{url}: silent for {limits.read_seconds:g} s, or not done within {limits.answer_seconds:g} s"
        ) from error
    except httpcore.ConnectError as error:
        raise ProviderUnreachable(f"{url}: {_why_unconnected(error)}") from error
    except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError) as error:
        raise ProviderUnreachable(f"{url}: the answer was cut off or is no HTTP ({error})") from error


def _named(url: str, error: HarvestError) -> HarvestError:
    return type(error)(f"{url}: {error}")


def _why_unconnected(error: httpcore.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there (connection refused)"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection could be made ({cause.reason})"
        cause = cause.__cause__ or cause.__context__
    return f"no connection ({error})"
