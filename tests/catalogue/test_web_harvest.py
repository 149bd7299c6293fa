"""What the pages on harvesting tell, and that a hostile node does no harm there."""

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import html5lib  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from lxml import html
from typer.core import TyperGroup
from typer.main import get_command

from catalogue.cli.app import app
from catalogue.model.run import RunState
from catalogue.profile.terms import COUNT_BY, IMAGES, PATIENTS, SERIES, STUDIES, SUBJECTS
from catalogue.web.app import create_app
from harvesters.findings import Finding, Severity
from ontologies.namespaces import compact
from tests.harvested_nodes import NODES, Nodes, harvested_nodes, key
from tests.small_catalogue import HOSTILE

Reading = Callable[[str], html.HtmlElement]


@pytest.fixture(scope="module", name="nodes")
def _nodes(tmp_path_factory: pytest.TempPathFactory) -> Nodes:
    """Only read."""
    return harvested_nodes(tmp_path_factory.mktemp("nodes"))


@pytest.fixture(scope="module", name="client")
def _client(nodes: Nodes) -> FlaskClient:
    return create_app(nodes.services()).test_client()


@pytest.fixture(name="read")
def _read(client: FlaskClient) -> Reading:
    def page(address: str) -> html.HtmlElement:
        answer = client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 200, answer.text
        return html.fromstring(answer.text)

    return page


@pytest.fixture(scope="module", name="held")
def _held(nodes: Nodes) -> int:
    (run,) = nodes.ledger.held_runs()
    return run.id


@pytest.fixture(scope="module", name="addresses")
def _addresses(nodes: Nodes, held: int) -> list[str]:
    runs = [f"/runs/{run.id}" for run in nodes.ledger.runs(limit=100)]
    providers = [f"/providers/{name}" for name in NODES]
    return ["/admin/harvest", "/runs", "/providers", f"/runs/{held}/missing", *providers, *runs]


def _text(page: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(page.xpath(path)[0].itertext()).split())


def _row(page: html.HtmlElement, name: str) -> dict[str, str]:
    row = page.xpath(f"//tr[.//a[text()={name!r}]]")[0]
    return {cell.get("data-label"): " ".join(cell.text_content().split()) for cell in row.xpath("./td")}


def test_every_page_is_sound_html_without_script_or_style(client: FlaskClient, addresses: list[str]) -> None:
    for address in addresses:
        text = client.get(address, headers={"Accept": "text/html"}).text
        html5lib.HTMLParser(strict=True).parse(text)
        page = html.fromstring(text)
        assert page.xpath("count(//h1)") == 1, address
        assert not page.xpath("//script | //@style | //@onclick | //style | //img"), address
        ids = re.findall(r' id="([^"]*)"', text)
        assert len(ids) == len(set(ids)), address


def test_every_link_of_ours_leads_somewhere(client: FlaskClient, read: Reading, addresses: list[str]) -> None:
    links = {link for address in addresses for link in read(address).xpath("//main//a/@href")}
    for link in sorted(link for link in links if link.startswith("/")):
        assert client.get(link, headers={"Accept": "text/html"}).status_code == 200, link


def test_a_hostile_nodes_texts_are_short_lines_without_effect(
    client: FlaskClient, addresses: list[str]
) -> None:
    for address in addresses:
        text = client.get(address, headers={"Accept": "text/html"}).text
        assert HOSTILE not in text, address
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", text), address
        assert len(text) < 100_000, address


def test_what_waits_for_a_decision_stands_first(read: Reading, held: int) -> None:
    page = read("/admin/harvest")
    card = page.xpath("//section[contains(@class, 'held')]")[0]
    assert _text(card, ".//h2") == "This run would withdraw 38 of 40 datasets"
    assert "at most 4 may go without a curator" in card.text_content()
    assert card.xpath(".//code/text()") == [
        "catalogue harvest mirror",
        f'catalogue reject {held} --why "..."',
        f'catalogue approve {held} --why "..."',
    ]
    listed = [" ".join(cell.text_content().split()) for cell in card.xpath(".//tbody/tr[1]/*")]
    assert listed == ["Listed", "40", "2"]
    assert page.xpath("//main//section")[0] is card


