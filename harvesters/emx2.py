"""Which table, column or row of an EMX2 database an address names.

EMX2 serves ``<schema>/api/rdf/<Table>``, ``.../<Table>/column/<column>`` and ``.../<Table>?<key>=<value>``;
its older releases have rows at ``.../<Table>/<key>``.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote

PROFILE: Final = "emx2"
MEDIA_TYPE: Final = f'application/n-triples; profile="{PROFILE}"'

LONGEST_ADDRESS: Final = 2048
_ADDRESS: Final = re.compile(
    r"https?:/+[^?#]*?/api/rdf/(?P<table>[^/?#]+)"
    r"(?:/column/(?P<column>[^/?#]+)|/(?P<path>[^?#]+)|\?(?P<key>[^#]*))?"
)
_ONE_SLASH: Final = re.compile(r"(https?):/(?!/)", re.IGNORECASE)
_NO_WORD: Final = re.compile(r"[\W_]+")
# What a row is called by, the best first; keys are put together of several columns where one is not enough.
_CALLED: Final = ("name", "displayname", "identifier", "linkedresource", "doi", "id")


@dataclass(frozen=True, slots=True)
class Place:
    """A table; a column of it where ``column`` is not empty; a row of it where there is a ``key``."""

    table: str
    column: str = ""
    key: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """What a row is called as far as its address tells."""
        values = {fold(name): text.strip() for name, text in self.key}
        if "firstname" in values and "lastname" in values:
            return f"{values['firstname']} {values['lastname']}".strip()
        called = next((values[name] for name in _CALLED if values.get(name)), "")
        return called or " ".join(text for text in values.values() if text)


@lru_cache(maxsize=10_000)
def place_of(iri: str) -> Place | None:
    """None for an address that is none of EMX2's."""
    found = _ADDRESS.fullmatch(iri) if len(iri) <= LONGEST_ADDRESS else None
    if found is None:
        return None
    table = unquote(found["table"])
    if found["column"]:
        return Place(table, column=unquote(found["column"]))
    if found["path"]:
        return Place(table, key=(("id", unquote(found["path"])),))
    return Place(table, key=tuple(parse_qsl(found["key"] or "", keep_blank_values=True)))


def is_row(iri: str) -> bool:
    place = place_of(iri)
    return place is not None and bool(place.key)


def repaired(iri: str) -> str:
    """Give ``http:/host`` its second slash; models and proxies lose it."""
    return _ONE_SLASH.sub(r"\1://", iri, count=1) if _ONE_SLASH.match(iri) else iri


def fold(name: str) -> str:
    """A name as it is compared: ``Number of subjects``, ``numberOfSubjects``, ``number_of_subjects``."""
    return _NO_WORD.sub("", name).casefold()
