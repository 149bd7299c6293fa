"""What the REST API answers."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from catalogue.model.query import SearchQuery
from catalogue.web.app import create_app
from catalogue.web.links import Links
from tests.small_catalogue import SmallCatalogue


def test_a_search_says_how_to_get_at_each_hit(client: FlaskClient) -> None:
    hit = client.get("/api/v1/search?q=LUAD").get_json()["hits"][0]
    assert hit["links"] == {
        "self": "http://catalogue.test/datasets/luad000002",
        "api": "http://catalogue.test/api/v1/datasets/luad000002",
        "ttl": "http://catalogue.test/datasets/luad000002.ttl",
        "jsonld": "http://catalogue.test/datasets/luad000002.jsonld",
        "rdf": "http://catalogue.test/datasets/luad000002.rdf",
        "nt": "http://catalogue.test/datasets/luad000002.nt",
    }


def test_what_nobody_stated_is_null_and_not_nought(client: FlaskClient) -> None:
    value = client.get("/api/v1/search").get_json()["facets"]["modality"]["values"][0]
    assert (value["patients_stated"], value["datasets_stated"]) == (None, 0)


def test_a_cursor_goes_on_where_the_page_ended(client: FlaskClient) -> None:
    first = client.get("/api/v1/search?size=5").get_json()
    second = client.get("/api/v1/search", query_string={"size": 5, "cursor": first["page"]["next_cursor"]})
    keys = [hit["key"] for hit in first["hits"] + second.get_json()["hits"]]
    assert len(set(keys)) == 9
    assert second.get_json()["page"] == {"number": 2, "size": 5, "pages": 2, "next_cursor": None}


def test_a_dataset_is_told_with_raw_values_and_concepts(client: FlaskClient) -> None:
    answer = client.get("/api/v1/datasets/luad000002").get_json()
    values = {value["raw"]: value for value in answer["values"]}
    assert values["Lung Adenocarcinoma"]["label"] == "Lung adenocarcinoma"
    assert values["Metastatic disease"]["concept"] is None
    assert answer["counts"] == {"patients": 80, "studies": 90, "series": None, "images": None}


def test_our_own_concepts_are_served_under_our_own_address(client: FlaskClient) -> None:
    values = client.get("/api/v1/datasets/mice000006").get_json()["values"]
    mouse = next(value for value in values if value["axis"] == "subject")
    assert mouse["iri"].startswith("http://catalogue.test/concepts/")


def test_providers_are_told_with_their_last_harvest(client: FlaskClient) -> None:
    north, south = client.get("/api/v1/providers").get_json()["providers"]
    assert (north["id"], north["last_run_state"]) == ("north", "done")
    assert south["message"].endswith("no answer in 30 s")


@pytest.mark.parametrize("path", ["/api/v1/providers", "/api/v1/datasets/lung000001"])
def test_an_address_without_parameters_takes_none(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?size=1")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "size")


def test_the_same_answer_has_the_same_tag(client: FlaskClient) -> None:
    tag = client.get("/api/v1/search?q=lung").headers["ETag"]
    assert client.get("/api/v1/search?q=lung", headers={"If-None-Match": tag}).status_code == 304


def test_any_site_may_read_the_api_also_its_errors(client: FlaskClient) -> None:
    for address in ("/api/v1/search", "/api/v1/search?page=0", "/api/v1/nothing"):
        assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"


def test_an_address_says_its_search_and_back() -> None:
    pairs = [("q", "a&b=c #1"), ("cancer", "https://x.example/a#b"), ("patients", "5..")]
    query = SearchQuery.from_pairs(pairs)
    address = Links("https://a.example").search(query)
    assert address == "/search?q=a%26b%3Dc+%231&cancer=https://x.example/a%23b&patients=5.."


@pytest.mark.parametrize("address", ["/below/search?q=lung", "/search?q=lung"])
def test_the_catalogue_can_live_below_a_path(small: SmallCatalogue, address: str) -> None:
    """Whether the proxy in front strips the path or not."""
    site = create_app(replace(small, base_url="https://host.example/below")).test_client()
    answer = site.get(address)
    assert answer.status_code == 200
    assert 'href="/below/datasets/lung000001"' in answer.text
    assert 'href="/below/static/theme.css' in answer.text
    hit = site.get("/api/v1/search?q=LUAD").get_json()["hits"][0]
    assert hit["links"]["self"] == "https://host.example/below/datasets/luad000002"