def test_the_largest_losses_are_named_first(read: Reading) -> None:
    names = read("/admin/harvest").xpath("//ul[@class='rows']/li/span[1]//text()")
    assert [name for name in names if name.strip()] == [f"mirror-{number}" for number in range(39, 34, -1)]


def test_all_losses_have_a_page_of_their_own(read: Reading, held: int) -> None:
    page = read(f"/runs/{held}/missing")
    assert len(page.xpath("//ul[@class='rows']/li")) == 38
    assert "38 datasets, with 81,700 patients in them" in page.text_content()


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Mirror node", "Held"),
        ("HTAN node", "Failing"),
        ("Slow node", "Late, 80 days"),
        ("Partial node", "Incomplete"),
        ("New node", "Never harvested"),
        ("Quiet node", "Paused"),
        ("TCGA node", "Fresh"),
    ],
)
def test_each_source_says_how_it_stands(read: Reading, name: str, state: str) -> None:
    assert _row(read("/admin/harvest"), name)["State"] == state


def test_the_gravest_come_first(read: Reading) -> None:
    states = read("/admin/harvest").xpath("//td[@data-label='State']")
    words = [" ".join(state.text_content().split()).partition(",")[0] for state in states]
    assert words == [
        "Held",
        "Failing",
        "Failing",
        "Late",
        "Incomplete",
        "Never harvested",
        "Paused",
        "Fresh",
    ]


def test_a_source_tells_its_numbers_and_its_last_run(read: Reading) -> None:
    row = _row(read("/admin/harvest"), "TCGA node")
    assert (row["Datasets"], row["Patients"], row["Last run"]) == ("12", "7,800", "1 new, 11 unchanged")
    assert row["Next"] == "by command"


def test_sources_are_filtered_by_state_and_by_name(read: Reading) -> None:
    def names(question: str) -> list[str]:
        return [str(one) for one in read(f"/admin/harvest?{question}").xpath("//tbody/tr/th/a/text()")]

    assert names("state=failing")[-1] == "HTAN node"
    assert names("q=tcga") == ["TCGA node"]
    assert names("state=fresh&q=mirror") == []


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/admin/harvest?state=odd", "state"),
        ("/admin/harvest?q=" + "a" * 201, "q"),
        ("/admin/harvest?page=2", "page"),
        ("/runs?state=odd", "state"),
        ("/runs?page=0", "page"),
        ("/runs?source=" + "a" * 101, "source"),
        ("/runs/1?outcome=odd", "outcome"),
        ("/runs/1?findings=x", "findings"),
        ("/api/v1/runs?state=odd", "state"),
        ("/api/v1/runs/1?outcome=odd", "outcome"),
    ],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, address: str, parameter: str) -> None:
    answer = client.get(address, headers={"Accept": "application/problem+json"})
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    "path",
    ["/runs/0", "/runs/999999999999999", "/runs/9999999999999999", "/runs/-1", "/runs/x", "/providers/x"],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    for address in (path, f"/api/v1{path}"):
        assert client.get(address).status_code == 404


def test_a_far_page_is_empty_and_leads_back(read: Reading) -> None:
    assert read("/runs?page=999999999").xpath("//a[@rel='prev']/@href") == ["/runs?page=1"]


def test_a_run_tells_its_stages_with_their_causes(read: Reading) -> None:
    rows = read("/runs/3").xpath("//table[caption[text()='Stages of the run']]/tbody/tr")
    told = [[" ".join(cell.text_content().split()) for cell in row.xpath("./*")] for row in rows]
    assert [(row[0], row[3]) for row in told[:3]] == [
        ("Queued", "started"),
        ("Fetching", "page 1"),
        ("Staged", "all pages read"),
    ]
    assert told[1][2] == "2.5 s"


