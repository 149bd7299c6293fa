"""How long the guarded session tries, when it waits, and how it is ended."""

import email.utils
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

import pytest

from harvesters.errors import ProviderBusy, ProviderTimeout, Stopped
from harvesters.pauses import Paces
from harvesters.source import SourceConfig
from harvesters.transport import Transport, TransportLimits
from tests.harvesters.scripted_network import resolved_here
from tests.harvesters.scripted_provider import Answer, Provider


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def patient(provider: Provider, pauses: list[float]) -> Iterator[Transport]:
    """Writes its pauses down, and draws the longest that chance allows."""
    host = f"127.0.0.1:{provider.port}"
    with Transport(allowed_private_hosts=[host], sleep=pauses.append, chance=lambda: 1.0) as transport:
        yield transport


@pytest.fixture
def waiting(provider: Provider) -> Iterator[Transport]:
    """Really sleeps."""
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"]) as transport:
        yield transport


def test_a_busy_server_is_asked_five_times_with_pauses_that_double(
    provider: Provider, patient: Transport, pauses: list[float]
) -> None:
    provider.answers["/"] = Answer(status=503)
    with pytest.raises(ProviderBusy):
        patient.get(provider.url + "/")
    assert (len(provider.asked), pauses) == (5, [1.0, 2.0, 4.0, 8.0])


def test_a_pause_is_any_part_of_its_longest(provider: Provider) -> None:
    provider.answers["/"] = Answer(status=500)
    pauses: list[float] = []
    draws = iter([0.5, 0.0, 0.25, 1.0])
    with (
        Transport(
            allowed_private_hosts=["127.0.0.1"], sleep=pauses.append, chance=lambda: next(draws)
        ) as transport,
        pytest.raises(ProviderBusy),
    ):
        transport.get(provider.url + "/")
    assert pauses == [0.5, 0.0, 1.0, 8.0]


def test_a_connection_that_breaks_is_tried_again(
    provider: Provider, patient: Transport, pauses: list[float]
) -> None:
    def vanish(handler: BaseHTTPRequestHandler) -> None:
        provider.answers["/"] = Answer(b"whole")
        handler.connection.shutdown(socket.SHUT_RDWR)

    provider.answers["/"] = Answer(stream=vanish)
    assert patient.get(provider.url + "/").body == b"whole"
    assert pauses == [1.0]


def _in(seconds: float, *, from_moment: float | None = None) -> str:
    return email.utils.formatdate((from_moment or time.time()) + seconds, usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7.0, 7.0),
        ("999999", 3600.0, 3600.0),
        ("9" * 5000, 3600.0, 3600.0),
        ("+40 s", 38.0, 40.0),
        ("+99999 s", 3600.0, 3600.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0, 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0, 0.0),
    ],
)
def test_a_busy_server_says_when_to_come_back(  # noqa: PLR0917  (the table's columns)
    provider: Provider, transport: Transport, status: int, header: str, least: float, most: float
) -> None:
    said = _in(int(header[1:-2])) if header.startswith("+") else header
    provider.answers["/"] = Answer(status=status, headers={"Retry-After": said})
    with pytest.raises(ProviderBusy) as caught:
        transport.get(provider.url + "/", tries=1)
    assert caught.value.retry_after is not None
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("header", ["soon", "-1", "Wed, 21 Oct 99999 07:28:00 GMT", "1.5", ""])
def test_an_unreadable_moment_is_as_if_none_was_given(
    provider: Provider, patient: Transport, pauses: list[float], header: str
) -> None:
    provider.answers["/"] = Answer(status=503, headers={"Retry-After": header})
    with pytest.raises(ProviderBusy) as caught:
        patient.get(provider.url + "/", tries=2)
    assert (caught.value.retry_after, pauses) == (None, [1.0])


def test_a_date_is_read_by_the_clock_of_the_server_that_gave_it(
    provider: Provider, transport: Transport
) -> None:
    """Its clock is a year ahead: by ours it would ask for the longest pause."""

    def busy(handler: BaseHTTPRequestHandler) -> None:
        handler._headers_buffer.clear()  # type: ignore[attr-defined]
        handler.send_response_only(503)
        ahead = time.time() + 365 * 86_400
        handler.send_header("Date", _in(0, from_moment=ahead))
        handler.send_header("Retry-After", _in(30, from_moment=ahead))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    provider.answers["/"] = Answer(stream=busy)
    with pytest.raises(ProviderBusy) as caught:
        transport.get(provider.url + "/", tries=1)
    assert caught.value.retry_after == 30


def test_what_the_server_asks_for_is_waited(
    provider: Provider, patient: Transport, pauses: list[float]
) -> None:
    provider.answers["/"] = Answer(status=429, headers={"Retry-After": "120"})
    with pytest.raises(ProviderBusy):
        patient.get(provider.url + "/", tries=3)
    assert pauses == [120.0, 120.0]


