"""Which words of providers mean nothing yet, the one that hides most first."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.ledger import Published
from catalogue.model.dataset import Dataset
from catalogue.profile.reader import read_dataset
from ontologies.concepts import Axis
from ontologies.mappings.subjects import subject_word


@dataclass(frozen=True, slots=True)
class Unmapped:
    """``raw`` is the word as it came first; ``patients`` are those of datasets that count them."""

    axis: Axis
    raw: str
    datasets: int
    patients: int
    sources: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    raw: str
    datasets: int
    patients: int
    sources: set[str]


def unmapped(shown: Iterable[Published], *, axis: Axis | None = None) -> tuple[Unmapped, ...]:
    """By datasets times patients; memory grows with the words, not with the records."""
    found: dict[tuple[Axis, str], _Found] = {}
    for published in shown:
        if not published.duplicate_of:
            dataset = read_dataset(published.key, published.subject, published.triples)
            _count(dataset, published.source, axis, found)
    rows = (
        Unmapped(at[0], one.raw, one.datasets, one.patients, tuple(sorted(one.sources)))
        for at, one in found.items()
    )
    return tuple(sorted(rows, key=_rank))


def _count(dataset: Dataset, source: str, axis: Axis | None, found: dict[tuple[Axis, str], _Found]) -> None:
    words = {
        (value.axis, subject_word(value.raw)): value.raw
        for value in dataset.values
        if not value.concept and not value.justification and axis in (None, value.axis)
    }
    patients = (dataset.counts.patients or 0) if dataset.counts_towards_totals else 0
    for at, raw in words.items():
        one = found.setdefault(at, _Found(raw, 0, 0, set()))
        one.datasets += 1
        one.patients += patients
        one.sources.add(source)


def _rank(one: Unmapped) -> tuple[int, int, str, str]:
    return -one.datasets * max(one.patients, 1), -one.datasets, one.axis, subject_word(one.raw)
