"""How a Molgenis EMX2 database is harvested: table by table, over its RDF."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import TypeAdapter

from harvesters.emx2 import MEDIA_TYPE
from harvesters.errors import HarvestError, LimitReached, Stopped, Terminal
from harvesters.options import named_hosts, require_known
from harvesters.parsing import FoundDataset, Sandbox, canonical, extracts
from harvesters.parsing.documents import Answer
from harvesters.parsing.emx2 import Rows, TableAnswer, extract_rows
from harvesters.reading import naming, read_once
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Transport

# A record that needs longer than this for its canonical form is built to do so.
RECORD_SECONDS: Final = 5.0
# After so many of them no more are tried.
MOST_POISONED: Final = 20
MOST_FINDINGS: Final = 1000

_ACCEPT: Final = "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.5, */*;q=0.1"
_API: Final = "/api/rdf"
_TABLE: Final = re.compile(r"\w[\w .-]*")


@dataclass(frozen=True, slots=True)
class _Made:
    """``of`` are the hashes of all answers that the rows were made of."""

    of: tuple[str, ...]
    rows: Rows


_MADE: Final = TypeAdapter(_Made)


class Emx2Source:
    """The address is that of a schema, of its ``api/rdf``, or of a table in it.

    Options: ``table``, the tables of the datasets; ``beside``, those that tell more of them, such as
    ``Contacts``; ``type``, which types of resources are datasets; ``hosts``, further hosts of redirects.
    """

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        require_known(config, "beside", "hosts", "table", "type")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        api, table = _of_address(config)
        self._tables = tuple(f"{api}/{quote(name)}" for name in _names(config, "table", table or "Resources"))
        self._beside = tuple(f"{api}/{quote(name)}" for name in _names(config, "beside", ""))
        self._types = tuple(
            name.strip() for name in config.options.get("type", "").split(",") if name.strip()
        )

    def listing(
        self,
        *,
        since: Checkpoint | None,  # noqa: ARG002  (a table cannot be asked for what changed)
        spool: Spool,
        only: Collection[str] = (),  # noqa: ARG002
    ) -> Listing:
        """Each table is asked for by condition; where some have changed, the others are asked for whole."""
        pages, stopped = self._walked(spool, revalidate=True)
        if 0 < sum(page.revalidated for page in pages) < len(pages):
            spool.rewind()
            pages, stopped = self._walked(spool, revalidate=False)
        rows = [made for _, made in self._tables_on(spool)]
        return Listing(
            pages=len(pages),
            total=None,
            complete=stopped is None,
            incomplete_because=str(stopped) if stopped else "",
            findings=tuple(finding for made in rows for finding in made.findings)[:MOST_FINDINGS],
            revalidated=any(page.revalidated for page in pages),
            retry_after=stopped.retry_after if stopped else None,
        )

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        given: dict[str, bytes] = {}
        poisoned = 0
        for page, rows in self._tables_on(spool):
            for found in extracts.read(spool.beside(page)):
                item = self._record(found, may_try=poisoned < MOST_POISONED)
                if isinstance(item, Rejected):
                    poisoned += 1
                    yield item
                    continue
                digest = sha256(item.received).digest()
                if found.iri not in given:
                    given[found.iri] = digest
                    yield item
                elif given[found.iri] != digest:
                    yield Rejected(found.iri, "this row stands in two tables; the first one was taken")
            yield from (Withdrawn(iri) for iri in rows.withdrawn)
            yield from rows.rejected

    def _walked(self, spool: Spool, *, revalidate: bool) -> tuple[list[SpooledPage], HarvestError | None]:
        """The answers, and why those of later tables are missing; what is said beside comes first.

        Without one of the tables beside all records would look changed, and changed again tomorrow: then
        the run fails, as it does without the first table.
        """
        pages = [self._page(url, spool, revalidate=revalidate) for url in self._beside]
        beside = tuple(pages)
        for url in self._tables:
            try:
                page = self._page(url, spool, revalidate=revalidate)
                self._rows_or_discard(page, beside, spool)
            except Stopped:
                raise
            except HarvestError as error:
                if len(pages) == len(beside):
                    raise
                return pages, error
            pages.append(page)
        return pages, None

    def _page(self, url: str, spool: Spool, *, revalidate: bool) -> SpooledPage:
        if page := spool.replay(url, only_new=not revalidate):
            return page
        reply = self._transport.get(
            url,
            accept=_ACCEPT,
            allowed_hosts=named_hosts(self._config),
            pace=self._config.pace,
            revalidate=revalidate,
        )
        return spool.store(reply, asked=url)

    def _tables_on(self, spool: Spool) -> Iterator[tuple[SpooledPage, Rows]]:
        pages = {page.asked: page for page in spool}
        beside = tuple(pages[url] for url in self._beside if url in pages)
        for url in self._tables:
            if url in pages:
                yield pages[url], self._rows(pages[url], beside, spool)

    def _rows_or_discard(self, page: SpooledPage, beside: tuple[SpooledPage, ...], spool: Spool) -> Rows:
        try:
            return self._rows(page, beside, spool)
        except HarvestError:
            spool.discard(page)
            raise

    def _rows(self, page: SpooledPage, beside: tuple[SpooledPage, ...], spool: Spool) -> Rows:
        """What a table holds, made once of this answer and of those beside it."""
        of = tuple(one.sha256 for one in (page, *beside))
        target = spool.beside(page)
        made = read_once(spool, page, _MADE, lambda: _Made(of, self._read(page, beside, spool)))
        if made.of == of and target.is_file() and target.stat().st_size == made.rows.size:
            return made.rows
        with naming(page.url):
            made = _Made(of, self._read(page, beside, spool))
        spool.attach(page, _MADE.dump_json(made))
        return made.rows

    def _read(self, page: SpooledPage, beside: tuple[SpooledPage, ...], spool: Spool) -> Rows:
        table = TableAnswer(_answer(page), tuple(map(_answer, beside)), self._types)
        size = sum(one.path.stat().st_size for one in (page, *beside))
        seconds = self._sandbox.seconds + size / 1_000_000
        return self._sandbox.call_within(seconds, extract_rows, table, spool.beside(page))

    def _record(self, found: FoundDataset, *, may_try: bool) -> Record | Rejected:
        if b"_:" not in found.triples:
            return Record(found.iri, found.triples, MEDIA_TYPE)
        if not may_try:
            return Rejected(found.iri, f"more than {MOST_POISONED} rows are too entangled to be compared")
        try:
            seconds = min(RECORD_SECONDS, self._sandbox.seconds)
            received = self._sandbox.call_within(seconds, canonical, found.triples)
        except LimitReached as error:
            return Rejected(found.iri, f"its blank nodes are too entangled to be compared: {error}")
        return Record(found.iri, received, MEDIA_TYPE)


def _of_address(config: SourceConfig) -> tuple[str, str]:
    """The address of the schema's RDF, and the table that stands behind it, if one does."""
    place = urlsplit(config.url)
    if place.query or place.fragment:
        raise Terminal(f"{config.id}: {config.url} is one row or part of a table; give the schema's address")
    schema, _, table = config.url.partition(_API)
    return schema.rstrip("/") + _API, unquote(table.strip("/"))


def _names(config: SourceConfig, option: str, otherwise: str) -> tuple[str, ...]:
    given = config.options.get(option) or otherwise
    names = tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))
    for name in names:
        if not _TABLE.fullmatch(name):
            raise Terminal(f"{config.id}: {option}={given} holds {name!r}, which is no name of a table")
    return names


def _answer(page: SpooledPage) -> Answer:
    return Answer(page.path, page.headers.get("content-type", ""), page.url)
