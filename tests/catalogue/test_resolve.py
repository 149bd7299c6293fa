"""Where each identifier of a dataset leads."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from catalogue.ledger import Ledger, StagedRecord
from catalogue.services import WebServices
from catalogue.web.app import create_app
from harvesters.source import SourceConfig
from tests.catalogue.descriptions import prepared, received, staged
from tests.catalogue.kept import opened
from tests.contracts.ledger_builders import applied

BASE = "https://site.example"
IRI = "https://node.example/dataset/1"
DOI = "10.1234/abc.DEF"
OAI = "oai:repository.example:7"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with opened(tmp_path_factory.mktemp("resolving")) as workshop:
        for source in ("lisbon", "porto", "braga"):
            workshop.ledger.add_source(SourceConfig(source, "dcat", f"https://{source}.example/c.ttl"))
        _give(
            workshop.ledger,
            "lisbon",
            _record("first", IRI, DOI.lower(), "//node.example/dataset/1"),
            _record("local1", "dataset-1"),
        )
        _give(
            workshop.ledger,
            "porto",
            _record("second", OAI, DOI.lower()),
            _record("local2", "dataset-1"),
            _record("gone", "https://porto.example/gone", "10.1234/gone"),
        )
        _give(workshop.ledger, "braga", _record("third", "https://braga.example/3", "hdl:21.11/x"))
        run = workshop.ledger.start_run("porto")
        workshop.ledger.seen(run.id, [OAI, "dataset-1"])
        workshop.ledger.withdrawn(run.id, ["https://porto.example/gone"])
        applied(workshop.ledger, run.id, complete=True)
        settings = workshop.settings.model_copy(update={"base_url": BASE})
        yield create_app(WebServices(settings)).test_client()


def _record(key: str, identifier: str, *identities: str) -> StagedRecord:
    record = received(".", title=f"Dataset {key}")
    made = staged(record, prepared(".", title=f"Dataset {key}", key=key), key=key)
    return replace(made, identifier=identifier, identities=identities)


def _give(ledger: Ledger, source: str, *records: StagedRecord) -> None:
    run = ledger.start_run(source)
    ledger.stage(run.id, records)
    applied(ledger, run.id, complete=True)


def led(client: FlaskClient, identifier: str) -> str:
    answer = client.get("/resolve", query_string={"id": identifier})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize(
    "identifier",
    [
        DOI,
        DOI.lower(),
        f"doi:{DOI}",
        f"DOI: {DOI}",
        f"https://doi.org/{DOI}",
        f"http://dx.doi.org/{DOI}",
        f"info:doi/{DOI}",
        f"  {DOI} ",
        IRI,
        "http://NODE.example/dataset/1/",
        "first",
        f"{BASE}/datasets/first",
    ],
)
def test_every_spelling_leads_to_the_dataset(client: FlaskClient, identifier: str) -> None:
    assert led(client, identifier) == "/datasets/first"


@pytest.mark.parametrize("identifier", ["hdl:21.11/X", "https://hdl.handle.net/21.11/x"])
def test_a_handle_leads_to_the_dataset(client: FlaskClient, identifier: str) -> None:
    assert led(client, identifier) == "/datasets/third"


def test_a_group_of_duplicates_is_one_dataset(client: FlaskClient) -> None:
    assert led(client, OAI) == "/datasets/first"


def test_a_duplicate_is_found_by_its_own_key(client: FlaskClient) -> None:
    assert led(client, "second") == "/datasets/second"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/turtle", ".ttl"),
        ("application/ld+json", ".jsonld"),
        ("application/rdf+xml", ".rdf"),
        ("application/n-triples", ".nt"),
        ("text/html", ""),
        ("*/*", ""),
    ],
)
def test_who_wants_rdf_is_led_to_it(client: FlaskClient, accept: str, suffix: str) -> None:
    answer = client.get("/resolve?id=first", headers={"Accept": accept})
    assert answer.headers["Location"] == f"/datasets/first{suffix}"
    assert "Accept" in answer.vary


def test_an_identifier_of_several_datasets_gives_the_choice(client: FlaskClient) -> None:
    answer = client.get("/resolve?id=dataset-1")
    assert answer.status_code == 300
    found = answer.get_json()["datasets"]
    assert [(one["key"], one["title"], one["provider"]) for one in found] == [
        ("local1", "Dataset local1", "lisbon"),
        ("local2", "Dataset local2", "porto"),
    ]
    assert found[0]["links"]["self"] == f"{BASE}/datasets/local1"


def test_people_get_the_choice_as_a_page(client: FlaskClient) -> None:
    answer = client.get("/resolve?id=dataset-1", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (300, "text/html")
    assert 'href="/datasets/local2"' in answer.text


def test_a_withdrawn_dataset_is_led_to_what_is_left_of_it(client: FlaskClient) -> None:
    assert led(client, "10.1234/GONE") == "/datasets/gone"
    assert client.get("/datasets/gone").status_code == 410


@pytest.mark.parametrize("identifier", ["10.9999/none", "nothing", "https://node.example/", "'; --", "%"])
def test_an_unknown_identifier_is_not_found(client: FlaskClient, identifier: str) -> None:
    answer = client.get("/resolve", query_string={"id": identifier})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "id"),
        ("id=", "id"),
        ("id=%20", "id"),
        (f"id={'x' * 2049}", "id"),
        ("id=a&id=b", "id"),
        ("doi=10.1/x", "doi"),
    ],
)
def test_a_request_without_one_good_identifier_names_what_is_wrong(
    client: FlaskClient, query: str, parameter: str
) -> None:
    answer = client.get(f"/resolve?{query}")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


def test_the_way_does_not_leave_the_site(client: FlaskClient) -> None:
    """What is asked for never becomes an address that a browser is sent to."""
    answer = client.get("/resolve", query_string={"id": "//evil.example/x"})
    assert answer.status_code == 404
