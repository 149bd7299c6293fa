"""What taking a provider's records in would give, found out without taking any in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalogue.ingest.identity import mint_key
from catalogue.ingest.record import Preparation, Prepared
from catalogue.model.quality import Level, LevelFinding
from catalogue.profile.reader import read_dataset
from catalogue.quality.check import Checker
from harvesters.errors import RecordRejected
from harvesters.findings import Finding
from harvesters.source import Record, Rejected, Withdrawn


@dataclass(frozen=True, slots=True)
class Tried:
    """One record: the levels that it would reach and what can be mended, or why it cannot be taken in.

    ``findings`` are of its reading, ``quality`` of what would be published.
    """

    identifier: str
    title: str = ""
    levels: tuple[Level, ...] = ()
    findings: tuple[Finding, ...] = ()
    quality: tuple[LevelFinding, ...] = ()
    rejection: str = ""


def tried(
    items: Iterable[Record | Withdrawn | Rejected], preparation: Preparation, checker: Checker
) -> Iterator[Tried]:
    """In the order of the source; what it says to be withdrawn is left out."""
    for item in items:
        match item:
            case Record():
                yield _record(item, preparation, checker)
            case Rejected(identifier, reason):
                yield Tried(identifier, rejection=reason)
            case Withdrawn():
                continue


def _record(record: Record, preparation: Preparation, checker: Checker) -> Tried:
    key = mint_key("trial", record.identifier, taken=lambda _: False)
    try:
        made = preparation.prepare(record, key=key)
    except RecordRejected as error:
        return Tried(record.identifier, rejection=str(error))
    quality = checker.check(made.subject, made.triples)
    return Tried(
        record.identifier,
        title=_title(made, key),
        levels=quality.levels,
        findings=made.findings,
        quality=quality.findings,
    )


def _title(made: Prepared, key: str) -> str:
    titles = read_dataset(key, made.subject, made.triples).titles
    english = (title.text for title in titles if title.language.startswith("en"))
    return next(english, titles[0].text if titles else "")
