"""What is known of the public collections that the sample nodes offer, and of the results made from them.

The facts lie in ``collections.jsonl`` and ``analysis_results.jsonl``; README.md beside them gives their
origin and the legend. Values are as measured by the Imaging Data Commons: spelling errors, stray codes and
impossible ages included.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

RELEASED: Final = date(2026, 9, 26)
"""The day of IDC release 25: stands in where a collection gives no date of its own."""

_COLLECTIONS: Final = Path(__file__).with_name("collections.jsonl")
_RESULTS: Final = Path(__file__).with_name("analysis_results.jsonl")


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
    """One published source of a collection's images; ``derived`` ones were made from other images.

    ``published`` is a year.
    """

    kind: Literal["original", "derived"]
    doi: str
    url: str
    licence_url: str
    licence: str
    megabytes: float
    published: int


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


class AnalysisResult(BaseModel):
    """What somebody made from the images of ``collections``: its patients are theirs, not further ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    release: int
    updated: date
    patients: int
    studies: int
    series: int
    instances: int
    collections: tuple[str, ...]
    contributor: str
    doi: str
    url: str
    licence_url: str
    licence: str
    megabytes: float
    modalities: tuple[Counted, ...]
    published: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which collections a node offers: some ``besides`` those of its programmes, none of ``without``."""

    programmes: tuple[str, ...] = ()
    besides: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    def of(self, known: tuple[Collection, ...]) -> tuple[Collection, ...]:
        return tuple(item for item in known if self._holds(item))

    def _holds(self, item: Collection) -> bool:
        return item.id in self.besides or (item.programme in self.programmes and item.id not in self.without)


@cache
def collections() -> tuple[Collection, ...]:
    """Read all 179, by id; once, since a file of the package does not change while it runs."""
    lines = _COLLECTIONS.read_text(encoding="utf-8").splitlines()
    return tuple(Collection.model_validate_json(line) for line in lines)


@cache
def analysis_results() -> tuple[AnalysisResult, ...]:
    """Read all 26, by id."""
    lines = _RESULTS.read_text(encoding="utf-8").splitlines()
    return tuple(AnalysisResult.model_validate_json(line) for line in lines)


def values(joined: str) -> tuple[str, ...]:
    """Split a comma-joined text; a comma inside a value splits it too, as it would at any reader."""
    return tuple(value for part in joined.split(",") if (value := part.strip()))


def stated(counted: Iterable[Counted]) -> tuple[str, ...]:
    return tuple(item.value for item in counted if item.value)


def sex_codes(collection: Collection) -> tuple[str, ...]:
    """Give the codes as they stand in the images: ``F|M`` stays, the mark for an absent code goes."""
    texts = ("|".join(c for c in sexed.value.split("|") if c != "(absent)") for sexed in collection.sexes)
    return tuple(dict.fromkeys(text for text in texts if text))
