"""Short ways to say what a source gave and what a run did with it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select

from catalogue.ledger import Lease, Ledger, StagedRecord
from catalogue.ledger.tables import metadata
from catalogue.model.run import ListingFacts, RunCounts, WithdrawalPolicy
from harvesters.findings import Finding
from harvesters.source import SourceConfig

# Absence is not believed, and nothing is too much to take away.
NEVER_HELD: Final = WithdrawalPolicy(runs=1_000, days=1_000, most=1_000_000, half=2.0)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> datetime:
        self.time += timedelta(seconds=seconds)
        return self.time


def config(source: str = "lisbon", **values: str) -> SourceConfig:
    return SourceConfig(source, "dcat", f"https://{source}.example/catalogue.ttl", **values)  # type: ignore[arg-type]


def record(
    identifier: str,
    text: str = "first",
    *,
    published: str | None = None,
    crosswalk: str = "1",
    aligner: str = "1",
    findings: tuple[Finding, ...] = (),
) -> StagedRecord:
    """A record whose published form differs with its text, unless ``published`` says otherwise."""
    body = f"{identifier} as given: {text}".encode()
    triples = (published or f'<urn:{identifier}> <urn:says> "{text}" .\n').encode()
    return StagedRecord(
        identifier=identifier,
        key=f"key-{identifier}",
        subject=f"urn:{identifier}",
        received=body,
        received_sha256=sha256(body).hexdigest(),
        media_type="application/n-triples",
        crosswalk=crosswalk,
        published=triples,
        published_sha256=sha256(triples).hexdigest(),
        aligner=aligner,
        findings=findings,
    )


def rejected(identifier: str, text: str = "bad", *, reason: str = "it has no title") -> StagedRecord:
    body = text.encode()
    return StagedRecord(
        identifier=identifier,
        key=f"key-{identifier}",
        subject="",
        received=body,
        received_sha256=sha256(body).hexdigest(),
        media_type="application/n-triples",
        crosswalk="1",
        published=None,
        published_sha256=None,
        rejection=reason,
    )


def harvest(
    ledger: Ledger,
    *rows: StagedRecord,
    source: str = "lisbon",
    seen: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    complete: bool = True,
) -> RunCounts:
    run = ledger.start_run(source)
    ledger.stage(run.id, rows)
    ledger.seen(run.id, seen)
    ledger.withdrawn(run.id, withdrawn)
    return applied(ledger, run.id, complete=complete)


def listed(*, complete: bool = True, proves_absence: bool | None = None) -> ListingFacts:
    """What a list proved: all there is, or nothing about what it does not name."""
    proof = complete if proves_absence is None else proves_absence
    because = "" if complete else "page 2 could not be read"
    return ListingFacts(1, None, complete, because, proves_absence=proof, as_of=None)


def applied(
    ledger: Ledger,
    run_id: int,
    *,
    complete: bool = True,
    policy: WithdrawalPolicy = NEVER_HELD,
    lease: Lease | None = None,
) -> RunCounts:
    ledger.note_listing(run_id, listed(complete=complete))
    return ledger.apply_run(run_id, policy=policy, lease=lease)


def row_counts(ledger: Ledger) -> dict[str, int]:
    """Of every table."""
    with ledger._database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
