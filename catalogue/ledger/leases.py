"""Who may do a piece of work alone, for how long, and who takes over from the dead."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, insert, select, update

from catalogue.errors import LeaseLost
from catalogue.ledger.changes import lock_ledger
from catalogue.ledger.engine import Database, OnDatabase
from catalogue.ledger.holders import has_died
from catalogue.ledger.rows import Lease
from catalogue.ledger.tables import lease

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

HasDied = Callable[[str], bool]


class Leases(OnDatabase):
    """``has_died`` says whether a holder is known not to run any more."""

    def __init__(self, database: Database, *, has_died: HasDied = has_died) -> None:
        super().__init__(database)
        self._has_died = has_died

    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """None while another holds it, which ends at its expiry or with the holder's process.

        A holder does not get a second time what it holds already: its own threads exclude one another too.
        """
        with self._database.writing() as connection:
            lock_ledger(connection)
            now = self._database.now(connection)
            row = connection.execute(select(lease).where(lease.c.name == name)).one_or_none()
            if row is not None and not self._is_free(row, now):
                return None
            gained = Lease(
                name, holder, 1 if row is None else row.token + 1, now + timedelta(seconds=seconds)
            )
            _keep(connection, gained, known=row is not None)
            return gained

    def renew(self, held: Lease, seconds: float) -> Lease:
        """The heartbeat; raises ``LeaseLost`` once somebody else took over or it was released."""
        with self._database.writing() as connection:
            expires = self._database.now(connection) + timedelta(seconds=seconds)
            moved = connection.execute(update(lease).where(_is_this(held)).values(expires=expires))
            if not moved.rowcount:
                raise LeaseLost(f"the lease {held.name!r} of {held.holder} was taken over")
            return Lease(held.name, held.holder, held.token, expires)

    def release(self, held: Lease) -> None:
        """Give it back; nothing happens if it was lost before. The row stays, for the token goes on."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            connection.execute(update(lease).where(_is_this(held)).values(holder="", expires=now))

    def holder_of(self, name: str) -> str | None:
        with self._database.reading() as connection:
            row = connection.execute(select(lease).where(lease.c.name == name)).one_or_none()
            return None if row is None or self._is_free(row, self._database.now(connection)) else row.holder

    def _is_free(self, row: Row[tuple[object, ...]], now: datetime) -> bool:
        return not row.holder or row.expires <= now or self._has_died(row.holder)


def require_lease(connection: Connection, held: Lease) -> None:
    """Fence a transaction: ``LeaseLost`` unless the lease is still this one; it stays so to the commit."""
    if connection.execute(select(lease.c.name).where(_is_this(held)).with_for_update()).one_or_none() is None:
        raise LeaseLost(f"the lease {held.name!r} of {held.holder} was taken over")


def _is_this(held: Lease) -> "ColumnElement[bool]":
    return (lease.c.name == held.name) & (lease.c.holder == held.holder) & (lease.c.token == held.token)


def _keep(connection: Connection, gained: Lease, *, known: bool) -> None:
    values = {"holder": gained.holder, "token": gained.token, "expires": gained.expires}
    if known:
        connection.execute(update(lease).where(lease.c.name == gained.name).values(values))
    else:
        connection.execute(insert(lease).values(name=gained.name, **values))
