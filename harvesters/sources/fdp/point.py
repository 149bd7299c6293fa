"""How a FAIR Data Point is harvested: down its containers, from catalogues to datasets to distributions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

import httpx

from harvesters.errors import AddressRefused, HarvestError, LimitReached, NotMetadata, Stopped, Terminal
from harvesters.links import followed
from harvesters.options import named_hosts, require_known
from harvesters.parsing import Sandbox, canonical
from harvesters.parsing.containers import Member, Role, read_container, read_parts
from harvesters.parsing.documents import Answer, require_charset
from harvesters.reading import naming
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources.fdp.visits import (
    GONE,
    Fault,
    Step,
    Visit,
    failed,
    keep,
    kept,
    no_answer,
    without_fragment,
)
from harvesters.sources.fdp.walk import Walk
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Transport

DEEPEST: Final = 8
TRIES: Final = 2
# A record that needs longer than this for its canonical form is built to do so.
RECORD_SECONDS: Final = 5.0

_ACCEPT: Final = "text/turtle, application/ld+json;q=0.8, application/rdf+xml;q=0.7, */*;q=0.1"
_LONGEST_HEADER: Final = 8_000


class FdpSource:
    """Options: ``hosts``, further hosts that links may lead to; ``charset``, what is no UTF-8 is in."""

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        require_known(config, "charset", "hosts")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._hosts = named_hosts(config)
        with naming(config.id):
            self._charset = require_charset(config.options.get("charset", ""))

    def listing(
        self,
        *,
        since: Checkpoint | None,  # noqa: ARG002
        spool: Spool,
        only: Collection[str] = (),
    ) -> Listing:
        walk = Walk.to(sorted(only)) if only and self._leads_to(only) else Walk.down_from(self._config.url)
        while walk.waiting:
            step = walk.waiting.popleft()
            try:
                url = self._entered(step, walk)
            except HarvestError as error:
                walk.miss(step, str(error))
                continue
            if url is not None:
                page, visit = self._visit(url, step, spool)
                walk.take(step, visit, page)
        return walk.listing()

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        found = _Found.on(spool)
        seen: set[str] = set()
        for page in spool:
            for item in self._items(page, found, spool):
                if item.identifier in seen:
                    yield Rejected(item.identifier, "this dataset is listed twice; the first one was taken")
                else:
                    seen.add(item.identifier)
                    yield item

    def _leads_to(self, datasets: Collection[str]) -> bool:
        """Whether each of them has an address that may be asked for."""
        try:
            # What could not be named at all is known by its place: an address with words behind it.
            return all(self._followed(url) == without_fragment(url) for url in datasets)
        except AddressRefused:
            return False

    def _followed(self, url: str) -> str:
        return followed(url, self._config.url, self._hosts, what="a document of the list")

    def _entered(self, step: Step, walk: Walk) -> str | None:
        """Give the address of a step, or None where it was before. Raises for one that may not be taken."""
        url = self._followed(step.member.url)
        if url in walk.addresses:
            if step.is_page:
                raise Terminal(f"{url}: the links between the pages go in a circle back to this one")
            return None
        if step.depth > DEEPEST:
            raise LimitReached(f"{url}: the containers lie more than {DEEPEST} levels deep")
        walk.addresses.add(url)
        return url

    def _visit(self, url: str, step: Step, spool: Spool) -> tuple[SpooledPage, Visit]:
        """Each visit is one page of the spool, also one where nothing came."""
        try:
            page = spool.replay(url) or self._fetched(url, step, spool)
        except Stopped:
            raise
        except HarvestError as error:
            if step.is_start:
                raise
            page = spool.store(no_answer(url, error), asked=url)
            return page, keep(failed(step, error), page, spool)
        if visit := kept(page, spool):
            return page, visit
        try:
            visit = self._read(page, step)
        except HarvestError as error:
            if step.is_start:
                spool.discard(page)
                raise
            visit = failed(step, error)
        return page, keep(visit, page, spool)

    def _fetched(self, url: str, step: Step, spool: Spool) -> SpooledPage:
        reply = self._transport.get(
            url,
            accept=_ACCEPT,
            allowed_hosts=self._hosts,
            pace=self._config.pace,
            tries=TRIES,
            # The lists are few and prove what is gone; the documents are many, and most are as they were.
            revalidate=step.member.role is not Role.CONTAINER,
        )
        return spool.store(reply, asked=url)

    def _read(self, page: SpooledPage, step: Step) -> Visit:
        with naming(page.url):
            document = self._sandbox.call(read_container, self._answer(page), step.asked)
        if step.member.role is Role.PART:
            return Visit(step.asked, Role.PART)
        link = document.next or _linked_next(page)
        role = document.role if document.role is not Role.OTHER else step.role_without_type(document)
        if role is Role.CONTAINER and document.role is Role.OTHER and not document.members and not link:
            raise NotMetadata(
                f"{page.url}: the answer is sound RDF, and says nothing of a catalogue or a dataset"
            )
        return Visit(
            step.asked, role, document.members, link and urljoin(page.url, link), is_named=document.is_named
        )

    def _items(
        self, page: SpooledPage, found: "_Found", spool: Spool
    ) -> Iterator[Record | Withdrawn | Rejected]:
        visit = kept(page, spool)
        if visit is None or visit.role is not Role.DATASET:
            return
        if page.status == GONE:
            yield Withdrawn(visit.asked)
            return
        parts = [found.places[link] for link in map(_address, visit.members) if link in found.places]
        missing = [part.problem for part in parts if part.fault in (Fault.BROKEN, Fault.PASSING)]
        if visit.problem or missing:
            # A record without one of its distributions would look changed, and changed again tomorrow.
            reason = visit.problem or f"a distribution could not be read: {missing[0]}"
            yield Rejected(visit.asked, reason, identified=found.is_named)
            return
        pages = (spool.page(part.number) for part in parts if part.fault is Fault.NONE)
        answers = [self._answer(one) for one in (page, *pages) if one]
        yield from self._merged(answers, visit.asked, is_named=found.is_named)

    def _merged(self, parts: list[Answer], asked: str, *, is_named: bool) -> Iterator[Record | Rejected]:
        try:
            page = self._sandbox.call(read_parts, parts, asked)
        except HarvestError as error:
            yield Rejected(asked, str(error), identified=is_named)
            return
        if not page.datasets and not page.rejected:
            yield Rejected(asked, "the document describes no dataset", identified=is_named)
        yield from page.rejected
        for dataset in page.datasets:
            try:
                seconds = min(RECORD_SECONDS, self._sandbox.seconds)
                received = self._sandbox.call_within(seconds, canonical, dataset.triples)
            except LimitReached as error:
                yield Rejected(dataset.iri, f"its blank nodes are too entangled to be compared: {error}")
            else:
                yield Record(dataset.iri, received, "application/n-triples")

    def _answer(self, page: SpooledPage) -> Answer:
        return Answer(page.path, page.headers.get("content-type", ""), page.url, self._charset)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the spool a document is, or why it is not there."""

    number: int
    fault: Fault
    problem: str


@dataclass(slots=True)
class _Found:
    """The documents by address. Where datasets have other names than these, they are not ``is_named``:

    then one that is not read may be any of those that seem to be missing.
    """

    places: dict[str, _Place] = field(default_factory=dict)
    is_named: bool = True

    @classmethod
    def on(cls, spool: Spool) -> "_Found":
        found = cls()
        for page in spool:
            if visit := kept(page, spool):
                found.places[visit.asked] = _Place(page.number, visit.fault, visit.problem)
                found.is_named &= visit.is_named or visit.role is not Role.DATASET
        return found


def _address(member: Member) -> str:
    return without_fragment(member.url)


def _linked_next(page: SpooledPage) -> str | None:
    """The next page by the header ``Link`` (RFC 8288), as Linked Data Platform Paging has it."""
    header = page.headers.get("link", "")
    if len(header) > _LONGEST_HEADER:
        raise LimitReached(f"{page.url}: its Link header is longer than {_LONGEST_HEADER:,} characters")
    links = httpx.Response(HTTPStatus.OK, headers={"link": header}).links
    return next(
        (link["url"] for name, link in links.items() if name and "next" in name.lower().split()), None
    )
