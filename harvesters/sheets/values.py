"""What a cell of a form means: a number, a size, an answer, a date, a way to reach somebody."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from harvesters import recognition
from harvesters.descriptions import Typed

_PLAIN: Final = re.compile(r"\d{1,15}", re.ASCII)
# People and studies come whole, so three digits behind a comma, a blank or an apostrophe are thousands;
# a point is not guessed at: 1.000 is a thousand in Spain and one in Ireland.
_GROUPED: Final = re.compile(r"\d{1,3}(?:[,' \u2019\u00a0\u2009\u202f]\d{3})+", re.ASCII)
_EMAIL: Final = re.compile(r"(?:mailto:)?([^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\".]+)", re.IGNORECASE)
_YES: Final = frozenset(("yes", "y", "true", "1", "x", "ja", "oui", "si", "sí"))
_NO: Final = frozenset(("no", "n", "false", "0", "nein", "non"))
_BYTES: Final = 1_000_000_000
_MOST_GIGABYTES: Final = 1_000_000_000


def is_empty(text: str) -> bool:
    """Whether nothing is said: an empty cell, or a mark for one such as ``n/a``."""
    return recognition.is_placeholder(text)


def number(text: str) -> str:
    """The digits of a whole number, "" for anything else."""
    if _PLAIN.fullmatch(text):
        return str(int(text))
    return re.sub(r"\D", "", text) if is_grouped(text) else ""


def is_grouped(text: str) -> bool:
    """Whether a whole number is written with a mark for its thousands."""
    return _GROUPED.fullmatch(text) is not None


def size_in_bytes(gigabytes: str) -> str:
    """The bytes of ``96.5`` or ``96,5`` gigabytes, "" for anything else."""
    try:
        amount = Decimal(gigabytes.replace(",", ".").removesuffix("GB").strip())
    except InvalidOperation:
        return ""
    if not amount.is_finite() or not 0 < amount <= _MOST_GIGABYTES:
        return ""
    return str(int(amount * _BYTES))


def answer(text: str) -> str:
    """``true`` or ``false``, "" for what is neither yes nor no."""
    word = text.strip().casefold()
    return "true" if word in _YES else "false" if word in _NO else ""


def is_date(text: str) -> bool:
    return isinstance(recognition.dated(text), Typed)


def email(text: str) -> str:
    """An e-mail address without its scheme, "" for anything else."""
    found = _EMAIL.fullmatch(text.strip())
    return found[1] if found else ""


def is_reachable(text: str) -> bool:
    return bool(email(text) or recognition.address(text))


def address(text: str) -> str:
    """The web address that a text or a DOI stands for, "" for anything else."""
    return recognition.address(text)
