"""How a request under way is ended from another thread."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Event, Lock, Thread
from typing import Final, TypeVar

from harvesters.errors import Stopped

_GLANCE_SECONDS: Final = 0.1

Answer = TypeVar("Answer")


class Interruption:
    """A wish that outlasts the request: everything waits in vain until it is taken back."""

    def __init__(self) -> None:
        self._wished = Event()
        self._guard = Lock()
        self._lines: set[socket.socket] = set()

    def wish(self) -> None:
        with self._guard:
            self._wished.set()
            for line in self._lines:
                _hang_up(line)

    def take_back(self) -> None:
        self._wished.clear()

    def check(self) -> None:
        """Raise ``Stopped`` if the end is wished."""
        if self._wished.is_set():
            raise Stopped("the harvest was asked to stop")

    def sleep(self, seconds: float) -> None:
        self._wished.wait(seconds)
        self.check()

    def watch(self, connected: socket.socket) -> socket.socket:
        """A second handle on a connection, by which it can be cut whoever reads from it; to be ``released``.

        The handle outlives the change to TLS, for which Python gives a connection a new socket.
        """
        line = connected.dup()
        with self._guard:
            self._lines.add(line)
            if self._wished.is_set():
                _hang_up(line)
        return line

    def release(self, line: socket.socket) -> None:
        with self._guard:
            self._lines.discard(line)
            line.close()

    def awaited(
        self,
        ask: Callable[[], Answer],
        seconds: float,
        *,
        too_late: Callable[[Answer], object] = lambda _: None,
    ) -> Answer:
        """What a call gives that cannot be cut off itself: the look-up of a name, a connection being made.

        Raises ``TimeoutError`` when the time is up; what the call gives after that is handed to ``too_late``.
        """
        answer: Future[Answer] = Future()
        Thread(target=_answer, args=(answer, ask), name="awaited", daemon=True).start()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._wished.is_set():
            if wait([answer], timeout=min(left, _GLANCE_SECONDS)).done:
                return answer.result()
        answer.add_done_callback(lambda late: late.exception() or too_late(late.result()))
        self.check()
        raise TimeoutError


def _answer(answer: Future[Answer], ask: Callable[[], Answer]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:  # noqa: BLE001  (raised again where it is awaited)
        answer.set_exception(error)


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
