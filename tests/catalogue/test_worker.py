"""What a worker does while its ledger is locked: it waits, and goes on with what it had begun."""

import sqlite3
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from catalogue.errors import LedgerUnavailable
from catalogue.ledger import Job, JobState
from catalogue.services import Workshop
from catalogue.worker import crew, loop
from catalogue.worker.loop import Worker
from harvesters.source import SourceConfig
from tests.catalogue.kept import SOURCE, opened

LIMIT = 20.0


def test_a_ledger_that_fails_once_neither_ends_the_worker_nor_loses_its_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(crew, "REST_SECONDS", 0.05)
    with opened(tmp_path) as workshop:
        workshop.ledger.add_source(SourceConfig(SOURCE, "dcat", "http://127.0.0.1:9/nothing", pace=0))
        job = workshop.ledger.put_job("harvest", SOURCE)
        ended = workshop.ledger.end_job
        failures = iter([True])

        def fail_once(number: int, *, ok: bool, message: str, holder: str) -> None:
            if next(failures, False):
                raise LedgerUnavailable(str(sqlite3.OperationalError("database is locked")))
            ended(number, ok=ok, message=message, holder=holder)

        monkeypatch.setattr(workshop.ledger, "end_job", fail_once)
        assert _worked_until_ended(workshop, job).state is JobState.FAILED
        assert len(workshop.ledger.runs(SOURCE)) == 2


def _worked_until_ended(workshop: Workshop, job: Job) -> Job:
    stop = Event()
    thread = Thread(target=Worker(workshop).run, args=(stop,))
    thread.start()
    try:
        end = time.monotonic() + LIMIT
        while (found := workshop.ledger.job(job.id)).state not in (JobState.DONE, JobState.FAILED):
            assert thread.is_alive(), "the worker ended"
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found
    finally:
        stop.set()
        thread.join()
