"""A worker killed at any moment leaves a catalogue that ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalogue.ledger import JobState, Ledger
from catalogue.services import FOLLOWERS, Workshop
from catalogue.settings import Settings
from tests.flow.flows import Sources, assert_agreed, host_of, register, state

KILLS = 10
SEED = int(os.environ.get("CATALOGUE_TEST_SEED", "20261124"))
LIMIT = 120.0


class Trial:
    """One catalogue with all jobs queued, and the worker processes that work on it."""

    def __init__(self, folder: Path, sources: Sources) -> None:
        self.settings = Settings(data_dir=folder, allowed_private_hosts=(host_of(sources[0].url),))
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


@pytest.mark.timeout(900)
def test_ten_kills_over_a_run_change_nothing_of_its_end(tmp_path: Path, sample_sources: Sources) -> None:
    undisturbed = Trial(tmp_path / "undisturbed", sample_sources)
    started = time.monotonic()
    worker = undisturbed.start()
    undisturbed.wait()
    duration = time.monotonic() - started
    wanted = state(undisturbed.workshop)
    undisturbed.close(worker)
    drawn = random.Random(SEED)
    print(f"\nseed {SEED}; an undisturbed run takes {duration:.2f} s; {len(wanted)} things compared")
    kills = 0
    while kills < KILLS:
        moment = drawn.uniform(0, duration)
        trial = Trial(tmp_path / f"kill-{kills}-{moment:.3f}", sample_sources)
        worker = trial.start()
        time.sleep(moment)
        counts = not trial.is_done()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker = trial.start()
        trial.wait()
        assert_agreed(trial.workshop)
        assert state(trial.workshop) == wanted
        runs = "; ".join(f"{run.source} {run.state}" for run in reversed(trial.workshop.ledger.runs()))
        print(f"killed at {moment:6.3f} s{'' if counts else ', not counted'}: agreed and equal ({runs})")
        kills += counts
        trial.close(worker)
