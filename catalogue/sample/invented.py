"""What is invented for the plainly fictional node.

Nothing in ``invented.jsonl`` is true: it holds what no public collection has (country, tier, restricted
access, terms of use, access bodies, linked data, screening).
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict

_FACTS: Final = Path(__file__).with_name("invented.jsonl")


class Span(NamedTuple):
    """Years of age."""

    lowest: int
    highest: int


class Days(NamedTuple):
    start: date
    end: date


class Invented(BaseModel):
    """One made-up dataset. Concepts are codes, ``uses`` and ``conditions`` entries of EUCAIM's lists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    text: str
    condition: str
    cancer: str
    body_parts: tuple[str, ...]
    modalities: tuple[str, ...]
    manufacturers: tuple[str, ...]
    sexes: tuple[str, ...]
    patients: int
    studies: int
    series: int
    images: int
    ages: Span
    period: Days
    country: str
    tier: str
    access: str
    conditions: tuple[str, ...]
    uses: tuple[str, ...]
    types: tuple[str, ...]
    methods: tuple[str, ...]
    linked: tuple[str, ...]
    screening: bool
    hospital: str
    category: str
    codes: str
    hdab: bool


@cache
def invented() -> tuple[Invented, ...]:
    return tuple(Invented.model_validate_json(line) for line in _FACTS.read_text("utf-8").splitlines())
