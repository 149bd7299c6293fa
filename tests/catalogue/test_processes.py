"""What becomes of the parts of the service when what starts them is killed or cannot start them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalogue.cli.processes import ProcessDied, Processes
from tests.machine import runs

STARTER = """
import sys, time
from pathlib import Path
from catalogue.cli.processes import Processes
with Processes(Path(sys.argv[1])) as processes:
    print(processes.start("part", ["-c", "import time; time.sleep(60)"], {}).process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_parent_leaves_no_part_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        part = int(parent.stdout.readline())
        assert runs(part)
        parent.kill()
        parent.wait()
    end = time.monotonic() + 10
    while runs(part):
        assert time.monotonic() < end, "the part still runs"
        time.sleep(0.05)


def test_a_part_that_dies_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        child = processes.start("part", ["-c", "print('last words')"], {}, restart=True)
        first = child.process.pid
        for _ in range(3):
            child.process.wait()
            processes.check()
        child.process.wait()
        with pytest.raises(ProcessDied, match="part ended with 0: last words"):
            processes.check()
        assert child.process.pid != first
    assert child.log.read_text().splitlines() == ["last words"] * 4


def test_a_folder_that_cannot_be_written_to_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")
    command = [sys.executable, "-m", "catalogue", "up", "--port", "65123"]
    environment = os.environ | {"CATALOGUE_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("catalogue: ")
    assert "Traceback" not in done.stderr
