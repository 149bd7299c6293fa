"""Which records are to be made anew from the bytes that their source gave last."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.runs import whole_lists
from catalogue.ledger.staging import unpack
from catalogue.ledger.tables import received, record, version
from catalogue.model.run import RecordState

# Of a large feed a record may be a megabyte.
_BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """What a source gave last under ``identifier``.

    ``subject`` is the IRI that the published version made of it is about, "" where none was; the bytes came
    at ``since``.
    """

    key: str
    identifier: str
    received: bytes
    media_type: str
    subject: str
    since: datetime


class Kept(OnDatabase):
    """Without those that were withdrawn, that a curator restored, or that were never good and have left."""

    def count_kept(self, source_id: str) -> int:
        wanted = select(func.count()).select_from(record).where(is_kept(source_id))
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def kept_media_types(self, source_id: str) -> tuple[str, ...]:
        wanted = select(received.c.media_type).join(record, record.c.id == received.c.record)
        wanted = wanted.where(is_kept(source_id), received.c.until.is_(None)).distinct()
        with self._database.reading() as connection:
            return tuple(sorted(connection.execute(wanted).scalars()))

    def outdated_records(
        self, source_id: str, *, crosswalks: Mapping[str, str], aligner: str, batch: int = _BATCH
    ) -> Iterator[KeptRecord]:
        """Those that other rules made, in the order of their coming, in constant memory.

        ``crosswalks`` are the versions in force by media type. No transaction is open between two batches.
        """
        wanted = _with_bytes(source_id).where(_is_outdated(crosswalks, aligner)).order_by(record.c.id)
        last = 0
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(wanted.where(record.c.id > last).limit(batch)).all()
            if not rows:
                return
            for row in rows:
                subject = row.subject if row.subject and not row.rejection else ""
                yield KeptRecord(
                    row.key, row.identifier, unpack(row.body), row.media_type, subject, row.since
                )
            last = rows[-1].id


def is_kept(source_id: str) -> ColumnElement[bool]:
    """The record at hand may be made anew from what was received of it.

    One that was never good is not missed when a list does not name it: it must stand in the last whole one.
    """
    listed = whole_lists(source_id).scalar_subquery()
    return (
        (record.c.source == source_id)
        & (record.c.state != str(RecordState.WITHDRAWN))
        & ~record.c.restored
        & or_(record.c.state != str(RecordState.QUARANTINED), listed.is_(None), record.c.last_seen >= listed)
    )


def _with_bytes(source_id: str) -> Select[tuple[Any, ...]]:
    present = (received.c.record == record.c.id) & received.c.until.is_(None)
    newest = (version.c.record == record.c.id) & version.c.until.is_(None)
    told = (record.c.id, record.c.key, record.c.identifier, record.c.rejection, version.c.subject)
    chosen = select(*told, received.c.body, received.c.media_type, received.c.since)
    return chosen.select_from(record.join(received, present).outerjoin(version, newest)).where(
        is_kept(source_id)
    )


def _is_outdated(crosswalks: Mapping[str, str], aligner: str) -> ColumnElement[bool]:
    others = (
        (received.c.media_type == media_type) & (record.c.crosswalk != crosswalk)
        for media_type, crosswalk in crosswalks.items()
    )
    return or_(record.c.aligner != aligner, *others)
