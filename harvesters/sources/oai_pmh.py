"""How an OAI-PMH 2.0 repository is harvested: sickle for the verbs, the rest by ourselves.

sickle reads leniently (half a page is a whole one), follows a token for ever and asks without limits; so its
requests, its parser and its loop are replaced.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
from pydantic import TypeAdapter
from sickle import Sickle  # type: ignore[import-untyped]
from sickle.iterator import OAIResponseIterator  # type: ignore[import-untyped]
from sickle.models import ResumptionToken  # type: ignore[import-untyped]
from sickle.response import OAIResponse  # type: ignore[import-untyped]

from harvesters.errors import HarvestError, LimitReached, NotMetadata, ProviderRefuses, Terminal
from harvesters.findings import Finding, Severity
from harvesters.options import named_hosts, require_known
from harvesters.parsing import Sandbox
from harvesters.parsing.oai import OaiAnswer, OaiFormat, OaiRecord, read_oai, without_illegal_characters
from harvesters.reading import read_once
from harvesters.recognition import is_placeholder
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Transport

MOST_PAGES: Final = 10_000
MOST_RECORDS: Final = 100_000
MOST_BYTES: Final = 5_000_000
TRIES: Final = 3

# The richest first; a repository's own spelling (oai_datacite4, Datacite) may go on behind these.
_PREFERRED: Final = ("oai_datacite", "datacite", "oai_dc")
# A token may have run out while the harvest was pausing: from the start again, and not for ever.
_RESTARTS: Final = 2
_ANSWERS: Final = TypeAdapter(OaiAnswer)


class OaiPmhSource:
    """Options: ``prefix``, the metadata format; ``set``, a part of it; ``hosts``, for redirects."""

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        require_known(config, "prefix", "set", "hosts")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._hosts = named_hosts(config)

    def listing(self, *, since: Checkpoint | None, spool: Spool, only: Collection[str] = ()) -> Listing:
        shell = _Shell(self._config.url, lambda arguments: self._ask(arguments, spool))
        granularity = shell.said({"verb": "Identify"}).granularity
        arguments = {"metadataPrefix": self._config.options.get("prefix") or self._best(shell)}
        if wanted := self._config.options.get("set"):
            arguments["set"] = wanted
        if since is not None:
            arguments["from"] = _overlapping(since.since, granularity)
        before = len(spool)
        walk = _walked(shell, arguments)
        for _ in range(_RESTARTS):
            if not walk.lost_its_token:
                break
            _discard(spool, down_to=before)
            walk = _walked(shell, arguments)
        return walk.listing()

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        seen: dict[str, OaiRecord] = {}
        prefix = ""
        for page in spool:
            prefix = httpx.URL(page.url).params.get("metadataPrefix", prefix)
            for number, record in enumerate(self._kept(page, spool).records, start=1):
                header = replace(record, metadata=b"")
                if is_placeholder(record.identifier):
                    place = f"{page.url} (record {number} of the page)"
                    yield Rejected(place, f"the record has no identifier ({record.identifier!r})")
                elif record.identifier not in seen:
                    seen[record.identifier] = header
                    yield _item(record, prefix)
                # A list that moves while it is read shows a record twice; only if these differ is it a fault.
                elif seen[record.identifier] != header:
                    yield Rejected(record.identifier, "this record stands twice; the first one was taken")

    def _kept(self, page: SpooledPage, spool: Spool) -> OaiAnswer:
        return read_once(spool, page, _ANSWERS, lambda: self._mended(page))

    def _best(self, shell: "_Shell") -> str:
        """The richest format that is read here; oai_dc is an obligation, also of those who do not list it."""
        try:
            offered = shell.said({"verb": "ListMetadataFormats"}).formats
        except _Refusal:
            return _PREFERRED[-1]
        for wanted in _PREFERRED:
            for one in offered:
                if one.prefix.lower().startswith(wanted):
                    return one.prefix
        raise Terminal(f"{self._config.url}: {_unread(offered)}; set the option prefix=")

    def _ask(self, arguments: Mapping[str, str], spool: Spool) -> OaiAnswer:
        """Give one answer. One that cannot be read is asked for again, and then mended if need be."""
        try:
            return self._answered(arguments, spool, self._strict)
        except NotMetadata:
            return self._answered(arguments, spool, self._mended)

    def _answered(
        self, arguments: Mapping[str, str], spool: Spool, read: Callable[[SpooledPage], OaiAnswer]
    ) -> OaiAnswer:
        page = self._fetched(arguments, spool)
        try:
            return read_once(spool, page, _ANSWERS, lambda: read(page))
        except HarvestError:
            spool.discard(page)
            raise

    def _fetched(self, arguments: Mapping[str, str], spool: Spool) -> SpooledPage:
        # The address of a repository may have a query of its own (pycsw).
        url = str(httpx.URL(self._config.url).copy_merge_params(dict(arguments)))
        reply = self._transport.get(
            url, accept="text/xml", allowed_hosts=self._hosts, pace=self._config.pace, tries=TRIES
        )
        return spool.store(reply)

    def _strict(self, page: SpooledPage) -> OaiAnswer:
        return self._sandbox.call(read_oai, page.read(), page.url)

    def _mended(self, page: SpooledPage) -> OaiAnswer:
        try:
            return self._strict(page)
        except NotMetadata:
            body, dropped = without_illegal_characters(page.read())
            if not dropped:
                raise
            return replace(self._sandbox.call(read_oai, body, page.url), dropped=dropped)


class _Refusal(ProviderRefuses):
    """The repository answers with an error of the protocol; ``code`` is its name there."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class _Shell(Sickle):  # type: ignore[misc]
    """sickle's verbs over our own requests."""

    def __init__(self, url: str, ask: Callable[[Mapping[str, str]], OaiAnswer]) -> None:
        super().__init__(url, iterator=_Pages)
        self._ask = ask

    def harvest(self, **arguments: str) -> "_Response":
        return _Response(self.said(arguments), arguments)

    def said(self, arguments: Mapping[str, str]) -> OaiAnswer:
        """Raise ``_Refusal`` for an error of the protocol."""
        answer = self._ask(arguments)
        if answer.error:
            said = f"{answer.error}: {answer.error_text}".rstrip(": ")
            raise _Refusal(f"{self.endpoint}: {arguments['verb']} is refused ({said[:300]})", answer.error)
        return answer


