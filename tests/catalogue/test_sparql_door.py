"""How the endpoint speaks the SPARQL protocol, to machines and to people."""

import csv
import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from catalogue.sparql.examples import EXAMPLES, Example
from tests.catalogue.sparql_site import DATASETS, JSON, PATH, sparql_site
from tests.small_catalogue import HOSTILE, SmallCatalogue

COUNT = "SELECT (COUNT(*) AS ?n)\r\n{ ?d a dcat:Dataset }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module", name="door")
def _door(small: SmallCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with sparql_site(tmp_path_factory.mktemp("door"), small) as client:
        yield client


def get(door: FlaskClient, text: str, accept: str = "*/*", **more: str) -> TestResponse:
    return door.get(PATH, query_string={"query": text, **more}, headers={"Accept": accept})


def counted(body: bytes) -> int:
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


def test_a_query_by_get_is_answered(door: FlaskClient) -> None:
    answer = get(door, COUNT, JSON)
    assert (answer.status_code, answer.mimetype) == (200, JSON)
    assert counted(answer.data) == DATASETS


def test_a_query_by_form_is_answered(door: FlaskClient) -> None:
    assert counted(door.post(PATH, data={"query": COUNT}).data) == DATASETS


def test_a_query_posted_directly_is_answered(door: FlaskClient) -> None:
    answer = door.post(PATH, data=COUNT, content_type="application/sparql-query; charset=UTF-8")
    assert counted(answer.data) == DATASETS


def test_a_long_query_goes_by_post(door: FlaskClient) -> None:
    long = COUNT + " #" + "x" * 60_000
    assert door.post(PATH, data={"query": long}).status_code == 200


def test_the_protocols_graphs_replace_the_union(door: FlaskClient) -> None:
    one = get(door, COUNT, JSON, **{"default-graph-uri": "https://catalogue.test/graph/1"})
    assert counted(one.data) == 1
    none = get(door, COUNT, JSON, **{"named-graph-uri": "https://catalogue.test/graph/1"})
    assert counted(none.data) == 0


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml;q=0.5, text/csv;q=0.4", "application/sparql-results+xml"),
        ("text/csv, application/sparql-results+json;q=0.9", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/turtle;q=1.0, application/sparql-results+json;q=0.1", JSON),
    ],
)
def test_accept_chooses_how_a_table_is_written(door: FlaskClient, accept: str, given: str) -> None:
    answer = get(door, COUNT, accept)
    assert (answer.status_code, answer.mimetype) == (200, given)
    assert "Accept" in answer.vary


def test_xml_and_csv_can_be_read(door: FlaskClient) -> None:
    root = ET.fromstring(get(door, COUNT, format="xml").data)  # noqa: S314 - our own bytes
    assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    assert list(csv.reader(io.StringIO(get(door, COUNT, format="csv").text))) == [["n"], [str(DATASETS)]]


@pytest.mark.parametrize(
    ("accept", "given", "read_as"),
    [
        ("*/*", "text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", "application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", "application/rdf+xml", RdfFormat.RDF_XML),
    ],
)
def test_accept_chooses_how_a_graph_is_written(
    door: FlaskClient, accept: str, given: str, read_as: RdfFormat
) -> None:
    answer = get(door, "CONSTRUCT WHERE { ?d a dcat:Dataset }", accept)
    assert answer.mimetype == given
    assert len(list(parse(answer.data, format=read_as))) == DATASETS


def test_the_parameter_format_goes_before_accept(door: FlaskClient) -> None:
    assert get(door, COUNT, "text/html", format="json").mimetype == JSON
    assert get(door, "DESCRIBE <urn:x>", "text/html", format="nt").mimetype == "application/n-triples"


@pytest.mark.parametrize(
    ("text", "accept", "form"),
    [
        (COUNT, "image/png", ""),
        (COUNT, "text/turtle", ""),
        (COUNT, "*/*", "turtle"),
        ("ASK {}", "text/csv", ""),
        ("DESCRIBE <urn:x>", JSON, ""),
    ],
)
def test_what_cannot_be_had_is_a_406(door: FlaskClient, text: str, accept: str, form: str) -> None:
    answer = get(door, text, accept, **({"format": form} if form else {}))
    assert answer.status_code == 406
    assert "can be had as" in answer.get_json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_a_405_that_names_the_right_ones(door: FlaskClient, method: str) -> None:
    answer = door.open(PATH, method=method)
    assert answer.status_code == 405
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("media_type", ["text/plain", "application/sparql-update", "application/json", ""])
def test_another_body_is_a_415(door: FlaskClient, media_type: str) -> None:
    assert door.post(PATH, data=b"ASK {}", content_type=media_type).status_code == 415


@pytest.mark.parametrize(
    "form",
    [
        {"update": "DROP ALL"},
        {"query": "DROP ALL"},
        {"query": "SELECT * { SERVICE <http://127.0.0.1/> {} }"},
        {"query": "SELECT * FROM <urn:g> {}"},
        {"query": "SELECT * { ?s ?p }"},
        {"query": "SELECT *\n{ ?s ?p"},
        {"query": ""},
        {"format": "json"},
        {"query": ["ASK {}", "ASK {}"]},
        {"query": "ASK {}", "format": "exe"},
        {"query": "ASK {}", "default-graph-uri": "no iri"},
        {"query": "ASK {}", "default-graph-uri": [f"urn:{number}" for number in range(30)]},
        {"query": "ASK { \x00 }"},
    ],
)
def test_a_wrong_request_is_a_400_that_names_the_fault(door: FlaskClient, form: dict[str, object]) -> None:
    answer = door.post(PATH, data=form, headers={"Accept": JSON})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_wrong_syntax_is_named_with_line_and_column(door: FlaskClient) -> None:
    answer = get(door, "SELECT *\n{ ?s ?p }", JSON)
    assert answer.status_code == 400
    assert answer.get_json()["detail"].startswith("line 2, column 10: ")


