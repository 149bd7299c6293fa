"""What bad input gets: a problem that names the parameter, or no hits with a notice; never a failure."""

import pytest
from flask.testing import FlaskClient

from tests.small_catalogue import HOSTILE

SEARCHES = ("/search", "/api/v1/search")

# query string, parameter named
REFUSED = [
    ("nonsense=1", "nonsense"),
    ("nonsense%3Cscript%3E=1", "nonsense<script>"),
    ("page=1000000000", "page"),
    ("page=0", "page"),
    ("page=-1", "page"),
    ("page=1e3", "page"),
    ("page=%D9%A1", "page"),
    ("page=501&size=20", "page"),
    ("size=0", "size"),
    ("size=101", "size"),
    ("page=1&page=2", "page"),
    ("patients=abc", "patients"),
    ("patients=5", "patients"),
    ("patients=9..5", "patients"),
    ("patients=-5..", "patients"),
    ("patients=99999999999999999999..", "patients"),
    ("q=%00", "q"),
    ("q=a%0Ab", "q"),
    ("q=%ff", "q"),
    ("q=%ED%A0%80", "q"),
    ("q=%zz", "q"),
    ("q=%", "q"),
    ("cancer=%00", "cancer"),
    ("q=" + "a" * 401, "q"),
    ("q=" + "a" * 7000, "q"),
    ("cancer=" + "a" * 301, "cancer"),
    ("&".join(f"cancer=C{number}" for number in range(51)), "cancer"),
    ("cancer=%3Cscript%3Ealert(1)%3C/script%3E", "cancer"),
    ("cancer=lung%20cancer", "cancer"),
    ("cancer.op=some", "cancer.op"),
    ("sort=id", "sort"),
    ("expand=maybe", "expand"),
    ("cursor=garbage", "cursor"),
    ("cursor=%C3%A9", "cursor"),
    ("%00=1", "the name of a parameter"),
]

# query string, in the notice
NOTHING_FOUND = [
    ("cancer=CLIN9999999", "CLIN9999999"),
    ("cancer=https://evil.example/x", "https://evil.example/x"),
    ("modality=CLIN1000065", "CLIN1000065"),
    ("provider=..%2F..%2Fetc", "../../etc"),
    ("access=SECRET", "SECRET"),
    ("sex=1%27--", "1'--"),
]

HARMLESS = [
    "q=%3Cscript%3Ealert(1)%3C/script%3E",
    "q=title:x%20OR%20(",
    "q=*",
    "q=%F0%9F%A9%BB",
    "q=" + "%E2%80%AE" * 20,
    "q=" + "a+" * 199,
    "patients=..",
    "patients=",
    "page=500",
    "cancer=&cancer=",
    "&&&",
    "=",
]


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize(("query", "parameter"), REFUSED)
def test_a_wrong_parameter_is_a_400_that_names_it(
    client: FlaskClient, path: str, query: str, parameter: str
) -> None:
    answer = client.get(f"{path}?{query}", headers={"Accept": "application/problem+json"})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["parameter"] == parameter


@pytest.mark.parametrize(("query", "parameter"), REFUSED)
def test_people_get_a_page_that_names_it(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"/search?{query}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "<script>" not in answer.text
    assert parameter.partition("<")[0] in answer.text


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize(("query", "named"), NOTHING_FOUND)
def test_a_value_that_does_not_exist_finds_nothing_and_is_named(
    client: FlaskClient, path: str, query: str, named: str
) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200
    text = answer.text.replace("&#39;", "'")
    assert named in text
    assert "has no value" in text


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize("query", HARMLESS)
def test_odd_words_are_only_words(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code in (200, 400)
    if answer.mimetype == "text/html":
        assert HOSTILE not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/datasets/%00",
        "/datasets/..%2f..%2fetc%2fpasswd",
        "/datasets/" + "a" * 5000,
        "/datasets/%ff%fe",
        "/datasets/nosuchkey",
        "/datasets/nosuchkey.ttl",
        "/datasets/lung000001.exe",
        "/providers/%00",
        "/providers/none",
        "/%00",
        "/search/",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
    ],
)
def test_a_path_that_is_none_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (404, 308) or path == "/search/"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/search", "/api/v1/search", "/datasets/lung000001"])
def test_reading_doors_take_no_writing(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/?q=%00", "/about?x=%ff", "/health/live?%zz", "/datasets/lung000001?a=%00"]
)
def test_no_page_takes_a_parameter_that_cannot_be_read(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("box", ["patients.min", "patients.max"])
def test_a_wrong_number_in_the_form_is_named_as_the_form_does(client: FlaskClient, box: str) -> None:
    answer = client.get(f"/search?{box}=many", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, box)


def test_more_parameters_than_any_search_has_are_refused(client: FlaskClient) -> None:
    assert client.get("/search?" + "a=1&" * 1001).status_code == 400


@pytest.mark.parametrize("path", ["/datasets//lung000001", "/search//", "/static//etc/passwd"])
def test_no_address_sends_a_visitor_to_the_host_that_the_request_named(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "")
