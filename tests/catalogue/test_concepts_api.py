"""What the REST API tells of concepts and of mappings."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.search.concepts import ConceptFinder, How
from ontologies.concepts import Axis, Concept, ConceptScheme, Label
from ontologies.mappings import load_mappings, read_mappings
from tests.catalogue.curated import ACCEPTED, LUNG, PROPOSED, REJECTED, curated_site, row
from tests.small_catalogue import HOSTILE


def found(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/concepts?{query}")
    assert answer.status_code == 200, answer.text
    concepts: list[dict[str, Any]] = answer.get_json()["concepts"]
    return concepts


@pytest.mark.parametrize("q", ["CLIN1000065", "DOID:1324", "lung cancers", "Malignant neoplasm of lung"])
def test_a_code_or_a_name_finds_its_concept_first(client: FlaskClient, q: str) -> None:
    first = found(client, f"q={q}&axis=cancer")[0]
    assert (first["code"], first["how"] in ("code", "label", "synonym")) == ("CLIN1000065", True)


def test_names_that_begin_with_the_words_come_before_those_that_hold_them(client: FlaskClient) -> None:
    ways = [one["how"] for one in found(client, "q=lung&axis=cancer&limit=100")]
    assert {"beginning", "words"} <= set(ways)
    assert ways.index("beginning") < ways.index("words")
    assert ways == sorted(ways, key=lambda how: list(dict.fromkeys(ways)).index(how))


def test_the_beginning_of_a_word_is_enough(client: FlaskClient) -> None:
    assert "CLIN1000075" in {one["code"] for one in found(client, "q=prost&axis=cancer&limit=100")}


def test_a_slip_of_the_pen_is_found_as_alike(client: FlaskClient) -> None:
    first = found(client, "q=prostat cancr&axis=cancer")[0]
    assert (first["code"], first["how"]) == ("CLIN1000075", "alike")


def test_names_of_a_complete_language_are_looked_in_and_say_whose_they_are() -> None:
    finder = ConceptFinder(_spoken(es=("Pulmón", "Pecho"), ca=("Pulmó",)))
    (spanish,) = [one for one in finder.find("pulmon") if one.how is How.NAME]
    assert (spanish.concept.code, spanish.matched, spanish.language) == ("lung", "Pulmón", "es")
    assert all(one.how is How.ALIKE for one in finder.find("Pulmó") if one.language != "es")


def _spoken(**names: tuple[str, ...]) -> ConceptScheme:
    """Lung and chest below a root that is no value, named in some languages, not all of them whole."""
    labels = {
        place: tuple(Label(texts[place], language) for language, texts in names.items() if place < len(texts))
        for place in range(2)
    }
    made = (
        (code, text, labels[place])
        for place, (code, text) in enumerate((("lung", "Lung"), ("chest", "Chest")))
    )
    below = [
        Concept(code, f"urn:x:{code}", Axis.BODYPART, text, parents=("root",), labels=spoken)
        for code, text, spoken in made
    ]
    return ConceptScheme("1", [Concept("root", "urn:x:root", Axis.BODYPART, "Body", hidden=True), *below])


def test_hits_tell_parents_and_what_lies_below(client: FlaskClient) -> None:
    first = found(client, "q=Lung cancer")[0]
    total = client.get("/api/v1/search?cancer=CLIN1000065").get_json()["total"]
    assert (first["datasets"], first["patients"]) == (total["datasets"], total["patients"])
    assert {"code": "CLIN1000078", "label": "Malignant neoplasm of thorax"} in first["parents"]


def test_the_pages_of_an_answer_hold_each_concept_once(client: FlaskClient, scheme: ConceptScheme) -> None:
    codes: list[str] = []
    for page in range(1, 6):
        codes += [one["code"] for one in found(client, f"axis=cancer&limit=100&page={page}")]
    assert len(codes) == len(set(codes)) == len(scheme.on(Axis.CANCER))
    assert found(client, "axis=cancer&page=9999") == []


def test_a_concept_is_told_with_all_that_its_page_shows(client: FlaskClient) -> None:
    answer = client.get("/api/v1/concepts/CLIN1000065").get_json()
    assert answer["label"] == "Lung cancer"
    assert "DOID:1324" in answer["notations"]
    assert "cimg-m:cancer-007" in {one["id"] for one in answer["mappings"]}
    assert {one["code"] for one in answer["broader"]} > {one["code"] for one in answer["parents"]}
    assert answer["links"]["ttl"] == "http://catalogue.test/concepts/CLIN1000065.ttl"


def test_another_name_of_a_concept_leads_to_it(client: FlaskClient) -> None:
    assert client.get("/api/v1/concepts/DOID:1324").headers["Location"] == "/api/v1/concepts/CLIN1000065"
    assert client.get("/api/v1/concepts/nothing").get_json()["status"] == 404


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("concepts?nonsense=1", "nonsense"),
        ("concepts?axis=none", "axis"),
        ("concepts?limit=0", "limit"),
        ("concepts?limit=101", "limit"),
        ("concepts?limit=%D9%A1", "limit"),
        ("concepts?page=0", "page"),
        ("concepts?q=" + "a" * 401, "q"),
        ("concepts?q=a&q=b", "q"),
        ("concepts/CLIN1000065?q=a", "q"),
        ("mappings?nonsense=1", "nonsense"),
        ("mappings?axis=none", "axis"),
        ("mappings?state=done", "state"),
        ("mappings?page=x", "page"),
        ("mappings?format=xml", "format"),
    ],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, path: str, parameter: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


def test_mappings_are_found_by_axis_word_and_state(client: FlaskClient) -> None:
    answer = client.get("/api/v1/mappings?axis=cancer&q=LUNG OTH&state=accepted").get_json()
    assert [one["id"] for one in answer["mappings"]] == ["cimg-m:cancer-007"]
    assert answer["mappings"][0]["concept"] == "CLIN1000065"
    assert client.get("/api/v1/mappings?state=proposed").get_json()["total"] == 0


def test_what_curators_decided_here_stands_beside_what_came_along(
    tmp_path: Path, scheme: ConceptScheme
) -> None:
    own = next(one for one in load_mappings().mappings if one.concept == "CLIN1000065")
    other = row(
        "x:other", own.subject_label, object_id="eucaim:CLIN1000060", subject_category=own.subject_category
    )
    site = curated_site(
        tmp_path,
        scheme,
        [(row("x:1", "Lungenkrebs"), ACCEPTED), (row("x:2", "Lunge"), PROPOSED), (other, ACCEPTED)],
    )
    answer = site.get("/api/v1/mappings?state=accepted&axis=cancer&q=lungenkrebs").get_json()["mappings"][0]
    assert (answer["author"], answer["why"], answer["acts"], answer["own"]) == (
        "ana",
        "seen in a report",
        True,
        False,
    )
    assert site.get("/api/v1/mappings?id=x:2").get_json()["mappings"][0]["acts"] is False
    overruled = site.get("/api/v1/mappings", query_string={"id": own.record_id}).get_json()["mappings"][0]
    assert (overruled["state"], overruled["acts"]) == ("accepted", False)


def test_a_mapping_of_our_own_that_was_refused_acts_no_more(tmp_path: Path, scheme: ConceptScheme) -> None:
    own = next(one for one in load_mappings().mappings if one.concept == "CLIN1000065")
    site = curated_site(tmp_path, scheme, [(own, REJECTED)])
    answer = site.get("/api/v1/mappings", query_string={"id": own.record_id}).get_json()["mappings"]
    assert [(one["state"], one["acts"], one["own"]) for one in answer] == [("rejected", False, True)]
    assert own.record_id not in site.get("/api/v1/mappings?format=sssom").text


def test_accepted_mappings_are_downloaded_as_sssom_that_reads_again(
    tmp_path: Path, scheme: ConceptScheme
) -> None:
    site = curated_site(
        tmp_path,
        scheme,
        [(row("urn:x:1", "=cmd|' /C calc'!A0"), ACCEPTED), (row("urn:x:2", "Lunge"), PROPOSED)],
    )
    answer = site.get("/api/v1/mappings?format=sssom")
    assert answer.content_type == "text/tab-separated-values; charset=utf-8"
    rows = {one.record_id: one for one in read_mappings(answer.text, name="download").mappings}
    assert rows["urn:x:1"].object_id == LUNG
    assert "urn:x:2" not in rows
    assert len(rows) == len(load_mappings().mappings) + 1
    assert site.get("/api/v1/mappings?format=sssom").data == answer.data


def test_a_hostile_word_stands_on_the_page_as_text(tmp_path: Path, scheme: ConceptScheme) -> None:
    hostile = row("x:'\"><script>", HOSTILE, comment=HOSTILE, subject_source=HOSTILE, author_label=(HOSTILE,))
    site = curated_site(tmp_path, scheme, [(hostile, ACCEPTED)])
    page = site.get("/concepts/CLIN1000065", headers={"Accept": "text/html"}).text
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_the_graph_s_name_of_a_mapping_leads_to_it(client: FlaskClient) -> None:
    answer = client.get("/mappings/cimg-m%3Acancer-007")
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).get_json()["total"] == 1
    assert client.get("/mappings/none").status_code == 404
