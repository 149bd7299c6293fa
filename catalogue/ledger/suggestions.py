"""Which records may be one dataset although nothing but their title says so: only a curator can tell."""

import unicodedata
from collections import defaultdict
from typing import Final, NamedTuple

from sqlalchemy import func, select

from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.rows import SHOWN_STATES, Offer, Suggestion
from catalogue.ledger.tables import member, record

_READ_AT_ONCE: Final = 1_000


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


def folded_title(title: str) -> str:
    """Letters and digits alone, in small letters without accents."""
    opened = unicodedata.normalize("NFKD", title.casefold())
    kept = (each if each.isalnum() else " " for each in opened if not unicodedata.combining(each))
    return " ".join("".join(kept).split())


def _is_worth_a_look(same: list[_Titled]) -> bool:
    return len({one.source for one in same}) > 1 and len({one.group for one in same}) > 1
