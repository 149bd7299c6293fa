"""How a sheet is harvested: a file at an address, or one that was uploaded."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from harvesters.options import named_hosts, require_known
from harvesters.parsing import Sandbox
from harvesters.reading import read_once
from harvesters.sheets.columns import DATASETS
from harvesters.sheets.reading import Reading, read_sheet
from harvesters.sheets.row import MEDIA_TYPE
from harvesters.sheets.uploads import SCHEME, read_upload
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Reply, Transport

_ACCEPT: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/csv;q=0.9, */*;q=0.1"
)
_READINGS: Final = TypeAdapter(Reading)


class SheetSource:
    """Options: ``sheet``, the worksheet with the datasets; ``hosts``, further hosts of redirects.

    An address ``upload:NAME`` is a file in the folder ``uploads``.
    """

    def __init__(
        self, config: SourceConfig, transport: Transport, sandbox: Sandbox, *, uploads: Path | None = None
    ) -> None:
        require_known(config, "hosts", "sheet")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._uploads = uploads

    def listing(
        self,
        *,
        since: Checkpoint | None,  # noqa: ARG002  (a sheet has no times; it is always told whole)
        spool: Spool,
        only: Collection[str] = (),  # noqa: ARG002
    ) -> Listing:
        url = self._config.url
        page = spool.replay(url) or spool.store(self._fetched(url), asked=url)
        reading = self._read(page, spool)
        return Listing(
            pages=1, total=None, complete=True, findings=reading.findings, revalidated=page.revalidated
        )

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        for page in spool:
            reading = self._read(page, spool)
            for row in reading.rows:
                yield Record(row.identifier, row.received, MEDIA_TYPE)
            yield from reading.rejected

    def _fetched(self, url: str) -> Reply:
        if url.startswith(SCHEME):
            body = read_upload(self._uploads, url)
            return Reply(url, HTTPStatus.OK, {}, body, datetime.now(UTC))
        return self._transport.get(
            url,
            accept=_ACCEPT,
            allowed_hosts=named_hosts(self._config),
            pace=self._config.pace,
            revalidate=True,
        )

    def _read(self, page: SpooledPage, spool: Spool) -> Reading:
        return read_once(spool, page, _READINGS, lambda: self._made(page.read()))

    def _made(self, body: bytes) -> Reading:
        sheet = self._config.options.get("sheet", DATASETS)
        return self._sandbox.call(read_sheet, body, main=sheet, source=self._config.id)
