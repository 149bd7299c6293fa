"""That no disguise of an address and no answer of a resolver leads a harvest inside, and no bomb fills it."""

import gzip
import zlib
from collections.abc import Iterator

import pytest

from harvesters.errors import AddressRefused, HarvestError, LimitReached, NotMetadata
from harvesters.transport import Transport, TransportLimits
from tests.harvesters.scripted_provider import Answer, Provider

INSIDE = {
    "this machine": "127.0.0.1",
    "this machine, another address": "127.9.9.9",
    "private, class A": "10.0.0.8",
    "private, class B": "172.16.0.1",
    "private, class C": "192.168.1.1",
    "link-local": "169.254.169.254",
    "carrier's translation": "100.64.0.1",
    "multicast": "224.0.0.251",
    "unspecified": "0.0.0.0",  # noqa: S104  (refused, not listened on)
    "broadcast": "255.255.255.255",
    "IPv6: this machine": "::1",
    "IPv6: unspecified": "::",
    "IPv6: private": "fd00::1",
    "IPv6: link-local": "fe80::1%eth0",
    "IPv6: multicast": "ff02::1",
    "IPv6: a mapped IPv4": "::ffff:10.0.0.8",
    "IPv6: a mapped public IPv4": "::ffff:8.8.8.8",
    "IPv6: a compatible IPv4": "::10.0.0.8",
    "IPv6: NAT64": "64:ff9b::a00:8",
    "IPv6: local NAT64": "64:ff9b:1::a00:8",
    "IPv6: 6to4": "2002:a00:8::1",
    "IPv6: Teredo": "2001:0:a00:8::1",
}


class Resolver:
    """``node.example`` is the provider; everything else is inside. ``asked`` are the names."""

    def __init__(self, inside: str) -> None:
        self.asked: list[str] = []
        self._inside = inside

    def __call__(self, host: str, _port: int) -> tuple[str, ...]:
        self.asked.append(host)
        return ("127.0.0.1",) if host == "node.example" else (self._inside,)


@pytest.fixture(params=tuple(INSIDE.values()), ids=tuple(INSIDE))
def inside(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def guarded(provider: Provider, inside: str) -> Iterator[Transport]:
    """Only the provider's own host and port are let in."""
    host = f"node.example:{provider.port}"
    with Transport(
        allowed_private_hosts=[host], resolver=Resolver(inside), limits=TransportLimits(tries=1)
    ) as transport:
        yield transport


def test_a_name_inside_is_refused(guarded: Transport) -> None:
    with pytest.raises(AddressRefused, match=r"inside\.example is at"):
        guarded.get("https://inside.example/")


def test_a_redirect_to_a_name_inside_is_refused_though_the_source_names_it(
    provider: Provider, guarded: Transport
) -> None:
    provider.answers["/"] = Answer(status=302, headers={"Location": "http://inside.example/"})
    with pytest.raises(AddressRefused, match=r"inside\.example is at"):
        guarded.get(f"http://node.example:{provider.port}/", allowed_hosts=["inside.example"])


def test_an_address_inside_is_refused_as_it_is_written(guarded: Transport, inside: str) -> None:
    host = f"[{inside}]" if ":" in inside else inside
    with pytest.raises(AddressRefused):
        guarded.get(f"http://{host}/")


@pytest.mark.parametrize(
    "location",
    [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1.:80/",
        "http://127。0。0。1/",
        "http://[::ffff:127.0.0.1]/",
        "http://node.example@127.0.0.1/",
        "//127.0.0.1/",
        "\\\\127.0.0.1\\",
        "http:\\\\127.0.0.1\\",
        "gopher://127.0.0.1/",
        "HTTP://LOCALHOST/",
        "http://node.example:22/",
        "http://node.example\t.evil.example/",
        "http://[::1%25lo]/",
        "http://",
        "http://a" + "b" * 70_000,
    ],
)
def test_a_redirect_in_disguise_reaches_nothing_but_its_own_host(provider: Provider, location: str) -> None:
    """Either it is refused, or it is taken for a path of the provider itself."""
    provider.answers["/"] = Answer(
        status=302, headers={"Location": location.encode("utf-8").decode("latin-1")}
    )
    host = f"node.example:{provider.port}"
    asking = Resolver("127.0.0.1")
    with (
        Transport(
            allowed_private_hosts=[host], resolver=asking, limits=TransportLimits(tries=1)
        ) as transport,
        pytest.raises(HarvestError),
    ):
        transport.get(f"http://{host}/")
    assert set(asking.asked) == {"node.example"}


def test_a_name_that_moves_inside_between_two_pages_is_refused(provider: Provider) -> None:
    """Its connection was closed meanwhile: every new one is checked anew."""
    answers = iter([("127.0.0.1",), ("10.0.0.8",)])
    provider.answers["/"] = Answer(stream=lambda handler: handler.end_headers())
    host = f"node.example:{provider.port}"
    with Transport(allowed_private_hosts=[host], resolver=lambda *_: next(answers)) as transport:
        transport.get(f"http://{host}/")
        transport._session._backend._allowed = frozenset()
        with pytest.raises(AddressRefused, match=r"10\.0\.0\.8"):
            transport.get(f"http://{host}/")


def test_one_address_inside_among_public_ones_refuses_the_name() -> None:
    with (
        Transport(resolver=lambda *_: ("8.8.8.8", "10.0.0.8")) as transport,
        pytest.raises(AddressRefused, match=r"10\.0\.0\.8"),
    ):
        transport.get("http://node.example/")


def _deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9)


@pytest.mark.parametrize(
    ("body", "encoding", "kind", "reason"),
    [
        (gzip.compress(bytes(50_000_000)), "gzip", LimitReached, "100 times its size"),
        (_deflated(bytes(50_000_000)), "deflate", LimitReached, "100 times its size"),
        (gzip.compress(bytes(1_000_000)) * 50, "x-gzip", LimitReached, "100 times its size"),
        (gzip.compress(gzip.compress(bytes(5_000_000))), "gzip, gzip", NotMetadata, "not asked for"),
        (b"x", "br", NotMetadata, "not asked for"),
        (b"x", "zstd", NotMetadata, "not asked for"),
    ],
)
def test_a_bomb_is_stopped_before_it_is_unpacked(  # noqa: PLR0917  (the table's columns)
    provider: Provider, transport: Transport, body: bytes, encoding: str, kind: type[Exception], reason: str
) -> None:
    provider.answers["/"] = Answer(body, headers={"Content-Encoding": encoding})
    with pytest.raises(kind, match=reason):
        transport.get(provider.url + "/")
    assert len(provider.asked) == 1
