"""How a folder of versions is owned, pointed into and cleared, so that a crash leaves it readable."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_POINTER: Final = "CURRENT"
_LOCK: Final = "LOCK"


class FolderTakenError(OSError):
    """Another owner holds the folder."""


class Ownership:
    """One owner a folder, across processes; a killed owner's hold ends with it.

    The lock belongs to the open file: a bare fork would share it, a child started by exec does not.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / _LOCK).open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise FolderTakenError(f"{folder} already has a writer") from error

    def release(self) -> None:
        self._file.close()


@contextmanager
def held(folder: Path, *, alone: bool = False) -> Iterator[bool]:
    """Whether the folder could be taken, by any number of holders or by one; without waiting.

    A folder that is gone cannot be taken.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _locked(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def current(folder: Path) -> str:
    """Which version readers open, by name; empty while there is none."""
    try:
        return (folder / _POINTER).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def point(folder: Path, name: str) -> None:
    """Readers see either the version before or this one, never a half-written name."""
    replace_text(folder / _POINTER, name)


def replace_text(path: Path, text: str) -> None:
    """Write a small file that is either the old or the new one, also after a power failure."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def remove(folder: Path) -> None:
    """Remove a folder that nobody is pointed to any more; it may be gone already."""
    if folder.is_dir():
        shutil.rmtree(folder)


def rename(folder: Path, target: Path) -> None:
    folder.rename(target)
    _sync_folder(target.parent)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
