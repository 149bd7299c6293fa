"""How numbers, dates, licences and providers' texts are written on a page."""

import html
import re
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

import nh3

UNKNOWN: Final = "–"

_BLOCK_END: Final = re.compile(r"<(?=/p\b|br\b|/div\b|/li\b|/h\d\b|/tr\b)", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")


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
