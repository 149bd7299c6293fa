"""What a page of the feed says, and how it says it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import rdflib
from rdflib.compare import isomorphic

from catalogue.ledger import Listed, Snapshot
from catalogue.publishing.feed import PAGE_SIZE, FeedPage, FeedSite, feed_document
from catalogue.publishing.formats import MEDIA_TYPES
from harvesters.parsing.pages import split_page
from tests.catalogue.descriptions import IRI, KEY, prepared

BASE = "https://catalogue.example"
SITE = FeedSite(BASE, "Made up for tests.")
MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DCAT, DCT = rdflib.DCAT, rdflib.DCTERMS
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
CIMG = rdflib.Namespace(f"{BASE}/terms#")
NAMES = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}
STATEMENTS = """
    eucaim:hasCondition "Prostate Cancer", "Hauptsache krank" ; dcat:keyword "Mouse", "CT" ;
    dct:publisher <https://node.example/us> ;
    health:numberOfUniqueIndividuals 20 ;
    cimg:countBy [ cimg:dimension "modality" ; cimg:value "MR" ; cimg:subjects 12 ] .
    <https://node.example/us> a foaf:Agent ; foaf:name "Us" .
"""

# rdflib's own reader of JSON-LD uses what rdflib has given up.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def listed(statements: str = STATEMENTS, *, key: str = KEY, subject: str = IRI) -> Listed:
    triples = prepared(statements, key=key).triples
    return Listed(key, subject, triples.replace(f"<{IRI}>".encode(), f"<{subject}>".encode()))


def page(*datasets: Listed, number: int = 1, total: int | None = None) -> FeedPage:
    return FeedPage(number, len(datasets) if total is None else total, Snapshot(7, MOMENT), datasets)


def address(number: int) -> str:
    return f"{BASE}/catalog.ttl?page={number}&snapshot=7"


def document(found: FeedPage, media_type: str = "text/turtle") -> bytes:
    return feed_document(found, SITE, media_type=media_type, address=address)


def graph(found: FeedPage, media_type: str = "text/turtle") -> rdflib.Graph:
    return rdflib.Graph().parse(data=document(found, media_type).decode(), format=NAMES[media_type])


def leads(number: int, total: int) -> Mapping[str, str]:
    """What the view of a page says by the local names of Hydra's words."""
    found = graph(page(number=number, total=total))
    said = found.predicate_objects(rdflib.URIRef(address(number)))
    return {
        str(word).rpartition("#")[2]: str(value)
        for word, value in said
        if isinstance(value, rdflib.URIRef) and str(word).startswith(str(HYDRA))
    }


def test_all_formats_are_tried_here() -> None:
    assert set(NAMES) == set(MEDIA_TYPES)


@pytest.mark.parametrize("media_type", list(NAMES))
def test_the_formats_say_the_same(media_type: str) -> None:
    found = page(listed())
    assert isomorphic(graph(found, media_type), graph(found, "application/n-triples"))


def test_the_catalogue_says_what_it_is_and_what_it_lists() -> None:
    found = graph(page(listed(), total=1))
    catalogue = rdflib.URIRef(f"{BASE}/catalog")
    assert (catalogue, rdflib.RDF.type, DCAT.Catalog) in found
    assert (catalogue, DCAT.dataset, rdflib.URIRef(IRI)) in found
    assert (rdflib.URIRef(IRI), rdflib.RDF.type, DCAT.Dataset) in found
    assert "Made up for tests." in str(found.value(catalogue, DCT.description))
    for wanted in (DCT.title, DCT.publisher, HYDRA.totalItems):
        assert found.value(catalogue, wanted)


def test_a_dataset_keeps_the_words_that_mean_nothing_to_us_and_its_keywords() -> None:
    found = graph(page(listed()))
    about = set(found.objects(rdflib.URIRef(IRI)))
    assert {rdflib.Literal(word) for word in ("Hauptsache krank", "Mouse", "CT")} <= about


