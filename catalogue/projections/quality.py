"""Quality as a follower of the change log: results by key in the ledger's database, and as a graph."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from catalogue.ledger import Change, Ledger, Published, QualityState
from catalogue.model.quality import CheckedRecord, Level
from catalogue.ports import GraphChange, GraphWriter, PutGraph
from catalogue.projections.graphs import (
    GraphNames,
    drop_quality,
    put_quality,
    quality_graph,
)
from catalogue.quality.apart import Checks

# A round of these takes about a second, and searches wait for its end to see what came meanwhile.
_STEP: Final = 40
_BATCH: Final = 100


class QualityProjection:
    """Its watermark is kept with the results; the graph store's own is the graph follower's and stays.

    ``step`` keeps a round short: search and harvests do not wait until all records are checked.
    """

    name = "quality"
    step: int | None = _STEP

    def __init__(self, ledger: Ledger, writer: GraphWriter, checker: Checks, *, base_url: str) -> None:
        self._ledger = ledger
        self._writer = writer
        self._checker = checker
        self._names = GraphNames(base_url)

    def watermark(self) -> int:
        """0 as well for results of other rules, and for those of a ledger that was put back."""
        state = self._ledger.quality_state()
        holds = state.made_with == self._checker.version and state.watermark <= self._ledger.last_change()
        return state.watermark if holds else 0

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        if not self.watermark():
            self._begin()
        keys = list(dict.fromkeys(change.key for change in changes))
        shown = self._ledger.published_many(keys)
        gone = set(keys).difference(one.key for one in shown)
        self._write(shown, gone=sorted(gone), watermark=watermark)

    def rebuild(self, *, watermark: int) -> None:
        """In batches; cut off in the middle, it begins anew."""
        self._begin()
        shown = self._ledger.iterate_published()
        while batch := tuple(islice(shown, _BATCH)):
            self._write(batch, gone=(), watermark=0)
        self._write((), gone=(), watermark=watermark)

    def publish(self) -> None:
        self._writer.publish()

    def is_published(self) -> bool:
        """The follower's own account in the ledger is written after the publication."""
        return True

    def _begin(self) -> None:
        self._change_graph([PutGraph(quality_graph((), self._names))])
        self._ledger.forget_quality()

    def _write(self, shown: Iterable[Published], *, gone: Sequence[str], watermark: int) -> None:
        """The graph first: what is cut off between the two is done again."""
        checked = [self._checked(one) for one in shown]
        self._change_graph(self._changes(checked, gone))
        state = QualityState(watermark, self._checker.version)
        self._ledger.put_quality(checked, state, gone=gone)

    def _checked(self, one: Published) -> CheckedRecord:
        return CheckedRecord(one.key, one.subject, one.version, self._checker.check(one.subject, one.triples))

    def _changes(self, checked: Iterable[CheckedRecord], gone: Iterable[str]) -> Iterator[GraphChange]:
        for level in Level:
            for one in checked:
                yield put_quality(one, level, self._names)
            for key in gone:
                yield drop_quality(key, level, self._names)

    def _change_graph(self, changes: Iterable[GraphChange]) -> None:
        self._writer.apply(changes, watermark=self._writer.watermark())
