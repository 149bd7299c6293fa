"""How a run is begun or taken up again, watched, and ended by whatever stops it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final, Protocol

from catalogue.ingest.preparing import Preparing
from catalogue.ingest.spools import RunSpools
from catalogue.ledger import Ledger
from catalogue.model.run import Run, RunMode, RunState
from harvesters.errors import HarvestError, Stopped, Transient

# A run that brings its worker down so often will do so again.
MOST_CRASHES: Final = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``total`` is what the source claims, None where it says nothing."""

    source: str
    state: RunState
    records: int = 0
    total: int | None = None


class StopSign(Protocol):
    """Whether a run under way is to end; once it is, requests to the provider raise ``Stopped`` too."""

    @property
    def end(self) -> tuple[RunState, str]:
        """The state in which it ends, and why."""
        ...

    def check(self) -> None:
        """Raise ``Stopped`` once it is to end, ``LeaseLost`` once another worker is to go on with it."""
        ...


class NeverStopped:
    end = (RunState.CANCELLED, "")

    def check(self) -> None:
        """Go on."""


Watch = Callable[[Run], AbstractContextManager[StopSign]]


@dataclass(frozen=True, slots=True)
class Harvesting:
    """What a harvest needs besides the source. ``watch`` says of a run, while it lasts, when it is to end."""

    ledger: Ledger
    preparing: Preparing
    spools: RunSpools
    report: Callable[[Progress], None] = field(default=lambda _: None)
    watch: Watch = field(default=lambda _: nullcontext(NeverStopped()))


Work = Callable[[Run, StopSign], Run]


def attended(source_id: str, using: Harvesting, mode: RunMode, work: Work) -> Run:
    """Have a run done to its end; a ``HarvestError`` is no exception but the run's message.

    A run that was cut off is taken up again, in its own mode.
    """
    run = _begun(source_id, using.ledger, mode)
    if run.crashes > MOST_CRASHES:
        return using.ledger.end_run(
            run.id, RunState.FAILED, f"it was cut off {run.crashes} times and is given up"
        )
    with using.watch(run) as sign:
        try:
            return work(run, sign)
        except HarvestError as error:
            return _failed(using.ledger, run, sign, error)


def _begun(source_id: str, ledger: Ledger, mode: RunMode) -> Run:
    reprocess = mode is RunMode.REPROCESS
    left = ledger.resumable_run(source_id, reprocess=reprocess)
    if left is None:
        return ledger.start_run(source_id, mode=mode)
    goes_on = "begins anew" if reprocess else "goes on from what was fetched"
    return ledger.restart_staging(left.id, f"it was cut off and {goes_on}")


def _failed(ledger: Ledger, run: Run, sign: StopSign, error: HarvestError) -> Run:
    """End a run by what stopped it: a sign, else the provider's fault.

    A run that is stopped may fail over anything, as what it works with is taken away.
    """
    stopped = isinstance(error, Stopped)
    try:
        sign.check()
    except Stopped:
        stopped = True
    found = ledger.run(run.id)
    if found.state.ended:  # its source was removed
        return found
    if stopped:
        return ledger.end_run(run.id, *sign.end, attempt=run.resumed)
    after = error.retry_after if isinstance(error, Transient) else None
    worth_retrying = isinstance(error, Transient)
    return ledger.fail_run(
        run.id, str(error), worth_retrying=worth_retrying, retry_after=after, attempt=run.resumed
    )
