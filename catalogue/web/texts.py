"""How numbers, dates, licences and providers' texts are written on a page."""

import html
import re
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import nh3

UNKNOWN: Final = "–"

_BLOCK_END: Final = re.compile(r"<(?=/p\b|br\b|/div\b|/li\b|/h\d\b|/tr\b)", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")
# Controls, and what turns the direction of writing round: a line of a log must not read as another.
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+")
_LONGEST: Final = 300
_UTC: Final = "UTC"


def number(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def counted(value: int, one: str, many: str) -> str:
    return f"{value:,} {one if value == 1 else many}"


def long_date(value: date | datetime | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else UNKNOWN


def plain(text: str) -> str:
    """Take the mark-up out of a provider's text, lines kept; Jinja still has to escape it."""
    lined = _BLOCK_END.sub("\n<", text)
    bare = html.unescape(nh3.clean(lined, tags=set(), clean_content_tags={"script", "style"}))
    return _LINES.sub("\n", _BLANKS.sub(" ", bare)).strip()


def short(text: str, most: int = _LONGEST) -> str:
    """One line of a text from elsewhere, cut where a page would drown in it."""
    # What is cut away is not looked at: the text may be a megabyte.
    line = _UNSEEN.sub(" ", text[: 4 * most]).strip()
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1].rstrip()}…"


def moment(value: datetime | None, zone: str = _UTC) -> str:
    """A point in time at the clock of a zone, to the minute."""
    if value is None:
        return UNKNOWN
    there = value.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %Y, %H:%M %Z}"


def near_moment(value: datetime | None, zone: str, now: datetime) -> str:
    """The same for a table: without the year where it is this one, without the zone where it is UTC."""
    if value is None:
        return UNKNOWN
    there = value.astimezone(ZoneInfo(zone))
    year = "" if there.year == now.year else f" {there.year}"
    clock = f"{there:%H:%M}" if zone == _UTC else f"{there:%H:%M %Z}"
    return f"{there.day} {there:%b}{year}, {clock}"


def web_address(url: str) -> str:
    """Give back an address that a page may link to, else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def bytes_in_words(size: int) -> str:
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:  # noqa: PLR2004
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
