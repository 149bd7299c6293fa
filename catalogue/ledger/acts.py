"""What a curator's act on a source needs: a reason, and that nobody else is deciding about it meanwhile."""

from typing import Final

from sqlalchemy import Connection, select

from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger.tables import run, source
from catalogue.model.run import RunState

_UNDER_WAY: Final = tuple(str(state) for state in RunState if not state.ended)


def reason(why: str) -> str:
    """Without spaces around it; raises ``BadRequest`` for none."""
    if not why.strip():
        raise BadRequest("say why: the reason stays in the history", parameter="why")
    return why.strip()


def require_kept(connection: Connection, source_id: str) -> None:
    """Raises ``NotFound`` for an unknown source, ``Conflict`` for one that was removed."""
    row = connection.execute(select(source.c.removed).where(source.c.id == source_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no source {source_id!r}")
    if row.removed is not None:
        raise Conflict(f"the source {source_id!r} was removed; add it again first")


def require_quiet(connection: Connection, source_id: str) -> None:
    """Raises ``Conflict`` where the source is being harvested: the run decided by what the act changes."""
    wanted = select(run.c.id).where(run.c.source == source_id, run.c.state.in_(_UNDER_WAY))
    left = connection.execute(wanted.limit(1)).scalar_one_or_none()
    if left is not None:
        raise Conflict(f"run {left} of {source_id} is under way; try again when it has ended")
