"""How a FAIR Data Point is harvested: down its containers, from catalogues to datasets to distributions."""

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urljoin

from pydantic import TypeAdapter

from harvesters.errors import HarvestError, LimitReached, ProviderRefuses, Terminal, Transient
from harvesters.findings import Finding, Severity
from harvesters.links import followed
from harvesters.options import named_hosts, require_known
from harvesters.parsing import Sandbox, canonical
from harvesters.parsing.containers import Container, Member, Part, Role, read_container, read_parts
from harvesters.reading import naming
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Reply, Transport

MOST_DOCUMENTS: Final = 100_000
DEEPEST: Final = 8
TRIES: Final = 2
# A record that needs longer than this for its canonical form is built to do so.
RECORD_SECONDS: Final = 5.0

_ACCEPT: Final = "text/turtle, application/ld+json;q=0.8, application/rdf+xml;q=0.7, */*;q=0.1"
_NEXT: Final = re.compile(r'<([^>]*)>[^,<]*;\s*rel\s*=\s*"?[^",]*\bnext\b', re.IGNORECASE)
_GONE: Final = 410
_UNREADABLE: Final = {401, 403, 404, _GONE}
# After so many failures one after the other the node is down, and asking for the rest would take hours.
_PATIENCE: Final = 5


class _Fault(StrEnum):
    """Why nothing came of a link: it may not be read, it cannot be read, or not now."""

    NONE = "none"
    HIDDEN = "hidden"
    BROKEN = "broken"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class _Visit:
    """What came of the link ``asked``; ``problem`` is its fault in words."""

    asked: str
    role: Role
    members: tuple[Member, ...] = ()
    next: str | None = None
    fault: _Fault = _Fault.NONE
    problem: str = ""


_VISITS: Final = TypeAdapter(_Visit)


class FdpSource:
    """Options: ``hosts``, further hosts that links may lead to."""

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        require_known(config, "hosts")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._hosts = named_hosts(config)

    def listing(self, *, since: Checkpoint | None, spool: Spool, only: Collection[str] = ()) -> Listing:
        walk = _Walk()
        walk.waiting.append(_Step(Member(self._config.url, Role.CONTAINER), depth=0))
        while walk.waiting:
            step = walk.waiting.popleft()
            try:
                url = self._entered(step, walk)
            except HarvestError as error:
                walk.miss(step, str(error))
                continue
            if url is not None:
                walk.take(step, self._visit(url, step, spool))
        return walk.listing()

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        visits = [(page, _visit_of(page, spool)) for page in spool]
        found = {visit.asked: (page, visit) for page, visit in visits}
        seen: set[str] = set()
        for page, visit in visits:
            if visit.role is not Role.DATASET:
                continue
            for item in self._dataset(page, visit, found):
                if item.identifier in seen:
                    yield Rejected(item.identifier, "this dataset is listed twice; the first one was taken")
                else:
                    seen.add(item.identifier)
                    yield item

    def _entered(self, step: "_Step", walk: "_Walk") -> str | None:
        """Give the address of a step, or None where it was before. Raises for one that may not be taken."""
        url = followed(step.member.url, self._config.url, self._hosts, what="a document of the list")
        if url in walk.addresses:
            if step.is_page:
                raise Terminal(f"{url}: the links between the pages go in a circle back to this one")
            return None
        if step.depth > DEEPEST:
            raise LimitReached(f"{url}: the containers lie more than {DEEPEST} levels deep")
        if len(walk.addresses) == MOST_DOCUMENTS:
            raise LimitReached(f"{url}: the list has more than {MOST_DOCUMENTS:,} documents")
        walk.addresses.add(url)
        return url

    def _visit(self, url: str, step: "_Step", spool: Spool) -> _Visit:
        try:
            reply = self._transport.get(
                url,
                accept=_ACCEPT,
                allowed_hosts=self._hosts,
                pace=self._config.pace,
                tries=TRIES,
                revalidate=True,
            )
            page = spool.store(reply)
            visit = self._read(page, step)
        except HarvestError as error:
            if step.depth == 0 and not step.is_page:
                raise
            page, visit = spool.store(_no_answer(url, error)), _failed(step, error)
        spool.attach(page, _VISITS.dump_json(visit))
        return visit

    def _read(self, page: SpooledPage, step: "_Step") -> _Visit:
        with naming(page.url):
            document = self._sandbox.call(
                read_container, page.read(), _media_type(page), page.url, step.asked
            )
        if step.member.role is Role.PART:
            return _Visit(step.asked, Role.PART)
        link = document.next or _linked_next(page)
        role = document.role if document.role is not Role.OTHER else step.role_without_type(document)
        return _Visit(step.asked, role, document.members, link and urljoin(page.url, link))

    def _dataset(
        self, page: SpooledPage, visit: _Visit, found: Mapping[str, tuple[SpooledPage, _Visit]]
    ) -> Iterator[Record | Withdrawn | Rejected]:
        if page.status == _GONE:
            yield Withdrawn(visit.asked)
            return
        links = [_without_fragment(member.url) for member in visit.members]
        parts = [found[link] for link in links if link in found]
        missing = [part.problem for _, part in parts if part.fault is _Fault.PASSING]
        if visit.problem or missing:
            # A record without one of its distributions would look changed, and changed again tomorrow.
            yield Rejected(visit.asked, visit.problem or f"a distribution could not be read: {missing[0]}")
            return
        pages = [page, *(part for part, one in parts if one.fault is _Fault.NONE)]
        yield from self._merged([Part(one.read(), _media_type(one), one.url) for one in pages], visit.asked)

    def _merged(self, parts: list[Part], asked: str) -> Iterator[Record | Rejected]:
        try:
            page = self._sandbox.call(read_parts, parts, asked)
        except HarvestError as error:
            yield Rejected(asked, str(error))
            return
        if not page.datasets and not page.rejected:
            yield Rejected(asked, "the document describes no dataset")
        yield from page.rejected
        for dataset in page.datasets:
            try:
                seconds = min(RECORD_SECONDS, self._sandbox.seconds)
                received = self._sandbox.call_within(seconds, canonical, dataset.triples)
            except LimitReached as error:
                yield Rejected(dataset.iri, f"its blank nodes are too entangled to be compared: {error}")
            else:
                yield Record(dataset.iri, received, "application/n-triples")


