"""One way through a list: what was met, whether it goes in a circle, and what ended it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from harvesters.errors import LimitReached, Terminal, Transient
from harvesters.findings import Finding, Severity
from harvesters.parsing.oai import OaiAnswer, OaiRecord
from harvesters.sources.oai_pmh.quirks import Quirk
from harvesters.sources.oai_pmh.shell import Refusal, Response

MOST_PAGES: Final = 10_000
MOST_RECORDS: Final = 100_000


@dataclass(slots=True)
class Walk:
    """``ended_by`` is None once the last page was reached.

    ``headers`` are those of ListIdentifiers; a list's ``total`` is the largest that any of its pages claims.
    ``retry_after`` are the seconds that the repository asked us to wait where it went no further.
    """

    url: str
    pages: int = 0
    total: int | None = None
    identifiers: set[str] = field(default_factory=set)
    unidentified: int = 0
    headers: dict[str, OaiRecord] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    ended_by: Transient | Terminal | None = None
    retry_after: float | None = None
    _tokens: set[str] = field(default_factory=set)
    _contents: set[int] = field(default_factory=set)

    def through(self, ask: Callable[..., Iterable[Response]], arguments: dict[str, str]) -> "Walk":
        """Go from page to page. A fault ends the way; being stopped from outside is raised."""
        try:
            for response in ask(**arguments):
                self._take(response.answer)
        except (Transient, Terminal) as error:
            self.ended_by = None if self._is_end(error) else error
            self.retry_after = error.retry_after
        return self

    @property
    def has_lost_its_token(self) -> bool:
        return isinstance(self.ended_by, Refusal) and self.ended_by.code == "badResumptionToken"

    def shortfall(self) -> str:
        """What the list holds less than it says, "" if nothing. Records without a name count once each."""
        held = len(self.identifiers) + self.unidentified
        if self.total is not None and held < self.total:
            return f"the list says {self.total} records and holds {held}"
        return ""

    def _take(self, answer: OaiAnswer) -> None:
        entries = answer.records or answer.headers
        self._check(answer.token, [(entry.identifier, entry.datestamp) for entry in entries])
        self.pages += 1
        for entry in entries:
            if entry.is_named:
                self.identifiers.add(entry.identifier)
            else:
                self.unidentified += 1
        self.headers.update({header.identifier: header for header in answer.headers})
        if answer.total is not None:
            self.total = max(answer.total, self.total or 0)
        if answer.dropped:
            self.findings.append(_mended(self.url, self.pages, answer.dropped))

    def _check(self, token: str, entries: list[tuple[str, str]]) -> None:
        content = hash(tuple(entries))
        if content in self._contents or token in self._tokens:
            advice = f"; set quirks={Quirk.TOKEN_ZERO_ENDS}" if "0" in self._tokens else ""
            raise Terminal(f"{self.url}: page {self.pages + 1} or its token repeats an earlier one{advice}")
        held = len(self.identifiers) + self.unidentified
        if self.pages == MOST_PAGES or held + len(entries) > MOST_RECORDS:
            raise LimitReached(
                f"{self.url}: the list has more than {MOST_PAGES:,} pages or {MOST_RECORDS:,} records"
            )
        self._contents.add(content)
        self._tokens |= {token} if token else set()

    def _is_end(self, error: Transient | Terminal) -> bool:
        """Whether an error comes where nothing was to come: in an empty list, or behind the last record."""
        code = error.code if isinstance(error, Refusal) else ""
        if self.pages == 0:
            return code == "noRecordsMatch"
        is_met = self.total is not None and not self.shortfall()
        return code in ("noRecordsMatch", "badResumptionToken") and is_met


def _mended(url: str, page: int, dropped: int) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="",
        value=f"page {page}",
        message=f"{dropped} characters that XML cannot hold were dropped from this page",
        how_to_fix="leave control characters out of the records",
    )
