"""Which addresses are refused, in every disguise known to us."""

import pytest

from harvesters.addresses import checked_addresses, endpoint, refusal
from harvesters.errors import AddressRefused, ProviderUnreachable
from harvesters.transport import check_url

REFUSED = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",  # noqa: S104  (refused, not listened on)
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "224.0.1.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:53aa:64c::1",
    "2001:db8::1",
    "100::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "3fff::1",
    "2001:10::1",
)

ACCEPTED = (
    "8.8.8.8",
    "193.0.6.139",
    "100.63.255.255",
    "100.128.0.1",
    "2001:4860:4860::8888",
    "64:ff9b::8.8.8.8",
)


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_inside_is_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize("address", ACCEPTED)
def test_a_public_address_is_accepted(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.org/catalog", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("/etc/passwd", "only http and https"),
        ("http:///catalog", "names no host"),
        ("http://me:secret@example.org/", "user name or password"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:notaport/", "no address"),
        ("http://exa mple.org\x00/", "no address"),
    ],
)
def test_an_address_of_the_wrong_form_is_refused(url: str, reason: str) -> None:
    with pytest.raises(AddressRefused, match=reason):
        endpoint(url, ())


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(AddressRefused) as caught:
        endpoint("http://me:secret@example.org/", ())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
def test_a_spelling_of_this_machine_is_refused_when_a_source_is_added(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"http://{host}/catalog")


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1, a private"):
        checked_addresses("node.example", 80, (), lambda _host, _port: ("8.8.8.8", "10.0.0.1"))


def test_a_name_without_address_is_unreachable() -> None:
    with pytest.raises(ProviderUnreachable):
        checked_addresses("node.example", 80, (), lambda _host, _port: ())


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.1:8900"])
def test_an_allowed_host_may_be_private_and_have_its_own_port(entry: str) -> None:
    check_url("http://127.0.0.1:8900/catalog", [entry])


def test_an_allowed_port_does_not_allow_its_neighbour() -> None:
    with pytest.raises(AddressRefused):
        check_url("http://127.0.0.1:8901/catalog", ["127.0.0.1:8900"])
