"""How the ledger's database is reached: reading and writing transactions, and the time.

A writing transaction takes SQLite's write lock at its start, so that it never fails half-way for want of it.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Column, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import ConnectionPoolEntry

from catalogue.errors import LedgerUnavailable, SettingsInvalid
from catalogue.ledger.tables import Moment

CHANNEL: Final = "catalogue_ledger"
BUSY_SECONDS: Final = 30
Clock = Callable[[], datetime]


class Database:
    """One engine with its transactions. ``clock`` replaces the database's time."""

    def __init__(self, engine: Engine, *, clock: Clock | None = None) -> None:
        self.engine = engine
        self._clock = clock

    @classmethod
    def at(cls, url: str, *, clock: Clock | None = None) -> "Database":
        """Connect nothing yet; raises ``SettingsInvalid`` for an address of no database that we support."""
        return cls(_engine(_address(url)), clock=clock)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with told_plainly(self.engine), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Commits at the end, or leaves nothing behind."""
        with told_plainly(self.engine), self.engine.connect() as connection:
            writer = connection.execution_options(writes=True)
            with writer.begin():
                yield writer

    def now(self, connection: Connection) -> datetime:
        """The same clock for every process: the server's, or this machine's for SQLite."""
        if self._clock is not None:
            return self._clock().astimezone(UTC)
        if self.is_sqlite:
            return datetime.now(UTC)
        asked = text("SELECT clock_timestamp()").columns(Column("now", Moment))
        return cast("datetime", connection.execute(asked).scalar_one())

    def announce(self, connection: Connection) -> None:
        """Wake those who wait, once this transaction commits. SQLite's waiters see every commit anyway."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})

    def close(self) -> None:
        self.engine.dispose()


class OnDatabase:
    """A part of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """The time by which everything here is kept, the same for every process."""
        with self._database.reading() as connection:
            return self._database.now(connection)


@contextmanager
def told_plainly(engine: Engine) -> Iterator[None]:
    """Turn a database that fails (full, locked, gone) into ``LedgerUnavailable``; our own faults pass."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except (DBAPIError, PoolExhausted, engine.dialect.loaded_dbapi.Error) as error:
        cause = getattr(error, "orig", None) or error
        where = engine.url.render_as_string(hide_password=True)
        raise LedgerUnavailable(f"the ledger at {where} does not answer: {str(cause).strip()}") from error


def use_wal(database: Database) -> None:
    """Switch an SQLite file to write-ahead logging, which stays with the file."""
    end = time.monotonic() + BUSY_SECONDS
    with told_plainly(database.engine):
        while not _wal_is_on(database.engine, last_try=time.monotonic() > end):
            time.sleep(0.02)


def _wal_is_on(engine: Engine, *, last_try: bool) -> bool:
    """SQLite answers "locked" at once, whatever the busy timeout, when two processes switch a new file."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        return cursor.fetchall() == [("wal",)]
    except sqlite3.OperationalError as error:
        if last_try or "locked" not in str(error):
            raise LedgerUnavailable(f"the ledger at {engine.url.database} does not open: {error}") from error
        return False
    finally:
        connection.close()


def _address(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsInvalid(f"CATALOGUE_DATABASE_URL is no database address: {error}") from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            _make_folder(Path(parsed.database).parent)
            return parsed.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case "sqlite":
            raise SettingsInvalid("the ledger needs a file: sqlite:////folder/ledger.sqlite")
        case other:
            raise SettingsInvalid(f"the ledger runs on SQLite and PostgreSQL, not on {other}")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _server_engine(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server_engine(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise SettingsInvalid("PostgreSQL needs its driver: install eucaim-catalogue[postgresql]") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnavailable(f"the ledger's folder {folder} cannot be made: {error}") from error


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver would begin transactions late and by its own judgement; _begin_sqlite says when.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
