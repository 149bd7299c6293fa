"""What a real gunicorn answers with the configuration of this package."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from catalogue.web import gunicorn_conf
from tests.small_catalogue import SmallCatalogue, fill

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30


@pytest.fixture(scope="module", name="port")
def _port(small: SmallCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    fill(folder, small.scheme)
    port = _free_port()
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
    assert gunicorn_conf.worker_class == "gthread"
    assert 1 <= gunicorn_conf.workers <= (os.cpu_count() or 1)
