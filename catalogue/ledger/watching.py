"""How a process learns that the ledger changed, without asking it heavily.

SQLite tells through ``PRAGMA data_version`` on a connection that never writes (microseconds a question);
PostgreSQL sends a notification.
"""

import threading
import time
from typing import Any, Final, Protocol

from sqlalchemy import Engine, text

from catalogue.errors import LedgerUnavailable
from catalogue.ledger.engine import CHANNEL, Database, OnDatabase, told_plainly

_POLL_SECONDS: Final = 0.1


class Watching(OnDatabase):
    """One watch a thread, so that one waiter never takes another's news."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._mine = threading.local()
        self._open: list[_Watch] = []

    def wait_for_change(self, seconds: float) -> bool:
        """True once something may have changed since this thread asked last, False after ``seconds``.

        The first question of a thread is answered at once: who begins to wait has to look for himself once.
        """
        watch: _Watch | None = getattr(self._mine, "watch", None)
        if watch is None:
            with told_plainly(self._database.engine):
                self._mine.watch = self._begin()
            return True
        try:
            with told_plainly(self._database.engine):
                return watch.wait(seconds)
        except LedgerUnavailable:
            self._mine.watch = None
            raise

    def data_version(self) -> int:
        """A number that differs when a transaction was committed in between; comparable within one thread."""
        if not self._database.is_sqlite:
            with self._database.reading() as connection:
                asked = connection.execute(text("SELECT txid_snapshot_xmax(txid_current_snapshot())"))
                return int(asked.scalar_one())
        counter: _FileWatch | None = getattr(self._mine, "counter", None)
        with told_plainly(self._database.engine):
            if counter is None:
                counter = self._mine.counter = _FileWatch(self._database.engine)
                self._open.append(counter)
            return counter.version()

    def close_watches(self) -> None:
        while self._open:
            self._open.pop().close()

    def _begin(self) -> "_Watch":
        engine = self._database.engine
        watch: _Watch = _FileWatch(engine) if self._database.is_sqlite else _ChannelWatch(engine)
        self._open.append(watch)
        return watch


class _Watch(Protocol):
    def wait(self, seconds: float) -> bool: ...

    def close(self) -> None: ...


class _FileWatch:
    def __init__(self, engine: Engine) -> None:
        self._connection = _own_connection(engine)
        self._version = self.version()

    def version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while (found := self.version()) == self._version:
            left = end - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_POLL_SECONDS, left))
        self._version = found
        return True

    def close(self) -> None:
        self._connection.close()


class _ChannelWatch:
    def __init__(self, engine: Engine) -> None:
        self._connection = _own_connection(engine)
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {CHANNEL}")

    def wait(self, seconds: float) -> bool:
        """Everything that has come by now is one piece of news."""
        news = list(self._connection.notifies(timeout=seconds, stop_after=1))
        if news:
            list(self._connection.notifies(timeout=0))
        return bool(news)

    def close(self) -> None:
        self._connection.close()


def _own_connection(engine: Engine) -> Any:  # noqa: ANN401  # the driver's own, which differs
    """A connection that never goes back to the pool."""
    borrowed = engine.raw_connection()
    connection = borrowed.driver_connection
    borrowed.detach()
    return connection
