"""What records said before, as published and as received, and what is left of those that are withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from catalogue.errors import NotFound
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import PublishedVersion, Received, Reception, Tombstone, Version
from catalogue.ledger.staging import unpack
from catalogue.ledger.tables import alias, received, record, version
from catalogue.model.run import RecordState


class History(OnDatabase):
    def versions(self, key: str) -> tuple[Version, ...]:
        """Every version that was ever published, the oldest first; none of an unknown record."""
        wanted = _of_record(key, *_VERSION).order_by(version.c.number)
        with self._database.reading() as connection:
            return tuple(Version(*row) for row in connection.execute(wanted))

    def version_at(self, key: str, number: int) -> PublishedVersion:
        """Raises ``NotFound`` for a version that there never was."""
        columns = (record.c.source, record.c.identifier, version.c.subject, version.c.body)
        wanted = _of_record(key, *_VERSION, *columns).where(version.c.number == number)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound(f"there is no version {number} of {key!r}")
        found = Version(*row[: len(_VERSION)])
        return PublishedVersion(key, row.source, row.identifier, row.subject, unpack(row.body), found)

    def receptions(self, key: str) -> tuple[Reception, ...]:
        """Every form in which the provider gave the record, the oldest first, the rejected ones too."""
        columns = (received.c.sha256, received.c.media_type, received.c.crosswalk, received.c.run)
        wanted = select(*columns, received.c.since, received.c.until).order_by(received.c.id)
        wanted = wanted.join(record, record.c.id == received.c.record).where(record.c.key == key)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(Reception(number, *row) for number, row in enumerate(rows, start=1))

    def received_at(self, key: str, number: int) -> Received:
        """The bytes that a published version was made of; raises ``NotFound``.

        They may be older than the version: newer rules make a new version of old bytes.
        """
        made = _of_record(key, version.c.run).where(version.c.number == number).scalar_subquery()
        columns = (record.c.source, record.c.identifier, received)
        wanted = select(*columns).join(received, received.c.record == record.c.id)
        wanted = wanted.where(record.c.key == key, received.c.run <= made).order_by(received.c.id.desc())
        with self._database.reading() as connection:
            row = connection.execute(wanted.limit(1)).one_or_none()
        if row is None:
            raise NotFound(f"there is no version {number} of {key!r}")
        body = unpack(row.body)
        return Received(
            key, row.source, row.identifier, body, row.sha256, row.media_type, row.crosswalk, row.since
        )

    def tombstone(self, key: str) -> Tombstone:
        """Raises ``NotFound`` for what is not withdrawn or was never published."""
        columns = (record.c.source, record.c.identifier, record.c.title, record.c.datestamp)
        wanted = _of_record(key, *columns, record.c.withdrawal, version.c.subject, version.c.number)
        wanted = wanted.where(record.c.state == str(RecordState.WITHDRAWN))
        with self._database.reading() as connection:
            row = connection.execute(wanted.order_by(version.c.number.desc()).limit(1)).one_or_none()
            if row is None:
                raise NotFound(f"there is no withdrawn dataset {key!r}")
            replaced_by = _replacement(connection, row.source, row.identifier)
        return Tombstone(
            key=key,
            source=row.source,
            identifier=row.identifier,
            subject=row.subject,
            title=row.title,
            withdrawn=row.datestamp,
            why=row.withdrawal,
            version=row.number,
            replaced_by=replaced_by,
        )


_VERSION: tuple[ColumnElement[Any], ...] = (
    version.c.number,
    version.c.sha256,
    version.c.run,
    version.c.since,
    version.c.until,
    version.c.why,
)


def is_valid_at(moment: datetime) -> ColumnElement[bool]:
    """The version at hand was published at a moment."""
    return (version.c.since <= moment) & (version.c.until.is_(None) | (version.c.until > moment))


def _of_record(key: str, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
    of = record.c.id == version.c.record
    return select(*columns).select_from(version.join(record, of)).where(record.c.key == key)


def _replacement(connection: Connection, source_id: str, identifier: str) -> str:
    """The key of the record that an identifier means by now, "" where it means its own."""
    mine = (alias.c.source == record.c.source) & (alias.c.identifier == record.c.identifier)
    wanted = select(func.max(record.c.key)).select_from(alias.join(record, mine))
    wanted = wanted.where(alias.c.source == source_id, alias.c.given == identifier)
    return str(connection.execute(wanted).scalar_one() or "")
