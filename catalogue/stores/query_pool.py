"""How queries share a few processes that can be killed: one query a process, one spare process ready."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from select import select
from typing import Final

from catalogue.folders import current
from catalogue.stores.wire import Call, Failed, Failure, Hangup, Reply, failed, receive, send

_START_SECONDS: Final = 60.0
_QUERIES_A_PROCESS: Final = 500
_TRIES: Final = 5


class _Process:
    def __init__(self, folder: Path, megabytes: int) -> None:
        self.wire, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                _command(theirs.fileno(), folder, megabytes),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                    # Each further arena reserves 64 MB of the addresses that RLIMIT_AS counts.
                    "MALLOC_ARENA_MAX": "1",
                },
            )
        self.answered = 0

    def ready(self) -> bool:
        """Wait for its first word."""
        self.wire.settimeout(_START_SECONDS)
        try:
            return bool(self.wire.recv(1))
        except OSError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self.wire.close()

    def death(self) -> int:
        """Wait for the end of a process that has hung up; a negative status is the signal that ended it."""
        return self._process.wait()


class QueryPool:
    """``slots`` queries run at a time; the others wait ``queue_seconds`` for their turn."""

    def __init__(self, folder: Path, *, slots: int, megabytes: int, queue_seconds: float) -> None:
        self._folder = folder
        self._megabytes = megabytes
        self._queue_seconds = queue_seconds
        self._slots = threading.BoundedSemaphore(slots)
        self._ready: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._wanted: queue.Queue[bool] = queue.Queue()
        self._starter = threading.Thread(target=self._start, name="query processes", daemon=True)
        self._starter.start()
        for _ in range(slots + 1):
            self._wanted.put(True)

    def answer(self, call: Call, file: int, asker: socket.socket) -> Reply:
        """Whoever hangs up meanwhile has the query killed."""
        deadline = time.monotonic() + self._queue_seconds
        if not self._slots.acquire(timeout=self._queue_seconds):
            return _BUSY
        try:
            process = self._ready.get(timeout=max(0.01, deadline - time.monotonic()))
        except queue.Empty:
            self._slots.release()
            return _BUSY
        alive = False
        try:
            reply = self._ask(process, call, file, asker)
            alive = reply is not None and process.answered < _QUERIES_A_PROCESS
            return reply or _obituary(process)
        finally:
            self._give_back(process, alive=alive)
            self._slots.release()

    def close(self) -> None:
        self._wanted.put(False)
        self._starter.join()
        while not self._ready.empty():
            self._ready.get().kill()

    def _ask(self, process: _Process, call: Call, file: int, asker: socket.socket) -> Reply | None:
        """None where the process fell over."""
        limit = time.monotonic() + call.seconds
        reply: Reply | None = _NO_GENERATION
        # Between reading the pointer and opening it, newer generations may have replaced it.
        for _ in range(_TRIES):
            number = current(self._folder)
            if not number.isdecimal():
                return _NO_GENERATION
            asked = call.model_copy(update={"generation": int(number)})
            reply = self._ask_once(process, asked, file, asker, limit)
            if reply is None or not _outdated(reply):
                break
        return reply

    def _ask_once(
        self, process: _Process, call: Call, file: int, asker: socket.socket, limit: float
    ) -> Reply | None:
        try:
            send(process.wire, call, file=file)
            process.answered += 1
            readable, _, _ = select([process.wire, asker], [], [], max(0.0, limit - time.monotonic()))
            if process.wire in readable:
                return Reply.model_validate_json(receive(process.wire)[0])
        except (Hangup, OSError):
            return None
        process.answered = _QUERIES_A_PROCESS  # it is busy still, and of no further use
        if asker in readable:
            return failed(Failure.BUSY, "nobody waits for the answer")
        return failed(Failure.TOO_SLOW, f"the query ran longer than {call.seconds:g} s and was stopped")

    def _give_back(self, process: _Process, *, alive: bool) -> None:
        if alive:
            self._ready.put(process)
            return
        process.kill()
        self._wanted.put(True)

    def _start(self) -> None:
        """In one thread, so that a killed process is replaced without anybody waiting for it."""
        while self._wanted.get():
            process = _Process(self._folder, self._megabytes)
            if process.ready():
                self._ready.put(process)
            else:
                process.kill()
                time.sleep(1)
                self._wanted.put(True)


_BUSY: Final = failed(Failure.BUSY, "all query processes are busy")
_NO_GENERATION: Final = failed(Failure.STORE, "nothing has been published yet")


def _outdated(reply: Reply) -> bool:
    return isinstance(reply.content, Failed) and reply.content.failure is Failure.OUTDATED


def _obituary(process: _Process) -> Reply:
    """A limit ends a process by a signal: the allocator's abort, the clock, a stack that ran over."""
    status = process.death()
    return failed(Failure.TOO_HEAVY, f"the query needed more than a query may have (status {status})")


def _command(wire: int, folder: Path, megabytes: int) -> list[str]:
    module = "catalogue.stores.query_process"
    return [sys.executable, "-P", "-m", module, str(wire), str(folder.resolve()), str(megabytes)]
