"""What every peer must show: all its records come in, and the second time nothing changes."""

from catalogue.model.run import Run, RunState
from catalogue.services import Workshop
from harvesters.source import SourceConfig
from tests.flow.flows import assert_agreed, harvest_all, register, state


def harvest_twice(workshop: Workshop, config: SourceConfig, *, records: int) -> Run:
    """The second run, after both were checked."""
    register(workshop, [config])
    first = harvest_all(workshop)[config.id]
    assert (first.state, first.counts.rejected) == (RunState.DONE, 0), first.message
    assert (first.counts.offered, first.counts.new) == (records, records)
    assert workshop.ledger.count_live() == records
    before = state(workshop)
    again = harvest_all(workshop)[config.id]
    assert again.state is RunState.UNCHANGED, again.message
    assert (again.counts.versions, again.counts.changes, again.counts.unseen) == (0, 0, 0)
    assert state(workshop) == before
    assert_agreed(workshop)
    return again
