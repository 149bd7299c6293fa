"""What a provider answered, kept byte for byte, so that a run cut off goes on from there."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from harvesters.transport import Reply


@dataclass(frozen=True, slots=True)
class SpooledPage:
    """One answer on disk; ``number`` counts from 1 in the order of the requests.

    ``asked`` is the address that was asked for, ``url`` the one that answered.
    """

    number: int
    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    sha256: str
    fetched_at: datetime
    revalidated: bool
    path: Path

    @property
    def is_answer(self) -> bool:
        """Whether a document came; a source may also keep that none did, with the status it got instead."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_whole(self) -> bool:
        with self.path.open("rb") as body:
            return hashlib.file_digest(body, "sha256").hexdigest() == self.sha256

    def read(self) -> bytes:
        return self.path.read_bytes()


_PAGE: Final = TypeAdapter(SpooledPage)


class Spool:
    """A folder of one run. A page counts once its description lies beside its bytes.

    Opened on a folder that has pages already, it first gives these again (``replay``), in the order in which
    they were asked for; the first request that differs from the way walked before drops the rest of them.
    A damaged description or body takes all behind it along, for what was asked there may rest on it. Where
    the disk is full or broken, ``OSError`` is raised, and what was whole before still is.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        # A description has all headers; of many pages they are not all held at once.
        self._pages = sum(1 for _ in self)
        self._to_replay = range(1, self._pages + 1)
        self._vacant: int | None = None
        self._drop_after(self._pages)

    def rewind(self) -> None:
        """Give the pages that are here once more, as after opening the folder."""
        self._to_replay = range(1, self._pages + 1)
        self._vacant = None

    def replay(self, asked: str, *, only_new: bool = False) -> SpooledPage | None:
        """The page that was kept for this request when the run was cut off, or None: then it is to be made.

        What was no answer then is asked for again, and with ``only_new`` also one that came from memory: what
        is stored next takes its place.
        """
        if not self._to_replay:
            return None
        number, self._to_replay = self._to_replay[0], self._to_replay[1:]
        page = self.page(number)
        if page is None or page.asked != asked or (page.is_answer and not page.is_whole):
            self._drop_after(number - 1)
            return None
        if page.is_answer and not (only_new and page.revalidated):
            return page
        self._vacant = page.number
        return None

    def store(self, reply: Reply, *, asked: str = "") -> SpooledPage:
        """``asked`` is the address that was asked for, where it is not the one that answered."""
        number = self._next_number()
        page = SpooledPage(
            number=number,
            asked=asked or reply.url,
            url=reply.url,
            status=reply.status,
            headers=dict(reply.headers),
            sha256=hashlib.sha256(reply.body).hexdigest(),
            fetched_at=reply.fetched_at,
            revalidated=reply.revalidated,
            path=self._body(number),
        )
        _forget(page.path)
        _write(page.path, reply.body)
        _write(page.path.with_suffix(".json"), _PAGE.dump_json(replace(page, path=Path()), indent=1))
        self._pages = max(self._pages, number)
        return page

    def __iter__(self) -> Iterator[SpooledPage]:
        for number in count(1):
            page = self.page(number)
            if page is None:
                return
            yield page

    def __len__(self) -> int:
        return self._pages

    def page(self, number: int) -> SpooledPage | None:
        """None where no description is, or none that can be read."""
        body = self._body(number)
        try:
            page = _PAGE.validate_json(body.with_suffix(".json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return replace(page, path=body) if page.number == number and body.is_file() else None

    def attach(self, page: SpooledPage, content: bytes) -> None:
        """Keep what was made of a page beside it, so that it is not made twice."""
        _write(page.path.with_suffix(".made"), content)

    def attached(self, page: SpooledPage) -> bytes | None:
        made = page.path.with_suffix(".made")
        return made.read_bytes() if made.is_file() else None

    def beside(self, page: SpooledPage) -> Path:
        """Where more that was made of a page may be written, too much to be held at once."""
        return page.path.with_suffix(".more")

    def discard(self, page: SpooledPage) -> None:
        """Take a page out again, and what came after it; their bytes stay for whoever looks there."""
        self._drop_after(page.number - 1)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _next_number(self) -> int:
        """The place of the answer that did not come, else the one behind all that was asked for till now."""
        number, self._vacant = self._vacant, None
        if number is not None:
            return number
        if self._to_replay:
            self._drop_after(self._to_replay[0] - 1)
        return self._pages + 1

    def _drop_after(self, number: int) -> None:
        """Drop the descriptions from behind, so that one cut off leaves no gap with pages after it."""
        for path in sorted(self.folder.glob("[0-9]*.json"), key=_number, reverse=True):
            if _number(path) > number:
                path.unlink()
                _forget(path)
        self._to_replay = range(self._to_replay.start, min(self._to_replay.stop, number + 1))
        self._pages = min(self._pages, number)
        self._vacant = None

    def _body(self, number: int) -> Path:
        return self.folder / f"{number:05}.body"


def _forget(path: Path) -> None:
    """Take away what was made of a page."""
    for suffix in (".made", ".more"):
        path.with_suffix(suffix).unlink(missing_ok=True)


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdecimal() else 0


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(path.name + ".part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError:
        # A full disk has better use for the room.
        with suppress(OSError):
            aside.unlink()
        raise
