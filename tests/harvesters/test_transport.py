"""What the guarded session refuses, bounds and says."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from itertools import chain, repeat
from pathlib import Path

import pytest

from harvesters.errors import (
    AddressRefused,
    LimitReached,
    NotMetadata,
    ProviderBusy,
    ProviderRefuses,
    ProviderTimeout,
    ProviderUnreachable,
)
from harvesters.transport import Reply, Transport, TransportLimits, check_url
from tests.harvesters.scripted_provider import Answer, Provider


@pytest.fixture
def bounded(provider: Provider) -> Iterator[Callable[[TransportLimits], Transport]]:
    opened: list[Transport] = []

    def build(limits: TransportLimits) -> Transport:
        once = replace(limits, tries=1)
        opened.append(Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"], limits=once))
        return opened[-1]

    yield build
    for transport in opened:
        transport.close()


def test_an_answer_comes_whole_with_its_headers(provider: Provider, transport: Transport) -> None:
    provider.answers["/a?x=%20y"] = Answer(b"<a:s> <a:p> <a:o> .", headers={"ETag": '"7"'})
    reply = transport.get(provider.url + "/a?x=%20y")
    assert (reply.status, reply.body, reply.headers["etag"]) == (200, b"<a:s> <a:p> <a:o> .", '"7"')


def test_a_request_says_who_asks(provider: Provider) -> None:
    provider.answers["/"] = Answer()
    with Transport(allowed_private_hosts=["127.0.0.1"], contact="desk@example.org") as transport:
        transport.get(provider.url + "/", accept="text/turtle")
    headers = provider.asked[0][1]
    assert "desk@example.org" in headers["user-agent"]
    assert headers["from"] == "desk@example.org"
    assert headers["accept"] == "text/turtle"
    assert headers["host"] == f"127.0.0.1:{provider.port}"


def test_settings_of_the_environment_do_not_send_requests_elsewhere(
    provider: Provider, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.answers["/"] = Answer(b"here")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert transport.get(provider.url + "/").body == b"here"


def test_this_machine_is_refused_where_nobody_allowed_it(provider: Provider) -> None:
    with Transport() as transport, pytest.raises(AddressRefused):
        transport.get(provider.url + "/")
    assert provider.asked == []


def test_an_address_that_changes_after_the_check_is_refused_at_the_connection(provider: Provider) -> None:
    answers = chain([("8.8.8.8",)], repeat(("127.0.0.1",)))
    provider.answers["/"] = Answer()

    def rebinding(_host: str, _port: int) -> tuple[str, ...]:
        return next(answers)

    check_url("http://node.example/", resolver=rebinding)
    with (
        Transport(resolver=rebinding) as transport,
        pytest.raises(AddressRefused, match="this machine itself"),
    ):
        transport.get("http://node.example/")


def test_the_connection_goes_to_the_address_that_was_checked(provider: Provider) -> None:
    provider.answers["/"] = Answer(b"here")
    asked: list[str] = []

    def once(host: str, _port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",)

    with Transport(allowed_private_hosts=["no-such.invalid"], resolver=once) as transport:
        assert transport.get(f"http://no-such.invalid:{provider.port}/").body == b"here"
    assert asked == ["no-such.invalid"]


def test_a_redirect_is_followed_on_the_same_host(provider: Provider, transport: Transport) -> None:
    provider.answers["/old"] = Answer(status=301, headers={"Location": "/new"})
    provider.answers["/new"] = Answer(b"moved")
    assert transport.get(provider.url + "/old").url == provider.url + "/new"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://example.org/",
        "file:///etc/passwd",
        "http://me:secret@127.0.0.1/",
    ],
)
def test_a_redirect_elsewhere_is_refused(provider: Provider, transport: Transport, target: str) -> None:
    provider.answers["/"] = Answer(status=302, headers={"Location": target})
    with pytest.raises(AddressRefused):
        transport.get(provider.url + "/")


def test_a_redirect_to_a_private_address_is_refused_although_its_host_is_on_the_list(
    provider: Provider, transport: Transport
) -> None:
    provider.answers["/"] = Answer(status=302, headers={"Location": "http://localhost/"})
    with pytest.raises(AddressRefused, match="localhost is at"):
        transport.get(provider.url + "/", allowed_hosts=["localhost"])


def test_the_fourth_redirect_is_not_followed(provider: Provider, transport: Transport) -> None:
    provider.answers["/"] = Answer(status=307, headers={"Location": "/"})
    with pytest.raises(AddressRefused, match="more than 3 times"):
        transport.get(provider.url + "/")
    assert len(provider.asked) == 4


def test_a_refused_connection_is_told_in_plain_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/catalog"
        with (
            Transport(allowed_private_hosts=["127.0.0.1"], limits=TransportLimits(tries=1)) as free,
            pytest.raises(ProviderUnreachable) as caught,
        ):
            free.get(url)
    assert str(caught.value) == f"{url}: nothing listens there (connection refused)"


def test_a_name_that_is_not_known_is_unreachable() -> None:
    with (
        Transport(limits=TransportLimits(tries=1)) as transport,
        pytest.raises(ProviderUnreachable, match="name is not known"),
    ):
        transport.get("http://no-such-node.invalid/catalog")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ProviderRefuses),
        (403, ProviderRefuses),
        (404, ProviderRefuses),
        (410, ProviderRefuses),
        (418, ProviderRefuses),
        (304, ProviderRefuses),
        (429, ProviderBusy),
        (500, ProviderBusy),
        (503, ProviderBusy),
    ],
)
def test_a_status_says_whether_trying_again_helps(
    provider: Provider, transport: Transport, status: int, kind: type[Exception]
) -> None:
    provider.answers["/"] = Answer(status=status)
    with pytest.raises(kind, match=str(status)):
        transport.get(provider.url + "/")


def test_packed_answers_are_unpacked(provider: Provider, transport: Transport) -> None:
    packed = gzip.compress(b"first ") + gzip.compress(b"second")
    provider.answers["/"] = Answer(packed, headers={"Content-Encoding": "gzip"})
    assert transport.get(provider.url + "/").body == b"first second"


def test_a_gzip_bomb_is_stopped(provider: Provider, transport: Transport) -> None:
    provider.answers["/"] = Answer(gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(LimitReached, match="100 times its size"):
        transport.get(provider.url + "/")


def test_the_byte_limit_counts_after_unpacking(
    provider: Provider, bounded: Callable[[TransportLimits], Transport]
) -> None:
    provider.answers["/"] = Answer(gzip.compress(bytes(5000)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(LimitReached, match="1,000 bytes"):
        bounded(TransportLimits(most_bytes=1000)).get(provider.url + "/")


def test_an_answer_that_announces_too_much_is_not_read(
    provider: Provider, bounded: Callable[[TransportLimits], Transport]
) -> None:
    provider.answers["/"] = Answer(bytes(1001))
    with pytest.raises(LimitReached, match="1,000 bytes"):
        bounded(TransportLimits(most_bytes=1000)).get(provider.url + "/")


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"whole")[:-4]])
def test_damaged_packing_is_told(provider: Provider, transport: Transport, body: bytes) -> None:
    provider.answers["/"] = Answer(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises((NotMetadata, ProviderUnreachable), match="packed"):
        transport.get(provider.url + "/")


def test_packing_that_was_not_asked_for_is_told(provider: Provider, transport: Transport) -> None:
    provider.answers["/"] = Answer(b"x", headers={"Content-Encoding": "br"})
    with pytest.raises(NotMetadata, match="packed as br"):
        transport.get(provider.url + "/")


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.end_headers()
    with suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b"#")
            handler.wfile.flush()
            time.sleep(0.05)


def _drip_headers(handler: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b"X-Drip: 1\r\n")
            handler.wfile.flush()
            time.sleep(0.05)


@pytest.mark.parametrize("drip", [_drip, _drip_headers])
def test_a_slow_drip_ends_with_the_time_for_the_whole_answer(
    provider: Provider,
    bounded: Callable[[TransportLimits], Transport],
    drip: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    provider.answers["/"] = Answer(stream=drip)
    started = time.monotonic()
    with pytest.raises(ProviderTimeout, match=r"not done within 0\.4 s"):
        bounded(TransportLimits(read_seconds=0.3, answer_seconds=0.4)).get(provider.url + "/")
    assert time.monotonic() - started < 2


def test_a_silent_server_is_left(provider: Provider, bounded: Callable[[TransportLimits], Transport]) -> None:
    provider.answers["/"] = Answer(stream=lambda _handler: time.sleep(1))
    with pytest.raises(ProviderTimeout, match=r"silent for 0\.2 s"):
        bounded(TransportLimits(read_seconds=0.2)).get(provider.url + "/")


def _half(handler: BaseHTTPRequestHandler) -> None:
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")


def test_an_answer_cut_off_is_told(provider: Provider, transport: Transport) -> None:
    provider.answers["/"] = Answer(stream=_half)
    with pytest.raises(ProviderUnreachable, match="cut off"):
        transport.get(provider.url + "/")


def test_a_session_goes_on_after_an_error(provider: Provider, transport: Transport) -> None:
    provider.answers["/broken"] = Answer(stream=_half)
    provider.answers["/"] = Answer(b"fine")
    with pytest.raises(ProviderUnreachable):
        transport.get(provider.url + "/broken")
    assert transport.get(provider.url + "/").body == b"fine"


def test_requests_to_one_host_keep_their_distance(provider: Provider) -> None:
    provider.answers["/"] = Answer()
    naps: list[float] = []
    now = [100.0]

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    with Transport(allowed_private_hosts=["127.0.0.1"], clock=lambda: now[0], sleep=sleep) as transport:
        for _ in range(3):
            transport.get(provider.url + "/", pace=1.5)
    assert naps == [1.5, 1.5]


def test_an_unchanged_answer_is_given_from_memory(provider: Provider, tmp_path: Path) -> None:
    validators = {"ETag": '"7"', "Last-Modified": "Tue, 03 Mar 2026 00:00:00 GMT"}
    provider.answers["/a"] = Answer(b"<a:s> <a:p> <a:o> .", headers=validators)
    first = _remembering(provider, tmp_path)
    provider.answers["/a"] = Answer(status=304)
    second = _remembering(provider, tmp_path)
    assert (second.status, second.headers, second.body) == (200, first.headers, first.body)
    asked = provider.asked[1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == tuple(validators.values())


def test_a_changed_answer_takes_the_place_of_the_one_before(provider: Provider, tmp_path: Path) -> None:
    for number in (1, 2):
        provider.answers["/a"] = Answer(b"%d" % number, headers={"ETag": f'"{number}"'})
        assert _remembering(provider, tmp_path).body == b"%d" % number
    provider.answers["/a"] = Answer(status=304)
    assert _remembering(provider, tmp_path).body == b"2"


def test_an_answer_without_validators_is_asked_for_plainly(provider: Provider, tmp_path: Path) -> None:
    provider.answers["/a"] = Answer(b"1")
    _remembering(provider, tmp_path)
    _remembering(provider, tmp_path)
    assert not {"if-none-match", "if-modified-since"} & provider.asked[1][1].keys()


def test_a_damaged_memory_is_forgotten(provider: Provider, tmp_path: Path) -> None:
    provider.answers["/a"] = Answer(b"whole", headers={"ETag": '"1"'})
    _remembering(provider, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-2])
    assert _remembering(provider, tmp_path).body == b"whole"
    assert "if-none-match" not in provider.asked[1][1]


def test_nothing_unchanged_is_expected_without_a_memory(provider: Provider, transport: Transport) -> None:
    provider.answers["/a"] = Answer(status=304)
    with pytest.raises(ProviderRefuses, match="304"):
        transport.get(provider.url + "/a", revalidate=True)


def _remembering(provider: Provider, memory: Path) -> Reply:
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"], memory=memory) as transport:
        return transport.get(provider.url + "/a", revalidate=True)


def test_a_refusal_is_not_asked_again_and_tells_its_status(provider: Provider, transport: Transport) -> None:
    with pytest.raises(ProviderRefuses) as caught:
        transport.get(provider.url + "/nothing", tries=4)
    assert (caught.value.status, len(provider.asked)) == (404, 1)
