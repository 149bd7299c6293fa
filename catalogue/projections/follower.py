"""How a projection keeps up with the change log."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from catalogue.ledger import Change, Ledger

_BATCH: Final = 500


class Projection(Protocol):
    """A copy of the ledger that can be made anew from nothing. Its own watermark is the truth about it.

    ``step`` is None, or how many changes one round takes in: such a projection is slow, and begins anew by
    itself when it is given changes while its watermark is 0.
    """

    name: str
    step: int | None

    def watermark(self) -> int:
        """The last change it holds; 0 asks for a rebuild."""
        ...

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        """Take in the present state of every key that ``changes`` name; applying twice is applying once."""
        ...

    def rebuild(self, *, watermark: int) -> None:
        """From the ledger as it is; the watermark was read before, so later changes come again."""
        ...

    def publish(self) -> None:
        """Let readers see what was applied."""
        ...

    def is_published(self) -> bool:
        """Whether readers see all that it holds."""
        ...


def follow(ledger: Ledger, projection: Projection) -> int:
    """Bring a projection up to the end of the change log, or one step on; returns the records written."""
    last = ledger.last_change()
    if projection.step is None and (projection.watermark() > last or (last and not projection.watermark())):
        rebuild(ledger, projection)
        return ledger.count_live()
    if ledger.watermark(projection.name) > projection.watermark():  # an older copy was put back
        ledger.set_watermark(projection.name, projection.watermark())
    written = 0
    while changes := ledger.changes_after(projection.watermark(), projection.step or _BATCH):
        projection.apply(changes, watermark=changes[-1].number)
        written += len({change.key for change in changes})
        if projection.step is not None:
            break
    if ledger.watermark(projection.name) != projection.watermark() or not projection.is_published():
        # The ledger is told last: a crash before that leaves it behind, and the next round publishes again.
        projection.publish()
        _account(ledger, projection, projection.watermark())
    return written


def rebuild(ledger: Ledger, projection: Projection) -> None:
    """Make a projection anew; the runs whose records it had not held yet are told of the writes."""
    watermark = ledger.last_change()
    projection.rebuild(watermark=watermark)
    projection.publish()
    _account(ledger, projection, watermark)


def _account(ledger: Ledger, projection: Projection, watermark: int) -> None:
    """Tell the runs of the records written for them since the ledger was last told, batch by batch."""
    told = ledger.watermark(projection.name)
    while told < watermark:
        changes = [one for one in ledger.changes_after(told, _BATCH) if one.number <= watermark]
        latest = {change.key: change for change in changes}
        runs = Counter(change.run for change in latest.values() if change.run is not None)
        for run, writes in runs.items():
            ledger.count_projection_writes(run, projection.name, writes)
        told = changes[-1].number if changes else watermark
        ledger.set_watermark(projection.name, told)
    if told > watermark:
        ledger.set_watermark(projection.name, watermark)
