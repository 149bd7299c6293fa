"""Which records a run named, and how: staged as new or changed, seen as before, withdrawn, rejected."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union

from catalogue.ledger.rows import SHOWN_STATES
from catalogue.ledger.tables import mention, record, rejection, staged, version


class MentionKind(StrEnum):
    SEEN = "seen"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Named:
    """Queries on one run of one source."""

    run: int
    source: str

    def staged(self, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        """What the run staged, beside the records they belong to."""
        mine = (record.c.source == self.source) & (record.c.identifier == staged.c.identifier)
        return select(*columns).select_from(staged.join(record, mine)).where(staged.c.run == self.run)

    def mentioned(self, kind: MentionKind, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        """The known records that the run did not stage but told about."""
        mine = (record.c.source == self.source) & (record.c.identifier == mention.c.identifier)
        told = (mention.c.run == self.run) & (mention.c.kind == str(kind))
        return select(*columns).select_from(mention.join(record, mine)).where(told)

    def accepted(self) -> CompoundSelect[tuple[str]]:
        """Records taken in; of those that are as before, without those that were rejected before."""
        return union(
            select(staged.c.identifier).where(staged.c.run == self.run, staged.c.published.is_not(None)),
            self.mentioned(MentionKind.SEEN, mention.c.identifier).where(record.c.rejection == ""),
        )

    def deleted(self, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        """The records that are shown and of which the source says that they are gone."""
        return self.mentioned(MentionKind.WITHDRAWN, *columns).where(record.c.state.in_(SHOWN_STATES))

    def absent(self, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        """The records that are shown and of which the run says nothing."""
        gone = select(mention.c.identifier).where(
            mention.c.run == self.run, mention.c.kind == str(MentionKind.WITHDRAWN)
        )
        return select(*columns).where(
            record.c.source == self.source,
            record.c.state.in_(SHOWN_STATES),
            record.c.identifier.not_in(self.identifiers()),
            record.c.identifier.not_in(gone),
        )

    def published(self) -> CompoundSelect[tuple[int]]:
        """Records that got a version by the run, or were staged with the one they have."""
        return union(
            self.staged(record.c.id).where(staged.c.published.is_not(None)),
            select(version.c.record).where(version.c.run == self.run),
        )

    def identifiers(self) -> CompoundSelect[tuple[str]]:
        """All that the source holds, whether it could be taken in or not."""
        seen = (mention.c.run == self.run) & (mention.c.kind == str(MentionKind.SEEN))
        return union(
            select(staged.c.identifier).where(staged.c.run == self.run),
            select(mention.c.identifier).where(seen),
            select(rejection.c.identifier).where(rejection.c.run == self.run),
        )
