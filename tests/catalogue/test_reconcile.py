"""What OpenRefine gets: answers in the form of Reconciliation Service API 0.2, few matches certain."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from werkzeug.test import TestResponse

from ontologies.concepts import Axis, Concept, ConceptScheme
from tests.catalogue.curated import ACCEPTED, curated_site, row


class Strict(BaseModel):
    """What the specification's schemas demand, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Named(Strict):
    id: str
    name: str


class View(Strict):
    url: str = Field(pattern=r"\{\{id\}\}")


class Preview(View):
    width: int
    height: int


class Service(Strict):
    service_url: str
    service_path: str
    flyout_service_url: str = ""
    flyout_service_path: str = Field(default="${id}", pattern=r"\$\{id\}")


class Suggest(Strict):
    entity: Service
    type: Service
    property: Service


class Extend(Strict):
    propose_properties: Service
    property_settings: list[str]


class Manifest(Strict):
    versions: list[str]
    name: str
    identifierSpace: str  # noqa: N815
    schemaSpace: str  # noqa: N815
    documentation: str
    serviceVersion: str  # noqa: N815
    defaultTypes: list[Named]  # noqa: N815
    view: View
    preview: Preview
    suggest: Suggest
    extend: Extend


class Candidate(Named):
    description: str
    score: float = Field(ge=0, le=100)
    match: bool
    type: list[Named]


class Result(Strict):
    result: list[Candidate]


class Suggestion(Named):
    description: str
    notable: list[Named]


class Suggestions(Strict):
    result: list[Suggestion]


RESULTS = TypeAdapter(dict[str, Result])


def ask(client: FlaskClient, **queries: dict[str, Any]) -> dict[str, Result]:
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    return RESULTS.validate_json(answer.data)


def candidates(client: FlaskClient, query: str, **more: object) -> list[Candidate]:
    return ask(client, q={"query": query, **more})["q"].result


def certain(client: FlaskClient, query: str, **more: object) -> list[str]:
    return [one.id for one in candidates(client, query, **more) if one.match]


def refused(answer: TestResponse, parameter: str) -> None:
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


def test_the_manifest_has_the_form_of_the_specification(client: FlaskClient) -> None:
    answer = client.get("/reconcile", headers={"Accept": "text/html"})
    found = Manifest.model_validate_json(answer.data)
    assert "0.2" in found.versions
    assert [one.id for one in found.defaultTypes] == list(Axis)
    assert found.view.url == "http://catalogue.test/concepts/{{id}}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_every_address_of_the_manifest_answers(client: FlaskClient) -> None:
    found = Manifest.model_validate_json(client.get("/reconcile").data)
    services = (
        found.suggest.entity,
        found.suggest.type,
        found.suggest.property,
        found.extend.propose_properties,
    )
    paths = [f"{one.service_url}{one.service_path}" for one in services]
    flyout = found.suggest.entity
    paths.append(f"{flyout.flyout_service_url}{flyout.flyout_service_path}".replace("${id}", "CLIN1000065"))
    paths += [one.url.replace("{{id}}", "CLIN1000065") for one in (found.view, found.preview)]
    for path in paths:
        assert client.get(path.removeprefix("http://catalogue.test")).status_code == 200, path


def test_a_batch_is_answered_query_by_query(client: FlaskClient) -> None:
    found = ask(
        client,
        q0={"query": "Lung cancer", "type": "cancer", "limit": 3},
        q1={"query": "CT", "type": ["modality"], "type_strict": "should"},
        q2={"query": "xyzzy qqq", "type": "cancer"},
    )
    assert [one.id for one in found["q0"].result if one.match] == ["CLIN1000065"]
    assert len(found["q0"].result) == 3
    assert [one.id for one in found["q1"].result if one.match] == ["IMG1000042"]
    assert not any(one.match for one in found["q2"].result)


def test_a_batch_in_the_address_is_answered_like_one_in_a_form(client: FlaskClient) -> None:
    queries = json.dumps({"q": {"query": "Breast cancer"}}, indent=1)
    by_address = client.get("/reconcile", query_string={"queries": queries})
    assert by_address.data == client.post("/reconcile", data={"queries": queries}).data


def test_candidates_come_best_first_and_name_their_axis(client: FlaskClient) -> None:
    found = candidates(client, "lung", type="cancer", limit=50)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all([kind.id for kind in one.type] == ["cancer"] for one in found)


