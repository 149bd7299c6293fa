"""What happens to work that never ends, wants too much or falls over."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harvesters.errors import LimitReached, NotMetadata, ProviderBusy
from harvesters.parsing import Sandbox, canonical, read_page
from tests.harvesters import poison


def test_a_call_gives_the_value_and_takes_keywords(sandbox: Sandbox) -> None:
    assert sandbox.call(poison.double, 21, plus=1) == 43


def test_calls_share_one_child_that_is_not_this_process(sandbox: Sandbox) -> None:
    first = sandbox.call(poison.process_id)
    assert first == sandbox.call(poison.process_id) != os.getpid()


def test_an_error_comes_back_with_its_type_and_fields(sandbox: Sandbox) -> None:
    with pytest.raises(ProviderBusy, match="the sentence") as caught:
        sandbox.call(poison.be_busy)
    assert caught.value.retry_after == 7.0


def test_a_poison_graph_is_killed_at_the_deadline_and_the_next_call_works(sandbox: Sandbox) -> None:
    sandbox.call(poison.process_id)
    started = time.monotonic()
    with pytest.raises(LimitReached, match=r"longer than 0\.5 s"):
        sandbox.call_within(0.5, canonical, poison.linked(9))
    assert time.monotonic() - started < 3
    assert sandbox.call(poison.double, 2) == 4


@pytest.mark.parametrize("work", [poison.fill_memory, poison.abort])
def test_too_much_memory_is_a_limit(work: Callable[[], object]) -> None:
    with Sandbox(seconds=30, megabytes=1024) as small:
        with pytest.raises(LimitReached, match="memory"):
            small.call(work)
        assert small.call(poison.double, 2) == 4


def test_a_child_that_falls_over_is_no_metadata_and_the_next_call_works(sandbox: Sandbox) -> None:
    with pytest.raises(NotMetadata):
        sandbox.call(poison.fall_over)
    assert sandbox.call(poison.double, 2) == 4


def test_a_full_disk_is_no_fault_of_the_document(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        sandbox.call(poison.fill_disk)
    assert caught.value.errno == errno.ENOSPC
    assert sandbox.call(poison.double, 2) == 4


_DEEP = 20_000
_NESTED = {
    "json": ("application/ld+json", '{"http://e/p":' * _DEEP + "1" + "}" * _DEEP),
    "lists": ("application/ld+json", '{"http://e/p":' + "[" * _DEEP + "1" + "]" * _DEEP + "}"),
    "quoted triples": (
        "text/turtle",
        "<http://e/a> <http://e/p> " + "<<( <b> <p> " * _DEEP + "1" + " )>>" * _DEEP,
    ),
    "blank nodes": (
        "text/turtle",
        "<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> ; <p> "
        + "[ <p> " * _DEEP
        + "1"
        + " ]" * _DEEP
        + " .",
    ),
}


@pytest.mark.parametrize(("media_type", "text"), _NESTED.values(), ids=_NESTED)
def test_a_document_nested_without_end_is_refused_and_the_next_call_works(
    sandbox: Sandbox, media_type: str, text: str
) -> None:
    with pytest.raises((LimitReached, NotMetadata)):
        sandbox.call(read_page, text.encode(), media_type, "http://node.example/c")
    assert sandbox.call(poison.double, 2) == 4


def test_a_closed_sandbox_has_no_child() -> None:
    with Sandbox() as used:
        child = used.call(poison.process_id)
    assert not _runs(child)


@pytest.mark.parametrize(
    "work", ["sandbox.call(poison.process_id)", "sandbox.call(canonical, poison.linked(9))"]
)
def test_a_child_ends_after_its_parent_is_killed(work: str) -> None:
    program = (
        "import time, poison; from harvesters.parsing import Sandbox, canonical\n"
        "sandbox = Sandbox(seconds=1); print(sandbox.call(poison.process_id), flush=True)\n"
        f"{work}; time.sleep(60)"
    )
    folder = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(folder.parent.parent)])}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.send_signal(signal.SIGKILL)
    assert _ends_within(10, child)


def _ends_within(seconds: float, process: int) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _runs(process):
            return True
        time.sleep(0.05)
    return False


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
