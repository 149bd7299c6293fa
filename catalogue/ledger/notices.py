"""What people are told of a source, and whether it reached them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.tables import notice, source, transition

# How long whoever claims a notice has for it; after that somebody else may send it a second time.
_CLAIM: Final = timedelta(minutes=2)


class Condition(StrEnum):
    """What people were last told of a source; of an unknown one nothing."""

    UNKNOWN = ""
    WELL = "well"
    FAILING = "failing"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Notice:
    """``kind`` is the condition that began, ``before`` the one that ended.

    ``told`` are the channels that it has gone through; the others are tried again at ``next_try``, unless it
    is None: then it was sent, or given up for the reason in ``error``.
    """

    id: int
    source: str
    title: str
    run: int | None
    kind: Condition
    before: Condition
    text: str
    at: datetime
    tries: int
    next_try: datetime | None
    sent: datetime | None
    error: str
    told: tuple[str, ...]


class Notices(OnDatabase):
    def last_transition(self) -> int:
        """Grows whenever a run changes its state: before that no condition has changed either."""
        with self._database.reading() as connection:
            found = connection.execute(select(func.coalesce(func.max(transition.c.id), 0)))
            return int(found.scalar_one())

    def note_condition(
        self,
        source_id: str,
        condition: Condition,
        *,
        before: Condition,
        run: int | None = None,
        text: str = "",
    ) -> bool:
        """Whether the source was in the condition ``before`` and is in the new one now.

        With a ``text`` people are to be told, and that is kept together with the condition or not at all.
        """
        if condition is before:
            return False
        is_so = (source.c.id == source_id) & source.c.removed.is_(None) & (source.c.condition == str(before))
        with self._database.writing() as connection:
            moved = connection.execute(update(source).where(is_so).values(condition=str(condition)))
            if not moved.rowcount:
                return False
            if text:
                now = self._database.now(connection)
                values = {"source": source_id, "run": run, "kind": str(condition), "before": str(before)}
                tries = {"tries": 0, "next_try": now, "error": "", "told": ""}
                connection.execute(insert(notice).values(**values, **tries, text=text, at=now))
            return True

    def claim_notices(self, limit: int = 20) -> tuple[Notice, ...]:
        """The oldest that are to be sent now; for the next minutes they are given to nobody else.

        Each is then to be ended by ``notice_sent`` or ``notice_failed``.
        """
        with self._database.reading() as connection:
            now = self._database.now(connection)
            if connection.execute(select(notice.c.id).where(_is_due(now)).limit(1)).one_or_none() is None:
                return ()
        with self._database.writing() as connection:
            now = self._database.now(connection)
            wanted = select(notice.c.id).where(_is_due(now)).order_by(notice.c.id).limit(limit)
            claimed = connection.execute(wanted.with_for_update(skip_locked=True)).scalars().all()
            claim = {"next_try": now + _CLAIM, "tries": notice.c.tries + 1}
            connection.execute(update(notice).where(notice.c.id.in_(claimed)).values(claim))
            return _read_all(connection, notice.c.id.in_(claimed), order=notice.c.id.asc(), limit=limit)

    def notice_sent(self, notice_id: int, *, told: tuple[str, ...] = ()) -> None:
        with self._database.writing() as connection:
            ended = {"sent": self._database.now(connection), "next_try": None, "error": ""}
            _end(connection, notice_id, ended, told)

    def notice_failed(
        self, notice_id: int, error: str, *, again_in: timedelta | None, told: tuple[str, ...] = ()
    ) -> None:
        """``again_in`` is None for a notice that is given up."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            failed = {"next_try": None if again_in is None else now + again_in, "error": error}
            _end(connection, notice_id, failed, told)

    def notices(self, source_id: str | None = None, limit: int = 50) -> tuple[Notice, ...]:
        """The newest first."""
        with self._database.reading() as connection:
            wanted = notice.c.id.is_not(None) if source_id is None else notice.c.source == source_id
            return _read_all(connection, wanted, order=notice.c.id.desc(), limit=limit)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return notice.c.sent.is_(None) & (notice.c.next_try <= now)


def _end(connection: Connection, notice_id: int, values: dict[str, Any], told: tuple[str, ...]) -> None:
    values = {**values, "told": ",".join(told)}
    connection.execute(update(notice).where(notice.c.id == notice_id).values(values))


def _read_all(
    connection: Connection, wanted: ColumnElement[bool], *, order: ColumnElement[Any], limit: int
) -> tuple[Notice, ...]:
    found = select(notice, source.c.title).join(source, source.c.id == notice.c.source).where(wanted)
    return tuple(_read(row) for row in connection.execute(found.order_by(order).limit(limit)))


def _read(row: Row[tuple[Any, ...]]) -> Notice:
    return Notice(
        id=row.id,
        source=row.source,
        title=row.title or row.source,
        run=row.run,
        kind=Condition(row.kind),
        before=Condition(row.before),
        text=row.text,
        at=row.at,
        tries=row.tries,
        next_try=row.next_try,
        sent=row.sent,
        error=row.error,
        told=tuple(name for name in row.told.split(",") if name),
    )
