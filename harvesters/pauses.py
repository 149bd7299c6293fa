"""How long to wait before a host is asked again, for the next page or for the same."""

import email.utils
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Lock
from typing import Final

from harvesters.errors import Transient

LONGEST_RETRY_AFTER: Final = 3600.0
_FIRST: Final = 1.0
_LONGEST: Final = 60.0


class Paces:
    """When each host was asked last; sessions of several threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = Lock()
        self._asked: dict[str, float] = {}

    def reserve(self, host: str, pace: float) -> float:
        """Take the host's next turn, and give the seconds until then."""
        with self._guard:
            now = self._clock()
            turn = max(now, self._asked[host] + pace) if host in self._asked else now
            self._asked[host] = turn
            return turn - now


def pause(error: Transient, tried: int, chance: float) -> float:
    """What the server asks for, else a part (``chance``, 0 to 1) of a time that doubles with every try.

    Clients that failed together do not come back together, because each waits a part of its own
    ("full jitter").
    """
    return error.retry_after or chance * min(_FIRST * 2.0**tried, _LONGEST)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, whether given as seconds or as a date (RFC 9110, 10.2.3).

    A date is compared with the server's own, for its clock may be wrong.
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST_RETRY_AFTER)
    moment = _moment(value)
    if moment is None:
        return None
    now = _moment(headers.get("date", "")) or datetime.now(UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)


def _moment(value: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
