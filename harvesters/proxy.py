"""How a connection is made through an outbound proxy that must not choose the address.

It is asked to connect to the very address that was checked here, for http as for https; it resolves no name.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from harvesters.credentials import basic
from harvesters.errors import AddressRefused, ProviderUnreachable, Terminal

_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
_MOST_BYTES: Final = 16_384


@dataclass(frozen=True, slots=True)
class Proxy:
    """``authorization`` is the whole value of the header, "" where the proxy wants no login."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)


class Line(Protocol):
    """A connection to the proxy."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes: ...

    def write(self, buffer: bytes, timeout: float | None = None) -> None: ...


def read_proxy(url: str) -> Proxy:
    """From ``http://host:port`` or ``http://user:password@host:port``; raises ``ValueError``."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port = None  # what it says may hold a piece of the password
    if port is None or not _is_plain(url):
        raise ValueError("an address such as http://proxy.example:3128 is wanted")
    login = basic(unquote(parts.username), unquote(parts.password or "")) if parts.username else ""
    return Proxy(parts.hostname or "", port, login)


def _is_plain(url: str) -> bool:
    parts = urlsplit(url)
    rest = parts.path.rstrip("/") or parts.query or parts.fragment
    return parts.scheme == "http" and bool(parts.hostname) and not rest and url.isprintable()


def tunnel(line: Line, proxy: Proxy, address: str, port: int) -> None:
    """Have the proxy connect a line to an address; afterwards it leads there (RFC 9110, 9.3.6)."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    login = f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    line.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n".encode("ascii"))
    head, _, more = _head(line).partition(b"\r\n\r\n")
    found = _STATUS.match(head)
    if found is None or more:
        raise ProviderUnreachable("the outbound proxy does not answer as a proxy does")
    _raise_for_status(int(found[1]), target)


def _head(line: Line) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = line.read(4096)
        if not piece or len(head) > _MOST_BYTES:
            raise ProviderUnreachable("the outbound proxy does not answer as a proxy does")
        head += piece
    return head


def _raise_for_status(status: int, target: str) -> None:
    match status:
        case 200:
            return
        case 407:
            raise Terminal("the outbound proxy wants another login (407)")
        case 401 | 403 | 405:
            raise AddressRefused(f"the outbound proxy does not connect to {target} ({status})")
        case _:
            raise ProviderUnreachable(f"the outbound proxy could not connect to {target} ({status})")
