"""Where uploaded sheets are kept, and how one is found again by its name alone."""

import hashlib
import os
import re
from pathlib import Path, PurePath
from typing import Final

from harvesters.errors import LimitReached, NotMetadata, Terminal

SCHEME: Final = "upload:"
MOST_BYTES: Final = 50_000_000

_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsm", ".xlsx")
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{12}\.(?:csv|tsv|txt|xlsm|xlsx)")


def keep_upload(folder: Path, source: str, file_name: str, body: bytes) -> str:
    """Keep the bytes under a name of the catalogue's own, and give the address of the source.

    Of ``file_name`` only the suffix is used. Raises ``NotMetadata`` for another kind of file.
    """
    suffix = PurePath(file_name.replace("\\", "/")).suffix.lower()
    if suffix not in _SUFFIXES:
        raise NotMetadata(f"{file_name}: a sheet is one of {', '.join(_SUFFIXES)}")
    if len(body) > MOST_BYTES:
        raise LimitReached(f"{file_name}: the file is larger than {MOST_BYTES:,} bytes")
    name = f"{source}-{hashlib.sha256(body).hexdigest()[:12]}{suffix}"
    if not _NAME.fullmatch(name):
        raise Terminal(f"{source!r} is no id that a sheet could be kept under")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / name, body)
    return SCHEME + name


def read_upload(folder: Path | None, url: str) -> bytes:
    """Read a name of this folder only: no path, and nothing that a link leads to. Raises ``Terminal``."""
    name = url.removeprefix(SCHEME)
    if folder is None or not _NAME.fullmatch(name):
        raise Terminal(f"{url}: this names no uploaded sheet")
    try:
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise Terminal(f"{url}: the uploaded sheet is gone ({error.strerror}); upload it again") from error
    with os.fdopen(descriptor, "rb") as file:
        body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise LimitReached(f"{url}: the file is larger than {MOST_BYTES:,} bytes")
    return body


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all, also after a power failure; two uploads of one file write the same."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
