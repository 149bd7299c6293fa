"""What a provider answered the last time, so that it need not send it again (RFC 9110, 13)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A larger answer is worth the download more than the disk.
MOST_BYTES: Final = 5_000_000

_CONDITIONS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True, slots=True)
class Remembered:
    """An earlier answer; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def validators(self) -> list[tuple[str, str]]:
        """The headers that ask for a new answer only if there is one."""
        said = ((asked, self.headers.get(name, "")) for name, asked in _CONDITIONS.items())
        # A tag may hold any byte; one that a request cannot hold is not asked about.
        return [(asked, value) for asked, value in said if value and value.isascii() and value.isprintable()]


class Remembrance:
    """A folder with one file for each address. A file that is damaged or gone is only forgotten.

    ``secret`` is the name under which an answer was asked for: what one may see is not for another.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, url: str, *, secret: str = "") -> Remembered | None:
        try:
            head, _, body = self._place(url, secret).read_bytes().partition(b"\n")
            kept = json.loads(head)
            is_whole = kept["sha256"] == hashlib.sha256(body).hexdigest()
            is_this = (kept["url"], kept["secret"]) == (url, secret)
            return Remembered(kept["headers"], body) if is_whole and is_this else None
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, url: str, headers: Mapping[str, str], body: bytes, *, secret: str = "") -> None:
        """Keep an answer that can be asked about again; the one before is replaced or forgotten."""
        place = self._place(url, secret)
        if not _CONDITIONS.keys() & headers.keys() or len(body) > MOST_BYTES:
            place.unlink(missing_ok=True)
            return
        digest = hashlib.sha256(body).hexdigest()
        head = json.dumps({"url": url, "secret": secret, "sha256": digest, "headers": dict(headers)}).encode()
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = place.with_suffix(".part")
        aside.write_bytes(head + b"\n" + body)
        aside.replace(place)

    def _place(self, url: str, secret: str) -> Path:
        return self._folder / hashlib.sha256(f"{secret}\n{url}".encode()).hexdigest()
