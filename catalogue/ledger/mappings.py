"""What curators decided that words mean: every act that was, and what holds of each row at present."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from catalogue.errors import BadRequest, NotFound
from catalogue.ledger.changes import lock_ledger
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.tables import counter, mapping, mapping_event
from catalogue.ledger.vocabulary_rows import Decision, MappingEvent, MappingRow, MappingState
from ontologies.concepts import Axis
from ontologies.mappings import Mapping, load_mappings
from ontologies.mappings.subjects import subject_word

logger = logging.getLogger(__name__)

_BATCH: Final = 500
# PostgreSQL keeps no longer ones in an index.
_LONGEST_ID: Final = 2_000


class Mappings(OnDatabase):
    def decide(self, decisions: Iterable[Decision], *, who: str, why: str = "") -> int:
        """Write what changes as one act, and give its number; 0 where everything holds already.

        Raises ``BadRequest`` for two decisions on one record id, and for an id that no index can keep.
        """
        wanted = each_once(decisions)
        with self._database.writing() as connection:
            lock_ledger(connection)
            signed = Signed(who, why, self._database.now(connection))
            act = write_decisions(connection, wanted, signed)
            if act:
                self._database.announce(connection)
            return act

    def mapping_rows(
        self,
        *,
        state: MappingState | None = None,
        axis: Axis | None = None,
        word: str = "",
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[MappingRow, ...]:
        """Those of the ledger, by axis, word and record id; ``word`` is a part of the subject's label."""
        wanted = _present().where(*_conditions(state, axis, word))
        wanted = wanted.order_by(mapping.c.axis, mapping.c.word, mapping.c.record_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.offset(offset).limit(limit)).all()
        return tuple(_row(each) for each in rows if _readable(each.content))

    def count_mappings(
        self, *, state: MappingState | None = None, axis: Axis | None = None, word: str = ""
    ) -> int:
        wanted = select(func.count()).select_from(mapping).where(*_conditions(state, axis, word))
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def mapping_row(self, record_id: str) -> MappingRow:
        """Raises ``NotFound`` for a record id of which nothing was ever decided."""
        with self._database.reading() as connection:
            row = connection.execute(_present().where(mapping.c.record_id == record_id)).one_or_none()
        if row is None:
            raise NotFound(f"nothing was decided of a mapping {record_id!r}")
        return _row(row)

    def last_act(self) -> int:
        """The number of the newest act of curating, 0 before the first: whoever keeps rows asks for it."""
        wanted = select(func.coalesce(func.max(mapping_event.c.act), 0))
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def mapping_history(self, record_id: str) -> tuple[MappingEvent, ...]:
        """All that was said of a row, the newest last."""
        wanted = select(mapping_event).where(mapping_event.c.record_id == record_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(mapping_event.c.number)).all()
        return tuple(
            MappingEvent(row.number, row.act, row.verb, _read(row.content), row.who, row.why, row.at)
            for row in rows
        )


@dataclass(frozen=True, slots=True)
class Signed:
    """Who acts, for what reason and when."""

    who: str
    why: str
    at: datetime


