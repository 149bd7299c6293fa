"""How a list is had one page of which cannot be: by way of its dates, then of the records' names."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from harvesters.errors import LimitReached, Terminal, Transient
from harvesters.parsing.oai import OaiRecord
from harvesters.sources.oai_pmh.by_name import Patience, ask_for
from harvesters.sources.oai_pmh.dates import Grain, moment_of
from harvesters.sources.oai_pmh.shell import Refusal, Shell, Unread
from harvesters.sources.oai_pmh.stretches import Blind, Named
from harvesters.sources.oai_pmh.walk import MOST_PAGES, Walk

MOST_REQUESTS: Final = 200

# So few are asked for one by one rather than by their dates.
_FEW: Final = 4


@dataclass(frozen=True, slots=True)
class Times:
    """What a repository says of its dates; its ``now`` is that of Identify."""

    grain: Grain
    earliest: datetime | None
    now: datetime | None


def go_around(shell: Shell, walk: Walk, arguments: dict[str, str], times: Times) -> str:
    """Fetch what a broken walk did not reach, and say why the list is still not whole, "" if it is.

    What is met is added to the walk. Every request is a question of the spool first, so the way around is
    found again when a harvest goes on.
    """
    detour = _Detour(shell, walk, arguments, times)
    try:
        names = detour.names()
        if names.ended_by is None:
            detour.fetch_named(names.headers.values())
            return walk.shortfall() or _nameless(names)
        if names.retry_after is not None:
            raise names.ended_by
        detour.fetch_blind()
    except (Transient, Terminal) as error:
        walk.retry_after = error.retry_after
        return str(error)
    if walk.total is None:
        return "nothing says how many records there are"
    return walk.shortfall()


def _nameless(names: Walk) -> str:
    """What cannot be asked for by name may be any of the records that seem to be missing."""
    return f"{names.unidentified} of its records have no identifier" if names.unidentified else ""


class _Detour:
    def __init__(self, shell: Shell, walk: Walk, arguments: dict[str, str], times: Times) -> None:
        self._shell = shell
        self._walk = walk
        self._arguments = arguments
        start = moment_of(arguments.get("from", ""))
        self._everything = Blind.of_all(times.grain, start, earliest=times.earliest, now=times.now)
        self._grain = times.grain
        self._dates_help = True
        self._patience = Patience(MOST_REQUESTS)

    def names(self) -> Walk:
        """What the list holds: headers can mostly be had where the records cannot."""
        names = Walk(self._walk.url).through(self._shell.ListIdentifiers, dict(self._arguments))
        self._add(names, are_records=False)
        return names

    def fetch_named(self, headers: Iterable[OaiRecord]) -> None:
        named = [header for header in headers if header.is_named]
        self._walk.identifiers.update(header.identifier for header in named if header.deleted)
        waiting = deque([Named.of(named)])
        while waiting:
            missing = waiting.popleft().without(self._walk.identifiers)
            if len(missing.headers) > _FEW and self._dates_help and not self._is_fetched(missing):
                missing = missing.without(self._walk.identifiers)
                waiting.extend(halves := missing.halves(self._grain))
                if halves:
                    continue
            self._one_by_one(missing)
        self._one_by_one(Named(tuple(named)))

    def fetch_blind(self) -> None:
        """Raise ``LimitReached`` naming a date whose records cannot be had."""
        lost: list[str] = []
        waiting = deque(self._everything.halves(self._grain))
        while waiting:
            stretch = waiting.popleft()
            if not self._is_fetched(stretch):
                halves = stretch.halves(self._grain)
                waiting.extend(halves)
                lost += [] if halves else [self._grain.write(stretch.high)]
        if lost:
            raise LimitReached(f"records of {', '.join(sorted(lost))} cannot be had")

    def _is_fetched(self, stretch: Named | Blind) -> bool:
        """Whether a stretch came in whole; what came of it is taken either way."""
        self._patience.spend()
        bounds = stretch.bounds(self._grain)
        part = Walk(self._walk.url).through(self._shell.ListRecords, {**self._arguments, **bounds})
        self._add(part, are_records=True)
        if part.ended_by is None:
            self._patience.note(failed="")
        else:
            self._take_in(part, part.ended_by, stretch)
        return part.ended_by is None

    def _take_in(self, part: Walk, error: Transient | Terminal, stretch: Named | Blind) -> None:
        """Raise what smaller stretches do not help against; where names are known these are left."""
        failed = "" if part.pages else str(error)
        may_help = isinstance(error, Unread) or part.has_lost_its_token
        if isinstance(stretch, Named) and (may_help or isinstance(error, Refusal)):
            if self._patience.is_tired(failed=failed) or not may_help:
                self._patience.failures = 0
                self._dates_help = False
        elif may_help:
            self._patience.note(failed=failed)
        else:
            raise error

    def _one_by_one(self, missing: Named) -> None:
        for header in missing.without(self._walk.identifiers).headers:
            ask_for(self._shell, header.identifier, self._arguments["metadataPrefix"], self._patience)
            self._walk.identifiers.add(header.identifier)

    def _add(self, part: Walk, *, are_records: bool) -> None:
        walk = self._walk
        walk.findings += part.findings
        walk.pages += part.pages
        if are_records:
            walk.identifiers |= part.identifiers
        elif part.total is not None and part.ended_by is None:
            walk.total = max(part.total, walk.total or 0)
        if walk.pages > MOST_PAGES:
            raise LimitReached(f"the list has more than {MOST_PAGES:,} pages")
