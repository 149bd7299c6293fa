"""Which numbers of a record contradict each other: remarks that keep it from no level."""

from collections.abc import Iterator
from typing import Final

from catalogue.model.dataset import StatedCount
from catalogue.model.quality import LevelFinding
from catalogue.profile import terms
from catalogue.profile.reader import Statements, read_dataset
from harvesters.findings import Severity
from ontologies.namespaces import compact

_SEGMENTATIONS: Final = f"{terms.EUCAIM}nbrOfSegmentations"
_OLDEST: Final = 120


def contradictions(subject: str, triples: bytes) -> Iterator[LevelFinding]:
    found = Statements.of(triples)
    numbers = {
        name: found.number(subject, name)
        for name in (terms.PATIENTS, terms.STUDIES, terms.LOWEST_AGE, terms.HIGHEST_AGE, _SEGMENTATIONS)
    }
    yield from _ordered(subject, numbers, terms.PATIENTS, terms.STUDIES, "more subjects than imaging studies")
    yield from _ordered(
        subject, numbers, _SEGMENTATIONS, terms.STUDIES, "more annotated studies than studies"
    )
    yield from _ordered(
        subject, numbers, terms.LOWEST_AGE, terms.HIGHEST_AGE, "a lowest age above the highest"
    )
    for name in (terms.LOWEST_AGE, terms.HIGHEST_AGE):
        age = numbers[name]
        if age is not None and age > _OLDEST:
            yield _remark(subject, name, str(age), f"{age} years is no age of a person.")
    patients = numbers[terms.PATIENTS]
    if patients is not None:
        for one in read_dataset("", subject, triples).stated:
            if one.patients > patients:
                yield _slice(subject, one, patients)


def _ordered(
    subject: str, numbers: dict[str, int | None], lesser: str, greater: str, what: str
) -> Iterator[LevelFinding]:
    few, many = numbers[lesser], numbers[greater]
    if few is not None and many is not None and few > many:
        yield _remark(subject, lesser, str(few), f"The record states {what}: {few:,} and {many:,}.")


def _slice(subject: str, one: StatedCount, patients: int) -> LevelFinding:
    message = f"{one.patients:,} patients are stated for {one.raw}, and only {patients:,} in all."
    return _remark(subject, terms.COUNT_BY, one.raw, message)


def _remark(subject: str, path: str, value: str, message: str) -> LevelFinding:
    return LevelFinding(
        Severity.WARNING,
        focus=subject,
        path=compact(path),
        value=value[:200],
        message=message,
        how_to_fix="Correct the number that is wrong.",
    )