def test_a_long_pause_is_left_to_the_worker(
    provider: Provider, patient: Transport, pauses: list[float]
) -> None:
    provider.answers["/"] = Answer(status=503, headers={"Retry-After": "301"})
    with pytest.raises(ProviderBusy) as caught:
        patient.get(provider.url + "/")
    assert (caught.value.retry_after, pauses, len(provider.asked)) == (301.0, [], 1)


def test_the_longest_pause_is_a_limit(provider: Provider, pauses: list[float]) -> None:
    provider.answers["/"] = Answer(status=503, headers={"Retry-After": "3"})
    limits = TransportLimits(pause_seconds=2)
    with (
        Transport(allowed_private_hosts=["127.0.0.1"], limits=limits, sleep=pauses.append) as transport,
        pytest.raises(ProviderBusy),
    ):
        transport.get(provider.url + "/")
    assert pauses == []


def test_two_sources_on_one_host_share_its_pace(provider: Provider, pauses: list[float]) -> None:
    provider.answers["/"] = Answer()
    with Transport(
        allowed_private_hosts=["127.0.0.1"], clock=lambda: 100.0, sleep=pauses.append
    ) as transport:
        for name in ("upv", "porto"):
            transport.for_source(SourceConfig(name, "dcat", provider.url)).get(provider.url + "/", pace=2)
    assert pauses == [2.0]


def test_two_sessions_that_share_their_paces_ask_a_host_in_turn(provider: Provider) -> None:
    provider.answers["/"] = Answer()
    paces = Paces()

    def ask() -> None:
        with Transport(allowed_private_hosts=["127.0.0.1"], paces=paces) as transport:
            for _ in range(2):
                transport.get(provider.url + "/", pace=0.2)

    started = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(provider.asked) == 4
    assert time.monotonic() - started >= 0.6


def test_a_sleeping_session_is_ended_at_once(provider: Provider, waiting: Transport) -> None:
    provider.answers["/"] = Answer(status=503, headers={"Retry-After": "200"})
    assert _seconds_until_stopped(waiting, provider.url + "/") < 2


def _hang(handler: BaseHTTPRequestHandler) -> None:
    handler.end_headers()
    handler.wfile.write(b"half of it")
    handler.wfile.flush()
    with suppress(OSError):
        handler.connection.recv(1)  # until the other side hangs up


def test_an_answer_that_does_not_come_is_ended_at_once(provider: Provider, waiting: Transport) -> None:
    provider.answers["/"] = Answer(stream=lambda handler: handler.connection.recv(1) and None)
    assert _seconds_until_stopped(waiting, provider.url + "/") < 2


def test_half_an_answer_without_length_is_never_taken_for_a_whole_one(
    provider: Provider, waiting: Transport
) -> None:
    provider.answers["/"] = Answer(stream=_hang)
    assert _seconds_until_stopped(waiting, provider.url + "/") < 2


def test_a_handshake_that_hangs_is_ended_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"node.example:{silent.getsockname()[1]}"
        with Transport(allowed_private_hosts=[host], resolver=resolved_here) as transport:
            assert _seconds_until_stopped(transport, f"https://{host}/") < 2


def test_a_name_that_is_long_looked_for_is_let_go() -> None:
    found = threading.Event()

    def slow(_host: str, _port: int) -> tuple[str, ...]:
        found.wait(20)
        return ("8.8.8.8",)

    with Transport(resolver=slow) as transport:
        assert _seconds_until_stopped(transport, "http://node.example/") < 2
    found.set()


def test_a_name_that_is_long_looked_for_counts_as_no_connection() -> None:
    found = threading.Event()

    def slow(_host: str, _port: int) -> tuple[str, ...]:
        found.wait(20)
        return ("8.8.8.8",)

    limits = TransportLimits(connect_seconds=0.3, tries=1)
    with (
        Transport(resolver=slow, limits=limits) as transport,
        pytest.raises(ProviderTimeout, match=r"no connection within 0\.3 s"),
    ):
        transport.get("http://node.example/")
    found.set()


def test_every_later_request_is_refused_until_the_session_goes_on(
    provider: Provider, waiting: Transport
) -> None:
    provider.answers["/"] = Answer(b"here")
    waiting.get(provider.url + "/")
    waiting.interrupt()
    with pytest.raises(Stopped):
        waiting.get(provider.url + "/")
    with pytest.raises(Stopped):
        waiting.for_source(SourceConfig("upv", "dcat", provider.url)).get(provider.url + "/")
    waiting.resume()
    assert waiting.get(provider.url + "/").body == b"here"
    assert len(provider.asked) == 2


def _seconds_until_stopped(transport: Transport, url: str) -> float:
    """Have a second thread end the request once it is under way; how long that took."""
    moments: list[float] = []

    def interrupt() -> None:
        moments.append(time.monotonic())
        transport.interrupt()

    timer = threading.Timer(0.3, interrupt)
    timer.start()
    with pytest.raises(Stopped):
        transport.get(url)
    ended = time.monotonic()
    timer.join()
    return ended - moments[0]
