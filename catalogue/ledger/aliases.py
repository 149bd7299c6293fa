"""Under which other identifiers a source gives a record: its key is kept for ever."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Final

from sqlalchemy import Connection, Select, delete, exists, func, insert, select, update

from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger.acts import reason, require_kept, require_quiet
from catalogue.ledger.changes import ChangeLog
from catalogue.ledger.duplicates import regroup
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.named import Named
from catalogue.ledger.rows import SHOWN_STATES, Alias
from catalogue.ledger.runs import row_of
from catalogue.ledger.tables import alias, identity, record, staged_identity
from catalogue.model.run import RecordState

# PostgreSQL keeps no longer ones in an index.
_LONGEST: Final = 2_000


class Aliases(OnDatabase):
    def join_identifiers(self, source_id: str, given: str, identifier: str, *, why: str) -> Alias:
        """From now on what a source gives as ``given`` is its record ``identifier``.

        A record that ``given`` was until now is withdrawn and points to the other one, which gets the bytes
        with the next full harvest. An ``identifier`` that is an alias itself stands for what it leads to.
        Said twice, nothing is written. Raises ``BadRequest`` without a reason, ``NotFound`` for a source or
        record that is not known, ``Conflict`` for a cycle, for a source that was removed, and where a record
        would be withdrawn that a run under way has seen.
        """
        said = reason(why)
        _require_storable(given)
        with self._database.writing() as connection:
            log = ChangeLog.lock(connection, lambda: self._database.now(connection))
            require_kept(connection, source_id)
            end = _end_of(connection, source_id, identifier)
            if given in (end, identifier):
                raise Conflict(f"{given!r} would be an alias of itself")
            key = _key(connection, source_id, end)
            known = _alias(connection, source_id, given)
            if known is not None and known.identifier == end:
                return known
            made = Alias(source_id, given, end, said, log.now)
            _write(connection, made)
            _withdraw(log, made, f"the same as {key}: {said}")
            log.close()
            self._database.announce(connection)
            return made

    def forget_alias(self, source_id: str, given: str) -> Alias:
        """What is given so is a record of its own again, from the next harvest on."""
        with self._database.writing() as connection:
            found = _alias(connection, source_id, given)
            if found is None:
                raise NotFound(f"{given!r} is no alias of {source_id}")
            is_it = (alias.c.source == source_id) & (alias.c.given == given)
            connection.execute(delete(alias).where(is_it))
            return found

    def aliases(self, source_id: str) -> Mapping[str, str]:
        """What each of a source's other identifiers means."""
        wanted = select(alias.c.given, alias.c.identifier).where(alias.c.source == source_id)
        with self._database.reading() as connection:
            return {row.given: row.identifier for row in connection.execute(wanted)}

    def list_aliases(self, source_id: str | None = None) -> tuple[Alias, ...]:
        """Of one source or of all, by source and identifier."""
        wanted = select(alias).order_by(alias.c.source, alias.c.given)
        if source_id is not None:
            wanted = wanted.where(alias.c.source == source_id)
        with self._database.reading() as connection:
            return tuple(Alias(*row) for row in connection.execute(wanted))

    def moved(self, run_id: int) -> tuple[tuple[str, str], ...]:
        """Pairs of a new identifier and of the one it seems to replace: a DOI or the like says so.

        The new one was staged by the run, the old one is shown and the run says nothing of it. What they
        share no other record of the source holds, and neither has a second counterpart. It means something
        only where the run's list is proven whole.
        """
        with self._database.reading() as connection:
            found = row_of(connection, run_id)
            rows = connection.execute(_shared(Named(run_id, found.source)))
            pairs = [(row.new, row.old) for row in rows]
        return single_pairs(pairs)

    def sole_identities(self, source_id: str) -> Mapping[str, str]:
        """Identities that one shown record of a source has alone, and its identifier."""
        held = _held_alone(source_id).subquery()
        wanted = select(held.c.value, record.c.identifier).join(record, record.c.id == held.c.record)
        with self._database.reading() as connection:
            return {row.value: row.identifier for row in connection.execute(wanted)}


def single_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Of different pairs of a new and an old identifier those that share neither with another pair."""
    told = set(pairs)
    olds, news = Counter(new for new, _ in told), Counter(old for _, old in told)
    return tuple(sorted((new, old) for new, old in told if olds[new] == news[old] == 1))


def _require_storable(given: str) -> None:
    if not given or len(given.encode("utf-8", "replace")) > _LONGEST:
        raise BadRequest(f"an identifier has 1 to {_LONGEST} bytes", parameter="given")


def _alias(connection: Connection, source_id: str, given: str) -> Alias | None:
    wanted = select(alias).where(alias.c.source == source_id, alias.c.given == given)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else Alias(*row)


def _end_of(connection: Connection, source_id: str, identifier: str) -> str:
    """What an identifier means: chains are never written, so one step leads to their end."""
    found = _alias(connection, source_id, identifier)
    return identifier if found is None else found.identifier


def _key(connection: Connection, source_id: str, identifier: str) -> str:
    wanted = select(record.c.key).where(record.c.source == source_id, record.c.identifier == identifier)
    key: str | None = connection.execute(wanted).scalar_one_or_none()
    if key is None:
        raise NotFound(f"{source_id} has no record {identifier!r}")
    return key


def _write(connection: Connection, made: Alias) -> None:
    """Whatever led to ``given`` leads to its new end."""
    mine = alias.c.source == made.source
    connection.execute(delete(alias).where(mine, alias.c.given == made.given))
    led_there = update(alias).where(mine, alias.c.identifier == made.given)
    connection.execute(led_there.values(identifier=made.identifier))
    connection.execute(insert(alias).values(asdict(made)))


def _withdraw(log: ChangeLog, made: Alias, why: str) -> None:
    """The record that the alias was until now, where there is one."""
    mine = (record.c.source == made.source) & (record.c.identifier == made.given)
    number = log.connection.execute(
        select(record.c.id).where(mine, record.c.state != str(RecordState.WITHDRAWN))
    ).scalar_one_or_none()
    if number is not None:
        require_quiet(log.connection, made.source)
        chosen = select(record.c.id).where(record.c.id == number)
        log.withdraw(chosen, run=None, why=why)
        regroup(log, chosen, run=None)


def _shared(named: Named) -> Select[tuple[str, str]]:
    """Pairs of a new identifier and an absent one that alone share an identity."""
    staged, held = _staged_alone(named).subquery(), _held_alone(named.source).subquery()
    given, absent = record.alias("given"), named.absent(record.c.id).correlate(None)
    known = exists().where(given.c.source == named.source, given.c.identifier == staged.c.new)
    return (
        select(staged.c.new, record.c.identifier.label("old"))
        .join(held, held.c.value == staged.c.value)
        .join(record, record.c.id == held.c.record)
        .where(~known, record.c.id.in_(absent))
        .distinct()
    )


def _staged_alone(named: Named) -> Select[tuple[str, str]]:
    """Identities that one record of the run has, and which."""
    value, new = staged_identity.c.value, func.min(staged_identity.c.identifier).label("new")
    mine = select(value, new).where(staged_identity.c.run == named.run)
    return mine.group_by(value).having(func.count() == 1)


def _held_alone(source_id: str) -> Select[tuple[str, int]]:
    """Identities that one shown record of the source has, and which."""
    value, holder = identity.c.value, func.min(identity.c.record).label("record")
    mine = select(value, holder).join(record, record.c.id == identity.c.record)
    mine = mine.where(record.c.source == source_id, record.c.state.in_(SHOWN_STATES))
    return mine.group_by(value).having(func.count() == 1)