@dataclass(frozen=True, slots=True)
class _Step:
    """A link to be followed; ``is_page`` for the next page of a list that was begun."""

    member: Member
    depth: int
    is_page: bool = False

    @property
    def asked(self) -> str:
        return _without_fragment(self.member.url)

    def role_without_type(self, document: Container) -> Role:
        """A document that does not say what it is, is what the link to it says, or a list if it lists."""
        return Role.CONTAINER if document.members else self.member.role


@dataclass(slots=True)
class _Walk:
    """The way down: what waits, what was met, and what is missing from the proof."""

    waiting: deque[_Step] = field(default_factory=deque)
    addresses: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    documents: int = 0
    datasets: int = 0
    failures: int = 0
    missing: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, step: _Step, visit: _Visit) -> None:
        self.documents += 1
        self.datasets += visit.role is Role.DATASET
        self.failures = self.failures + 1 if visit.fault is _Fault.PASSING else 0
        if visit.problem:
            self._note(visit)
        links = {member.url for member in visit.members}
        if step.is_page and links and links <= self.listed:
            self.miss(step, f"{visit.asked}: this page repeats an earlier one, so the list has no end")
        elif visit.next is not None:
            self.waiting.append(_Step(Member(visit.next, step.member.role), step.depth, is_page=True))
        self.listed |= links
        self.waiting.extend(_Step(member, step.depth + 1) for member in visit.members)

    def miss(self, step: _Step, reason: str) -> None:
        """Something that the list names is not read: without it the list is no proof, save for a part."""
        self.findings.append(_unread(step.member.url, reason))
        if step.member.role is not Role.PART:
            self.missing.append(reason)

    def _note(self, visit: _Visit) -> None:
        """A FAIR Data Point lists its drafts and does not show them (FAIRDataPoint issue 854).

        A dataset that may not be read is named all the same, so it is not absent and the list is whole. A
        container that may not be read hides what it contains, and a node in trouble proves nothing.
        """
        is_draft = visit.role is Role.DATASET and visit.fault is _Fault.HIDDEN
        self.findings.append(_unread(visit.asked, visit.problem))
        if visit.role is not Role.PART and not is_draft:
            self.missing.append(visit.problem)
        if self.failures == _PATIENCE:
            self.missing.append(f"the node failed {_PATIENCE} times one after the other: {visit.problem}")
            self.waiting.clear()

    def listing(self) -> Listing:
        reason = next(iter(self.missing), "" if self.datasets else "the list holds no dataset")
        return Listing(
            pages=self.documents,
            total=self.datasets or None,
            complete=not reason,
            incomplete_because=reason,
            findings=tuple(self.findings),
        )


def _failed(step: _Step, error: HarvestError) -> _Visit:
    match error:
        case ProviderRefuses() if error.status in _UNREADABLE:
            fault = _Fault.HIDDEN
        case Transient():
            fault = _Fault.PASSING
        case _:
            fault = _Fault.BROKEN
    return _Visit(step.asked, step.member.role, fault=fault, problem=str(error))


def _no_answer(url: str, error: HarvestError) -> Reply:
    """A place in the spool for a document that could not be had."""
    status = error.status if isinstance(error, ProviderRefuses) else 0
    return Reply(url=url, status=status, headers={}, body=b"", fetched_at=datetime.now(UTC))


def _visit_of(page: SpooledPage, spool: Spool) -> _Visit:
    kept = spool.attached(page)
    return _VISITS.validate_json(kept) if kept else _Visit(page.url, Role.OTHER)


def _media_type(page: SpooledPage) -> str:
    return page.headers.get("content-type", "")


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _linked_next(page: SpooledPage) -> str | None:
    """The next page by the header ``Link`` (RFC 8288), as Linked Data Platform Paging has it."""
    found = _NEXT.search(page.headers.get("link", ""))
    return found[1] if found else None


def _unread(url: str, reason: str) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="ldp:contains",
        value=url,
        message=f"the list leads to a document that is not read: {reason}",
        how_to_fix="publish it, or take it out of the list",
    )
