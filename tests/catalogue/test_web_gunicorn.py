"""What a real gunicorn answers with the configuration of this package."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from catalogue.web import gunicorn_conf
from catalogue.web.gunicorn_worker import HEAD_SECONDS, CatalogueWorker
from tests.machine import free_port
from tests.small_catalogue import SmallCatalogue, fill

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30


@pytest.fixture(scope="module", name="port")
def _port(small: SmallCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    fill(folder, small.scheme)
    port = free_port()
    configuration = str(Path(gunicorn_conf.__file__))
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        configuration,
        f"tests.small_catalogue:small_site({str(folder)!r})",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CATALOGUE_BIND": f"127.0.0.1:{port}"}
    with subprocess.Popen(command, env=environment, cwd=folder) as server:
        _wait(port, server)
        yield port
        server.terminate()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            _status(port, "/health/live")
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("gunicorn did not start")


def _status(port: int, target: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", target)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_query_within_the_line_limit_is_read(port: int) -> None:
    assert _status(port, "/api/v1/search?q=" + "a" * 300) == 200


def test_a_long_query_within_the_limit_is_refused_by_name(port: int) -> None:
    assert _status(port, "/api/v1/search?q=" + "a" * 8000) == 400


@pytest.mark.parametrize("length", [8200, 20_000, 100_000])
def test_a_query_beyond_the_line_limit_is_a_414(port: int, length: int) -> None:
    assert _status(port, "/api/v1/search?q=" + "a" * length) == 414


@pytest.mark.parametrize("target", ["/search?q=%00", "/search?q=%ff", "/search?patients=abc"])
def test_bad_parameters_are_a_400_behind_gunicorn_too(port: int, target: str) -> None:
    assert _status(port, target) == 400


def test_it_listens_to_this_machine_only_unless_told_otherwise() -> None:
    assert gunicorn_conf.bind.startswith("127.0.0.1:")


def test_it_uses_threads_and_no_more_processes_than_cores() -> None:
    assert issubclass(CatalogueWorker, ThreadWorker)
    assert gunicorn_conf.worker_class == f"{CatalogueWorker.__module__}.{CatalogueWorker.__name__}"
    assert 1 <= gunicorn_conf.workers <= (os.cpu_count() or 1)


def _raw(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request)
        answer = HTTPResponse(client)
        answer.begin()
        return answer.status, dict(answer.getheaders()), answer.read()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /search?q=" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", 431),
        (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /<script>\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ],
)
def test_what_gunicorn_refuses_is_a_problem_document_too(port: int, request_: bytes, status: int) -> None:
    found, headers, body = _raw(port, request_)
    assert (found, headers["Content-Type"]) == (status, "application/problem+json")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(body)["status"] == status
    assert b"<script>" not in body


def test_no_header_of_a_visitor_moves_the_site_or_makes_it_fail(port: int) -> None:
    status, _, _ = _raw(
        port, b"GET /about HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /evil\r\nConnection: close\r\n\r\n"
    )
    assert status == 200


def test_clients_that_never_finish_a_request_do_not_hold_the_site_for_ever(port: int) -> None:
    threads = gunicorn_conf.workers * gunicorn_conf.threads
    slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(threads)]
    for client in slow:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
    try:
        end = time.monotonic() + HEAD_SECONDS + 10
        with socket.create_connection(("127.0.0.1", port), timeout=HEAD_SECONDS + 10) as client:
            client.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert time.monotonic() < end
    finally:
        for client in slow:
            client.close()
