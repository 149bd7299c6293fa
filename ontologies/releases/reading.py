"""Reading a release where it can be stopped: in a process of its own."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from ontologies.releases.reading_process import ANSWER, LIMITS, Answer
from ontologies.releases.terms import MEGABYTE, Limits, Release, ReleaseRefused

DEFAULT_LIMITS: Final = Limits()
_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """A release, and what reading it took; ``megabytes`` is the peak of the process."""

    release: Release
    seconds: float
    megabytes: float


def read_release(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Release:
    """Raises ``ReleaseRefused`` saying why, and ``OSError`` where the file cannot be opened."""
    return measured_reading(path, limits=limits).release


def measured_reading(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Reading:
    started = time.monotonic()
    answer = ask("read", path, limits)
    if answer.release is None:
        raise ReleaseRefused(answer.refused)
    return Reading(answer.release, time.monotonic() - started, answer.megabytes)


def ask(operation: str, path: Path, limits: Limits) -> Answer:
    """Let a process do it, and end it with all that it started when its time is over."""
    _check_file(path, limits)
    with (
        tempfile.TemporaryDirectory(prefix="catalogue-release-") as folder,
        tempfile.TemporaryFile() as words,
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            _command(operation, path.resolve(), limits),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=words,
            start_new_session=True,
            env=_environment(folder),
        ) as child,
    ):
        try:
            child.wait(limits.seconds)
        except subprocess.TimeoutExpired as error:
            raise ReleaseRefused(f"it took longer than {limits.seconds:g} s and was stopped") from error
        finally:
            _end(child)
        words.seek(max(0, words.seek(0, os.SEEK_END) - _WORDS))
        # Texts that entities repeat can be far more than the file that says them.
        if said.seek(0, os.SEEK_END) > limits.file_megabytes * MEGABYTE:
            raise ReleaseRefused(f"what it says is larger than {limits.file_megabytes:,} MB")
        said.seek(0)
        return _answer(child.returncode, said.read(), words.read(), limits)


def _check_file(path: Path, limits: Limits) -> None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ReleaseRefused(f"{path} is no file")
    if found.st_size > limits.file_megabytes * MEGABYTE:
        raise ReleaseRefused(f"the file is larger than {limits.file_megabytes:,} MB")


def _command(operation: str, path: Path, limits: Limits) -> list[str]:
    module = "ontologies.releases.reading_process"
    return [sys.executable, "-P", "-m", module, operation, str(path), LIMITS.dump_json(limits).decode()]


def _environment(folder: str) -> dict[str, str]:
    """Nothing of this process's surroundings but where programs are: no settings, no proxies, no keys."""
    return {
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "TMPDIR": folder,
    }


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End its whole session; a Java machine would outlive it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _answer(status: int, said: bytes, words: bytes, limits: Limits) -> Answer:
    if status == 0:
        try:
            return ANSWER.validate_json(said)
        except ValidationError as error:
            raise ReleaseRefused("the reading process gave no answer") from error
    last = words.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if status in (-signal.SIGALRM, -signal.SIGXCPU):
        raise ReleaseRefused(f"it took longer than {limits.seconds:g} s and was stopped")
    if status == -signal.SIGSEGV:
        raise ReleaseRefused("it is nested deeper than the parser can bear")
    if status < 0 or last.startswith(("MemoryError", "sqlite3.OperationalError: out of memory")):
        raise ReleaseRefused(f"it needs more than {limits.megabytes:,} MB of memory and was stopped")
    raise ReleaseRefused(f"the parser fell over it: {last}")
