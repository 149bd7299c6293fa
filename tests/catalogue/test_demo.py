"""Whether the demo comes up, says what is wrong, and leaves nothing behind when it is ended."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.machine import free_port

SECONDS = 60.0


@contextmanager
def demo(folder: Path, port: int, sample_port: int) -> Iterator["subprocess.Popen[str]"]:
    """Its temporary folder, which it must remove, lies in ``folder``."""
    command = ["demo", "--no-browser", "--port", str(port), "--sample-port", str(sample_port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogue", *command],
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(folder: Path) -> set[int]:
    """Processes whose data folder lies in ``folder``, whoever their parent is."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = (place / "environ").read_bytes()
        except OSError:
            continue
        if re.search(rb"CATALOGUE_DATA_DIR=" + re.escape(str(folder).encode()), environment):
            found.add(int(place.name))
    return found


def wait_for_children(folder: Path, least: int) -> None:
    limit = time.monotonic() + SECONDS
    while len(children(folder)) < least:
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to look for children")
@pytest.mark.parametrize("started", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_ended_while_it_starts_leaves_nothing_behind(
    started: int, number: signal.Signals, tmp_path: Path
) -> None:
    with demo(tmp_path, free_port(), free_port()) as process:
        wait_for_children(tmp_path, started)
        process.send_signal(number)
        _, said = process.communicate(timeout=SECONDS)
    assert said == ""
    assert process.returncode == 0
    assert children(tmp_path) == set()
    assert list(tmp_path.glob("catalogue-demo-*")) == []


def test_a_taken_port_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(tmp_path, port, free_port()) as process:
            said, wrong = process.communicate(timeout=SECONDS)
    assert (process.returncode, said) == (1, "")
    assert wrong == f"catalogue: 127.0.0.1:{port} cannot be listened on: Address already in use\n"


def test_a_demo_comes_up_and_ends(tmp_path: Path) -> None:
    port = free_port()
    with demo(tmp_path, port, free_port()) as process:
        limit = time.monotonic() + SECONDS
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.2)
        process.terminate()
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert list(tmp_path.glob("catalogue-demo-*")) == []


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/search", timeout=5).is_success
    except httpx.TransportError:
        return False
