"""Where a command reads a source without touching the catalogue."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from catalogue.errors import BadRequest
from catalogue.services import Desk
from catalogue.services.vocabulary import own_vocabulary
from catalogue.settings import Settings
from harvesters.parsing import Sandbox
from harvesters.sheets.uploads import keep_upload
from harvesters.source import Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources import make_source
from harvesters.spool import Spool
from harvesters.transport import Transport

_MOST_BYTES: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Apart:
    """Where a source is read without the catalogue; ``folder`` is gone afterwards."""

    transport: Transport
    sandbox: Sandbox
    folder: Path

    def listed(self, config: SourceConfig) -> tuple[Listing, Iterator[Record | Withdrawn | Rejected]]:
        """What a source lists, and its records."""
        transport = self.transport.for_source(config)
        source = make_source(config, transport, self.sandbox, uploads=self._uploads)
        spool = Spool(self.folder / "spool")
        listing = source.listing(since=None, spool=spool)
        return listing, source.records(listing, spool=spool)

    def listed_file(
        self, config: SourceConfig, file_name: str, body: bytes
    ) -> tuple[Listing, Iterator[Record | Withdrawn | Rejected]]:
        """The same of a sheet as if it had been uploaded."""
        url = keep_upload(self._uploads, config.id, file_name, body)
        return self.listed(replace(config, url=url))

    @property
    def _uploads(self) -> Path:
        return self.folder / "sheets"


@contextmanager
def apart(settings: Settings) -> Iterator[Apart]:
    """A session as harvests have it, without its memory."""
    rules = own_vocabulary().preparation(settings.base_url)
    with (
        TemporaryDirectory(prefix="catalogue-") as folder,
        closing(Desk(settings, rules, memory=None)) as desk,
        Sandbox(seconds=settings.parse_seconds, megabytes=settings.parse_megabytes) as sandbox,
    ):
        yield Apart(desk.transport, sandbox, Path(folder))


def read_file(path: Path) -> bytes:
    """Raises ``BadRequest`` for what is no plain file, or larger than any page that is harvested."""
    if not path.is_file():
        raise BadRequest(f"there is no file {path}", parameter="file")
    if path.stat().st_size > _MOST_BYTES:
        raise BadRequest(f"{path} is larger than {_MOST_BYTES:,} bytes", parameter="file")
    return path.read_bytes()
