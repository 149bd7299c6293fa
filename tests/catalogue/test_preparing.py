"""How many records are prepared at once, by this process and by others."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from catalogue.bench.generated import oai_page
from catalogue.ingest.preparing import Made, Preparing, Wanted, made
from catalogue.ingest.record import Preparation
from harvesters.errors import ProviderBusy, RecordRejected
from harvesters.parsing.oai import read_oai
from harvesters.source import Record
from ontologies.aligner import load_aligner
from ontologies.own_scheme import load_scheme
from tests.machine import runs

# More than one process takes alone, in a few batches.
MANY = 460
_PAGE = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{}</ListRecords></OAI-PMH>'


@cache
def rules() -> Preparation:
    scheme = load_scheme()
    return Preparation(scheme, load_aligner(scheme), base_url="https://catalogue.example")


@cache
def wanted(records: int = MANY) -> tuple[Wanted, ...]:
    """Every seventh has no title, and is rejected."""
    page = read_oai(_PAGE.format(oai_page("oai_dc", 0, records, 1)).encode(), "the node")
    received = [one.metadata if number % 7 else b"<dc/>" for number, one in enumerate(page.records)]
    kind = "application/xml; profile=oai_dc"
    return tuple(
        Wanted(Record(f"oai:node.example:{number}", body, kind), f"key{number:09}")
        for number, body in enumerate(received)
    )


@cache
def expected() -> list[object]:
    return [compared(made(one, rules())) for one in wanted()]


def compared(result: Made) -> object:
    return str(result) if isinstance(result, RecordRejected) else result


@pytest.fixture
def preparing() -> Iterator[Preparing]:
    found = Preparing(rules(), processes=1)
    yield found
    found.close()


def until_helped(preparing: Preparing) -> None:
    """Wait until its process works."""
    pool = preparing.pool
    limit = time.monotonic() + 60
    while pool is None or not pool.working():
        assert time.monotonic() < limit
        time.sleep(0.02)


def results(preparing: Preparing, given: tuple[Wanted, ...]) -> list[object]:
    return [compared(result) for _, result in preparing.prepared(given)]


def test_another_process_gives_the_same_bytes_in_the_same_order(preparing: Preparing) -> None:
    results(preparing, wanted())
    until_helped(preparing)
    assert results(preparing, wanted()) == expected()
    assert preparing.pool is not None
    assert preparing.pool.done > 0


def test_a_few_records_start_no_process(preparing: Preparing) -> None:
    assert results(preparing, wanted()[:150]) == expected()[:150]
    assert preparing.pool is None


def test_without_processes_all_is_done_here() -> None:
    alone = Preparing(rules())
    assert results(alone, wanted()) == expected()
    assert alone.pool is None


def test_a_process_that_is_killed_loses_no_record(preparing: Preparing) -> None:
    results(preparing, wanted())
    until_helped(preparing)
    found = []
    for number, (_, result) in enumerate(preparing.prepared(wanted())):
        if number == 205:
            assert preparing.pool is not None
            for pid in preparing.pool.working():
                os.kill(pid, signal.SIGKILL)
        found.append(compared(result))
    assert found == expected()


def test_after_a_death_the_next_long_list_has_a_process_again(preparing: Preparing) -> None:
    results(preparing, wanted())
    until_helped(preparing)
    assert preparing.pool is not None
    first = preparing.pool.working()
    os.kill(first[0], signal.SIGKILL)
    results(preparing, wanted())
    results(preparing, wanted())
    until_helped(preparing)
    assert preparing.pool.working() != first


def test_a_list_that_is_given_up_leaves_the_next_one_right(preparing: Preparing) -> None:
    results(preparing, wanted())
    until_helped(preparing)
    given_up = preparing.prepared(wanted())
    assert len(list(islice(given_up, 205))) == 205
    del given_up
    assert results(preparing, wanted()) == expected()


def test_what_the_source_raises_is_raised(preparing: Preparing) -> None:
    def cut_off() -> Iterator[Wanted]:
        yield from wanted()[:300]
        raise ProviderBusy("the node is busy")

    with pytest.raises(ProviderBusy, match="the node is busy"):
        list(preparing.prepared(cut_off()))


def test_it_reads_ahead_by_a_few_batches_only(preparing: Preparing) -> None:
    results(preparing, wanted())
    until_helped(preparing)
    taken = 0

    def counted() -> Iterator[Wanted]:
        nonlocal taken
        for taken, one in enumerate(wanted(), start=1):  # noqa: B007
            yield one

    ahead = [taken - number for number, _ in enumerate(preparing.prepared(counted()), start=1)]
    assert max(ahead) <= 4 * 50


def test_rules_that_the_process_does_not_have_are_not_applied_there() -> None:
    """Its scheme and mappings are the project's; a parent with others does all by itself."""
    other = Preparation(load_scheme(), load_aligner(load_scheme()))
    other.aligner = "of another release"
    preparing = Preparing(other, processes=1)
    list(preparing.prepared(wanted()))
    assert preparing.pool is not None
    limit = time.monotonic() + 60
    while not preparing.pool.is_dead():
        assert time.monotonic() < limit
        time.sleep(0.02)
    list(preparing.prepared(wanted()))
    assert preparing.pool.done == 0
    preparing.close()


_PARENT = """
import sys, time
from tests.catalogue.test_preparing import Preparing, results, rules, until_helped, wanted
preparing = Preparing(rules(), processes=1)
results(preparing, wanted())
until_helped(preparing)
print(preparing.pool.working()[0], flush=True)
time.sleep(300)
"""


def test_a_process_ends_when_its_parent_is_killed() -> None:
    root = Path(__file__).parents[2]
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], cwd=root, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert runs(child)
        parent.kill()
    limit = time.monotonic() + 30
    while runs(child):
        assert time.monotonic() < limit
        time.sleep(0.05)
