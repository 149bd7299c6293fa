"""How good a record is: which levels it reaches, and what keeps it from the others."""

from dataclasses import dataclass
from enum import StrEnum

from harvesters.findings import Finding


class Level(StrEnum):
    """Independent verdicts: a record may be fit for the EHDS and not for EUCAIM."""

    ACCEPT = "accept"
    EUCAIM = "eucaim"
    EHDS = "ehds"


@dataclass(frozen=True, slots=True)
class LevelFinding(Finding):
    """``levels`` are those that the finding keeps the record from; none for a mere remark."""

    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """``levels`` are reached; a record that does not reach *accept* is shown, and needs enrichment."""

    levels: tuple[Level, ...] = ()
    findings: tuple[LevelFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """What was found of one version of a record; ``subject`` is the provider's IRI of the dataset."""

    key: str
    subject: str
    version: int
    quality: Quality