def test_a_run_tells_what_its_list_proved(read: Reading, nodes: Nodes) -> None:
    (run,) = nodes.ledger.run_page(source_id="part")
    proof = _text(read(f"/runs/{run.id}"), "//dl[preceding-sibling::h2[@id='proof']]")
    assert "no: page 2 answered 503" in proof
    assert "is not taken for missing" in proof


def test_equal_findings_stand_together_with_their_number(read: Reading) -> None:
    groups = read("/runs/2").xpath("//table[caption[starts-with(text(), 'Findings')]]/tbody/tr")
    assert len(groups) == 1
    assert "10" in groups[0].xpath("./td[@data-label='Times']/text()")


@pytest.mark.parametrize(
    "path", [*map(compact, (PATIENTS, STUDIES, SERIES, IMAGES, COUNT_BY, SUBJECTS)), "Number of subjects"]
)
def test_a_number_of_people_in_a_finding_is_not_shown(tmp_path: Path, path: str) -> None:
    nodes = Nodes(tmp_path)
    nodes.add("first")
    run = nodes.run("first", ["first-1"], findings=(odd(path, "3 of them"), odd("dcat:version", "v 3")))
    nodes.index()
    client = create_app(nodes.services()).test_client()
    for address in (f"/runs/{run.id}", "/providers/first", f"/api/v1/runs/{run.id}"):
        text = client.get(address, headers={"Accept": "text/html"}).text
        assert path in text
        assert "3 of them" not in text
    assert "v 3" in client.get(f"/runs/{run.id}", headers={"Accept": "text/html"}).text


def test_of_a_run_that_nobody_let_in_no_values_are_shown(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path)
    nodes.add("first")
    nodes.run("first", [f"first-{number}" for number in range(9)])
    run = nodes.run("first", ["first-new"], findings=(odd("dcat:version", "v 3"),))
    assert run.state is RunState.HELD
    nodes.index()
    client = create_app(nodes.services()).test_client()

    def told() -> list[str]:
        pages = [f"/runs/{run.id}", "/providers/first"]
        return [client.get(page, headers={"Accept": "text/html"}).text for page in pages]

    def examples() -> list[str]:
        (group,) = client.get(f"/api/v1/runs/{run.id}").get_json()["groups"]
        return list(group["examples"])

    assert [("v 3" in page, "This is odd" in page) for page in told()] == [(False, True)] * 2
    assert examples() == []
    nodes.ledger.reject_run(run.id, "cut short")
    assert [("v 3" in page, "This is odd" in page) for page in told()] == [(False, True)] * 2
    assert examples() == []


def odd(path: str, value: str) -> Finding:
    return Finding(Severity.WARNING, "", path, value, "This is odd", "Mend it.")


def test_the_log_is_filtered_by_outcome(read: Reading) -> None:
    lines = "//table[caption[text()='Records of the run']]/tbody/tr"
    assert len(read("/runs/3").xpath(lines)) == 40
    assert read("/runs/3?outcome=withdrawn").xpath(lines) == []


def test_payloads_are_named_by_their_command_and_never_shown(read: Reading) -> None:
    page = read("/runs/3")
    assert any(line.endswith("--received") for line in page.xpath("//code/text()"))
    assert "hasCondition" not in page.text_content()


def test_a_providers_page_says_what_mends_most(read: Reading) -> None:
    page = read("/providers/tcga")
    row = page.xpath("//td[@data-label='Records']/..")[0]
    assert "dct:provenance is missing. " in row.text_content().replace("\n", " ") + " "
    assert row.xpath("./td[@data-label='Records']/text()") == ["8"]
    assert "Say where it comes from." in row.text_content()
    assert _text(page, "//dl[dt[text()='EHDS']]").startswith("Findable 8 of 8")


def test_a_provider_learns_that_its_run_is_held(read: Reading) -> None:
    said = _text(read("/providers/mirror"), "//section[contains(@class, 'held')]")
    assert "mend it and have it harvested again" in said


def test_a_paused_provider_is_not_offered_a_harvest(read: Reading) -> None:
    page = read("/providers/quiet")
    assert not page.xpath("//form[contains(@action, 'harvest')]")
    assert "is paused" in page.text_content()


