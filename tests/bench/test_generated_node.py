"""The node that benchmarks harvest: as large as asked for, and well-formed."""

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from catalogue.bench.generated import PAGE, revised
from catalogue.bench.node import GeneratedNode
from harvesters.parsing.oai import read_oai
from harvesters.parsing.pages import Page, read_page
from tests.machine import free_port

ADDRESS = "http://127.0.0.1:1"
RECORDS = 2 * PAGE + 10


def node() -> GeneratedNode:
    return GeneratedNode(RECORDS, ADDRESS)


def turtle(found: GeneratedNode, number: int) -> Page:
    return read_page(found.turtle(number), "text/turtle", f"{ADDRESS}/catalog.ttl?page={number}")


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite"])
def test_tokens_lead_through_all_records_once(prefix: str) -> None:
    found, arguments = [], {"verb": "ListRecords", "metadataPrefix": prefix}
    while arguments:
        answer = read_oai(node().oai(arguments), ADDRESS)
        assert answer.total == RECORDS
        found += [record.identifier for record in answer.records]
        arguments = {"verb": "ListRecords", "resumptionToken": answer.token} if answer.token else {}
    assert len(set(found)) == len(found) == RECORDS


def test_pages_of_turtle_lead_through_all_datasets_once() -> None:
    pages = [turtle(node(), number) for number in (1, 2, 3)]
    assert [page.total for page in pages] == [RECORDS] * 3
    assert [page.next for page in pages] == [f"{ADDRESS}/catalog.ttl?page={number}" for number in (2, 3)] + [
        None
    ]
    assert len({dataset.iri for page in pages for dataset in page.datasets}) == RECORDS


def test_a_revision_changes_one_record_in_a_hundred_and_no_other() -> None:
    found = node()
    before = {one.iri: one.triples for one in turtle(found, 1).datasets}
    found.revision = 2
    after = {one.iri: one.triples for one in turtle(found, 1).datasets}
    assert before.keys() == after.keys()
    assert sum(before[iri] != after[iri] for iri in before) == revised(PAGE) == 5


def test_equal_numbers_give_equal_records() -> None:
    assert node().turtle(2) == node().turtle(2)


@pytest.fixture
def served() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "catalogue.bench.node", "--records", "7", "--port", str(port)]
    with subprocess.Popen(command) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(20) == 0


def test_it_serves_as_a_process_and_says_how_many_it_revised(served: str) -> None:
    limit = time.monotonic() + 60
    while True:
        try:
            answer = httpx.get(f"{served}/oai?verb=ListRecords&metadataPrefix=oai_dc", trust_env=False)
            break
        except httpx.TransportError:
            assert time.monotonic() < limit
            time.sleep(0.05)
    assert len(read_oai(answer.content, served).records) == 7
    assert httpx.post(f"{served}/revision/2", trust_env=False).text == "1"
    assert httpx.get(f"{served}/elsewhere", trust_env=False).status_code == 404
