"""What was found of the quality of each record, and how far the checks have come.

Results are no truth: they are made anew from the records whenever the rules change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, case, delete, func, insert, select

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.tables import quality, quality_state, record
from catalogue.model.quality import CheckedRecord, Level, LevelFinding, Quality
from harvesters.findings import Severity

_BATCH: Final = 500
_COLUMNS: Final = {
    Level.ACCEPT: quality.c.accept,
    Level.EUCAIM: quality.c.eucaim,
    Level.EHDS: quality.c.ehds,
}


@dataclass(frozen=True, slots=True)
class QualityState:
    """``watermark`` is the last change checked, ``made_with`` the rules in force then."""

    watermark: int = 0
    made_with: str = ""


class QualityResults(OnDatabase):
    def quality_state(self) -> QualityState:
        with self._database.reading() as connection:
            row = connection.execute(select(quality_state)).one_or_none()
        return QualityState(row.watermark, row.made_with) if row else QualityState()

    def put_quality(
        self, checked: Sequence[CheckedRecord], state: QualityState, *, gone: Iterable[str] = ()
    ) -> None:
        """Replace what is known of these records, forget the ones that are gone, and move the watermark."""
        with self._database.writing() as connection:
            _forget(connection, [*gone, *(one.key for one in checked)])
            if checked:
                connection.execute(insert(quality), [_row(one) for one in checked])
            _move(connection, state)

    def forget_quality(self) -> None:
        """All of it, before everything is checked anew."""
        with self._database.writing() as connection:
            connection.execute(delete(quality))
            _move(connection, QualityState())

    def quality(self, key: str) -> CheckedRecord | None:
        """None for what was not checked yet; an older version's result until the newer is checked."""
        with self._database.reading() as connection:
            row = connection.execute(select(quality).where(quality.c.key == key)).one_or_none()
        return _read(row) if row else None

    def quality_of_source(self, source_id: str, limit: int) -> tuple[CheckedRecord, ...]:
        """By key, as far as the limit."""
        wanted = select(quality).join(record, record.c.key == quality.c.key)
        wanted = wanted.where(record.c.source == source_id).order_by(quality.c.key).limit(limit)
        with self._database.reading() as connection:
            return tuple(_read(row) for row in connection.execute(wanted))

    def quality_levels(self) -> Mapping[Level, int]:
        """How many of the checked records reach each level."""
        reached = [func.coalesce(func.sum(case((column, 1), else_=0)), 0) for column in _COLUMNS.values()]
        with self._database.reading() as connection:
            row = connection.execute(select(*reached)).one()
        return {level: int(number) for level, number in zip(_COLUMNS, row, strict=True)}

    def iterate_quality(self, batch: int = _BATCH) -> Iterator[CheckedRecord]:
        """All results by key, in constant memory."""
        last = ""
        while True:
            wanted = select(quality).where(quality.c.key > last).order_by(quality.c.key).limit(batch)
            with self._database.reading() as connection:
                rows = connection.execute(wanted).all()
            if not rows:
                return
            yield from (_read(row) for row in rows)
            last = rows[-1].key


def _forget(connection: Connection, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), _BATCH):
        connection.execute(delete(quality).where(quality.c.key.in_(keys[start : start + _BATCH])))


def _move(connection: Connection, state: QualityState) -> None:
    connection.execute(delete(quality_state))
    connection.execute(
        insert(quality_state).values(id=1, watermark=state.watermark, made_with=state.made_with)
    )


def _row(one: CheckedRecord) -> dict[str, object]:
    levels = {column.name: level in one.quality.levels for level, column in _COLUMNS.items()}
    findings = [_written(finding) for finding in one.quality.findings]
    return {
        "key": one.key,
        "subject": one.subject,
        "version": one.version,
        "findings": findings,
        **levels,
    }


def _written(finding: LevelFinding) -> dict[str, object]:
    return {
        "severity": str(finding.severity),
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message,
        "how_to_fix": finding.how_to_fix,
        "levels": [str(level) for level in finding.levels],
    }


def _read(row: Row[tuple[Any, ...]]) -> CheckedRecord:
    levels = tuple(level for level, column in _COLUMNS.items() if getattr(row, column.name))
    findings = tuple(
        LevelFinding(
            severity=Severity(one["severity"]),
            focus=one["focus"],
            path=one["path"],
            value=one["value"],
            message=one["message"],
            how_to_fix=one["how_to_fix"],
            levels=tuple(Level(level) for level in one["levels"]),
        )
        for one in row.findings
    )
    return CheckedRecord(row.key, row.subject, row.version, Quality(levels, findings))
