"""Where the versions of an index lie, and how far each one has followed the ledger."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from catalogue.folders import current, replace_text
from catalogue.indexes.tantivy import layout
from catalogue.ports import IndexSettings

_WATERMARK: Final = "WATERMARK"
_COMMIT: Final = "meta.json"


def fresh_version(folder: Path, settings: IndexSettings, now: datetime) -> Path:
    return folder / f"v{layout.signature(settings)}-{now:%Y%m%dT%H%M%S%f}"


def current_version(folder: Path) -> Path | None:
    name = current(folder)
    return folder / name if name else None


def is_built_with(version: Path, settings: IndexSettings) -> bool:
    return version.name.startswith(f"v{layout.signature(settings)}-")


def other_versions(folder: Path, kept: Path | None) -> Iterator[Path]:
    return (found for found in folder.glob("v*-*") if found.is_dir() and found != kept)


def read_watermark(version: Path) -> int:
    """0 where a crash came between the first commit and its watermark: the changes then come again."""
    try:
        return int((version / _WATERMARK).read_text("utf-8"))
    except FileNotFoundError:
        return 0


def write_watermark(version: Path, watermark: int) -> None:
    replace_text(version / _WATERMARK, str(watermark))


def commit_stamp(version: Path) -> tuple[int, int]:
    """Differ after every commit; costs one ``stat``."""
    found = (version / _COMMIT).stat()
    return found.st_ino, found.st_mtime_ns


def commit_number(version: Path) -> int:
    return int(json.loads((version / _COMMIT).read_bytes())["opstamp"])
