"""A worker killed at any moment leaves a catalogue that ends as if nothing had happened."""

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from catalogue.ledger import JobState, Ledger
from catalogue.model.run import Run, RunState
from catalogue.services import FOLLOWERS, Workshop
from catalogue.settings import Settings
from harvesters.source import SourceConfig
from harvesters.sources import KINDS
from tests.flow.flows import Sources, assert_agreed, host_of, register, state
from tests.harvesters.scripted_emx2 import Emx2
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.sheet_files import HEAD, workbook

KILLS: Final = 20
SEED: Final = int(os.environ.get("CATALOGUE_TEST_SEED", "20261124"))
LIMIT: Final = 120.0


class Asked(logging.Handler):
    """What the nodes answered; the sample server writes each request to its log.

    One that was refused tells nothing: a draft of a FAIR Data Point is asked for again when a run goes on.
    """

    def __init__(self, another: Provider) -> None:
        super().__init__(logging.DEBUG)
        self._another = another
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        match record.args:
            case (request, "200", *_):
                self._lines.append(str(request))

    def clear(self) -> None:
        self._lines.clear()
        self._another.asked.clear()

    @property
    def counts(self) -> Counter[str]:
        return Counter([*self._lines, *(path for path, _ in self._another.asked)])


@pytest.fixture
def another() -> Iterator[Provider]:
    """Serves what the sample nodes do not: a sheet, and tables of Molgenis EMX2."""
    provider = Provider()
    rows = [(f"d{number}", f"Title {number}") for number in range(9)]
    provider.answers["/datasets.xlsx"] = Answer(workbook(HEAD, *rows))
    emx2 = Emx2(provider)
    emx2.serve(*(emx2.row(f"id={name}", f'id "{name}"', f'name "{title}"') for name, title in rows))
    yield provider
    provider.stop()


@pytest.fixture
def every_kind(sample_sources: Sources, another: Provider) -> Sources:
    sheet = SourceConfig("sheet", "sheet", f"{another.url}/datasets.xlsx", pace=0)
    emx2 = SourceConfig("emx2", "emx2", f"{Emx2(another).api}/Collections", pace=0)
    # At the pace of a real node, more of the kills hit a harvest.
    found = tuple(replace(source, pace=0.03) for source in (*sample_sources, sheet, emx2))
    assert {source.kind for source in found} == set(KINDS)
    return found


@pytest.fixture
def asked(another: Provider) -> Iterator[Asked]:
    handler, logger = Asked(another), logging.getLogger("catalogue.sample.server")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)


class Trial:
    """One catalogue with all jobs queued, and the worker processes that work on it."""

    def __init__(self, folder: Path, sources: Sources) -> None:
        hosts = tuple(dict.fromkeys(host_of(source.url) for source in sources))
        self.settings = Settings(data_dir=folder, allowed_private_hosts=hosts)
        self.workshop = Workshop(self.settings)
        register(self.workshop, sources)
        self.jobs = [self.workshop.ledger.put_job("harvest", source.id).id for source in sources]

    def start(self) -> subprocess.Popen[bytes]:
        environment = {
            "CATALOGUE_DATA_DIR": str(self.settings.data_dir),
            "CATALOGUE_ALLOWED_PRIVATE_HOSTS": ",".join(self.settings.allowed_private_hosts),
            "CATALOGUE_BASE_URL": self.settings.base_url,
        }
        command = [sys.executable, "-m", "catalogue", "worker"]
        log = (self.settings.data_dir / "worker.log").open("ab")
        with log:
            return subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)

    def runs(self) -> Sequence[Run]:
        return self.workshop.ledger.runs()[::-1]

    def is_done(self) -> bool:
        ledger: Ledger = self.workshop.ledger
        ended = all(ledger.job(number).state in (JobState.DONE, JobState.FAILED) for number in self.jobs)
        last = ledger.last_change()
        return ended and all(ledger.watermark(name) == last for name in FOLLOWERS)

    def wait(self) -> None:
        end = time.monotonic() + LIMIT
        while not self.is_done():
            if time.monotonic() > end:
                log = (self.settings.data_dir / "worker.log").read_text()[-2000:]
                pytest.fail(f"not done within {LIMIT:.0f} s: {log}")
            time.sleep(0.05)

    def close(self, worker: subprocess.Popen[bytes]) -> None:
        worker.terminate()
        worker.wait(30)
        self.workshop.close()


@dataclass(frozen=True)
class Undisturbed:
    seconds: float
    state: dict[str, str]
    asked: Counter[str]


@pytest.mark.timeout(900)
def test_twenty_kills_over_a_run_change_nothing_of_its_end(
    tmp_path: Path, every_kind: Sources, asked: Asked
) -> None:
    wanted = undisturbed(tmp_path / "undisturbed", every_kind, asked)
    drawn = random.Random(SEED)
    print(f"\nseed {SEED}; undisturbed {wanted.seconds:.2f} s; {len(wanted.state)} things compared")
    print(f"{'killed at':>9}  {'under way':44} {'then':22} {'fetched':>7} {'repeated':>8}  equal")
    kills = 0
    while kills < KILLS:
        moment = drawn.uniform(0, wanted.seconds)
        folder = tmp_path / f"kill-{kills}-{moment:.3f}"
        kills += is_killed_and_ends_the_same(folder, every_kind, moment, wanted, asked)


def undisturbed(folder: Path, sources: Sources, asked: Asked) -> Undisturbed:
    trial = Trial(folder, sources)
    asked.clear()
    started = time.monotonic()
    worker = trial.start()
    trial.wait()
    seconds = time.monotonic() - started
    assert {run.state for run in trial.runs()} == {RunState.DONE}
    found = Undisturbed(seconds, state(trial.workshop), asked.counts)
    trial.close(worker)
    return found


def is_killed_and_ends_the_same(
    folder: Path, sources: Sources, moment: float, wanted: Undisturbed, asked: Asked
) -> bool:
    """Whether the kill counts: one that comes after all was done disturbs nothing."""
    trial = Trial(folder, sources)
    asked.clear()
    worker = trial.start()
    time.sleep(moment)
    counts = not trial.is_done()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    left = [run for run in trial.runs() if not run.state.ended]
    fetched = asked.counts.total()
    worker = trial.start()
    trial.wait()
    then = [trial.workshop.ledger.run(run.id) for run in left]
    repeated = (asked.counts - wanted.asked).total()
    equal = state(trial.workshop) == wanted.state
    under_way = ", ".join(f"{run.source} {run.state}" for run in left) or "-"
    went_on = ", ".join("resumed" if run.resumed else str(run.state) for run in then) or "-"
    note = "" if counts else " (all was done: not counted)"
    print(f"{moment:8.2f}s  {under_way:44} {went_on:22} {fetched:7} {repeated:8}  {equal}{note}")
    assert equal
    assert_agreed(trial.workshop)
    assert all(run.resumed == 1 for run in then)
    # What a run was just being sent, or was about to keep, is asked for once more, and nothing else.
    assert repeated <= len(left)
    trial.close(worker)
    return counts
