"""What the address of a withdrawn record tells, to people and to machines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from pyoxigraph import RdfFormat, parse

from catalogue.web.app import create_app
from catalogue.web.links import RDF_TYPES
from tests.harvested_nodes import NASTY, Nodes, copied, iri, key, staged

GONE = key("north", "north-1")


@pytest.fixture(name="nodes")
def _nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One record was withdrawn by its provider."""
    nodes = Nodes(tmp_path)
    nodes.add("north")
    nodes.run("north", ["north-1", "north-2"])
    nodes.ledger.withdrawn((run := nodes.ledger.start_run("north")).id, [iri("north", "north-1")])
    nodes.finish(run.id)
    yield nodes
    nodes.ledger.close()


@pytest.fixture(name="client")
def _client(nodes: Nodes) -> FlaskClient:
    return create_app(nodes.services()).test_client()


def page(client: FlaskClient, of: str = GONE) -> html.HtmlElement:
    answer = client.get(f"/datasets/{of}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (410, "text/html")
    return html.fromstring(answer.text)


def facts(client: FlaskClient) -> dict[str, str]:
    found = page(client)
    names = [
        " ".join(one.text_content().split()) for one in found.xpath("//dl[contains(@class, 'facts')]/dt")
    ]
    values = [
        " ".join(one.text_content().split()) for one in found.xpath("//dl[contains(@class, 'facts')]/dd")
    ]
    return dict(zip(names, values, strict=True))


def test_a_withdrawn_record_says_when_why_and_whose_it_was(client: FlaskClient) -> None:
    told = facts(client)
    assert told["Because"] == "its provider says that it is deleted"
    assert told["Last version here"] == "1"
    assert told["Provider"] == "north"
    assert told["The provider’s own name for it"] == iri("north", "north-1")


@pytest.mark.parametrize("media_type", RDF_TYPES.values())
def test_machines_get_the_tombstone_as_they_ask_for_it(client: FlaskClient, media_type: str) -> None:
    answer = client.get(f"/datasets/{GONE}", headers={"Accept": media_type})
    assert (answer.status_code, answer.mimetype) == (410, media_type)
    assert "Accept" in answer.vary
    assert b"WITHDRAWN" in answer.data
    assert b"Prostate" not in answer.data


def test_a_tombstone_has_an_address_in_each_format(client: FlaskClient) -> None:
    links = page(client).xpath("//link[@rel='alternate']/@href")
    assert links == [f"/datasets/{GONE}.{suffix}" for suffix in RDF_TYPES]
    assert {client.get(link).status_code for link in links} == {410}
    assert list(parse(client.get(f"/datasets/{GONE}.ttl").data, format=RdfFormat.TURTLE))


def test_the_api_answers_with_a_problem(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/datasets/{GONE}")
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")


def test_a_record_that_was_never_here_has_no_tombstone(client: FlaskClient) -> None:
    assert client.get("/datasets/never00001").status_code == 404
    assert client.get("/datasets/never00001.ttl").status_code == 404


def test_what_comes_back_is_served_at_its_old_address(client: FlaskClient, nodes: Nodes) -> None:
    nodes.run("north", ["north-1", "north-2"])
    assert client.get(f"/datasets/{GONE}").status_code == 200


def test_a_removed_source_is_named_without_a_link(nodes: Nodes) -> None:
    nodes.ledger.remove_source("north")
    told = page(create_app(nodes.services()).test_client())
    assert "harvested no more" in told.text_content()
    assert not told.xpath("//main//a[starts-with(@href, '/providers/')]")


def test_another_shown_record_of_the_same_dataset_is_where_it_lives_on(
    client: FlaskClient, nodes: Nodes
) -> None:
    nodes.add("south")
    again = staged("north", "north-1")
    run = nodes.ledger.start_run("south")
    nodes.ledger.stage(run.id, [copied(again, "copied0001")])
    nodes.finish(run.id)
    assert page(client).xpath("//dd/a[contains(@href, '/datasets/')]/@href") == ["/datasets/copied0001"]


def test_a_hostile_title_does_no_harm(nodes: Nodes, client: FlaskClient) -> None:
    nodes.add("nasty")
    nodes.run("nasty", [NASTY])
    nodes.ledger.withdrawn((run := nodes.ledger.start_run("nasty")).id, [iri("nasty", NASTY)])
    nodes.finish(run.id)
    found = page(client, key("nasty", NASTY))
    assert not found.xpath("//script")
    assert len(found.xpath("//h1")[0].text_content()) <= 200
