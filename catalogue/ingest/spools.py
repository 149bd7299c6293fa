"""Where the answers of a run are kept, and how long."""

import shutil
from pathlib import Path

from catalogue.ledger import Ledger
from catalogue.model.run import Run, RunState
from harvesters.spool import Spool


class RunSpools:
    """A folder for each run. A source's newest is kept, and that of a run that waits for a curator."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger

    def open(self, run: Run) -> Spool:
        """The spool of a run, with what it held when the run was cut off; its source's older ones go."""
        self._forget_older(run)
        if not run.resumed:
            # One of this number is another ledger's: its pages are no answer to this run.
            shutil.rmtree(self.folder_of(run.id), ignore_errors=True)
        return Spool(self.folder_of(run.id))

    def folder_of(self, run_id: int) -> Path:
        return self._folder / str(run_id)

    def pages_of(self, run_id: int) -> Spool | None:
        """What a run fetched, None where it is not kept any more."""
        folder = self.folder_of(run_id)
        return Spool(folder) if folder.is_dir() else None

    def _forget_older(self, run: Run) -> None:
        if not self._folder.is_dir():
            return
        kept = {folder.name for folder in self._folder.iterdir()}
        for older in self._ledger.runs(run.source):
            if older.id != run.id and older.state is not RunState.HELD and str(older.id) in kept:
                shutil.rmtree(self.folder_of(older.id), ignore_errors=True)
