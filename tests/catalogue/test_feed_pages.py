"""How the feed is asked for: addresses, pages, snapshots, formats, conditions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient

from catalogue.publishing.formats import MEDIA_TYPES
from catalogue.services import WebServices, Workshop
from catalogue.settings import Settings
from catalogue.web.app import create_app
from tests.catalogue.kept import give, iri, opened

TOTAL = 205
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Only read."""
    with opened(tmp_path_factory.mktemp("filled")) as workshop:
        give(workshop, {f"{number:03}": f"Dataset {number}" for number in range(TOTAL)})
        yield workshop


@pytest.fixture
def client(filled: Workshop) -> FlaskClient:
    return client_of(filled.settings)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """To be changed."""
    with opened(tmp_path) as found:
        yield found


def client_of(settings: Settings) -> FlaskClient:
    return create_app(
        WebServices(settings.model_copy(update={"base_url": "https://site.example"}))
    ).test_client()


def asked(client: FlaskClient, address: str) -> rdflib.Graph:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return rdflib.Graph().parse(data=answer.text, format="turtle")


def datasets(graph: rdflib.Graph) -> list[str]:
    return [str(one) for one in graph.objects(predicate=rdflib.DCAT.dataset)]


def next_address(graph: rdflib.Graph) -> str | None:
    found = graph.value(predicate=HYDRA.next)
    link = next(graph.objects(predicate=HYDRA.next), None) if found is None else found
    return None if link is None else str(link).removeprefix("https://site.example")


def walk(client: FlaskClient, address: str | None) -> list[str]:
    seen: list[str] = []
    while address:
        graph = asked(client, address)
        seen += datasets(graph)
        address = next_address(graph)
    return seen


def test_who_follows_the_links_gets_each_dataset_once(client: FlaskClient) -> None:
    seen = walk(client, "/catalog.ttl")
    assert sorted(seen) == [iri(f"{number:03}") for number in range(TOTAL)]


def test_the_numbered_pages_are_the_same(client: FlaskClient) -> None:
    pages = [datasets(asked(client, f"/catalog.ttl?page={number}")) for number in (1, 2, 3)]
    assert [len(one) for one in pages] == [100, 100, 5]
    assert sorted(one for page in pages for one in page) == sorted(walk(client, "/catalog.ttl"))


def test_changes_while_somebody_pages_lose_and_repeat_nothing(workshop: Workshop) -> None:
    names = [f"{number:03}" for number in range(150)]
    give(workshop, dict.fromkeys(names, "First"))
    client = client_of(workshop.settings)
    first = asked(client, "/catalog.ttl")
    give(workshop, {"040": "Second", "140": "Second", "new": "New"}, withdrawn=["001", "002", "149"])
    seen = datasets(first) + walk(client, next_address(first))
    assert sorted(seen) == [iri(name) for name in names]
    assert len(walk(client, "/catalog.ttl")) == 148


def test_a_page_of_a_snapshot_is_as_it_was(workshop: Workshop) -> None:
    give(workshop, {"a": "First"})
    client = client_of(workshop.settings)
    before = client.get("/catalog.nt?page=1&snapshot=1").data
    give(workshop, {"a": "Second"})
    assert client.get("/catalog.nt?page=1&snapshot=1").data == before
    assert b"Second" in client.get("/catalog.nt").data


def test_an_empty_catalogue_has_one_empty_page(workshop: Workshop) -> None:
    client = client_of(workshop.settings)
    assert datasets(asked(client, "/catalog.ttl")) == []
    assert client.get("/catalog.ttl?page=2").status_code == 404


def test_a_page_past_the_end_is_not_found_and_the_problem_says_so(client: FlaskClient) -> None:
    answer = client.get("/catalog.ttl?page=4")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "last page is 3" in answer.get_json()["detail"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1.0", "１", "1" * 16, "+1"])
def test_a_malformed_page_is_a_bad_request_that_names_it(client: FlaskClient, number: str) -> None:
    answer = client.get("/catalog.ttl", query_string={"page": number})
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "page")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("snapshot=x", "snapshot"),
        ("snapshot=99999", "snapshot"),
        ("page=1&page=2", "page"),
        ("modified_since=2026-01-01", "modified_since"),
        ("pgae=2", "pgae"),
    ],
)
def test_a_parameter_that_cannot_be_honoured_is_named(
    client: FlaskClient, query: str, parameter: str
) -> None:
    answer = client.get(f"/catalog.ttl?{query}")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        *((media_type, media_type) for media_type in MEDIA_TYPES),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("application/*", "application/ld+json"),
        ("text/turtle;q=0.5, application/rdf+xml", "application/rdf+xml"),
        ("text/turtle;q=0, application/n-triples;q=0.1", "application/n-triples"),
    ],
)
def test_the_format_is_negotiated(client: FlaskClient, accept: str, mimetype: str) -> None:
    answer = client.get("/catalog", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert "Accept" in answer.vary


def test_the_links_of_a_negotiated_page_keep_its_format(client: FlaskClient) -> None:
    answer = client.get("/catalog", headers={"Accept": "application/n-triples"})
    assert f"<{HYDRA.next}> <https://site.example/catalog.nt?page=2&snapshot={TOTAL}>" in answer.text


def test_a_browser_is_led_to_the_search(client: FlaskClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get("/catalog", headers={"Accept": browser})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/search")


def test_what_cannot_be_had_is_not_acceptable_and_the_formats_are_named(client: FlaskClient) -> None:
    answer = client.get("/catalog", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert all(media_type in answer.get_json()["detail"] for media_type in MEDIA_TYPES)


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld", "nt"])
def test_head_is_get_without_the_body(client: FlaskClient, suffix: str) -> None:
    """CKAN asks with HEAD first and with GET only after 400 or 405."""
    got, head = client.get(f"/catalog.{suffix}"), client.head(f"/catalog.{suffix}")
    assert head.status_code == 200
    assert not head.data
    wanted = ("Content-Type", "Content-Length", "ETag", "Last-Modified")
    assert [head.headers[name] for name in wanted] == [got.headers[name] for name in wanted]


def test_a_page_that_is_as_before_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/catalog.ttl")
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get("/catalog.ttl", headers={name: first.headers[value]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_page_that_has_changed_is_sent_again(workshop: Workshop) -> None:
    give(workshop, {"a": "First"})
    client = client_of(workshop.settings)
    first = client.get("/catalog.ttl")
    give(workshop, {}, withdrawn=["a"])
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert client.get("/catalog.ttl", headers={name: first.headers[value]}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/catalog", "/catalog.ttl", "/catalog.ttl?page=9", "/catalog.ttl?page=x"]
)
def test_any_site_may_read_the_feed_also_its_errors(client: FlaskClient, address: str) -> None:
    assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"


def test_the_addresses_come_from_the_settings_and_not_from_the_request(client: FlaskClient) -> None:
    answer = client.get("/catalog.ttl", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text + str(answer.headers)


def test_the_other_formats_are_told(client: FlaskClient) -> None:
    links = client.get("/catalog.ttl").headers.getlist("Link")
    assert len(links) == 3
    assert any("catalog.jsonld?page=1&" in link and 'rel="alternate"' in link for link in links)
