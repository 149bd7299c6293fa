"""How a DCAT catalogue is harvested: one document, or pages joined by Hydra links."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter

from harvesters.errors import HarvestError, LimitReached, NotMetadata, Stopped, Terminal
from harvesters.findings import Finding
from harvesters.links import followed
from harvesters.options import named_hosts, require_known
from harvesters.parsing import FoundDataset, Sandbox, canonical, extracts
from harvesters.parsing.documents import Answer, require_charset
from harvesters.parsing.extracts import Extract
from harvesters.reading import naming, read_once
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Transport

MOST_PAGES: Final = 10_000
MOST_RECORDS: Final = 100_000
MOST_FINDINGS: Final = 1000
# A record that needs longer than this for its canonical form is built to do so.
RECORD_SECONDS: Final = 5.0
# A page with so many of them is one.
MOST_POISONED: Final = 20

_ACCEPT: Final = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.9, */*;q=0.1"
_FORMATS: Final = MappingProxyType(
    {
        "turtle": "text/turtle",
        "rdfxml": "application/rdf+xml",
        "jsonld": "application/ld+json",
        "ntriples": "application/n-triples",
    }
)
_EXTRACTS: Final = TypeAdapter(Extract)


class DcatSource:
    """Options: ``hosts``, further hosts that links may lead to; ``format``, what the answers are;
    ``charset``, what they are in where they are no UTF-8.
    """

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        require_known(config, "charset", "format", "hosts")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._media_type = _media_type(config)
        self._charset = _charset(config)
        self._hosts = named_hosts(config)

    def listing(
        self,
        *,
        since: Checkpoint | None,  # noqa: ARG002
        spool: Spool,
        only: Collection[str] = (),  # noqa: ARG002
    ) -> Listing:
        """Each page is asked for by condition; where some have changed, the others are asked for whole."""
        walk = self._walked(spool, revalidate=True)
        if walk.is_mixed:
            spool.rewind()
            walk = self._walked(spool, revalidate=False)
        return walk.listing()

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        seen: set[str] = set()
        for spooled in spool:
            extract = self._extract(spooled, spool)
            for found in extracts.read(spool.beside(spooled)):
                if found.iri in seen:
                    yield Rejected(
                        found.iri, "this dataset stands in the list twice; the first one was taken"
                    )
                else:
                    seen.add(found.iri)
                    yield Record(found.iri, found.triples, "application/n-triples")
            yield from extract.said.rejected

    def _walked(self, spool: Spool, *, revalidate: bool) -> "_Walk":
        walk = _Walk()
        url: str | None = self._config.url
        while url is not None:
            try:
                link = self._visit(url, walk, spool, revalidate=revalidate)
                url = link and followed(link, self._config.url, self._hosts, what="the next page")
            except Stopped:
                raise
            except HarvestError as error:
                if walk.pages == 0:
                    raise
                walk.stopped, walk.retry_after = str(error), error.retry_after
                break
        return walk

    def _visit(self, url: str, walk: "_Walk", spool: Spool, *, revalidate: bool) -> str | None:
        walk.enter(url)
        page = spool.replay(url, only_new=not revalidate) or self._fetched(url, spool, revalidate=revalidate)
        try:
            extract = self._extract(page, spool)
            walk.take(extract, page)
        except HarvestError:
            spool.discard(page)
            raise
        return extract.said.next

    def _fetched(self, url: str, spool: Spool, *, revalidate: bool) -> SpooledPage:
        reply = self._transport.get(
            url,
            accept=_ACCEPT,
            allowed_hosts=self._hosts,
            pace=self._config.pace,
            revalidate=revalidate,
        )
        return spool.store(reply, asked=url)

    def _extract(self, page: SpooledPage, spool: Spool) -> Extract:
        media_type = self._media_type or page.headers.get("content-type", "")
        answer = Answer(page.path, media_type, page.url, self._charset)
        target = spool.beside(page)
        extract = read_once(spool, page, _EXTRACTS, lambda: self._read(answer, target))
        if target.is_file() and target.stat().st_size == extract.size:
            return extract
        with naming(page.url):
            return self._read(answer, target)

    def _read(self, answer: Answer, target: Path) -> Extract:
        seconds = self._sandbox.seconds + answer.path.stat().st_size / 1_000_000
        try:
            return self._sandbox.call_within(seconds, extracts.extract, answer, target)
        except LimitReached:
            return self._read_one_by_one(answer, target, seconds)

    def _read_one_by_one(self, answer: Answer, target: Path, seconds: float) -> Extract:
        """Give each dataset a deadline of its own, so that a malicious one costs only itself."""
        aside = target.with_suffix(".split")
        page = self._sandbox.call_within(seconds, extracts.extract_split, answer, aside)
        identifiers: list[str] = []
        rejected: list[Rejected] = []

        def sound() -> Iterator[FoundDataset]:
            for found in extracts.read(aside):
                if isinstance(item := self._disentangled(found), Rejected):
                    rejected.append(item)
                    _require_few(rejected)
                else:
                    identifiers.append(item.iri)
                    yield item

        size = extracts.written(sound(), target)
        aside.unlink()
        said = replace(page.said, rejected=(*page.said.rejected, *rejected))
        return Extract(said, tuple(identifiers), size)

    def _disentangled(self, found: FoundDataset) -> FoundDataset | Rejected:
        seconds = min(RECORD_SECONDS, self._sandbox.seconds)
        try:
            return FoundDataset(found.iri, self._sandbox.call_within(seconds, canonical, found.triples))
        except LimitReached as error:
            return Rejected(found.iri, f"its blank nodes are too entangled to be compared: {error}")


@dataclass(slots=True)
class _Walk:
    """The way through the pages: what was met, and whether the walk goes in a circle."""

    pages: int = 0
    revalidated: int = 0
    stopped: str = ""
    retry_after: float | None = None
    total: int | None = None
    last: str | None = None
    found: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    _totals: set[int] = field(default_factory=set)
    _empty: str = ""
    _addresses: set[str] = field(default_factory=set)
    _bodies: set[str] = field(default_factory=set)

    @property
    def is_mixed(self) -> bool:
        """Whether old answers and new ones make up the list: then nobody ever said it so."""
        return 0 < self.revalidated < self.pages

    def enter(self, url: str) -> None:
        if url in self._addresses:
            raise Terminal(f"{url}: the links between the pages go in a circle back to this one")
        if self.pages == MOST_PAGES:
            raise LimitReached(f"{url}: the list has more than {MOST_PAGES:,} pages")
        self._addresses.add(url)

    def take(self, extract: Extract, page: SpooledPage) -> None:
        content = {*extract.identifiers, *(one.identifier for one in extract.said.rejected)}
        self._require_new(extract, content, page)
        if len(self.found) + len(content - self.found) > MOST_RECORDS:
            raise LimitReached(f"{page.url}: the list has more than {MOST_RECORDS:,} datasets")
        self._bodies.add(page.sha256)
        self._addresses.add(page.url)
        self._empty = self._empty or ("" if content else page.url)
        self.pages += 1
        self.revalidated += page.revalidated
        self.found |= content
        self.findings += extract.said.findings[: MOST_FINDINGS - len(self.findings)]
        self.last = extract.said.last
        if extract.said.total is not None:
            self.total = extract.said.total
            self._totals.add(extract.said.total)

    def listing(self) -> Listing:
        reason = self.stopped or self._shortfall()
        return Listing(
            pages=self.pages,
            total=self.total,
            complete=not reason,
            incomplete_because=reason,
            findings=tuple(self.findings),
            revalidated=self.revalidated > 0,
            retry_after=self.retry_after,
        )

    def _require_new(self, extract: Extract, content: set[str], page: SpooledPage) -> None:
        if not extract.said.is_catalogue:
            raise NotMetadata(
                f"{page.url}: this is sound RDF, and neither a catalogue nor a dataset nor a part of a list"
            )
        # A dataset without identifier is new on every page, also on one that was there before.
        named = {*extract.identifiers, *(one.identifier for one in extract.said.rejected if one.identified)}
        is_known = named <= self.found if named else bool(self._empty) and not content
        if self.pages and (is_known or page.sha256 in self._bodies):
            raise Terminal(f"{page.url}: this page repeats an earlier one, so the list has no end")

    def _shortfall(self) -> str:
        """Why a walk that reached the last page is still no proof, "" where it is."""
        if len(self._totals) > 1:
            said = " and ".join(str(total) for total in sorted(self._totals))
            return f"the list says {said} datasets: it changed while it was read, or does not know"
        if self.total is not None:
            is_met = len(self.found) == self.total
            return "" if is_met else f"the list says {self.total} datasets and holds {len(self.found)}"
        if self.pages > 1 and self._empty:
            return (
                f"{self._empty}: the page is empty though a link led there, and no total says that it may be"
            )
        if self.last and self.last not in self._addresses:
            return f"the list says that its last page is {self.last}, and no link led there"
        return ""


def _media_type(config: SourceConfig) -> str:
    wanted = config.options.get("format", "")
    if wanted and wanted not in _FORMATS:
        raise Terminal(f"{config.id}: format={wanted} is not one of {', '.join(_FORMATS)}")
    return _FORMATS.get(wanted, "")


def _charset(config: SourceConfig) -> str:
    with naming(config.id):
        return require_charset(config.options.get("charset", ""))


def _require_few(rejected: list[Rejected]) -> None:
    if len(rejected) > MOST_POISONED:
        raise LimitReached(
            f"more than {MOST_POISONED} datasets of this page are too entangled to be compared"
        )
