"""What a source is asked for in its next run: everything, or what changed."""

from datetime import timedelta
from typing import Final

from catalogue.ingest.policies import usual_mode
from catalogue.ledger import Ledger
from catalogue.model.run import WHOLE, RunMode

FULL_EVERY: Final = timedelta(days=7)


def next_mode(ledger: Ledger, source_id: str) -> RunMode:
    """A list of changes is enough only after a whole one that still says something.

    Not while a run waits for a curator (it stands for a list that must be proven wrong or right), nor after
    identifiers were joined (what is known under another name is to be read again), nor for ever: what was
    deleted without a word is found by whole lists alone.
    """
    row = ledger.source(source_id)
    last = row.last_whole_list
    if usual_mode(row.config) is RunMode.FULL or last is None or ledger.checkpoint(source_id) is None:
        return RunMode.FULL
    if any(held.source == source_id for held in ledger.held_runs()):
        return RunMode.FULL
    if any(alias.at > last for alias in ledger.list_aliases(source_id)):
        return RunMode.FULL
    # The option ``full`` says when whole lists come, and the schedule asks for them.
    is_old = "full" not in row.config.options and ledger.now() - last > FULL_EVERY
    return RunMode.FULL if is_old else RunMode.INCREMENTAL


def may_remember(ledger: Ledger, source_id: str) -> bool:
    """Whether an answer that the source says still holds (304) need not be sent again.

    Only where the last run took in what it was told: an answer is remembered as it comes, also by a run that
    was held, stopped or rejected. And not while a record is missing: that it still is, only a list that is
    sent anew can prove.
    """
    last = ledger.source(source_id).last_run
    return last is None or (last.state in WHOLE and not ledger.has_unseen(source_id))