def each_once(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    found: dict[str, Decision] = {}
    for one in decisions:
        record_id = one.mapping.record_id
        if found.setdefault(record_id, one) != one:
            raise BadRequest(f"two decisions at once on the mapping {record_id!r}", parameter="record_id")
        if "\0" in record_id or len(record_id.encode("utf-8", "replace")) > _LONGEST_ID:
            raise BadRequest(
                f"a record id has at most {_LONGEST_ID} bytes, and no NUL", parameter="record_id"
            )
    return tuple(found.values())


def write_decisions(connection: Connection, wanted: Sequence[Decision], signed: Signed) -> int:
    """Give the number of the act, 0 where nothing changes. The transaction holds the ledger's lock."""
    known = known_decisions(connection, [one.mapping.record_id for one in wanted])
    changed = [one for one in wanted if known.get(one.mapping.record_id) != one]
    if not changed:
        return 0
    last = select(func.coalesce(func.max(mapping_event.c.number), 0))
    number = int(connection.execute(last).scalar_one()) + 1
    act = int(connection.execute(select(func.coalesce(func.max(mapping_event.c.act), 0))).scalar_one()) + 1
    events = [_event(one, number + place, act, signed) for place, one in enumerate(changed)]
    connection.execute(insert(mapping_event), events)
    for batch in _batches([one.mapping.record_id for one in changed]):
        connection.execute(delete(mapping).where(mapping.c.record_id.in_(batch)))
    connection.execute(insert(mapping), [_state(one, number + at) for at, one in enumerate(changed)])
    if _acts(changed, known):
        move_vocabulary(connection)
    return act


def known_decisions(connection: Connection, record_ids: Sequence[str]) -> dict[str, Decision]:
    """What holds at present of those of them that are known."""
    found: dict[str, Decision] = {}
    for batch in _batches(record_ids):
        wanted = select(mapping.c.record_id, mapping.c.state, mapping.c.content)
        for row in connection.execute(wanted.where(mapping.c.record_id.in_(batch))):
            found[row.record_id] = Decision(_read(row.content), MappingState(row.state))
    return found


def accepted(connection: Connection) -> tuple[Mapping, ...]:
    wanted = select(mapping.c.content).where(mapping.c.state == str(MappingState.ACCEPTED))
    rows = connection.execute(wanted.order_by(mapping.c.record_id))
    return tuple(found for content in rows.scalars() if (found := _readable(content)))


def refused(connection: Connection) -> frozenset[str]:
    """The record ids of the project's own rows that this instance's curators rejected."""
    wanted = select(mapping.c.record_id).where(mapping.c.state == str(MappingState.REJECTED))
    rejected = frozenset(connection.execute(wanted).scalars())
    return rejected & _own_ids() if rejected else rejected


def move_vocabulary(connection: Connection) -> None:
    """Tell all processes that values may mean something else from now on."""
    connection.execute(update(counter).values(vocabulary=counter.c.vocabulary + 1))


def _acts(changed: Iterable[Decision], known: dict[str, Decision]) -> bool:
    """Whether any value may align otherwise: an accepted row came or went, or one of the own set did."""
    turned = [(one, known.get(one.mapping.record_id)) for one in changed]
    states = [{one.state, before.state if before else None} for one, before in turned]
    if any(MappingState.ACCEPTED in each for each in states):
        return True
    kept = {
        one.mapping.record_id
        for (one, before), each in zip(turned, states, strict=True)
        if MappingState.REJECTED in each and (before is None or before.state is not one.state)
    }
    return bool(kept) and not kept.isdisjoint(_own_ids())


def _own_ids() -> frozenset[str]:
    return frozenset(each.record_id for each in load_mappings().mappings)


def _event(one: Decision, number: int, act: int, signed: Signed) -> dict[str, object]:
    return {
        "number": number,
        "act": act,
        "at": signed.at,
        "who": signed.who,
        "verb": str(one.state),
        "record_id": one.mapping.record_id,
        "content": _written(one.mapping),
        "why": signed.why,
    }


def _state(one: Decision, event: int) -> dict[str, object]:
    return {
        "record_id": one.mapping.record_id,
        "state": str(one.state),
        "axis": str(one.mapping.subject_category),
        "word": subject_word(one.mapping.word),
        "source": one.mapping.subject_source,
        "content": _written(one.mapping),
        "event": event,
    }


def _present() -> Select[Any]:
    columns = (mapping.c.content, mapping.c.state)
    said = (mapping_event.c.who, mapping_event.c.why, mapping_event.c.at, mapping_event.c.act)
    return select(*columns, *said).join(mapping_event, mapping_event.c.number == mapping.c.event)


def _conditions(state: MappingState | None, axis: Axis | None, word: str) -> Iterator[ColumnElement[bool]]:
    if state is not None:
        yield mapping.c.state == str(state)
    if axis is not None:
        yield mapping.c.axis == str(axis)
    if word.strip():
        yield mapping.c.word.contains(subject_word(word), autoescape=True)


def _row(row: Row[Any]) -> MappingRow:
    return MappingRow(_read(row.content), MappingState(row.state), row.who, row.why, row.at, row.act)


def _written(row: Mapping) -> str:
    """Without what is left unsaid: a later version may have more slots, and the row is still the same."""
    return row.model_dump_json(exclude_defaults=True)


def _read(content: str) -> Mapping:
    return Mapping.model_validate_json(content)


def _readable(content: str) -> Mapping | None:
    """None for a row that a stricter version of this software refuses: one must not stop all."""
    try:
        return _read(content)
    except ValueError as error:
        logger.error("a mapping in the ledger cannot be read and does not act: %s", error)  # noqa: TRY400
        return None


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
