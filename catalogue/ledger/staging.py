"""What a run has found so far, kept aside in small batches until it is applied."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import Connection, delete, insert, select, union

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.identities import staged_identities
from catalogue.ledger.named import MentionKind
from catalogue.ledger.rows import KnownRecord, Rejection, StagedRecord
from catalogue.ledger.runs import require_under_way, write_findings, write_rejections
from catalogue.ledger.tables import (
    finding,
    member,
    mention,
    received,
    record,
    rejection,
    staged,
    staged_identity,
    version,
)
from catalogue.model.run import RecordState
from harvesters.source import Record

_BATCH: Final = 100
# A tenth larger than at the usual level, in less than half the time.
_QUICKLY: Final = 3
_MENTIONS: Final = 1000
NAMED_TWICE: Final = "the list names this identifier more than once; the first record was kept"
_UNTOLD: Final = "the record cannot be taken in"
_T = TypeVar("_T")


class Staging(OnDatabase):
    """Of an identifier that a run names twice the first is kept, the rest are rejected.

    ``attempt`` is how often the run had been taken up when the caller began: all raise ``LeaseLost`` if
    another worker took it up since.
    """

    def known(self, source_id: str) -> Mapping[str, KnownRecord]:
        """Every record a source ever gave, by its identifier there."""
        newest = (version.c.record == record.c.id) & version.c.until.is_(None)
        present = (received.c.record == record.c.id) & received.c.until.is_(None)
        hashes = (received.c.sha256.label("received_sha256"), version.c.sha256.label("published_sha256"))
        represented = (member.c.record == record.c.id) & (member.c.representative != record.c.id)
        wanted = (
            select(record, *hashes, member.c.representative)
            .select_from(record.join(received, present).outerjoin(version, newest))
            .outerjoin(member, represented)
            .where(record.c.source == source_id)
        )
        with self._database.reading() as connection:
            return {
                row.identifier: KnownRecord(
                    row.key,
                    RecordState(row.state) if row.representative is None else RecordState.DUPLICATE,
                    row.received_sha256,
                    row.crosswalk,
                    row.published_sha256,
                    row.aligner,
                    row.rejection,
                    row.restored,
                    row.missed_runs,
                    row.missing_since,
                )
                for row in connection.execute(wanted)
            }

    def stage(self, run_id: int, rows: Iterable[StagedRecord], *, attempt: int | None = None) -> None:
        """Keep new and changed records; raises ``Conflict`` once the run has ended."""
        for batch in _batches(rows, _BATCH):
            with self._database.writing() as connection:
                require_under_way(connection, run_id, attempt)
                firsts = _firsts(connection, run_id, [each.identifier for each in batch])
                _write(connection, run_id, [batch[place] for place in firsts])

    def take_back(self, run_id: int, identifier: str, *, attempt: int | None = None) -> Record:
        """Give what a run staged under an identifier as it was received, and forget that it was staged."""
        with self._database.writing() as connection:
            require_under_way(connection, run_id, attempt)
            this = (staged.c.run == run_id) & (staged.c.identifier == identifier)
            row = connection.execute(select(staged).where(this)).one()
            for told in (finding, rejection, staged_identity, staged):
                mine = (told.c.run == run_id) & (told.c.identifier == identifier)
                connection.execute(delete(told).where(mine))
            return Record(identifier, unpack(row.received), row.media_type)

    def seen(self, run_id: int, identifiers: Iterable[str], *, attempt: int | None = None) -> None:
        """The source still gives these as we know them: only ``last_seen`` will move."""
        self._mention(run_id, identifiers, MentionKind.SEEN, attempt)

    def withdrawn(self, run_id: int, identifiers: Iterable[str], *, attempt: int | None = None) -> None:
        """The source says that these are gone."""
        self._mention(run_id, identifiers, MentionKind.WITHDRAWN, attempt)

    def _mention(
        self, run_id: int, identifiers: Iterable[str], kind: MentionKind, attempt: int | None
    ) -> None:
        for batch in _batches(identifiers, _MENTIONS):
            with self._database.writing() as connection:
                require_under_way(connection, run_id, attempt)
                firsts = _firsts(connection, run_id, batch)
                rows = [{"run": run_id, "identifier": batch[place], "kind": str(kind)} for place in firsts]
                if rows:
                    connection.execute(insert(mention), rows)


def pack(content: bytes) -> bytes:
    return zlib.compress(content, _QUICKLY)


def unpack(body: bytes) -> bytes:
    return zlib.decompress(body)


def _firsts(connection: Connection, run_id: int, identifiers: Sequence[str]) -> list[int]:
    """The places of identifiers that the run names for the first time; the others are rejected."""
    named = connection.execute(
        union(
            select(staged.c.identifier).where(staged.c.run == run_id, staged.c.identifier.in_(identifiers)),
            select(mention.c.identifier).where(
                mention.c.run == run_id, mention.c.identifier.in_(identifiers)
            ),
        )
    )
    told = set(named.scalars())
    firsts: list[int] = []
    rest: list[int] = []
    for place, identifier in enumerate(identifiers):
        (rest if identifier in told else firsts).append(place)
        told.add(identifier)
    write_rejections(connection, run_id, [Rejection(identifiers[place], NAMED_TWICE) for place in rest])
    return firsts


def _write(connection: Connection, run_id: int, rows: Sequence[StagedRecord]) -> None:
    if rows:
        connection.execute(insert(staged), [_columns(run_id, each) for each in rows])
    if identities := [one for each in rows for one in staged_identities(run_id, each)]:
        connection.execute(insert(staged_identity), identities)
    write_findings(connection, run_id, ((each.identifier, found) for each in rows for found in each.findings))
    rejected = [
        Rejection(each.identifier, each.rejection or _UNTOLD) for each in rows if each.published is None
    ]
    write_rejections(connection, run_id, rejected)


def _columns(run_id: int, row: StagedRecord) -> dict[str, object]:
    return {
        "run": run_id,
        "identifier": row.identifier,
        "key": row.key,
        "subject": row.subject,
        "received": pack(row.received),
        "received_sha256": row.received_sha256,
        "media_type": row.media_type,
        "crosswalk": row.crosswalk,
        "published": None if row.published is None else pack(row.published),
        "published_sha256": None if row.published is None else row.published_sha256,
        "aligner": row.aligner,
        "title": row.title,
        "patients": row.patients,
        "given": row.given,
        "rejection": (row.rejection or _UNTOLD) if row.published is None else "",
    }


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
