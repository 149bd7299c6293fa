"""What a dataset's page says of the record's quality."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from catalogue.model.quality import CheckedRecord, Level, LevelFinding
from harvesters.findings import Severity

LEVELS: Final = {
    Level.ACCEPT: ("Findable", "has a title, an identity, and a cancer condition or a modality"),
    Level.EUCAIM: ("EUCAIM", "gives all that EUCAIM DCAT-AP 2.0 makes mandatory"),
    Level.EHDS: ("EHDS", "gives all that HealthDCAT-AP Release 8 makes mandatory for its access right"),
}
# What fits on a page; the quality graph names every property.
_MOST_FINDINGS: Final = 100


@dataclass(frozen=True, slots=True)
class LevelRow:
    label: str
    meaning: str
    met: bool


@dataclass(frozen=True, slots=True)
class FindingRow:
    """``node`` is "" where the finding is on the dataset itself; ``levels`` are those it costs, by name."""

    path: str
    node: str
    value: str
    message: str
    how_to_fix: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QualityView:
    """``is_current`` is false while the version shown waits for its check; ``more`` are not listed."""

    levels: tuple[LevelRow, ...]
    faults: tuple[FindingRow, ...]
    remarks: tuple[FindingRow, ...]
    more: int
    is_current: bool

    @property
    def needs_enrichment(self) -> bool:
        return not any(level.met for level in self.levels)


def quality_view(checked: CheckedRecord | None, *, version: int) -> QualityView | None:
    """None where nothing is known yet. ``version`` is the one that the page shows."""
    if checked is None:
        return None
    findings = checked.quality.findings
    shown = findings[:_MOST_FINDINGS]
    return QualityView(
        levels=tuple(_levels(checked)),
        faults=tuple(_row(one, checked) for one in shown if one.severity is Severity.ERROR),
        remarks=tuple(_row(one, checked) for one in shown if one.severity is not Severity.ERROR),
        more=len(findings) - len(shown),
        is_current=checked.version == version,
    )


def _levels(checked: CheckedRecord) -> Iterator[LevelRow]:
    for level, (label, meaning) in LEVELS.items():
        yield LevelRow(label, meaning, met=level in checked.quality.levels)


def _row(one: LevelFinding, checked: CheckedRecord) -> FindingRow:
    """A name that the catalogue made up for a node without one tells a provider nothing."""
    own = one.focus == checked.subject or one.focus.startswith("urn:catalogue:")
    return FindingRow(
        path=one.path,
        node="" if own else one.focus,
        value="" if one.value.startswith("urn:catalogue:datasets/") else one.value,
        message=one.message,
        how_to_fix=one.how_to_fix,
        levels=tuple(LEVELS[level][0] for level in one.levels),
    )
