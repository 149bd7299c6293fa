"""Which part of a list is asked for on its own, and how it is halved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from harvesters.parsing.oai import OaiRecord
from harvesters.sources.oai_pmh.dates import Grain, last_moment_of, moment_of

# Where a repository does not say when its first record came; earlier ones are still asked for.
_LONG_AGO: Final = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Named:
    """Records that are missing, in the order of their dates."""

    headers: tuple[OaiRecord, ...]

    @classmethod
    def of(cls, headers: Iterable[OaiRecord]) -> "Named":
        """Those that have a date at all."""
        dated = [header for header in headers if moment_of(header.datestamp) is not None]
        return cls(tuple(sorted(dated, key=_moment)))

    def bounds(self, grain: Grain) -> dict[str, str]:
        starts = [moment for header in self.headers if (moment := moment_of(header.datestamp))]
        ends = [moment for header in self.headers if (moment := last_moment_of(header.datestamp))]
        return {"from": grain.write(min(starts)), "until": grain.write(max(ends))}

    def halves(self, grain: Grain) -> "tuple[Named, ...]":
        """Split where the date changes, as near to the middle as can be; () if it is all one date."""
        days = [grain.floor(_moment(header)) for header in self.headers]
        changes = [place for place in range(1, len(days)) if days[place] != days[place - 1]]
        if not changes:
            return ()
        middle = min(changes, key=lambda place: abs(2 * place - len(days)))
        return Named(self.headers[:middle]), Named(self.headers[middle:])

    def without(self, met: set[str]) -> "Named":
        return Named(tuple(header for header in self.headers if header.identifier not in met))


@dataclass(frozen=True, slots=True)
class Blind:
    """A stretch of time, both ends included; ``start`` or ``end`` None leaves that end open.

    ``low`` and ``high`` are where the open ends are thought to be.
    """

    start: datetime | None
    end: datetime | None
    low: datetime
    high: datetime

    @classmethod
    def of_all(
        cls, grain: Grain, start: datetime | None, *, earliest: datetime | None, now: datetime | None
    ) -> "Blind":
        high = grain.floor(now or _LONG_AGO)
        low = grain.floor(start or earliest or _LONG_AGO)
        return cls(start, None, min(low, high), high)

    def bounds(self, grain: Grain) -> dict[str, str]:
        ends = {"from": self.start, "until": self.end}
        return {name: grain.write(moment) for name, moment in ends.items() if moment}

    def halves(self, grain: Grain) -> "tuple[Blind, ...]":
        if self.high - self.low < grain.value:
            return ()
        middle = grain.floor(self.low + (self.high - self.low) / 2)
        after = middle + grain.value
        return Blind(self.start, middle, self.low, middle), Blind(after, self.end, after, self.high)


def _moment(header: OaiRecord) -> datetime:
    return moment_of(header.datestamp) or _LONG_AGO
