"""What is known of the public collections that the sample nodes offer.

The facts lie in ``collections.jsonl``; README.md beside it gives their origin and the legend. Values are as
measured by the Imaging Data Commons: spelling errors, stray codes and impossible ages included.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

_FACTS: Final = Path(__file__).with_name("collections.jsonl")


class Counted(NamedTuple):
    """How much of a collection bears one value; ``value`` is None where the images say nothing."""

    value: str | None
    patients: int
    studies: int
    series: int


class Ages(NamedTuple):
    """Years at study, over the patients whose age is given; ``patients_000y`` of them hold ``000Y``."""

    youngest: int | None
    oldest: int | None
    patients: int
    patients_000y: int


class Sexed(NamedTuple):
    """``value`` joins all codes of one patient with a bar; ``(absent)`` stands for images without one."""

    value: str
    patients: int


class Origin(NamedTuple):
    """One published source of a collection's images; ``derived`` ones were made from other images."""

    kind: Literal["original", "derived"]
    doi: str
    url: str
    licence_url: str
    licence: str
    megabytes: float


class Collection(BaseModel):
    """One collection. ``cancer_types``, ``tumour_locations`` and ``supporting_data`` are comma-joined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    programme: str
    release: int
    updated: date | None
    patients: int
    studies: int
    series: int
    instances: int
    cancer_types: str
    tumour_locations: str
    species: str
    supporting_data: str
    contributor: str
    ages: Ages
    sexes: tuple[Sexed, ...]
    modalities: tuple[Counted, ...]
    body_parts: tuple[Counted, ...]
    manufacturers: tuple[Counted, ...]
    origins: tuple[Origin, ...]


@cache
def collections() -> tuple[Collection, ...]:
    """Read all 179, by id; once, since a file of the package does not change while it runs."""
    lines = _FACTS.read_text(encoding="utf-8").splitlines()
    return tuple(Collection.model_validate_json(line) for line in lines)


def values(joined: str) -> tuple[str, ...]:
    """Split a comma-joined text; a comma inside a value splits it too, as it would at any reader."""
    return tuple(value for part in joined.split(",") if (value := part.strip()))


def stated(counted: Iterable[Counted]) -> tuple[str, ...]:
    return tuple(item.value for item in counted if item.value)


def sex_codes(collection: Collection) -> tuple[str, ...]:
    """Give the codes as they stand in the images: ``F|M`` stays, the mark for an absent code goes."""
    texts = ("|".join(c for c in sexed.value.split("|") if c != "(absent)") for sexed in collection.sexes)
    return tuple(dict.fromkeys(text for text in texts if text))
