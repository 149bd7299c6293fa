"""What became of each record in a run."""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Subquery,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import ChangeKind, Logged, Outcome
from catalogue.ledger.runs import row_of
from catalogue.ledger.tables import change, record, rejection, run, version
from catalogue.model.run import RecordState

_ORDER: Final = {str(outcome): place for place, outcome in enumerate(Outcome)}


class RunLog(OnDatabase):
    """A record that is unseen stands in the log of the first run that missed it, until it comes back."""

    def run_log(
        self, run_id: int, *, offset: int = 0, limit: int = 100, outcome: Outcome | None = None
    ) -> tuple[Logged, ...]:
        """Some lines, by outcome and identifier."""
        with self._database.reading() as connection:
            lines = _lines(connection, run_id, outcome)
            order = (case(_ORDER, value=lines.c.outcome), lines.c.identifier, lines.c.key, lines.c.reason)
            wanted = select(lines).order_by(*order).offset(offset).limit(limit)
            return tuple(
                Logged(row.identifier, row.key, row.title, Outcome(row.outcome), row.reason)
                for row in connection.execute(wanted)
            )

    def count_run_log(self, run_id: int, outcome: Outcome | None = None) -> int:
        with self._database.reading() as connection:
            lines = _lines(connection, run_id, outcome)
            return int(connection.execute(select(func.count()).select_from(lines)).scalar_one())


def _lines(connection: Connection, run_id: int, outcome: Outcome | None) -> Subquery:
    row_of(connection, run_id)  # raises NotFound
    kinds = {
        (Outcome.NEW, Outcome.CHANGED): _published(run_id),
        (Outcome.WITHDRAWN,): _withdrawn(run_id),
        (Outcome.REJECTED, Outcome.KEPT): _rejected(run_id),
        (Outcome.UNSEEN,): _unseen(run_id),
    }
    asked = [query for outcomes, query in kinds.items() if outcome is None or outcome in outcomes]
    lines = union_all(*asked).subquery()
    if outcome is None:
        return lines
    return select(lines).where(lines.c.outcome == str(outcome)).subquery()


def _published(run_id: int) -> Select[Any]:
    """Without what a curator restored later: that bears the number of the run that brought it first."""
    outcome = case((version.c.number == 1, _word(Outcome.NEW)), else_=_word(Outcome.CHANGED))
    wanted = _line(outcome, _text("")).join(version, version.c.record == record.c.id)
    return wanted.where(version.c.run == run_id, version.c.why == "")


def _withdrawn(run_id: int) -> Select[Any]:
    """The reason is known of a record that has not come back since."""
    is_last = (record.c.state == str(RecordState.WITHDRAWN)) & (record.c.datestamp == change.c.at)
    reason = case((is_last, record.c.withdrawal), else_=_text(""))
    wanted = _line(_word(Outcome.WITHDRAWN), reason).join(change, change.c.key == record.c.key)
    return wanted.where(change.c.run == run_id, change.c.kind == str(ChangeKind.DROP))


def _rejected(run_id: int) -> Select[Any]:
    """A record with a good version kept it."""
    until = version.c.until.is_(None) | (version.c.until > run.c.ended)
    good = exists().where(version.c.record == record.c.id, version.c.run < run_id, until)
    outcome = case((good, _word(Outcome.KEPT)), else_=_word(Outcome.REJECTED))
    known = (record.c.source == run.c.source) & (record.c.identifier == rejection.c.identifier)
    columns = (
        rejection.c.identifier,
        func.coalesce(record.c.key, _text("")).label("key"),
        func.coalesce(record.c.title, _text("")).label("title"),
        outcome.label("outcome"),
        rejection.c.reason.label("reason"),
    )
    of_run = rejection.join(run, run.c.id == rejection.c.run).outerjoin(record, known)
    return select(*columns).select_from(of_run).where(rejection.c.run == run_id)


def _unseen(run_id: int) -> Select[Any]:
    first_missed = (run.c.source == record.c.source) & (run.c.ended == record.c.missing_since)
    return _line(_word(Outcome.UNSEEN), _text("")).join(run, first_missed).where(run.c.id == run_id)


def _line(outcome: ColumnElement[str], reason: ColumnElement[str]) -> Select[Any]:
    columns = (record.c.identifier, record.c.key, record.c.title)
    return select(*columns, outcome.label("outcome"), reason.label("reason")).select_from(record)


def _word(outcome: Outcome) -> ColumnElement[str]:
    return _text(str(outcome))


def _text(said: str) -> ColumnElement[str]:
    return literal(said, String)
