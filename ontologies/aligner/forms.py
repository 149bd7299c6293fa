"""Which other forms of a value say the same on one axis: a side, a legal form, two names or a code in one."""

import re
from dataclasses import dataclass
from typing import Final

from ontologies.concepts import Axis
from ontologies.namespaces import notation

_PARTS_OF_BODIES: Final = (Axis.BODYPART, Axis.TOPOGRAPHY)
_SIDE: Final = r"left|right|bilateral|unilateral|both"
_SIDED: Final = re.compile(
    rf"(?P<before>{_SIDE})[\s_,]+(?P<part>\S.*)|(?P<whole>.*\S)[\s_,]+\(?(?P<after>{_SIDE})\)?",
    re.IGNORECASE | re.DOTALL,
)
_ANOTHER_SIDE: Final = re.compile(rf"\b(?:{_SIDE})\b", re.IGNORECASE)
_LEGAL: Final = re.compile(
    r"(?:medical (?:systems?|solutions)|health ?care|healthineers|medical"
    r"|incorporated|inc|corporation|corp|company|co|limited|ltd|llc|lp|plc|gmbh(?: & co kg)?|ag|kg|bv|nv"
    r"|sa|sas|spa|srl|ab|kk)",
)
_CODE_AND_NAME: Final = re.compile(r"(?P<code>[A-Za-z_:-]*\d{5,})\s+[-–—]\s+(?P<name>\S.*)", re.DOTALL)
_TWO_NAMES: Final = re.compile(r"(?P<one>[^()]*[^()\s])\s*\((?P<other>[^()]+)\)")
_ICD_BELOW: Final = re.compile(r"(?P<category>(?:ICD10:)?[CD]\d\d)\.\w{1,4}")
_SEVERAL: Final = re.compile(r"\s*[/+&]\s*|\s+and\s+", re.IGNORECASE)
_MOST_NAMED: Final = 5
# No part of a body and no maker has so long a name; what is longer is a text.
_LONGEST: Final = 200
_MOST_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Form:
    """``name`` says the same as the value, ``rule`` why."""

    name: str
    rule: str


def other_forms(value: str, axis: Axis) -> tuple[Form, ...]:
    """The best first: a part with its side before it, and without; a maker without its legal form."""
    if len(value) > _LONGEST:
        return ()
    if axis in _PARTS_OF_BODIES:
        return _sided(value)
    return _maker(value) if axis is Axis.MANUFACTURER else ()


def code_and_name(value: str) -> tuple[str, str] | None:
    """Take ``363358000 - Lung cancer`` apart, as value lists write their rows."""
    found = _CODE_AND_NAME.fullmatch(value)
    return (found["code"], found["name"]) if found else None


def two_names(value: str) -> tuple[str, str] | None:
    """Take ``Hepatocellular carcinoma (HCC)`` apart: a name, and what may be another one of the same."""
    found = _TWO_NAMES.fullmatch(value)
    return (found["one"], found["other"]) if found else None


def category(value: str, axis: Axis) -> str:
    """``C50`` for ``C50.9``: of the code of a cancer in ICD-10, the category that it is below; else ""."""
    found = _ICD_BELOW.fullmatch(notation(value) or value) if axis is Axis.CANCER else None
    return found["category"] if found else ""


def several(value: str, axis: Axis) -> tuple[str, ...]:
    """Take ``Thorax/Abdomen`` apart; nothing for a value that names one part, or for another axis."""
    if axis not in _PARTS_OF_BODIES or len(value) > _LONGEST:
        return ()
    named = tuple(part for part in _SEVERAL.split(value, maxsplit=_MOST_NAMED) if part)
    return named if len(named) > 1 else ()


def _sided(value: str) -> tuple[Form, ...]:
    found = _SIDED.fullmatch(value)
    if found is None:
        return ()
    side = (found["before"] or found["after"]).lower()
    part = found["part"] or found["whole"]
    if _ANOTHER_SIDE.search(part):
        return ()
    return (
        Form(f"{side} {part}", "; the side stands elsewhere in it"),
        Form(part, f"; the side ({side}) is left out"),
    )


def _maker(value: str) -> tuple[Form, ...]:
    words = re.sub(r"[,()\s]+", " ", value.replace(".", "")).strip().split(" ")
    kept = _without_ends(words) if len(words) <= _MOST_WORDS else words
    if kept == words:
        return ()
    return (Form(" ".join(kept), "; the legal form or line of business is left out"),)


def _without_ends(words: list[str]) -> list[str]:
    for length in (4, 3, 2, 1):
        if len(words) > length and _LEGAL.fullmatch(" ".join(words[-length:]).casefold()):
            return _without_ends(words[:-length])
    return words
