"""Which sources are harvested."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from catalogue.errors import Conflict, NotFound
from catalogue.ledger.changes import ChangeLog, lock_ledger
from catalogue.ledger.duplicates import rank_of, regroup
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import SourceRow
from catalogue.ledger.runs import (
    APPLIED,
    WHOLE_STATES,
    abandon,
    end_held,
    is_harvest,
    read_run,
    whole_lists,
)
from catalogue.ledger.tables import record, run, source
from catalogue.model.run import RecordState, RunState
from harvesters.options import EVERYWHERE
from harvesters.source import SourceConfig


class Sources(OnDatabase):
    def add_source(self, config: SourceConfig, *, hold_first: bool = False) -> SourceRow:
        """Raises ``Conflict`` if the id is taken; a removed source comes back with its records' keys.

        The option ``rank``, a whole number, says which source represents a dataset that several offer: the
        lowest; ``BadRequest`` if it is none.
        """
        with self._database.writing() as connection:
            lock_ledger(connection)
            values = {**_columns(config), "hold_first": hold_first, "paused": False, "removed": None}
            values |= {"token_sha256": "", "condition": "", "relist_after": None}
            values["added"] = self._database.now(connection)
            removed = source.c.removed.is_not(None)
            back = connection.execute(update(source).where(source.c.id == config.id, removed).values(values))
            if not back.rowcount:
                _insert(connection, values)
            return _one(connection, config.id)

    def update_source(self, config: SourceConfig) -> SourceRow:
        """Another rank changes which records are shown as duplicates.

        What the source is asked for may be another list now: then nothing that was listed before proves
        anything about it, and the next list is a whole one.
        """
        values = _columns(config)
        with self._database.writing() as connection:
            log = ChangeLog.lock(connection, lambda: self._database.now(connection))
            before = _one(connection, config.id).config
            if _asks_for_another_list(before, config):
                values["relist_after"] = log.now
            connection.execute(update(source).where(source.c.id == config.id).values(values))
            regroup(log, _records(config.id), run=None)
            log.close()
            self._database.announce(connection)
            return _one(connection, config.id)

    def pause_source(self, source_id: str, *, paused: bool = True) -> SourceRow:
        with self._database.writing() as connection:
            _one(connection, source_id)
            connection.execute(update(source).where(source.c.id == source_id).values(paused=paused))
            return _one(connection, source_id)

    def remove_source(self, source_id: str, *, cause: str = "the source was removed") -> int:
        """Take a source out of the harvest and withdraw its records; gives how many had been shown."""
        with self._database.writing() as connection:
            log = ChangeLog.lock(connection, lambda: self._database.now(connection))
            _one(connection, source_id)
            abandon(connection, source_id, state=RunState.CANCELLED, cause=cause, now=log.now)
            end_held(connection, source_id, cause=cause, now=log.now)
            withdrawn = log.withdraw(_not_withdrawn(source_id), run=None, why=cause)
            regroup(log, _records(source_id), run=None)
            log.close()
            connection.execute(update(source).where(source.c.id == source_id).values(removed=log.now))
            self._database.announce(connection)
            return withdrawn

    def source(self, source_id: str) -> SourceRow:
        """Raises ``NotFound`` for a source that was never added or is removed."""
        with self._database.reading() as connection:
            return _one(connection, source_id)

    def addresses(self) -> Mapping[str, str]:
        """Where each source is harvested, by its id."""
        wanted = select(source.c.id, source.c.url).where(source.c.removed.is_(None))
        with self._database.reading() as connection:
            return {row.id: row.url for row in connection.execute(wanted)}

    def sources(self, *, removed: bool = False) -> tuple[SourceRow, ...]:
        """By id; ``removed`` gives those too that are harvested no more."""
        wanted = select(source).order_by(source.c.id)
        if not removed:
            wanted = wanted.where(source.c.removed.is_(None))
        with self._database.reading() as connection:
            return tuple(_read(connection, row) for row in connection.execute(wanted).all())


def _insert(connection: Connection, values: dict[str, object]) -> None:
    try:
        connection.execute(insert(source).values(values))
    except IntegrityError as error:
        raise Conflict(f"there is already a source {values['id']!r}") from error


def _columns(config: SourceConfig) -> dict[str, object]:
    rank_of(config.options)  # refused before it is kept
    return {
        "id": config.id,
        "kind": config.kind,
        "url": config.url,
        "title": config.title,
        "pace": config.pace,
        "options": dict(config.options),
    }


def _records(source_id: str) -> Select[tuple[int]]:
    return select(record.c.id).where(record.c.source == source_id)


def _not_withdrawn(source_id: str) -> Select[tuple[int]]:
    return _records(source_id).where(record.c.state != str(RecordState.WITHDRAWN))


def _one(connection: Connection, source_id: str) -> SourceRow:
    wanted = select(source).where(source.c.id == source_id, source.c.removed.is_(None))
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"there is no source {source_id!r}")
    return _read(connection, row)


def _read(connection: Connection, row: Row[tuple[object, ...]]) -> SourceRow:
    config = SourceConfig(row.id, row.kind, row.url, row.title, row.pace, dict(row.options))
    mine = (run.c.source == row.id) & is_harvest()
    runs = select(run).where(mine).order_by(run.c.id.desc()).limit(1)
    last = connection.execute(runs).one_or_none()
    harvested = select(func.max(run.c.ended)).where(mine, run.c.state.in_(APPLIED))
    return SourceRow(
        config=config,
        added=row.added,
        hold_first=row.hold_first,
        paused=row.paused,
        removed=row.removed,
        last_run=None if last is None else read_run(last),
        last_harvested=connection.execute(harvested).scalar_one(),
        failures=int(connection.execute(_failures(row.id)).scalar_one()),
        incompletes=int(connection.execute(_incompletes(row.id)).scalar_one()),
        last_whole_list=connection.execute(whole_lists(row.id)).scalar_one(),
        condition=row.condition,
        has_token=bool(row.token_sha256),
    )


def _asks_for_another_list(before: SourceConfig, after: SourceConfig) -> bool:
    def asked(config: SourceConfig) -> tuple[object, ...]:
        said = {name: value for name, value in config.options.items() if name not in EVERYWHERE}
        return config.kind, config.url, said

    return asked(before) != asked(after)


def _incompletes(source_id: str) -> Select[Any]:
    """The lists that were no whole ones since the last that was, or that waits for a curator."""
    mine = (run.c.source == source_id) & is_harvest()
    whole = (*WHOLE_STATES, str(RunState.HELD))
    last = select(func.coalesce(func.max(run.c.id), 0)).where(mine, run.c.state.in_(whole))
    later = (run.c.state == str(RunState.INCOMPLETE)) & (run.c.id > last.scalar_subquery())
    return select(func.count()).select_from(run).where(mine, later)


def _failures(source_id: str) -> Select[Any]:
    """The runs that failed since the last one that came through or waits for a curator."""
    through = (*APPLIED, str(RunState.HELD))
    mine = (run.c.source == source_id) & is_harvest()
    last = select(func.coalesce(func.max(run.c.id), 0)).where(mine, run.c.state.in_(through))
    failed = (run.c.state == str(RunState.FAILED)) & (run.c.id > last.scalar_subquery())
    return select(func.count()).select_from(run).where(mine, failed)