class _Response(OAIResponse):  # type: ignore[misc]
    """A response that was read already; what sickle would parse again is not there."""

    def __init__(self, answer: OaiAnswer, arguments: Mapping[str, str]) -> None:
        super().__init__(None, arguments)
        self.answer = answer


class _Pages(OAIResponseIterator):  # type: ignore[misc]
    """One page after the other; errors and tokens come from our own reading."""

    resumption_token: ResumptionToken | None

    def _next_response(self) -> None:
        arguments = self.params
        if self.resumption_token is not None:
            arguments = {"verb": self.verb, "resumptionToken": self.resumption_token.token}
        self.oai_response = self.sickle.harvest(**arguments)
        token = self.oai_response.answer.token
        self.resumption_token = ResumptionToken(token=token) if token else None


def _walked(shell: _Shell, arguments: Mapping[str, str]) -> "_Walk":
    walk = _Walk(url=shell.endpoint, incremental="from" in arguments)
    try:
        for response in shell.ListRecords(**arguments):
            walk.take(response.answer)
    except HarvestError as error:
        walk.end_by(error)
    return walk


@dataclass(slots=True)
class _Walk:
    """The way through the pages: what was met, whether it goes in a circle, and what ended it."""

    url: str
    incremental: bool
    pages: int = 0
    records: int = 0
    total: int | None = None
    as_of: datetime | None = None
    stopped: str = ""
    lost_its_token: bool = False
    findings: list[Finding] = field(default_factory=list)
    _tokens: set[str] = field(default_factory=set)
    _contents: set[tuple[tuple[str, str], ...]] = field(default_factory=set)

    def take(self, answer: OaiAnswer) -> None:
        content = tuple((record.identifier, record.datestamp) for record in answer.records)
        if content in self._contents or answer.token in self._tokens:
            raise Terminal(f"{self.url}: page {self.pages + 1} or its token repeats an earlier one")
        if self.pages == MOST_PAGES or self.records + len(content) > MOST_RECORDS:
            raise LimitReached(
                f"{self.url}: the list has more than {MOST_PAGES:,} pages or {MOST_RECORDS:,} records"
            )
        self._contents.add(content)
        self._tokens |= {answer.token} if answer.token else set()
        self.as_of = self.as_of or _moment(answer.response_date)
        self.pages += 1
        self.records += len(content)
        self.total = self.total if answer.total is None else answer.total
        if answer.dropped:
            self.findings.append(_mended(self.url, self.pages, answer.dropped))

    def end_by(self, error: HarvestError) -> None:
        """A list may end by an error behind its last record; a fault of the first page is the source's."""
        code = error.code if isinstance(error, _Refusal) else ""
        if self.pages == 0 and code != "noRecordsMatch":
            raise error
        if code in ("noRecordsMatch", "badResumptionToken") and self._is_met():
            return
        self.lost_its_token = code == "badResumptionToken"
        self.stopped = str(error)

    def listing(self) -> Listing:
        reason = self.stopped or self._shortfall()
        return Listing(
            pages=self.pages,
            total=self.total,
            complete=not reason,
            incomplete_because=reason,
            findings=tuple(self.findings),
            incremental=self.incremental,
            as_of=self.as_of,
        )

    def _is_met(self) -> bool:
        """Whether an error comes where nothing more was to come."""
        if self.pages == 0:
            return self.incremental
        return self.total is not None and self.records >= self.total

    def _shortfall(self) -> str:
        if self.records == 0 and not self.incremental:
            return "the list holds no record"
        if self.total is not None and self.records < self.total:
            return f"the list says {self.total} records and holds {self.records}"
        return ""


