"""Whether a record that a source gives is to be made anew, is as before, or cannot be kept at all."""

from typing import Final

from catalogue.ingest.alignment import Traits
from catalogue.ingest.canonical import sha256
from catalogue.ingest.record import Preparation
from catalogue.ledger import KnownRecord
from harvesters.source import Record, Rejected

# PostgreSQL keeps no longer ones in an index.
_LONGEST_IDENTIFIER: Final = 2_000


def refused(record: Record) -> Rejected | None:
    """The rejection of a record whose identifier cannot be kept, None for all others."""
    if len(record.identifier.encode()) <= _LONGEST_IDENTIFIER:
        return None
    reason = f"its identifier is longer than {_LONGEST_IDENTIFIER} bytes"
    return Rejected(record.identifier[:200], reason, identified=False)


def is_unchanged(known: KnownRecord, record: Record, rules: Preparation, traits: Traits) -> bool:
    """The same bytes under the same rules, or as a curator put it back: nothing else is written."""
    if known.received_sha256 != sha256(record.received):
        return False
    made_with = (rules.crosswalk(record, traits), rules.aligner)
    return known.restored or (known.crosswalk, known.aligner) == made_with
