"""How moments are read from a repository and written for it: in its grain, and with an overlap."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

# A record may get its datestamp some time before it can be seen.
_MARGIN: Final = timedelta(minutes=5)


class Grain(Enum):
    """The least step between two datestamps (OAI-PMH 2.0, 3.3.1)."""

    DAY = timedelta(days=1)
    SECOND = timedelta(seconds=1)

    def write(self, moment: datetime) -> str:
        moment = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        return moment.date().isoformat() if self is Grain.DAY else f"{moment.isoformat()}Z"

    def floor(self, moment: datetime) -> datetime:
        moment = moment.astimezone(UTC).replace(microsecond=0)
        return moment.replace(hour=0, minute=0, second=0) if self is Grain.DAY else moment


def grain_of(granularity: str) -> Grain:
    """Every repository has days; seconds are to be promised."""
    return Grain.SECOND if granularity.lower().startswith("yyyy-mm-ddt") else Grain.DAY


def moment_of(text: str) -> datetime | None:
    """A datestamp in any of its spellings, None for what is no date."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def last_moment_of(text: str) -> datetime | None:
    """The end of what a datestamp names: of a day its last second."""
    moment = moment_of(text)
    names_a_day = "T" not in text and ":" not in text
    return moment.replace(hour=23, minute=59, second=59) if moment and names_a_day else moment


def overlapping(since: datetime, grain: Grain) -> datetime:
    """From where to ask for changes, so that none is missed that was being written at ``since``."""
    overlap: timedelta = grain.value if grain is Grain.DAY else grain.value + _MARGIN
    try:
        return since.astimezone(UTC) - overlap
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
