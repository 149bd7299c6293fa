"""How a whole list is had, or what changed of it: begun again, asked in days, gone around where need be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from harvesters.findings import Finding, Severity
from harvesters.parsing.oai import OaiAnswer
from harvesters.source import Listing
from harvesters.sources.oai_pmh.dates import Grain, grain_of, moment_of, overlapping
from harvesters.sources.oai_pmh.detour import Times, go_around
from harvesters.sources.oai_pmh.items import list_pages
from harvesters.sources.oai_pmh.quirks import Quirk
from harvesters.sources.oai_pmh.shell import Refusal, Shell, Unread
from harvesters.sources.oai_pmh.walk import Walk

# A token may have run out while the harvest was pausing: from the start again, and not for ever.
_RESTARTS: Final = 2
# Two clocks never agree wholly.
_TOLERANCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Question:
    """``selection`` is the format and the set. ``start`` None asks for everything, which proves absence."""

    selection: Mapping[str, str]
    grain: Grain
    start: datetime | None

    def arguments(self) -> dict[str, str]:
        start = {"from": self.grain.write(self.start)} if self.start else {}
        return {**self.selection, **start}


def listed(
    shell: Shell, identify: OaiAnswer, selection: Mapping[str, str], since: datetime | None
) -> Listing:
    """Ask for everything, or for what changed since; raise what is wrong with the first page."""
    grain = Grain.DAY if Quirk.DAYS_ONLY in shell.quirks else grain_of(identify.granularity)
    since = None if Quirk.DATES_UNRELIABLE in shell.quirks else since
    question = _Question(selection, grain, _start(since, identify, grain))
    walk = _walked(shell, question)
    if question.start and question.grain is Grain.SECOND and _is_refused(walk):
        question = _Question(selection, Grain.DAY, _start(since, identify, Grain.DAY))
        walk = _walked(shell, question)
        walk.findings.append(_knows_no_seconds(shell.endpoint))
    reason = _missing(shell, walk, question, identify)
    as_of, ahead = _as_of(shell)
    return Listing(
        pages=walk.pages,
        total=walk.total,
        complete=not reason,
        incomplete_because=reason,
        findings=(*walk.findings, *ahead),
        incremental=question.start is not None,
        as_of=as_of,
        retry_after=walk.retry_after,
    )


def _start(since: datetime | None, identify: OaiAnswer, grain: Grain) -> datetime | None:
    """Some repositories refuse a date before their earliest one; without it they give at least as much."""
    start = overlapping(since, grain) if since else None
    earliest = moment_of(identify.earliest)
    return None if start and earliest and start < earliest else start


def _walked(shell: Shell, question: _Question) -> Walk:
    for _ in range(_RESTARTS + 1):
        walk = Walk(shell.endpoint).through(shell.ListRecords, question.arguments())
        if not walk.has_lost_its_token:
            break
    return walk


def _is_refused(walk: Walk) -> bool:
    error = walk.ended_by
    return walk.pages == 0 and isinstance(error, Refusal) and error.code == "badArgument"


def _missing(shell: Shell, walk: Walk, question: _Question, identify: OaiAnswer) -> str:
    """Why the list is not whole, "" if it is; what one broken page hides is fetched in other ways."""
    broken, place = walk.ended_by, walk.pages + 1
    if not isinstance(broken, Unread):
        if broken and walk.pages == 0:
            raise broken
        return str(broken) if broken else walk.shortfall()
    times = Times(question.grain, moment_of(identify.earliest), moment_of(identify.response_date))
    missing = go_around(shell, walk, question.arguments(), times)
    if not walk.identifiers and missing:
        raise broken
    walk.findings.append(_went_around(shell.endpoint, place, str(broken)))
    return missing and f"{broken}; and around this page: {missing}"


def _as_of(shell: Shell) -> tuple[datetime | None, list[Finding]]:
    """The repository's time of the list's first page, never later than our own.

    A time ahead of ours would leave a gap until the next list. Both are read from the spool, so that a
    harvest that goes on finds the same.
    """
    for page in list_pages(shell.asking.spool):
        said = moment_of(shell.asking.kept.answer(page).response_date)
        if said is not None:
            ahead = said > page.fetched_at + _TOLERANCE
            return min(said, page.fetched_at), [_is_ahead(shell.endpoint, said)] if ahead else []
    return None, []


def _went_around(url: str, page: int, why: str) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="",
        value=f"page {page}",
        message=f"this page cannot be had, and its records were asked for in other ways: {why}",
        how_to_fix="look for the record of this page that the repository cannot write",
    )


def _knows_no_seconds(url: str) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="",
        value="granularity",
        message="Identify promises seconds and the repository refuses them; changes were asked for by days",
        how_to_fix=f"correct the granularity, or set quirks={Quirk.DAYS_ONLY}",
    )


def _is_ahead(url: str, said: datetime) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="",
        value=said.isoformat(),
        message="the repository's clock is ahead of ours; the next changes are asked for from our time on",
        how_to_fix="set the clock of the server",
    )
