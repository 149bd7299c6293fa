"""Records checked in a process of its own."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from catalogue.quality.apart import CheckerApart
from catalogue.quality.check import Checker
from catalogue.resources import shapes_folder
from ontologies.concepts import ConceptScheme
from tests.catalogue.descriptions import IRI, prepared


@pytest.fixture
def apart(scheme: ConceptScheme) -> Iterator[CheckerApart]:
    found = CheckerApart(scheme, shapes_folder())
    yield found
    found.close()


def helped(apart: CheckerApart) -> list[int]:
    """The process, once it works."""
    apart.check(IRI, prepared().triples)
    limit = time.monotonic() + 60
    while apart.pool is None or not apart.pool.working():
        assert time.monotonic() < limit
        time.sleep(0.05)
    return apart.pool.working()


def test_the_process_finds_what_would_be_found_here(apart: CheckerApart, scheme: ConceptScheme) -> None:
    helped(apart)
    triples = prepared('dcat:keyword "Mouse" .').triples
    assert apart.check(IRI, triples) == Checker(scheme, shapes_folder()).check(IRI, triples)
    assert apart.pool is not None
    assert apart.pool.done == 1


def test_where_the_process_dies_checking_goes_on_here(apart: CheckerApart) -> None:
    triples = prepared().triples
    before = apart.check(IRI, triples)
    for pid in helped(apart):
        os.kill(pid, signal.SIGKILL)
    assert apart.check(IRI, triples) == before
