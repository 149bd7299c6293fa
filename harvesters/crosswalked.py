"""What a crosswalk makes of a record."""

from dataclasses import dataclass

from harvesters.findings import Finding


@dataclass(frozen=True, slots=True)
class Crosswalked:
    """``triples`` are sorted N-Triples that may hold blank nodes; ``subject`` is the dataset's IRI."""

    triples: bytes
    subject: str
    findings: tuple[Finding, ...]
