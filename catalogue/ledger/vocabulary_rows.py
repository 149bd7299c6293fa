"""Which values the ledger takes and gives of mappings and of loaded releases."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ontologies.concepts import Concept
from ontologies.mappings import Mapping


class MappingState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall hold of a row from now on.

    A row of the project's own sets is rejected by its record id: it acts no more in this instance.
    """

    mapping: Mapping
    state: MappingState


@dataclass(frozen=True, slots=True)
class MappingRow:
    """What holds of a row at present, and the act that made it so."""

    mapping: Mapping
    state: MappingState
    who: str
    why: str
    at: datetime
    act: int


@dataclass(frozen=True, slots=True)
class MappingEvent:
    """What was once said of a row; ``mapping`` is the row as it was written then."""

    number: int
    act: int
    verb: str
    mapping: Mapping
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoadedRelease:
    """A release of another system as it was read: ``terms`` as bytes, and what it adds to the scheme."""

    system: str
    version: str
    title: str
    licence: str
    sha256: str
    terms: bytes
    term_count: int
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """``terms`` counts those of the release, ``concepts`` what it brings to the scheme.

    A remnant is what stays of a release that was taken out: concepts that something rests on, and no term.
    """

    id: int
    system: str
    version: str
    title: str
    licence: str
    sha256: str
    terms: int
    concepts: int
    applied: datetime
    who: str

    @property
    def is_remnant(self) -> bool:
        return self.terms == 0
