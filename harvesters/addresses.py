"""Which addresses a harvester may connect to: public ones, and private ones that an operator lets in."""

import socket
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx

from harvesters.errors import AddressRefused, ProviderUnreachable

Resolver = Callable[[str, int], Sequence[str]]

PORTS: Final = {80, 443, 8443}
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")
_TEREDO: Final = IPv6Network("2001::/32")
_SHARED: Final = IPv4Network("100.64.0.0/10")
# Not all of these are known as private to every patch release of Python 3.11.
_SPECIAL: Final = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
)
_PRIVATE: Final = "a private or reserved address"


def check_url(url: str, allowed: Collection[str] = (), *, resolver: Resolver | None = None) -> None:
    """Raise ``AddressRefused`` for an address that no harvest may ask; resolves the name.

    ``allowed`` holds ``host`` or ``host:port`` of private nodes that an operator lets in.
    """
    host, port = endpoint(url, allowed)
    checked_addresses(host, port, allowed, resolver or resolve)


def endpoint(url: str, allowed: Collection[str]) -> tuple[str, int]:
    """Host and port of an address whose form can be accepted; no name is resolved."""
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(f"{url!r}: this is no address ({error})") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressRefused(f"{url}: only http and https addresses are harvested")
    if parts.userinfo:
        raise AddressRefused(
            f"{parts.copy_with(userinfo=None)}: an address may not carry a user name or password"
        )
    host = parts.raw_host.decode("ascii")
    if not host:
        raise AddressRefused(f"{url}: the address names no host")
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    if port not in PORTS and not is_allowed(host, port, allowed):
        raise AddressRefused(
            f"{url}: port {port} is not one of 80, 443 and 8443, and {host}:{port} is not allowed"
        )
    return host, port


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: to whom a secret belongs."""
    parts = httpx.URL(url)
    return parts.scheme, parts.raw_host.decode("ascii"), parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    """Whether an operator lets a private node in."""
    bare = host.strip("[]").lower()
    names = {bare, f"{bare}:{port}", f"[{bare}]", f"[{bare}]:{port}"}
    return any(entry.lower() in names for entry in allowed)


def checked_addresses(host: str, port: int, allowed: Collection[str], resolver: Resolver) -> tuple[str, ...]:
    """Resolve a host to IP addresses, each of them fit to connect to.

    One refused address refuses the host: a name with a public and a private address is a trap, not a node.
    """
    addresses = tuple(resolver(host, port))
    if not addresses:
        raise ProviderUnreachable(f"{host}: this name has no address")
    if not is_allowed(host, port, allowed):
        for address in addresses:
            if reason := refusal(address):
                raise AddressRefused(
                    f"{host} is at {address}, {reason}; it is not on the list of allowed hosts"
                )
    return addresses


def refusal(address: str) -> str:
    """Why an IP address may not be connected to, "" where it may."""
    parsed = ip_address(address)
    return _refusal_v4(parsed) if isinstance(parsed, IPv4Address) else _refusal_v6(parsed)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's resolver; each address once."""
    try:
        answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise ProviderUnreachable(f"{host}: this name is not known") from error
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _refusal_v4(address: IPv4Address) -> str:
    if address in _SHARED:
        return "an address shared behind a carrier's translation"
    if reason := _refused_kind(address):
        return reason
    return "" if address.is_global else _PRIVATE


def _refusal_v6(address: IPv6Address) -> str:
    if address.ipv4_mapped is not None:
        return "an IPv4 address written as IPv6"
    if address in _NAT64:
        return _refusal_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address in _SIX_TO_FOUR or address in _TEREDO:
        return "a tunnel to an IPv4 address"
    if reason := _refused_kind(address):
        return reason
    return "" if address.is_global and address in _GLOBAL_UNICAST else _PRIVATE


def _refused_kind(address: IPv4Address | IPv6Address) -> str:
    kinds = (
        (address.is_unspecified, "the unspecified address"),
        (address.is_loopback, "this machine itself"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (address.is_reserved or any(address in network for network in _SPECIAL), _PRIVATE),
    )
    return next((reason for applies, reason in kinds if applies), "")
