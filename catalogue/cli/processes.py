"""How several processes live and die together: web, worker and, in the demo, the sample nodes."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Self

from catalogue.errors import CatalogueError

_GRACE_SECONDS: Final = 10.0
_MOST_RESTARTS: Final = 3
_RESTART_SECONDS: Final = 60.0
_PR_SET_PDEATHSIG: Final = 1


class ProcessDied(CatalogueError):
    title = "A part of the service stopped"


class Stopped(SystemExit):
    """Somebody asked for the end while parts were still starting: the command ends without a word."""


@dataclass(slots=True)
class Child:
    """``restarts`` are the moments at which it was started again; None for a part that must not die."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes]
    restarts: deque[float] | None


class Processes:
    """Starts children with a log file each, and ends all of them, by their own pid, at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._children: list[Child] = []
        self.stopped = threading.Event()

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.process.terminate()
        limit = time.monotonic() + _GRACE_SECONDS
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def start(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], *, restart: bool = False
    ) -> Child:
        """``arguments`` follow the interpreter; the child's own group keeps a terminal's Ctrl-C from it.

        With ``restart`` a part that dies is started again, unless it does so over and over. Where the system
        can, a child also ends when this process is killed and cannot end it. That holds for the thread that
        starts it: call this from the main one.
        """
        log = self._folder / f"{name}.log"
        process = _started(arguments, environment, log)
        restarts = deque[float](maxlen=_MOST_RESTARTS) if restart else None
        child = Child(name, arguments, environment, log, process, restarts)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raises ``ProcessDied`` with the last words of a child that is no more, ``Stopped`` if asked to."""
        if self.stopped.is_set():
            raise Stopped(0)
        for child in self._children:
            code = child.process.poll()
            if code is not None and not _revived(child):
                words = child.log.read_text("utf-8", "replace").strip().splitlines()[-5:]
                raise ProcessDied(f"{child.name} ended with {code}: " + " / ".join(words))

    def watch(self) -> None:
        """Wait until somebody stops us or a child dies."""
        while not self.stopped.wait(0.5):
            self.check()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopped.set()


def _started(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )


def _revived(child: Child) -> bool:
    """Whether a dead part may be started again, and is: not more than three times a minute."""
    now = time.monotonic()
    if child.restarts is None:
        return False
    if len(child.restarts) == _MOST_RESTARTS and now - child.restarts[0] < _RESTART_SECONDS:
        return False
    child.restarts.append(now)
    child.process = _started(child.arguments, child.environment, child.log)
    return True


def _end_with_parent() -> None:
    """In the child, before it becomes another program: have the kernel end it (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
