"""What the head of a release says of it, and how its texts are made plain."""

import re
from dataclasses import dataclass
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DAY_FIRST: Final = re.compile(r"(\d\d):(\d\d):(\d{4})\b.*")
# SNOMED CT's formal names end in their semantic tag; they are not ours to carry.
_FORMAL_NAME: Final = re.compile(
    r"\((?:body structure|cell structure|disorder|finding|morphologic abnormality|observable entity|organism"
    r"|physical object|procedure|product|qualifier value|regime/therapy|situation|specimen|substance)\)$"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself, "" where it is silent."""

    title: str = ""
    version: str = ""
    licence: str = ""
    iri: str = ""


def plain(text: str) -> str:
    """One line without anything that moves a cursor, turns the direction of writing or hides."""
    return " ".join(_CONTROL.sub(" ", text).split())


def is_formal(name: str) -> bool:
    """Whether a name is one of SNOMED CT's formal ones."""
    return bool(_FORMAL_NAME.search(name))


def stated_version(text: str) -> str:
    """The date in a version (``releases/2026-07-31/doid.obo``), else its last part (``V2.0``)."""
    if found := _DATE.search(text):
        return found[0]
    if found := _DAY_FIRST.fullmatch(text):
        return f"{found[3]}-{found[2]}-{found[1]}"
    return plain(text).rstrip("/#").rpartition("/")[2][:60]