def _item(record: OaiRecord, prefix: str) -> Record | Withdrawn | Rejected:
    """A header is enough to delete; anything else needs metadata."""
    if record.deleted:
        return Withdrawn(record.identifier, _moment(record.datestamp))
    if not record.metadata:
        return Rejected(record.identifier, "the record has no metadata and is not marked as deleted")
    if len(record.metadata) > MOST_BYTES:
        return Rejected(record.identifier, f"its metadata is larger than {MOST_BYTES:,} bytes")
    media_type = f'application/xml; profile="{record.profile or prefix}"'
    return Record(record.identifier, record.metadata, media_type, _moment(record.datestamp))


def _overlapping(since: datetime, granularity: str) -> str:
    """A moment in the repository's granularity, one grain earlier: its clock is not ours."""
    moment = since.astimezone(UTC)
    if granularity.lower().startswith("yyyy-mm-ddt"):
        return f"{moment - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    return f"{moment - timedelta(days=1):%Y-%m-%d}"


def _moment(text: str) -> datetime | None:
    """A datestamp in any of its spellings, None for what is no date."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _discard(spool: Spool, *, down_to: int) -> None:
    for page in reversed(list(spool)[down_to:]):
        spool.discard(page)


def _unread(offered: Iterable[OaiFormat]) -> str:
    prefixes = ", ".join(sorted(one.prefix for one in offered)) or "none"
    return f"of the formats offered none is read here ({prefixes})"


def _mended(url: str, page: int, dropped: int) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="",
        value=f"page {page}",
        message=f"{dropped} characters that XML cannot hold were dropped from this page",
        how_to_fix="leave control characters out of the records",
    )
