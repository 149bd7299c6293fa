"""When a source is harvested next, and by when a good harvest was to be expected."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from catalogue.errors import BadRequest
from catalogue.ingest.schedules import next_run, scheduled_after
from catalogue.ledger.rows import SourceRow

# What a large list may take before anybody calls the source late.
GRACE: Final = timedelta(hours=6)
_UTC: Final = "UTC"


@dataclass(frozen=True, slots=True)
class Schedule:
    """``due`` is None for a source that is harvested by command, ``wanted_by`` where nobody said."""

    zone: str
    due: datetime | None
    wanted_by: datetime | None


def schedule_of(row: SourceRow, now: datetime) -> Schedule:
    """A schedule that cannot be read is none: it was refused when it was given, unless rules have changed."""
    zone = _zone(row.config.options.get("zone", _UTC))
    try:
        due = next_run(row, now=now)
        expected = scheduled_after(row.config, row.last_harvested) if row.last_harvested else None
    except BadRequest:
        return Schedule(zone, None, None)
    return Schedule(zone, due.at if due else None, expected + GRACE if expected else None)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return _UTC
    return name
