"""How a peer's process is started and ended, and when it is ready."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.peers.kept import PeerAbsent

_START_SECONDS = 240
_STOP_SECONDS = 30


@contextmanager
def running(
    command: Sequence[str],
    folder: Path,
    ready: Callable[[], bool],
    *,
    variables: Mapping[str, str] | None = None,
    program: str | None = None,
) -> Iterator[None]:
    """A process that works in ``folder`` and ends with the context; raises ``PeerAbsent`` if it does.

    ``program`` is the file to run where the command's first word is only a name.
    """
    log = folder / f"{Path(command[0]).name}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, **(variables or {})},
        )
    try:
        _wait(process, ready, log)
        yield
    finally:
        _end(process)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=30).is_success
    except httpx.TransportError:
        return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _wait(process: "subprocess.Popen[bytes]", ready: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise PeerAbsent(f"it does not start: {log.read_text('utf-8', 'replace')[-1000:]}")
        time.sleep(0.2)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
