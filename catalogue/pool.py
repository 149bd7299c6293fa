"""How work is shared with processes that end with this one."""

import os
import queue
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from typing import Final, Generic, TypeVar, cast

_START_SECONDS: Final = 60.0
# A process that has done one piece finds the next one ready.
_PIECES_EACH: Final = 2

W = TypeVar("W")
R = TypeVar("R")


class Pool(Generic[W, R]):
    """Processes of one module, which answers pieces of work over the pipe whose number it is given.

    Each says first of all whether it can work. A thread for each waits for its answers; ``done`` counts them.
    """

    def __init__(self, module: str, arguments: Sequence[str], *, processes: int) -> None:
        self._children = [_Child(module, arguments) for _ in range(processes)]
        self._ready: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix=module)
        self._begun = [self._threads.submit(self._begin, child) for child in self._children]
        self._taken: list[Future[R]] = []
        self.most = (_PIECES_EACH + 1) * processes
        self.done = 0

    def take(self, work: W) -> Future[R] | None:
        """Take a piece of work; None where all processes are busy, dead or not there yet.

        The result raises ``EOFError`` or ``OSError`` where the process died over it.
        """
        self._taken = [one for one in self._taken if not one.done()]
        if len(self._taken) >= _PIECES_EACH * len(self.working()):
            return None
        self._taken.append(self._threads.submit(self._answer, work))
        return self._taken[-1]

    def working(self) -> list[int]:
        """The processes that take work, by their ids."""
        return [child.pid for child in self._children if child.is_working]

    def is_dead(self) -> bool:
        return all(one.done() for one in self._begun) and not any(one.is_working for one in self._children)

    def close(self) -> None:
        for child in self._children:
            child.kill()
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.forget()

    def _begin(self, child: "_Child") -> None:
        child.begin()
        self._ready.put(child)

    def _answer(self, work: W) -> R:
        child = self._ready.get()
        try:
            answer = cast("R", child.answer(work))
        finally:
            self._ready.put(child)  # a dead one, too: its next answer is an error at once
        self.done += 1
        return answer


class _Child:
    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        self.is_working = False
        self._wire, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin(self) -> None:
        """Wait for its first word, which says whether it can work."""
        try:
            self.is_working = self._wire.poll(_START_SECONDS) and bool(self._wire.recv())
        except (EOFError, OSError):
            self.is_working = False

    def answer(self, work: object) -> object:
        if not self.is_working:
            raise EOFError
        try:
            self._wire.send(work)
            return self._wire.recv()
        except (EOFError, OSError):
            self.is_working = False
            raise

    def kill(self) -> None:
        self.is_working = False
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Once nobody waits for it any more."""
        self._wire.close()
