"""How a DCAT catalogue is harvested: one document, or pages joined by Hydra links."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter

from harvesters.errors import HarvestError, LimitReached, Terminal
from harvesters.findings import Finding
from harvesters.links import followed
from harvesters.options import named_hosts, require_known
from harvesters.parsing import FoundDataset, Page, Sandbox, canonical, read_page, split_page
from harvesters.reading import read_once
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Transport

MOST_PAGES: Final = 10_000
MOST_RECORDS: Final = 100_000
# A record that needs longer than this for its canonical form is built to do so.
RECORD_SECONDS: Final = 5.0

_ACCEPT: Final = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.9, */*;q=0.1"
_FORMATS: Final = MappingProxyType(
    {
        "turtle": "text/turtle",
        "rdfxml": "application/rdf+xml",
        "jsonld": "application/ld+json",
        "ntriples": "application/n-triples",
    }
)
_PAGES: Final = TypeAdapter(Page)


class DcatSource:
    """Options: ``hosts``, further hosts that links may lead to; ``format``, what the answers are."""

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._media_type = _media_type(config)
        self._hosts = named_hosts(config)

    def listing(self, *, since: Checkpoint | None, spool: Spool, only: Collection[str] = ()) -> Listing:
        walk = _Walk()
        url: str | None = self._config.url
        while url is not None:
            try:
                link = self._visit(url, walk, spool).next
                url = link and followed(link, self._config.url, self._hosts, what="the next page")
            except HarvestError as error:
                if walk.pages == 0:
                    raise
                return walk.listing(str(error))
        return walk.listing(walk.shortfall())

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        seen: set[str] = set()
        for spooled in spool:
            page = self._parsed(spooled, spool)
            for found in page.datasets:
                if found.iri in seen:
                    yield Rejected(
                        found.iri, "this dataset stands in the list twice; the first one was taken"
                    )
                else:
                    seen.add(found.iri)
                    yield Record(found.iri, found.triples, "application/n-triples")
            yield from page.rejected

    def _visit(self, url: str, walk: "_Walk", spool: Spool) -> Page:
        walk.enter(url)
        reply = self._transport.get(url, accept=_ACCEPT, allowed_hosts=self._hosts, pace=self._config.pace)
        spooled = spool.store(reply)
        try:
            page = self._parsed(spooled, spool)
            walk.take(page, spooled)
        except HarvestError:
            spool.discard(spooled)
            raise
        return page

    def _parsed(self, spooled: SpooledPage, spool: Spool) -> Page:
        media_type = self._media_type or spooled.headers.get("content-type", "")
        return read_once(spool, spooled, _PAGES, lambda: self._read(spooled.read(), media_type, spooled.url))

    def _read(self, body: bytes, media_type: str, url: str) -> Page:
        try:
            return self._sandbox.call(read_page, body, media_type, url)
        except LimitReached:
            return self._read_one_by_one(body, media_type, url)

    def _read_one_by_one(self, body: bytes, media_type: str, url: str) -> Page:
        """Give each dataset a deadline of its own, so that a malicious one costs only itself."""
        page = self._sandbox.call(split_page, body, media_type, url)
        sound: list[FoundDataset] = []
        rejected = list(page.rejected)
        seconds = min(RECORD_SECONDS, self._sandbox.seconds)
        for found in page.datasets:
            try:
                triples = self._sandbox.call_within(seconds, canonical, found.triples)
                sound.append(FoundDataset(found.iri, triples))
            except LimitReached as error:
                rejected.append(
                    Rejected(found.iri, f"its blank nodes are too entangled to be compared: {error}")
                )
        return replace(page, datasets=tuple(sound), rejected=tuple(rejected))


@dataclass(slots=True)
class _Walk:
    """The way through the pages: what was met, and whether the walk goes in a circle."""

    pages: int = 0
    total: int | None = None
    found: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    _addresses: set[str] = field(default_factory=set)
    _bodies: set[str] = field(default_factory=set)
    _contents: set[frozenset[str]] = field(default_factory=set)

    def enter(self, url: str) -> None:
        if url in self._addresses:
            raise Terminal(f"{url}: the links between the pages go in a circle back to this one")
        if self.pages == MOST_PAGES:
            raise LimitReached(f"{url}: the list has more than {MOST_PAGES:,} pages")
        self._addresses.add(url)

    def take(self, page: Page, spooled: SpooledPage) -> None:
        content = frozenset(found.iri for found in page.datasets) | {one.identifier for one in page.rejected}
        if spooled.sha256 in self._bodies or content in self._contents:
            raise Terminal(f"{spooled.url}: this page repeats an earlier one, so the list has no end")
        if len(self.found | content) > MOST_RECORDS:
            raise LimitReached(f"{spooled.url}: the list has more than {MOST_RECORDS:,} datasets")
        self._bodies.add(spooled.sha256)
        self._contents.add(content)
        self.pages += 1
        self.found |= content
        self.findings += page.findings
        if page.total is not None:
            self.total = page.total

    def shortfall(self) -> str:
        """Why a walk that reached the last page is still no proof, "" where it is."""
        if not self.found:
            return "the list holds no dataset"
        if self.total is not None and len(self.found) < self.total:
            return f"the list says {self.total} datasets and holds {len(self.found)}"
        return ""

    def listing(self, incomplete_because: str) -> Listing:
        return Listing(
            pages=self.pages,
            total=self.total,
            complete=not incomplete_because,
            incomplete_because=incomplete_because,
            findings=tuple(self.findings),
        )


def _media_type(config: SourceConfig) -> str:
    require_known(config, "format", "hosts")
    wanted = config.options.get("format", "")
    if wanted and wanted not in _FORMATS:
        raise Terminal(f"{config.id}: format={wanted} is not one of {', '.join(_FORMATS)}")
    return _FORMATS.get(wanted, "")
