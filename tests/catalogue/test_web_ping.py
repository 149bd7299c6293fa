"""Who may ask for a harvest, and what everybody else is told."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.ledger import JobState
from catalogue.web.app import create_app
from catalogue.web.asking import same_origin
from tests.harvested_nodes import Nodes

TOKEN = "token-of-north"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(name="nodes")
def _nodes(tmp_path: Path) -> Iterator[Nodes]:
    nodes = Nodes(tmp_path)
    for name in ("north", "south"):
        nodes.add(name)
    nodes.ledger.set_token("north", sha256(TOKEN.encode()).hexdigest())
    yield nodes
    nodes.ledger.close()


@pytest.fixture(name="client")
def _client(nodes: Nodes) -> FlaskClient:
    return create_app(nodes.services()).test_client()


def ping(
    client: FlaskClient,
    token: str | None = TOKEN,
    address: object = "https://north.example/fdp",
    *,
    body: str | bytes | None = None,
    mimetype: str = "application/json",
) -> TestResponse:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    told = json.dumps({"clientUrl": address}) if body is None else body
    return client.post("/ping", data=told, content_type=mimetype, headers=headers)


def send_form(client: FlaskClient, token: str, source: str = "north") -> TestResponse:
    return client.post(f"/providers/{source}/harvest", data={"token": token}, headers={"Accept": "text/html"})


def queued(nodes: Nodes) -> list[str]:
    return [f"{job.kind} {job.argument}" for job in nodes.ledger.queued()]


def test_a_ping_queues_a_harvest_and_says_where_to_watch(client: FlaskClient, nodes: Nodes) -> None:
    answer = ping(client)
    assert answer.status_code == 202
    assert answer.headers["Location"] == "http://catalogue.test/providers/north"
    assert answer.get_json()["source"] == "north"
    assert answer.get_json()["links"]["runs"] == "http://catalogue.test/runs?source=north"
    assert queued(nodes) == ["harvest north"]


def test_a_form_with_the_token_queues_a_harvest(client: FlaskClient, nodes: Nodes) -> None:
    answer = send_form(client, f" {TOKEN}\n")
    assert answer.status_code == 202
    assert "in the queue" in answer.text
    assert queued(nodes) == ["harvest north"]


def test_the_token_may_come_in_the_header_without_a_form(client: FlaskClient, nodes: Nodes) -> None:
    answer = client.post("/providers/north/harvest", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 202
    assert queued(nodes) == ["harvest north"]


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN.upper(), TOKEN + "x", "x" * 5_000, "\xff\xfe"])
def test_a_wrong_token_is_unauthorised(client: FlaskClient, nodes: Nodes, token: str | None) -> None:
    answer = ping(client, token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert queued(nodes) == []


def test_a_token_by_another_scheme_is_none(client: FlaskClient) -> None:
    answer = client.post("/ping", json={"clientUrl": "https://north.example/"}, auth=("north", TOKEN))
    assert answer.status_code == 401


@pytest.mark.parametrize("source", ["north", "south", "nowhere"])
def test_a_wrong_token_does_not_tell_which_sources_there_are(client: FlaskClient, source: str) -> None:
    answer = send_form(client, "wrong", source)
    assert answer.status_code == 401
    assert TOKEN not in answer.text


@pytest.mark.parametrize("source", ["south", "nowhere"])
def test_the_token_of_another_source_is_forbidden(client: FlaskClient, nodes: Nodes, source: str) -> None:
    assert send_form(client, TOKEN, source).status_code == 403
    assert queued(nodes) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://south.example/fdp",
        "http://north.example/fdp",
        "https://north.example:8443/fdp",
        "https://north.example.evil.example/",
        "https://north.example@evil.example/",
        "https://evil.example/north.example",
        "//north.example/",
        "file:///etc/passwd",
        "https://[::1",
        "https://north.example:99999999/",
        "javascript:alert(1)",
    ],
)
def test_an_address_elsewhere_is_forbidden(client: FlaskClient, nodes: Nodes, address: str) -> None:
    assert ping(client, address=address).status_code == 403
    assert queued(nodes) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        "{",
        '{"clientUrl": 5}',
        '{"clientUrl": null}',
        '{"clientUrl": ""}',
        json.dumps({"clientUrl": "https://north.example/" + "a" * 3_000}),
        "[" * 9_000,
        b"\xff\xfe\x00",
    ],
)
def test_a_ping_that_says_no_address_is_refused(client: FlaskClient, nodes: Nodes, body: str | bytes) -> None:
    answer = ping(client, body=body)
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "clientUrl")
    assert queued(nodes) == []


def test_what_a_ping_says_besides_is_passed_over(client: FlaskClient) -> None:
    told = json.dumps({"clientUrl": "https://NORTH.example:443/x", "version": {"any": ["thing"]}})
    assert ping(client, body=told).status_code == 202


@pytest.mark.parametrize("path", ["/ping", "/providers/north/harvest"])
def test_a_large_body_is_refused_unread(client: FlaskClient, nodes: Nodes, path: str) -> None:
    kind = "application/json" if path == "/ping" else FORM
    assert client.post(path, data=b"token=" + b"a" * 20_000, content_type=kind).status_code == 413
    assert queued(nodes) == []


@pytest.mark.parametrize("mimetype", ["text/plain", FORM, "multipart/form-data; boundary=x"])
def test_a_ping_is_json(client: FlaskClient, mimetype: str) -> None:
    assert ping(client, mimetype=mimetype).status_code == 415


def test_a_form_of_another_kind_is_not_read(client: FlaskClient) -> None:
    answer = client.post(
        "/providers/north/harvest", data={"token": TOKEN}, content_type="multipart/form-data"
    )
    assert answer.status_code == 415


def test_a_paused_source_is_not_harvested(client: FlaskClient, nodes: Nodes) -> None:
    nodes.ledger.pause_source("north")
    assert ping(client).status_code == 409
    assert queued(nodes) == []


def test_pinged_again_within_a_minute_it_says_when_to_come_back(client: FlaskClient, nodes: Nodes) -> None:
    assert ping(client).status_code == 202
    job = nodes.ledger.claim_job("worker")
    assert job is not None
    answer = ping(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert queued(nodes) == []
    assert nodes.ledger.job(job.id).state is JobState.RUNNING


def test_a_minute_later_it_is_harvested_again(client: FlaskClient, nodes: Nodes) -> None:
    """The job was put in the queue by the ledger's clock of the tests, weeks ago."""
    job = nodes.ledger.put_job("harvest", "north")
    nodes.ledger.claim_job("worker")
    nodes.ledger.end_job(job.id, ok=True, message="")
    assert ping(client).status_code == 202


@pytest.mark.parametrize("path", ["/ping", "/providers/north/harvest"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_nothing_is_asked_by_another_method(
    client: FlaskClient, nodes: Nodes, path: str, method: str
) -> None:
    answer = client.open(f"{path}", method=method, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 405
    assert queued(nodes) == []


@pytest.mark.parametrize("path", ["/ping", "/providers/north/harvest"])
def test_a_token_in_the_address_is_refused(client: FlaskClient, nodes: Nodes, path: str) -> None:
    """It would stand in every log on the way."""
    assert client.post(f"{path}?token={TOKEN}").status_code == 400
    assert queued(nodes) == []


def test_no_answer_repeats_a_token(client: FlaskClient) -> None:
    for answer in (send_form(client, "wrong-<b>token"), send_form(client, TOKEN)):
        assert "wrong-" not in answer.text
        assert TOKEN not in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://a.example:443/y?z", True),
        ("https://A.example", "https://a.example.", True),
        ("http://a.example", "https://a.example", False),
        ("https://a.example:8443", "https://a.example", False),
        ("upload:file.xlsx", "upload:file.xlsx", False),
        ("", "", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, *, same: bool) -> None:
    assert same_origin(one, other) is same
