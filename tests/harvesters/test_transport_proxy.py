"""What an outbound proxy and authorities of one's own change, and what they do not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harvesters.errors import AddressRefused, HarvestError, ProviderUnreachable, Terminal
from harvesters.proxy import Proxy, read_proxy
from harvesters.transport import Transport, TransportLimits
from tests.harvesters.scripted_network import Authority, ConnectProxy, resolved_here, running
from tests.harvesters.scripted_provider import Answer, Provider


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    with running(ConnectProxy()) as proxy:
        yield proxy


def test_an_http_page_comes_through_the_proxy_from_the_checked_address(
    provider: Provider, proxy: ConnectProxy
) -> None:
    provider.answers["/a"] = Answer(b"through")
    host = f"node.example:{provider.port}"
    with Transport(
        allowed_private_hosts=[host], proxy=Proxy("127.0.0.1", proxy.port), resolver=resolved_here
    ) as transport:
        assert transport.get(f"http://{host}/a").body == b"through"
    assert proxy.targets == [f"127.0.0.1:{provider.port}"]
    assert provider.asked[0][1]["host"] == host


def test_a_secure_page_comes_through_the_proxy_under_its_name(
    provider: Provider, proxy: ConnectProxy, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    authority.secure(provider, "node.example")
    provider.answers["/a"] = Answer(b"through")
    with Transport(
        allowed_private_hosts=["node.example"],
        proxy=Proxy("127.0.0.1", proxy.port),
        ca_bundle=authority.bundle,
        resolver=resolved_here,
    ) as transport:
        assert transport.get(provider.url + "/a").body == b"through"
    assert proxy.targets == [f"127.0.0.1:{provider.port}"]


def test_the_certificate_is_checked_against_the_name_behind_the_proxy(
    provider: Provider, proxy: ConnectProxy, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    authority.secure(provider, "another.example")
    with (
        Transport(
            allowed_private_hosts=["node.example"],
            proxy=Proxy("127.0.0.1", proxy.port),
            ca_bundle=authority.bundle,
            resolver=resolved_here,
            limits=TransportLimits(tries=1),
        ) as transport,
        pytest.raises(ProviderUnreachable, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        transport.get(f"https://node.example:{provider.port}/")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "::ffff:10.0.0.8", "64:ff9b::7f00:1", "fe80::1"]
)
def test_a_name_at_a_private_address_is_refused_though_the_proxy_would_reach_it(
    proxy: ConnectProxy, scheme: str, address: str
) -> None:
    with (
        Transport(
            proxy=Proxy("127.0.0.1", proxy.port), resolver=lambda _host, _port: (address,)
        ) as transport,
        pytest.raises(AddressRefused, match=r"node\.example is at"),
    ):
        transport.get(f"{scheme}://node.example/")
    assert proxy.heads == []


def test_the_proxy_is_told_an_address_and_never_a_name(proxy: ConnectProxy) -> None:
    proxy.answer = b"HTTP/1.1 503 no way\r\n\r\n"
    with (
        Transport(
            proxy=Proxy("127.0.0.1", proxy.port),
            resolver=lambda _host, _port: ("2001:4860:4860::8888",),
            limits=TransportLimits(tries=1),
        ) as transport,
        pytest.raises(ProviderUnreachable, match=r"proxy could not connect to \[2001"),
    ):
        transport.get("https://node.example/")
    assert proxy.heads == [
        "CONNECT [2001:4860:4860::8888]:443 HTTP/1.1\r\nHost: [2001:4860:4860::8888]:443\r\n\r\n"
    ]


def test_a_login_at_the_proxy_is_not_shown_to_the_provider(provider: Provider, proxy: ConnectProxy) -> None:
    provider.answers["/"] = Answer()
    login = read_proxy(f"http://me:se%40cret@127.0.0.1:{proxy.port}")
    with Transport(allowed_private_hosts=["127.0.0.1"], proxy=login) as transport:
        transport.get(provider.url + "/")
    assert "Proxy-Authorization: Basic bWU6c2VAY3JldA==\r\n" in proxy.heads[0]
    assert "proxy-authorization" not in provider.asked[0][1]
    assert "bWU6" not in repr(login)


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (b"HTTP/1.1 407 login\r\n\r\n", Terminal, "wants another login"),
        (b"HTTP/1.1 403 no\r\n\r\n", AddressRefused, "does not connect to 127"),
        (b"HTTP/1.1 502 bad\r\n\r\n", ProviderUnreachable, "could not connect"),
        (b"SSH-2.0-x\r\n\r\n", ProviderUnreachable, "does not answer as a proxy"),
        (b"HTTP/1.1 200 ok\r\n\r\nand more", ProviderUnreachable, "does not answer as a proxy"),
        (b"x" * 100_000, ProviderUnreachable, "does not answer as a proxy"),
        (b"", ProviderUnreachable, "does not answer as a proxy"),
    ],
)
def test_what_the_proxy_refuses_is_told_in_words(
    provider: Provider, answer: bytes, kind: type[HarvestError], reason: str
) -> None:
    with (
        running(ConnectProxy(answer=answer)) as proxy,
        Transport(
            allowed_private_hosts=["127.0.0.1"],
            proxy=Proxy("127.0.0.1", proxy.port),
            limits=TransportLimits(tries=1),
        ) as transport,
        pytest.raises(kind, match=reason),
    ):
        transport.get(provider.url + "/")
    assert provider.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "proxy.example:3128",
        "https://proxy.example:3128",
        "socks5://proxy.example:1080",
        "http://proxy.example",
        "http://proxy.example:99999",
        "http://proxy.example:3128/path",
        "http://:3128",
        "http://proxy.example:3128\r\nX: 1",
    ],
)
def test_what_is_no_address_of_a_proxy_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_proxy(url)


@pytest.fixture
def secure_page(provider: Provider, tmp_path: Path) -> Callable[[Path | None], bytes]:
    authority = Authority(tmp_path)
    authority.secure(provider, "127.0.0.1")
    provider.answers["/"] = Answer(b"here")

    def fetch(bundle: Path | None) -> bytes:
        with Transport(
            allowed_private_hosts=["127.0.0.1"], ca_bundle=bundle, limits=TransportLimits(tries=1)
        ) as transport:
            return transport.get(provider.url + "/").body

    return fetch


def test_an_authority_of_ones_own_is_trusted(
    secure_page: Callable[[Path | None], bytes], tmp_path: Path
) -> None:
    assert secure_page(tmp_path / "authority.pem") == b"here"


def test_an_unknown_authority_is_not(secure_page: Callable[[Path | None], bytes]) -> None:
    with pytest.raises(ProviderUnreachable, match="no secure connection"):
        secure_page(None)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_bundle_that_cannot_be_read_is_named(
    secure_page: Callable[[Path | None], bytes], tmp_path: Path, text: str | None
) -> None:
    bundle = tmp_path / "other.pem"
    if text:
        bundle.write_text(text, "utf-8")
    with pytest.raises(Terminal, match=r"other\.pem: no certificates"):
        secure_page(bundle)