def test_what_the_catalogue_itself_makes_of_a_dataset_stays_at_home() -> None:
    """The record's own address has it; here a mapping that gives a better reason would change all hashes."""
    whole = listed().triples
    given = document(page(listed()), "application/n-triples")
    for word in (b"alignedValue", b"countsTowardsTotals", b"justification", b"conceptCode", b"rawValue"):
        assert word in whole
        assert word not in given


def test_counts_by_value_name_their_concept() -> None:
    found = graph(page(listed()))
    (node,) = found.objects(rdflib.URIRef(IRI), CIMG.countBy)
    (value,) = found.objects(node, CIMG.value)
    assert isinstance(value, rdflib.URIRef)
    assert int(str(found.value(node, CIMG.subjects))) == 12


def test_no_name_of_the_store_gets_out() -> None:
    unnamed = listed(subject="urn:catalogue:unnamed/https%3A%2F%2Fnode.example/1")
    for media_type in NAMES:
        assert b"urn:catalogue:" not in document(page(unnamed), media_type)


def test_the_links_between_the_pages_are_in_both_dialects_of_hydra() -> None:
    assert leads(2, 3 * PAGE_SIZE) == {
        **{word: address(1) for word in ("first", "firstPage", "previous", "previousPage")},
        **{word: address(3) for word in ("last", "lastPage", "next", "nextPage")},
    }


def test_the_first_page_has_none_before_it_and_the_last_none_behind() -> None:
    assert set(leads(1, 101)) == {"first", "firstPage", "last", "lastPage", "next", "nextPage"}
    assert set(leads(2, 101)) == {"first", "firstPage", "last", "lastPage", "previous", "previousPage"}


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (100, 1), (101, 2), (5000, 50)])
def test_a_page_holds_a_hundred(total: int, pages: int) -> None:
    assert page(total=total).pages == pages


@pytest.mark.parametrize("media_type", list(NAMES))
def test_our_own_harvester_reads_links_total_and_datasets(media_type: str) -> None:
    found = page(listed(), number=1, total=101)
    read = split_page(document(found, media_type), media_type, address(1))
    assert (read.next, read.total) == (address(2), 101)
    assert [one.iri for one in read.datasets] == [IRI]
    assert not read.rejected


def test_an_agent_of_several_datasets_stands_there_once() -> None:
    second = listed(key="bcdefgh23456", subject="https://node.example/dataset/2")
    assert document(page(listed(), second), "application/n-triples").count(b'name> "Us"') == 1


def test_subjects_and_what_is_said_of_them_are_sorted() -> None:
    lines = document(page(listed()), "application/n-triples").splitlines()
    assert lines == sorted(set(lines))


def test_the_order_in_which_datasets_came_changes_no_byte() -> None:
    second = listed(key="bcdefgh23456", subject="https://node.example/dataset/2")
    assert document(page(listed(), second)) == document(page(second, listed()))


PROGRAM = """
import sys
from tests.catalogue.test_feed import document, listed, page
sys.stdout.buffer.write(document(page(listed()), sys.argv[1]))
"""


@pytest.mark.parametrize("media_type", list(NAMES))
def test_another_process_with_another_hash_seed_writes_the_same_bytes(
    media_type: str, request: pytest.FixtureRequest
) -> None:
    written = []
    for seed in ("1", "2"):
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, media_type]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            command, cwd=request.config.rootpath, env=environment, capture_output=True, check=True
        )
        written.append(done.stdout)
    assert written[0] == written[1] == document(page(listed()), media_type)


def test_a_page_of_a_hundred_is_written_at_once() -> None:
    one = listed()
    full = page(*(Listed(f"key{n}", f"{IRI}{n}", _renamed(one, f"{IRI}{n}")) for n in range(PAGE_SIZE)))
    document(full)
    started = time.perf_counter()
    body = document(full)
    assert body.count(b"dcat:Dataset") == PAGE_SIZE
    # Far above what it takes on any machine; the figure itself is for the benchmark.
    assert time.perf_counter() - started < 2


def _renamed(one: Listed, subject: str) -> bytes:
    return one.triples.replace(f"<{IRI}>".encode(), f"<{subject}>".encode())
