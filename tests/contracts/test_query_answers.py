"""What everything promises that answers queries; each adapter is a parameter."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import (
    GraphStoreUnavailable,
    QueriesUnavailable,
    QueryRefused,
    QueryStopped,
    QueryTooSlow,
    ResultTooLarge,
)
from catalogue.ports import GraphQueries, QueryLimits, ResultFormat
from catalogue.sparql.admission import admit
from catalogue.stores.broker import BrokerClient, BrokerSetting
from tests.contracts.sparql_builders import DATASETS, dataset_graph, publish, running_broker

SECONDS = 2.0
LIMITS = QueryLimits(seconds=SECONDS, result_bytes=1_000_000)
SETTING = BrokerSetting(
    slots=2,
    megabytes=512,
    seconds=SECONDS,
    queue_seconds=0.5,
    prefixes={"dct": "http://purl.org/dc/terms/", "dcat": "http://www.w3.org/ns/dcat#"},
)
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queries")
    publish(folder / "graph", *(dataset_graph(number) for number in range(DATASETS)))
    return folder


@pytest.fixture(scope="module", params=["broker"], name="queries")
def _queries(place: Path) -> Iterator[GraphQueries]:
    with running_broker(place, SETTING):
        yield BrokerClient(place / "run")


def text_of(queries: GraphQueries, text: str, result: ResultFormat = ResultFormat.JSON) -> str:
    answer = queries.query(admit(text), result=result, limits=LIMITS)
    with answer.body as body:
        written = body.read()
    assert len(written) == answer.size
    return written.decode()


def rows(queries: GraphQueries, text: str) -> list[dict[str, str]]:
    found = json.loads(text_of(queries, text))["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def test_the_default_graph_is_the_union_of_all(queries: GraphQueries) -> None:
    assert rows(queries, "SELECT (COUNT(*) AS ?n) { ?d a dcat:Dataset }") == [{"n": str(DATASETS)}]


def test_nothing_of_the_stores_own_is_seen(queries: GraphQueries) -> None:
    assert rows(queries, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [{"n": str(4 * DATASETS)}]
    assert rows(queries, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g {} }") == [{"n": str(DATASETS)}]


def test_one_graph_can_be_chosen(queries: GraphQueries) -> None:
    chosen = "https://catalogue.test/graph/7"
    assert len(rows(queries, f"SELECT * {{ GRAPH <{chosen}> {{ ?s ?p ?o }} }}")) == 4


def test_the_protocols_default_graph_replaces_the_union(queries: GraphQueries) -> None:
    admitted = admit("SELECT * { ?s ?p ?o }", default_graphs=["https://catalogue.test/graph/7"])
    with queries.query(admitted, result=ResultFormat.JSON, limits=LIMITS).body as body:
        assert len(json.loads(body.read())["results"]["bindings"]) == 4


def test_the_protocols_named_graphs_are_the_only_ones(queries: GraphQueries) -> None:
    admitted = admit("SELECT * { GRAPH ?g { ?s a ?o } }", named_graphs=["https://catalogue.test/graph/7"])
    with queries.query(admitted, result=ResultFormat.JSON, limits=LIMITS).body as body:
        assert len(json.loads(body.read())["results"]["bindings"]) == 1


@pytest.mark.parametrize(
    ("result", "begins"),
    [
        (ResultFormat.JSON, '{"head":{"vars":["d"]}'),
        (ResultFormat.XML, "<?xml"),
        (ResultFormat.CSV, "d\r\n"),
        (ResultFormat.TSV, "?d\n"),
    ],
)
def test_a_table_is_written_as_asked(queries: GraphQueries, result: ResultFormat, begins: str) -> None:
    assert text_of(queries, "SELECT ?d { ?d a dcat:Dataset } LIMIT 2", result).startswith(begins)


@pytest.mark.parametrize("result", [ResultFormat.TURTLE, ResultFormat.N_TRIPLES, ResultFormat.RDF_XML])
@pytest.mark.parametrize(
    "text",
    ["CONSTRUCT WHERE { ?d dct:title ?t } LIMIT 3", "DESCRIBE <https://catalogue.test/datasets/3>"],
)
def test_a_graph_is_written_as_asked(queries: GraphQueries, text: str, result: ResultFormat) -> None:
    assert "https://catalogue.test/datasets/" in text_of(queries, text, result)


def test_ask_answers_yes_or_no(queries: GraphQueries) -> None:
    assert json.loads(text_of(queries, "ASK { ?d a dcat:Dataset }"))["boolean"] is True
    assert json.loads(text_of(queries, "ASK { ?d a dcat:Catalog }"))["boolean"] is False


def test_a_table_cannot_be_had_as_a_graph(queries: GraphQueries) -> None:
    with pytest.raises(QueryRefused, match="text/turtle"):
        text_of(queries, "SELECT * { ?s ?p ?o }", ResultFormat.TURTLE)


def test_a_wrong_syntax_is_refused_with_its_place(queries: GraphQueries) -> None:
    with pytest.raises(QueryRefused, match="line 2, column 11"):
        text_of(queries, "SELECT *\n{ ?s ?p  }")


def test_a_graph_name_that_is_none_is_refused(queries: GraphQueries) -> None:
    with pytest.raises(QueryRefused):
        queries.query(admit("ASK {}", default_graphs=["no iri"]), result=ResultFormat.JSON, limits=LIMITS)


def test_a_query_ends_at_its_deadline(queries: GraphQueries) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTooSlow):
        text_of(queries, PRODUCT)
    assert time.monotonic() - began < SECONDS + 2


def test_a_query_that_eats_memory_is_stopped(queries: GraphQueries) -> None:
    doubling = " ".join(f"BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(40))
    with pytest.raises(QueryStopped):
        text_of(queries, f"SELECT * {{ BIND('{'a' * 64}' AS ?x0) {doubling} }}")


def test_a_result_beyond_its_size_is_refused_whole(queries: GraphQueries) -> None:
    with pytest.raises(ResultTooLarge, match="LIMIT"):
        text_of(queries, "SELECT * { ?a ?b ?c . ?d ?e ?f }")


def test_the_asker_may_want_less_than_the_broker_gives(queries: GraphQueries) -> None:
    with pytest.raises(ResultTooLarge):
        queries.query(
            admit("SELECT * { ?a ?b ?c }"), result=ResultFormat.CSV, limits=QueryLimits(2.0, result_bytes=100)
        )


def test_who_finds_no_free_process_is_told_soon_and_served_later(queries: GraphQueries) -> None:
    def runaway() -> None:
        with pytest.raises(QueryTooSlow):
            text_of(queries, PRODUCT)

    threads = [threading.Thread(target=runaway) for _ in range(SETTING.slots)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    with pytest.raises(QueriesUnavailable):
        text_of(queries, "ASK {}")
    assert time.monotonic() - began < 1.5
    for thread in threads:
        thread.join()
    assert "true" in text_of(queries, "ASK {}")


def test_the_next_query_sees_what_was_published_before(tmp_path: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s <urn:test:fresh> ?o }"
    graph = dataset_graph(0)
    publish(tmp_path / "graph", graph)
    with running_broker(tmp_path, SETTING):
        queries = BrokerClient(tmp_path / "run")
        assert rows(queries, count) == [{"n": "0"}]
        for number in range(6):  # more than are kept
            fresh = f"<urn:test:{number}> <urn:test:fresh> <urn:test:x> .\n".encode()
            changed = type(graph)(graph.iri, graph.triples + fresh)
            publish(tmp_path / "graph", changed, watermark=2 + number)
            assert rows(queries, count) == [{"n": "1"}]


def test_before_anything_is_published_the_store_does_not_answer(tmp_path: Path) -> None:
    with running_broker(tmp_path, SETTING), pytest.raises(GraphStoreUnavailable):
        text_of(BrokerClient(tmp_path / "run"), "ASK {}")


def test_without_a_broker_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(QueriesUnavailable):
        text_of(BrokerClient(tmp_path), "ASK {}")