@pytest.mark.parametrize(
    ("query", "axis", "code"),
    [
        ("CLIN1000075", "cancer", "CLIN1000075"),
        ("DOID:1324", "cancer", "CLIN1000065"),
        ("malignant neoplasm of breast", "cancer", "CLIN1000060"),
        ("  PROSTATE   cancers ", "cancer", "CLIN1000075"),
        ("Gastric cancer", "cancer", "CLIN1000090"),
        ("Lung Other", "cancer", "CLIN1000065"),
    ],
)
def test_a_code_an_exact_name_and_a_curated_mapping_are_certain(
    client: FlaskClient, query: str, axis: str, code: str
) -> None:
    assert certain(client, query, type=axis) == [code]


@pytest.mark.parametrize(
    "query",
    [
        "lung cancr",
        "lung",
        "cancer of the lungs and more",
        "Non small",
        "Chest-Abdomen-Pelvis",
        "breast lesion",
        "cáncer de mama",
    ],
)
def test_likeness_is_never_certain(client: FlaskClient, query: str) -> None:
    assert certain(client, query, type=["cancer"]) == []


def test_a_word_that_two_axes_know_is_certain_on_neither(client: FlaskClient) -> None:
    assert certain(client, "Lung") == []
    assert certain(client, "Lung", type="topography") == ["T-lung"]


def test_a_word_that_curators_say_means_none_is_never_certain(client: FlaskClient) -> None:
    assert certain(client, "FUSION", type="bodypart") == []


def test_a_word_that_means_several_at_once_is_certain_for_none(client: FlaskClient) -> None:
    found = candidates(client, "Chest-Abdomen-Pelvis", type="bodypart", limit=5)
    assert {one.id for one in found[:3]} == {"BP1000067", "BP1000092", "BP1000173"}
    assert not any(one.match for one in found)


def test_two_curators_who_disagree_make_nothing_certain(tmp_path: Path, scheme: ConceptScheme) -> None:
    other = row("x:2", "Rundherd", object_id="eucaim:CLIN1000060", object_label="Breast cancer")
    one = curated_site(tmp_path / "one", scheme, [(row("x:1", "Rundherd"), ACCEPTED)])
    both = curated_site(tmp_path / "both", scheme, [(row("x:1", "Rundherd"), ACCEPTED), (other, ACCEPTED)])
    assert certain(one, "rundherd") == ["CLIN1000065"]
    assert certain(both, "rundherd") == []


def test_what_holds_for_one_provider_or_is_denied_is_not_certain(
    tmp_path: Path, scheme: ConceptScheme
) -> None:
    site = curated_site(
        tmp_path,
        scheme,
        [
            (row("x:1", "Rundherd", subject_source="north"), ACCEPTED),
            (row("x:2", "Knoten", predicate_modifier="Not"), ACCEPTED),
        ],
    )
    assert certain(site, "Rundherd") == []
    assert [one.id for one in candidates(site, "Rundherd")][:1] == ["CLIN1000065"]
    assert "CLIN1000065" not in [one.id for one in candidates(site, "Knoten", type="cancer")][:1]


def test_a_code_beside_the_word_decides(client: FlaskClient) -> None:
    beside = [{"pid": "DOID", "v": "1324"}]
    assert certain(client, "tumour, see code", type="cancer", properties=beside) == ["CLIN1000065"]
    assert certain(client, "Breast cancer", type="cancer", properties=beside) == []


def test_an_axis_that_there_is_not_finds_nothing(client: FlaskClient) -> None:
    assert candidates(client, "Lung cancer", type="Q5") == []


def test_clients_of_0_1_may_ask_for_one_word(client: FlaskClient) -> None:
    plain = client.get("/reconcile?query=Lung cancer").get_json()["result"]
    written = client.get("/reconcile", query_string={"query": '{"query": "Lung cancer", "type": "cancer"}'})
    assert plain[0]["id"] == written.get_json()["result"][0]["id"] == "CLIN1000065"


def test_suggestions_have_the_form_of_the_specification(client: FlaskClient) -> None:
    entities = Suggestions.model_validate_json(client.get("/reconcile/suggest/entity?prefix=lung ca").data)
    assert entities.result[0].id == "CLIN1000065"
    types = Suggestions.model_validate_json(client.get("/reconcile/suggest/type?prefix=cancer").data)
    assert [one.id for one in types.result] == ["cancer"]
    properties = Suggestions.model_validate_json(client.get("/reconcile/suggest/property?prefix=nci").data)
    assert [one.id for one in properties.result] == ["NCIT"]


def test_a_cursor_goes_on_in_the_suggestions(client: FlaskClient) -> None:
    pages = [
        client.get(f"/reconcile/suggest/entity?prefix=carcinoma&cursor={start}").get_json()["result"]
        for start in (0, 20)
    ]
    codes = [one["id"] for page in pages for one in page]
    assert len(codes) == len(set(codes)) == 40


