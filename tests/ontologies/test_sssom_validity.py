"""The reference implementation of SSSOM accepts what the project holds and writes.

It is run as a command and may live in an environment of its own: what it depends on changes how tests log.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ontologies.mappings import write_mappings
from ontologies.mappings.own import OWN_SETS, own_text
from tests.conftest import absent
from tests.ontologies.mapping_rows import full_set, row, set_of

# It takes the word NA for the lack of one.
TAKEN_FOR_NOTHING = "manufacturer-030"


def validation(text: str, folder: Path) -> tuple[int, str]:
    """The exit code, and what was said of rows."""
    beside = Path(sys.executable).parent
    command = shutil.which("sssom", path=os.pathsep.join((str(beside), os.environ.get("PATH", ""))))
    if command is None:
        absent("sssom", "the command sssom is not installed (extra sssom)")
    file = folder / "set.sssom.tsv"
    file.write_bytes(text.encode())
    done = subprocess.run(
        [str(command), "validate", str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", OWN_SETS)
def test_every_own_set_is_valid(name: str, tmp_path: Path) -> None:
    code, said = validation(own_text(name), tmp_path)
    complaints = [line for line in said.splitlines() if TAKEN_FOR_NOTHING not in line]
    assert (code, complaints) == (0, [])


def test_a_set_with_every_slot_in_use_is_valid(tmp_path: Path) -> None:
    """It knows no extension, and says so."""
    code, said = validation(write_mappings(full_set()), tmp_path)
    assert (code, said.strip()) == (0, "No attr for ext_weight [3 instances]")


def test_a_set_without_rows_is_valid(tmp_path: Path) -> None:
    assert validation(write_mappings(set_of()), tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("right", "wrong"), [("semapv:ManualMappingCuration", "semapv:Guess"), ("rdfs literal", "rdfs word")]
)
def test_the_reference_implementation_refuses_what_is_wrong(right: str, wrong: str, tmp_path: Path) -> None:
    text = write_mappings(set_of(row()))
    assert validation(text, tmp_path) == (0, "")
    code, said = validation(text.replace(right, wrong), tmp_path)
    assert code or said
