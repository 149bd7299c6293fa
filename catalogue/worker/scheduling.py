"""Which harvests are due: those whose scheduled moment has come are queued."""

import logging
from types import MappingProxyType
from typing import Final

from catalogue.errors import BadRequest
from catalogue.ingest.schedules import Due, next_run
from catalogue.ledger import Ledger, SourceRow
from catalogue.model.run import RunMode

SCHEDULING: Final = "scheduling"
_KINDS: Final = MappingProxyType({RunMode.FULL: "harvest-full", RunMode.INCREMENTAL: "harvest"})

logger = logging.getLogger(__name__)


def queue_due(ledger: Ledger) -> int:
    """Put a job for each source that is due; gives how many. One that waits or is under way is left alone."""
    busy = {job.argument for job in (*ledger.queued(), *ledger.running())}
    queued = 0
    for row in ledger.sources():
        if row.config.id in busy:
            continue
        due = _due(ledger, row)
        if due is not None and due.at <= ledger.now():
            logger.info("%s is due: %s", row.config.id, due.why)
            ledger.put_job(_KINDS[due.mode], row.config.id)
            queued += 1
    return queued


def _due(ledger: Ledger, row: SourceRow) -> Due | None:
    try:
        return next_run(row, now=ledger.now())
    except BadRequest as error:  # it was kept before the rules of today
        logger.warning("%s is not harvested as scheduled: %s", row.config.id, error)
        return None
