"""How errors are answered to machines and to people, and what an answer never gives away."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue import errors
from catalogue.ports import IndexPage, IndexQuery
from catalogue.web.app import create_app
from catalogue.web.problems import KINDS
from tests.small_catalogue import Condition, SmallCatalogue

SECRET = "postgresql://user:secret@host/ledger"


class BrokenIndex:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, _: IndexQuery) -> IndexPage:
        raise self._error


@pytest.fixture(name="broken")
def _broken(small: SmallCatalogue) -> Callable[[Exception], FlaskClient]:
    def site(error: Exception) -> FlaskClient:
        index = BrokenIndex(error)
        return create_app(replace(small, index=index)).test_client()  # type: ignore[arg-type]

    return site


def test_a_machine_gets_problem_details(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?patients=abc")
    problem = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "parameter"}
    assert problem["type"] == "http://catalogue.test/about#problem-bad-request"


def test_each_kind_of_problem_is_explained(client: FlaskClient) -> None:
    page = client.get("/about").text
    assert all(f'id="problem-{kind}"' in page for kind in KINDS)


def test_a_person_gets_a_page(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "<h1" in answer.text


def test_the_api_never_answers_with_a_page(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_withdrawn_record_is_gone(client: FlaskClient) -> None:
    page = client.get("/datasets/withdrawn1", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "withdrawn on 22 November 2026" in page.text
    assert "it was merged" in page.text
    assert client.get("/datasets/withdrawn1.ttl").status_code == 410
    assert client.get("/api/v1/datasets/withdrawn1").get_json()["status"] == 410


def test_a_store_that_fails_is_a_503_and_keeps_its_secrets(
    broken: Callable[[Exception], FlaskClient],
) -> None:
    answer = broken(errors.IndexUnavailable(f"cannot reach {SECRET}")).get("/api/v1/search")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert SECRET not in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_of_ours_is_a_500_without_a_trace(
    broken: Callable[[Exception], FlaskClient], accept: str
) -> None:
    answer = broken(ZeroDivisionError(SECRET)).get("/search", headers={"Accept": accept})
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text


def test_every_error_of_ours_is_answered_with_its_own_status(
    broken: Callable[[Exception], FlaskClient],
) -> None:
    for error in (errors.Conflict("held"), errors.LeaseLost("taken"), errors.SettingsInvalid(SECRET)):
        answer = broken(error).get("/api/v1/search")
        assert answer.get_json()["status"] == answer.status_code == error.status
        assert SECRET not in answer.text


def test_ready_says_which_store_fails(small: SmallCatalogue) -> None:
    site: Flask = create_app(replace(small, condition=Condition(index_ok=False, lag={"index": 3})))
    answer = site.test_client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json() == {
        "status": "not ready",
        "ledger": True,
        "graph": True,
        "index": False,
        "lag": {"index": 3},
    }


def test_lag_alone_turns_nobody_away(small: SmallCatalogue) -> None:
    site = create_app(replace(small, condition=Condition(lag={"index": 9000})))
    assert site.test_client().get("/health/ready").status_code == 200


def test_live_asks_no_store(broken: Callable[[Exception], FlaskClient]) -> None:
    assert broken(errors.IndexUnavailable("away")).get("/health/live").status_code == 200
