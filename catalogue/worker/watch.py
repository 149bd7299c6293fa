"""When a run under way is to end before its end: somebody asked, its time is up, its lease is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from catalogue.errors import CatalogueError, LeaseLost
from catalogue.ledger import Ledger
from catalogue.model.run import Run, RunState
from harvesters.errors import Stopped

_LOOK_SECONDS: Final = 0.5


@dataclass(slots=True)
class RunWatch:
    """Looks twice a second, in a thread of its own; ``interrupt`` ends what the run waits for.

    A run is ``is_left`` where it is ours no more: it stays as it is, and another worker goes on with it.
    """

    ledger: Ledger
    run: Run
    limit: timedelta
    is_ours: Callable[[], bool]
    interrupt: Callable[[], None]
    end: tuple[RunState, str] = (RunState.CANCELLED, "")
    is_left: bool = False
    _over: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        if self.is_left or not self.is_ours():
            raise LeaseLost(f"run {self.run.id} of {self.run.source} is left to another worker")
        if self.end[1]:
            raise Stopped(self.end[1])

    @contextmanager
    def looking(self) -> Iterator["RunWatch"]:
        self._judge(self.run, self.ledger.now())
        thread = threading.Thread(target=self._look, name=f"watch-{self.run.id}", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            try:
                self._judge(self.ledger.run(self.run.id), self.ledger.now())
            except CatalogueError:
                continue  # a ledger that does not answer is asked again at the next look
            if self.is_left or self.end[1]:
                self.interrupt()
                return

    def _judge(self, run: Run, now: datetime) -> None:
        self.is_left = not self.is_ours()
        if run.state.ended:
            self.end = (run.state, run.message or "it was ended by somebody else")
        elif run.stop_requested:
            self.end = (RunState.CANCELLED, "somebody asked for its end")
        elif now - run.started > self.limit:
            hours = self.limit / timedelta(hours=1)
            self.end = (RunState.FAILED, f"it took longer than {hours:g} hours")
