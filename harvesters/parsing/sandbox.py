"""How work on foreign bytes is done where it can be stopped: in a child process with a deadline."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Final, ParamSpec, Self, TypeVar, cast

from harvesters.errors import HarvestError, LimitReached, NotMetadata

P = ParamSpec("P")
T = TypeVar("T")

_START_SECONDS: Final = 60.0
_LAST_SECONDS: Final = 5.0


class Sandbox:
    """One child process, started at the first call and again after each kill; for one thread at a time.

    Nine fully linked blank nodes keep RDFC-1.0 busy for 40 s without giving the interpreter back: only
    killing the process ends that. The child ends by itself when its parent does.
    """

    def __init__(self, *, seconds: float = 60.0, megabytes: int = 2048) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._wire: Connection | None = None

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a module's own function in the child and give its value, or raise its ``HarvestError``.

        Raises ``LimitReached`` for too much time or memory, ``NotMetadata`` where the child fell over, and
        ``OSError`` where it could not read or write a file.
        """
        return cast("T", self._run(self.seconds, function, args, kwargs))

    def call_within(self, seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same as ``call`` under a deadline of its own."""
        return cast("T", self._run(seconds, function, args, kwargs))

    def close(self) -> None:
        """End the child. The sandbox may be used again."""
        child, wire, self._child, self._wire = self._child, self._wire, None, None
        if wire is not None:
            wire.close()
        if child is not None:
            child.kill()
            child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(
        self, seconds: float, function: Callable[..., object], args: tuple[object, ...], kwargs: object
    ) -> object:
        try:
            wire = self._running()
            wire.send((seconds, function, args, kwargs))
            answer = self._answer(wire, seconds)
        except (EOFError, OSError) as error:
            raise self._obituary() from error
        if isinstance(answer, HarvestError | OSError):
            raise answer
        (value,) = answer
        return value

    def _answer(self, wire: Connection, seconds: float) -> HarvestError | OSError | tuple[object]:
        if not wire.poll(seconds):
            self.close()
            raise LimitReached(f"reading took longer than {seconds:g} s and was stopped")
        return cast("HarvestError | OSError | tuple[object]", wire.recv())

    def _running(self) -> Connection:
        if self._wire is not None and self._child is not None and self._child.poll() is None:
            return self._wire
        self.close()
        mine, theirs = Pipe()
        self._wire = mine
        with theirs:
            self._child = subprocess.Popen(
                _command(theirs.fileno(), self.megabytes),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        if not mine.poll(_START_SECONDS):
            raise EOFError
        mine.recv()
        return mine

    def _obituary(self) -> HarvestError:
        """Say why the child is dead: stopped by a limit (by a signal), or fallen over what it read."""
        try:
            status = self._child.wait(_LAST_SECONDS) if self._child is not None else 0
        except subprocess.TimeoutExpired:
            status = 0
        self.close()
        if status == -signal.SIGSEGV:
            return LimitReached("what was read is nested deeper than the parser can bear, and was stopped")
        if status < 0:
            return LimitReached(
                f"reading needed too much memory (the limit is {self.megabytes} MB) and was stopped"
            )
        return NotMetadata("reading failed: the document is built in a way that the parser cannot bear")


def _command(wire: int, megabytes: int) -> list[str]:
    return [sys.executable, "-P", "-m", "harvesters.parsing.child", str(wire), str(megabytes)]