def test_the_api_tells_the_same_runs(client: FlaskClient) -> None:
    answer = client.get("/api/v1/runs?source=htan&state=failed").get_json()
    assert (answer["total"], answer["pages"]) == (3, 1)
    assert {run["message"] for run in answer["runs"]} == {"https://htan.example/: no answer in 60 s"}
    detail = client.get(f"/api/v1/runs/{answer['runs'][0]['id']}").get_json()
    assert detail["run"] == answer["runs"][0]
    assert detail["stages"][-1]["state"] == "failed"


def test_the_api_tells_how_a_provider_stands(client: FlaskClient, held: int) -> None:
    mirror = client.get("/api/v1/providers/mirror").get_json()
    assert (mirror["standing"], mirror["held"], mirror["next_run"]) == ("held", held, None)
    tcga = client.get("/api/v1/providers/tcga").get_json()
    assert tcga["mendings"][0]["records"] == 8
    assert tcga["levels"][2] == {"level": "EHDS", "reached": 0, "checked": 8}


def test_the_api_of_a_run_gives_each_line_of_its_log(client: FlaskClient) -> None:
    log = client.get("/api/v1/runs/3").get_json()["log"]
    assert {line["key"] for line in log} == {key("mirror", f"mirror-{number}") for number in range(40)}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/admin/harvest", "/runs", "/runs/1", "/providers", "/api/v1/runs/1"])
def test_reading_is_all_that_these_pages_do(client: FlaskClient, path: str, method: str) -> None:
    assert client.open(path, method=method).status_code == 405


def test_a_schedule_says_when_the_next_run_comes_at_its_own_clock(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path)
    nodes.clock.time = datetime.now(UTC)
    nodes.add("athens", schedule="0 2 * * *", zone="Asia/Tokyo")
    nodes.add("broken", schedule="never", zone="../../etc/passwd")
    nodes.run("athens", ["athens-1"])
    nodes.index()
    page = html.fromstring(create_app(nodes.services()).test_client().get("/admin/harvest").text)
    assert re.fullmatch(r"\d+ \w+( \d+)?, 02:0\d JST", _row(page, "athens")["Next"])
    assert _row(page, "broken")["Next"] == "by command"


def test_a_first_run_that_is_held_says_what_it_would_bring(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path)
    nodes.add("first")
    nodes.ledger.remove_source("first")
    nodes.ledger.add_source(nodes.ledger.sources(removed=True)[0].config, hold_first=True)
    assert nodes.run("first", ["first-1", "first-2"]).state is RunState.HELD
    nodes.index()
    page = html.fromstring(create_app(nodes.services()).test_client().get("/admin/harvest").text)
    assert _text(page, "//h2[starts-with(@id, 'held')]") == "This run would bring in 2 datasets"


def test_a_hundred_sources_stand_on_one_page(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path)
    for number in range(100):
        nodes.add(f"node-{number}")
        nodes.fail(f"node-{number}", "no answer " * 10_000)
    nodes.index()
    answer = create_app(nodes.services()).test_client().get("/admin/harvest")
    assert html.fromstring(answer.text).xpath("count(//tbody/tr)") == 100
    assert len(answer.text) < 300_000


def test_an_empty_catalogue_says_how_to_begin(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path)
    nodes.index()
    client = create_app(nodes.services()).test_client()
    assert "catalogue source add" in client.get("/admin/harvest").text
    assert client.get("/runs").status_code == client.get("/providers").status_code == 200


def test_every_command_that_a_page_shows_is_one(read: Reading, addresses: list[str]) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    lines = {str(line) for address in addresses for line in read(address).xpath("//code/text()")}
    commands = sorted(line for line in lines if line.startswith("catalogue "))
    assert len(commands) > 10
    for line in commands:
        words = shlex.split(line)[1:]
        found = group.commands[words.pop(0)]
        while isinstance(found, TyperGroup):
            found = found.commands[words.pop(0)]
        options = {name for parameter in found.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