def test_a_table_is_extended_by_codes_and_parents(client: FlaskClient) -> None:
    asked = {
        "ids": ["CLIN1000065", "nothing"],
        "properties": [{"id": "DOID"}, {"id": "parents"}, {"id": "?"}],
    }
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)}).get_json()
    assert [one["id"] for one in answer["meta"]] == ["DOID", "parents", "?"]
    lung = answer["rows"]["CLIN1000065"]
    assert {"str": "1324"} in lung["DOID"]
    assert {"id": "CLIN1000078", "name": "Malignant neoplasm of thorax"} in lung["parents"]
    assert answer["rows"]["nothing"] == {"DOID": [], "parents": [], "?": []}


def test_a_preview_may_stand_in_another_site_s_page_and_nothing_else_may(client: FlaskClient) -> None:
    preview = client.get("/reconcile/preview?id=CLIN1000065")
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in preview.headers
    page = client.get("/concepts/CLIN1000065")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "queries",
    [
        "",
        "{",
        "[]",
        "null",
        '{"q0": 5}',
        '{"q0": {"query": 5}}',
        '{"q0": {"query": "a", "limit": 0}}',
        '{"q0": {"query": "a", "limit": "many"}}',
        '{"q0": {"query": "a", "type_strict": "maybe"}}',
        '{"q0": {"query": "\\ud800"}}',
        json.dumps({"q0": {"query": "a" * 1_001}}),
        json.dumps({f"q{number}": {"query": "a"} for number in range(51)}),
        "[" * 10_000,
    ],
)
def test_what_is_no_batch_is_a_problem_that_names_it(client: FlaskClient, queries: str) -> None:
    refused(client.post("/reconcile", data={"queries": queries}), "queries")


def test_ten_thousand_queries_are_refused(client: FlaskClient) -> None:
    queries = json.dumps({f"q{number}": {"query": "a"} for number in range(10_000)})
    refused(client.post("/reconcile", data={"queries": queries}), "queries")


def test_a_body_that_is_too_large_or_no_form_is_refused(client: FlaskClient) -> None:
    assert client.post("/reconcile", data={"queries": "a" * 600_000}).status_code == 413
    assert client.post("/reconcile", json={"queries": {}}).status_code == 415
    refused(client.post("/reconcile", data={"other": "x"}), "queries")


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("?callback=alert", "callback"),
        ("/suggest/entity?prefix=lung&callback=alert", "callback"),
        ("/suggest/entity?prefix=" + "a" * 1_001, "prefix"),
        ("/suggest/entity?prefix=a&cursor=-1", "cursor"),
        ("/preview", "id"),
        ("?extend=5", "extend"),
        ("?extend=%7B%22ids%22%3A%5B%5D%7D", "extend"),
        ("?query=" + "a" * 1_001, "query"),
    ],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, path: str, parameter: str) -> None:
    refused(client.get(f"/reconcile{path}"), parameter)


def test_a_concept_that_there_is_not_has_no_preview(client: FlaskClient) -> None:
    assert client.get("/reconcile/preview?id=nothing").status_code == 404


def test_limits_are_cut_to_what_anybody_reads(client: FlaskClient) -> None:
    assert len(candidates(client, "carcinoma", limit=10_000_000)) == 50
    assert len(candidates(client, "carcinoma", limit=1.5)) == 1


@pytest.mark.parametrize("query", ["", " ", "\u0000", "\u202e", "%", "'; drop table", "a " * 499, "𝕃𝕦𝕟𝕘"])
def test_odd_words_are_answered(client: FlaskClient, query: str) -> None:
    assert isinstance(candidates(client, query), list)


def test_codes_beside_a_word_are_few_and_short(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    find = ConceptScheme.find

    def counted(self: ConceptScheme, value: str, axis: Axis | None = None) -> Concept | None:
        asked.append(value)
        return find(self, value, axis)

    monkeypatch.setattr(ConceptScheme, "find", counted)
    many = [{"pid": "DOID", "v": list(range(2_000))}] * 20
    long = [{"pid": "https", "v": f"//ncit.nci.nih.gov/{'&code=C1' * 5_000} x"}]
    ask(client, q={"query": "", "type": "cancer", "properties": many})
    assert len(asked) == 20
    ask(client, q={"query": "", "type": "cancer", "properties": long})
    assert len(asked) == 20


def test_a_row_that_is_longer_than_any_code_is_refused(client: FlaskClient) -> None:
    extend = {"ids": ["x" * 1_001], "properties": [{"id": "label"}]}
    refused(client.post("/reconcile", data={"extend": json.dumps(extend)}), "extend")
