"""Which records may be one dataset although too little says so by itself: only a curator can tell."""

import unicodedata
from collections import defaultdict
from typing import Final, NamedTuple

from sqlalchemy import Select, case, func, select

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import SHOWN_STATES, Offer, Renaming, Suggestion
from catalogue.ledger.tables import identity, member, record
from catalogue.model.run import RecordState

_READ_AT_ONCE: Final = 1_000
_PAIR: Final = 2


class Suggestions(OnDatabase):
    def suggested_duplicates(self, limit: int = 100) -> tuple[Suggestion, ...]:
        """Shown records of different sources whose titles differ in case, accents and signs at most.

        In the order of their titles; those that are one group already are left out.
        """
        groups: dict[str, list[_Titled]] = defaultdict(list)
        for one in self._titled():
            if folded := folded_title(one.title):
                groups[folded].append(one)
        found = [groups[folded] for folded in sorted(groups) if _is_worth_a_look(groups[folded])]
        return tuple(
            Suggestion(same[0].title, tuple(Offer(one.key, one.source) for one in same))
            for same in found[:limit]
        )

    def suggested_renamings(self, limit: int = 100) -> tuple[Renaming, ...]:
        """Pairs of one source that only its lists of changes, or cut ones, have met under both identifiers.

        A harvest joins by itself what a whole list shows to be renamed. Those of which one is missing from
        the last lists come first, then the newest. What more than two records hold says nothing: a provider
        may cite one paper everywhere.
        """
        with self._database.reading() as connection:
            rows = connection.execute(_renamed().limit(limit))
            return tuple(Renaming(**row._mapping) for row in rows)  # noqa: SLF001

    def _titled(self) -> list["_Titled"]:
        """All that is shown, in the order of coming."""
        group = func.coalesce(member.c.representative, record.c.id)
        wanted = select(record.c.title, record.c.key, record.c.source, group)
        wanted = wanted.select_from(record.outerjoin(member, member.c.record == record.c.id))
        wanted = wanted.where(record.c.state.in_(SHOWN_STATES), record.c.title != "").order_by(record.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).yield_per(_READ_AT_ONCE)
            return [_Titled(*row) for row in rows]


class _Titled(NamedTuple):
    title: str
    key: str
    source: str
    group: int


def _renamed() -> Select[tuple[str, str, str, str, str, str, bool]]:
    first, other = func.min(record.c.id).label("first"), func.max(record.c.id).label("other")
    held = select(record.c.source, identity.c.value, first, other)
    held = held.join(record, record.c.id == identity.c.record).where(record.c.state.in_(SHOWN_STATES))
    alone = held.group_by(record.c.source, identity.c.value).having(func.count() == _PAIR).subquery()
    pair = select(alone.c.first, alone.c.other, func.min(alone.c.value).label("shared"))
    pairs = pair.group_by(alone.c.first, alone.c.other).subquery()
    known, given = record.alias("known"), record.alias("given")
    missing = str(RecordState.UNSEEN)
    unseen = case(((known.c.state == missing) | (given.c.state == missing), True), else_=False)
    return (
        select(
            known.c.source,
            pairs.c.shared,
            known.c.identifier,
            known.c.key,
            given.c.identifier.label("given"),
            given.c.key.label("given_key"),
            unseen.label("unseen"),
        )
        .join_from(pairs, known, known.c.id == pairs.c.first)
        .join(given, given.c.id == pairs.c.other)
        .order_by(unseen.desc(), given.c.id.desc(), known.c.id)
    )


def folded_title(title: str) -> str:
    """Letters and digits alone, in small letters without accents."""
    opened = unicodedata.normalize("NFKD", title.casefold())
    kept = (each if each.isalnum() else " " for each in opened if not unicodedata.combining(each))
    return " ".join("".join(kept).split())


def _is_worth_a_look(same: list[_Titled]) -> bool:
    return len({one.source for one in same}) > 1 and len({one.group for one in same}) > 1
