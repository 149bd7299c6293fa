"""What pages ask of many runs, findings and records at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, case, exists, func, select

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import SHOWN_STATES
from catalogue.ledger.runs import APPLIED, is_harvest, read_run
from catalogue.ledger.tables import finding, job, member, quality, record, run
from catalogue.model.quality import Level
from catalogue.model.run import Run, RunState
from harvesters.findings import Severity

_EXAMPLES: Final = 3
_GROUPED_BY: Final = (finding.c.severity, finding.c.path, finding.c.message, finding.c.how_to_fix)
_GRAVEST_FIRST: Final = case(
    {str(severity): place for place, severity in enumerate((Severity.ERROR, Severity.WARNING))},
    value=finding.c.severity,
    else_=2,
)


@dataclass(frozen=True, slots=True)
class Example:
    """Where a finding is: ``identifier`` is the record's, "" for the listing as a whole."""

    identifier: str
    value: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Equal findings of one run; ``count`` is how often they stand there."""

    severity: Severity
    path: str
    message: str
    how_to_fix: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """How many of a source's records were checked, and how many of them reach each level."""

    checked: int
    reached: Mapping[Level, int]


class Overview(OnDatabase):
    def run_page(
        self, *, source_id: str = "", state: RunState | None = None, offset: int = 0, limit: int = 50
    ) -> tuple[Run, ...]:
        """The newest first."""
        wanted = _runs(select(run), source_id, state).order_by(run.c.id.desc())
        with self._database.reading() as connection:
            return tuple(read_run(row) for row in connection.execute(wanted.offset(offset).limit(limit)))

    def count_runs(self, *, source_id: str = "", state: RunState | None = None) -> int:
        wanted = _runs(select(func.count()).select_from(run), source_id, state)
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def recent_runs(self, each: int) -> Mapping[str, tuple[Run, ...]]:
        """The last harvests of every source that had one, the newest first."""
        place = func.row_number().over(partition_by=run.c.source, order_by=run.c.id.desc())
        ranked = select(run, place.label("place")).where(is_harvest()).subquery()
        wanted = select(ranked).where(ranked.c.place <= each).order_by(ranked.c.id.desc())
        found: dict[str, list[Run]] = defaultdict(list)
        with self._database.reading() as connection:
            for row in connection.execute(wanted):
                found[row.source].append(read_run(row))
        return {name: tuple(runs) for name, runs in found.items()}

    def last_applied(self, source_id: str, *, before: int) -> Run | None:
        """The harvest whose state readers saw when the run ``before`` began."""
        applied = (run.c.source == source_id) & run.c.state.in_(APPLIED) & (run.c.id < before)
        wanted = select(run).where(applied, is_harvest()).order_by(run.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else read_run(row)

    def finding_groups(self, run_id: int, *, offset: int = 0, limit: int = 20) -> tuple[FindingGroup, ...]:
        """Errors first, then by how often; each with some places where it was found."""
        often = func.count()
        wanted = (
            select(*_GROUPED_BY, often.label("often"))
            .where(finding.c.run == run_id)
            .group_by(*_GROUPED_BY)
            .order_by(_GRAVEST_FIRST, often.desc(), finding.c.message, finding.c.path, finding.c.how_to_fix)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted.offset(offset).limit(limit)).all()
            return tuple(_group(connection, run_id, row) for row in rows)

    def count_finding_groups(self, run_id: int) -> tuple[int, int]:
        """How many groups there are, and how many findings in them."""
        groups = select(func.count().label("often")).where(finding.c.run == run_id).group_by(*_GROUPED_BY)
        counted = groups.subquery()
        wanted = select(func.count(), func.coalesce(func.sum(counted.c.often), 0)).select_from(counted)
        with self._database.reading() as connection:
            found, findings = connection.execute(wanted).one()
        return int(found), int(findings)

    def last_findings(self, source_id: str) -> Run | None:
        """The last run that found anything: one that meets only what it knows looks at nothing again."""
        found = exists().where(finding.c.run == run.c.id)
        wanted = select(run).where(run.c.source == source_id, found).order_by(run.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else read_run(row)

    def patients_by_source(self) -> Mapping[str, int]:
        """Of the shown records that count, each group of duplicates once, at its representative."""
        duplicate = (member.c.record == record.c.id) & (member.c.representative != record.c.id)
        wanted = (
            select(record.c.source, func.coalesce(func.sum(record.c.patients), 0))
            .select_from(record.outerjoin(member, duplicate))
            .where(record.c.state.in_(SHOWN_STATES), member.c.record.is_(None))
            .group_by(record.c.source)
        )
        with self._database.reading() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(wanted)}

    def levels_of_source(self, source_id: str) -> LevelCounts:
        columns = {Level.ACCEPT: quality.c.accept, Level.EUCAIM: quality.c.eucaim, Level.EHDS: quality.c.ehds}
        reached = (func.coalesce(func.sum(case((column, 1), else_=0)), 0) for column in columns.values())
        wanted = select(func.count(), *reached).select_from(
            quality.join(record, record.c.key == quality.c.key)
        )
        with self._database.reading() as connection:
            checked, *numbers = connection.execute(wanted.where(record.c.source == source_id)).one()
        levels = {level: int(number) for level, number in zip(columns, numbers, strict=True)}
        return LevelCounts(int(checked), levels)

    def since_last_job(self, kind: str, argument: str) -> timedelta | None:
        """How long ago such a job was last put in the queue, None if never."""
        wanted = select(func.max(job.c.put)).where(job.c.kind == kind, job.c.argument == argument)
        with self._database.reading() as connection:
            last = connection.execute(wanted).scalar_one()
            return None if last is None else self._database.now(connection) - last


def _runs(wanted: Select[Any], source_id: str, state: RunState | None) -> Select[Any]:
    if source_id:
        wanted = wanted.where(run.c.source == source_id)
    return wanted if state is None else wanted.where(run.c.state == str(state))


def _group(connection: Connection, run_id: int, row: Row[tuple[Any, ...]]) -> FindingGroup:
    same = (column == row._mapping[column.name] for column in _GROUPED_BY)  # noqa: SLF001
    wanted = select(finding.c.identifier, finding.c.value).where(finding.c.run == run_id, *same)
    places = connection.execute(wanted.order_by(finding.c.id).limit(_EXAMPLES))
    return FindingGroup(
        Severity(row.severity),
        row.path,
        row.message,
        row.how_to_fix,
        row.often,
        tuple(Example(place.identifier, place.value) for place in places),
    )