@pytest.mark.parametrize("body", [b"ASK {}" + b" " * 70_000, b"x" * 1_100_000])
def test_a_query_too_long_is_a_413(door: FlaskClient, body: bytes) -> None:
    answer = door.post(PATH, data=body, content_type="application/sparql-query", headers={"Accept": JSON})
    assert answer.status_code == 413


def test_a_result_too_large_is_no_half_an_answer(door: FlaskClient) -> None:
    answer = get(door, "SELECT * { ?a ?b ?c . ?d ?e ?f . }", JSON)
    assert answer.status_code == 400
    assert "LIMIT" in answer.get_json()["detail"]


def test_a_deadline_is_a_504_that_says_so(door: FlaskClient) -> None:
    five = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(5))
    answer = get(door, f"SELECT (COUNT(*) AS ?n) {{ {five} }}", JSON)
    assert answer.status_code == 504
    assert "longer than 3 s" in answer.get_json()["detail"]


def test_head_says_what_get_would(door: FlaskClient) -> None:
    asked = {"query": COUNT}
    head, body = door.head(PATH, query_string=asked), door.get(PATH, query_string=asked)
    assert head.data == b""
    assert head.status_code == 200
    assert (head.headers["Content-Length"], head.headers["ETag"]) == (
        body.headers["Content-Length"],
        body.headers["ETag"],
    )


def test_the_same_answer_is_not_sent_twice(door: FlaskClient) -> None:
    mark = get(door, COUNT, JSON).headers["ETag"]
    again = door.get(PATH, query_string={"query": COUNT}, headers={"Accept": JSON, "If-None-Match": mark})
    assert (again.status_code, again.data) == (304, b"")
    other = door.get(
        PATH, query_string={"query": COUNT}, headers={"Accept": "text/csv", "If-None-Match": mark}
    )
    assert other.status_code == 200


def test_scripts_of_any_site_may_ask(door: FlaskClient) -> None:
    preflight = door.options(PATH, headers={"Origin": "https://portal.example"})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert get(door, COUNT).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("accept", ["text/turtle", "*/*"])
def test_without_a_query_machines_get_the_description(door: FlaskClient, accept: str) -> None:
    answer = door.get(PATH, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
    said = {(str(quad.predicate), str(quad.object)) for quad in parse(answer.data, format=RdfFormat.TURTLE)}
    endpoint = "<http://www.w3.org/ns/sparql-service-description#endpoint>"
    assert (endpoint, "<http://catalogue.test/sparql>") in said
    assert "BasicFederatedQuery" not in answer.text


def test_people_get_a_form_with_examples_and_limits(door: FlaskClient) -> None:
    answer = door.get(PATH, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "<textarea" in answer.text
    assert "3 s a query" in answer.text
    assert EXAMPLES[1].title in answer.text


def test_people_see_a_table(door: FlaskClient) -> None:
    answer = get(door, "SELECT ?d ?size { ?d <urn:test:size> ?size } ORDER BY ?size", BROWSER)
    assert answer.status_code == 200
    assert f"{DATASETS} rows" in answer.text
    assert '<a href="https://catalogue.test/datasets/7" rel="nofollow noopener">' in answer.text


def test_people_see_yes_or_no_and_a_graph(door: FlaskClient) -> None:
    assert "<strong>Yes</strong>" in get(door, "ASK {}", BROWSER).text
    assert "Dataset 3" in get(door, "DESCRIBE <https://catalogue.test/datasets/3>", BROWSER).text


def test_a_long_table_is_shown_in_part_and_says_so(door: FlaskClient) -> None:
    answer = get(door, "SELECT ?size ?b { ?d <urn:test:size> ?size . ?e <urn:test:size> ?b }", BROWSER)
    assert "3,600 rows, the first 1,000 are shown" in answer.text


@pytest.mark.parametrize(
    "text", ["SELECT * { ?s ?p }", "DROP ALL", "SELECT * { ?a ?b ?c . ?d ?e ?f }", f"ASK {HOSTILE}"]
)
def test_people_keep_their_query_beside_the_fault(door: FlaskClient, text: str) -> None:
    answer = get(door, text, BROWSER)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert 'role="alert"' in answer.text
    assert HOSTILE not in answer.text
    assert "</textarea>" in answer.text
    assert text.split(" ", maxsplit=1)[0] in answer.text


def test_what_providers_wrote_stays_text(door: FlaskClient) -> None:
    answer = get(door, "SELECT * { <urn:test:evil> ?p ?o }", BROWSER)
    assert HOSTILE not in answer.text
    assert 'href="javascript:' not in answer.text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_runs(door: FlaskClient, example: Example) -> None:
    assert get(door, example.text).status_code == 200


def test_without_a_broker_the_site_stays_up(client: FlaskClient) -> None:
    answer = get(client, "ASK {}", JSON)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert client.get("/search").status_code == 200
