"""By which identifiers a record is known beyond its source: DOI, handle, original IRI."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, delete, exists, insert

from catalogue.ledger.named import Named
from catalogue.ledger.rows import StagedRecord
from catalogue.ledger.tables import identity, record, staged, staged_identity

# PostgreSQL keeps no longer ones in an index; nobody cites a dataset by one.
_LONGEST: Final = 2_000


def staged_identities(run: int, row: StagedRecord) -> Iterator[dict[str, object]]:
    """What is kept aside of a staged record; a rejected one keeps the identities of its last good version."""
    if row.published is None:
        return
    for value in _kept(row.identities):
        yield {"run": run, "identifier": row.identifier, "value": value}


def set_identities(connection: Connection, told: Mapping[int, Iterable[str]]) -> None:
    """Give these records, by their number, other identities."""
    connection.execute(delete(identity).where(identity.c.record.in_(list(told))))
    rows = [{"record": each, "value": value} for each, values in told.items() for value in _kept(values)]
    if rows:
        connection.execute(insert(identity), rows)


def replace_identities(connection: Connection, named: Named) -> None:
    """Give the records that a run staged the identities it staged; only differences are written."""
    taken_in = named.staged(record.c.id).where(staged.c.published.is_not(None))
    still_told = exists().where(
        staged_identity.c.run == named.run,
        staged_identity.c.identifier == record.c.identifier,
        staged_identity.c.value == identity.c.value,
        record.c.id == identity.c.record,
    )
    connection.execute(delete(identity).where(identity.c.record.in_(taken_in), ~still_told))
    mine = (staged_identity.c.run == staged.c.run) & (staged_identity.c.identifier == staged.c.identifier)
    known = exists().where(identity.c.record == record.c.id, identity.c.value == staged_identity.c.value)
    told = named.staged(record.c.id, staged_identity.c.value).join(staged_identity, mine).where(~known)
    connection.execute(insert(identity).from_select(["record", "value"], told.distinct()))


def _kept(values: Iterable[str]) -> Iterator[str]:
    for value in dict.fromkeys(values):
        if value and len(value.encode("utf-8", "replace")) <= _LONGEST:
            yield value
