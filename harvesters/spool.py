"""What a provider answered, kept byte for byte, so that a run cut off goes on from there."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

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

    def read(self) -> bytes:
        return self.path.read_bytes()


class Spool:
    """A folder of one run. A page counts once its description lies beside its bytes.

    Opened on a folder that has pages already, it first gives these again (``replay``), in the order in which
    they were asked for; the first request that differs from the way walked before drops the rest of them.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._pages = len(self._descriptions())
        self._to_replay = list(self)

    def replay(self, asked: str) -> SpooledPage | None:
        """The page that was kept for this request when the run was cut off, or None: then it is to be made."""
        if not self._to_replay:
            return None
        page = self._to_replay.pop(0)
        if page.asked == asked:
            return page
        for left in reversed([page, *self._to_replay]):
            self.discard(left)
        self._to_replay = []
        return None

    def store(self, reply: Reply, *, asked: str = "") -> SpooledPage:
        """``asked`` is the address that was asked for, where it is not the one that answered."""
        number = self._pages + 1
        page = SpooledPage(
            number=number,
            asked=asked or reply.url,
            url=reply.url,
            status=reply.status,
            headers=dict(reply.headers),
            sha256=hashlib.sha256(reply.body).hexdigest(),
            fetched_at=reply.fetched_at,
            revalidated=reply.revalidated,
            path=self.folder / f"{number:05}.body",
        )
        _write(page.path, reply.body)
        _write(page.path.with_suffix(".json"), _description(page))
        self._pages = number
        return page

    def __iter__(self) -> Iterator[SpooledPage]:
        return (_described(path) for path in self._descriptions())

    def __len__(self) -> int:
        return self._pages

    def attach(self, page: SpooledPage, content: bytes) -> None:
        """Keep what was made of a page beside it, so that it is not made twice."""
        _write(page.path.with_suffix(".made"), content)

    def attached(self, page: SpooledPage) -> bytes | None:
        made = page.path.with_suffix(".made")
        return made.read_bytes() if made.is_file() else None

    def discard(self, page: SpooledPage) -> None:
        """Take the last page out again; its bytes stay for whoever looks into the folder."""
        page.path.with_suffix(".json").unlink()
        page.path.with_suffix(".made").unlink(missing_ok=True)
        self._pages -= 1

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _descriptions(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(content)
    aside.replace(path)


def _description(page: SpooledPage) -> bytes:
    fields = {
        "number": page.number,
        "asked": page.asked,
        "url": page.url,
        "status": page.status,
        "headers": dict(page.headers),
        "sha256": page.sha256,
        "fetched_at": page.fetched_at.isoformat(),
        "revalidated": page.revalidated,
    }
    return json.dumps(fields, indent=1, ensure_ascii=False).encode()


def _described(path: Path) -> SpooledPage:
    fields = json.loads(path.read_bytes())
    return SpooledPage(
        number=fields["number"],
        asked=fields["asked"],
        url=fields["url"],
        status=fields["status"],
        headers=fields["headers"],
        sha256=fields["sha256"],
        fetched_at=datetime.fromisoformat(fields["fetched_at"]),
        revalidated=fields["revalidated"],
        path=path.with_suffix(".body"),
    )
