"""What a curator decides about a run, from the command to the pages, the feed and the graph."""

import threading
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask.testing import FlaskClient

from catalogue.model.run import RunState
from catalogue.services import WebServices, Workshop, open_ledger
from catalogue.stores.broker import broker_setting
from catalogue.web.app import create_app
from catalogue.worker.loop import Worker
from tests.contracts.sparql_builders import running_broker
from tests.flow.commands import Commands
from tests.flow.faults.answers import dripping
from tests.flow.faults.nodes import RECORDS, DcatNode, OaiNode, arguments_of
from tests.harvesters.living_repository import BUSY
from tests.harvesters.scripted_provider import Provider

HALF: Final = 6
WHY: Final = ("--why", "asked at the hospital")
COUNT: Final = (
    "SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE { GRAPH ?g { ?d a <http://www.w3.org/ns/dcat#Dataset> } }"
)


@pytest.fixture
def node(provider: Provider, commands: Commands) -> DcatNode:
    """It is registered, and not harvested yet."""
    node = DcatNode(provider, "north")
    commands.well("source", "add", "north", "--kind", "dcat", "--url", node.url, "--pace", "0")
    return node


@pytest.fixture
def held(node: DcatNode, commands: Commands) -> int:
    """Half of what was harvested is missing at the second time."""
    assert commands.harvest("north")["state"] == "done"
    node.lay_out(node.datasets(range(HALF)), total=None)
    run = commands.harvest("north")
    assert run["state"] == "held"
    return int(run["id"])


@pytest.fixture
def site(commands: Commands) -> Iterator[FlaskClient]:
    """The pages over what is there when the first of them is asked for."""
    settings = commands.settings
    with running_broker(settings.data_dir, broker_setting(settings)):
        yield create_app(WebServices(settings)).test_client()


def states(commands: Commands) -> list[str]:
    with open_ledger(commands.settings) as ledger:
        return sorted(known.state for known in ledger.known("north").values())


def keys(commands: Commands) -> dict[str, str]:
    """By the identifier that the provider gives."""
    with open_ledger(commands.settings) as ledger:
        return {identifier: known.key for identifier, known in ledger.known("north").items()}


def shown(site: FlaskClient) -> tuple[int, int, int]:
    """How many datasets search, feed and graph hold."""
    found = answer(site, "/api/v1/search")["total"]["datasets"]
    feed = site.get("/catalog.nt").text
    listed = sum("<http://www.w3.org/ns/dcat#dataset>" in line for line in feed.splitlines())
    asked = {"query": COUNT}
    rows = site.get("/sparql", query_string=asked, headers={"Accept": "text/csv"}, buffered=True).text
    return found, listed, int(rows.split()[-1])


def answer(site: FlaskClient, address: str) -> Any:
    return site.get(address, headers={"Accept": "application/json"}).get_json()


def test_a_held_run_changes_nothing_and_says_so_everywhere(
    held: int, commands: Commands, site: FlaskClient
) -> None:
    assert shown(site) == (RECORDS, RECORDS, RECORDS)
    told = answer(site, f"/api/v1/runs/{held}")["run"]
    assert (told["state"], told["counts"]["withdrawn"]) == ("held", HALF)
    for page in ("/admin/harvest", "/providers/north"):
        assert "held" in site.get(page, headers={"Accept": "text/html"}).text, page
    assert f"catalogue approve {held}" in site.get(f"/runs/{held}").text
    assert states(commands) == ["live"] * RECORDS


def test_the_wrong_number_approves_nothing(held: int, commands: Commands) -> None:
    refused = commands.run("approve", held, *WHY, "--withdrawing", HALF - 1)
    assert (refused.code, f"--withdrawing {HALF}" in refused.err) == (1, True)
    assert states(commands) == ["live"] * RECORDS


def test_who_names_no_number_approves_nothing(held: int, commands: Commands) -> None:
    assert commands.run("approve", held, *WHY).code == 1
    assert states(commands) == ["live"] * RECORDS


def test_what_is_approved_is_gone_from_everywhere_and_leaves_a_tombstone(
    held: int, node: DcatNode, commands: Commands, site: FlaskClient
) -> None:
    run = commands.well("approve", held, *WHY, "--withdrawing", HALF, "--json").json
    assert (run["state"], run["counts"]["withdrawn"]) == ("done", HALF)
    assert shown(site) == (HALF, HALF, HALF)
    gone = keys(commands)[f"{node.provider.url}/d/{RECORDS - 1}"]
    page = site.get(f"/datasets/{gone}", headers={"Accept": "text/html"})
    assert (page.status_code, "curator" in page.text) == (410, True)
    tombstone = site.get(f"/datasets/{gone}", headers={"Accept": "text/turtle"})
    assert (tombstone.status_code, gone in tombstone.text) == (410, True)


def test_what_comes_back_has_the_key_that_it_had(held: int, node: DcatNode, commands: Commands) -> None:
    before = keys(commands)
    commands.well("approve", held, *WHY, "--withdrawing", HALF)
    node.heal()
    run = commands.harvest("north", "--full")
    assert (run["state"], run["counts"]["new"], run["counts"]["withdrawn"]) == ("done", 0, 0)
    assert (keys(commands), states(commands)) == (before, ["live"] * RECORDS)


def test_what_is_rejected_leaves_all_live(held: int, node: DcatNode, commands: Commands) -> None:
    run = commands.well("reject", held, *WHY, "--json").json
    assert (run["state"], states(commands)) == ("cancelled", ["live"] * RECORDS)
    assert commands.run("approve", held, *WHY, "--withdrawing", HALF).code == 1
    node.heal()
    assert commands.harvest("north")["state"] in ("done", "unchanged")


def test_a_later_harvest_takes_the_place_of_a_held_one(held: int, node: DcatNode, commands: Commands) -> None:
    node.heal()
    commands.harvest("north")
    refused = commands.run("approve", held, *WHY, "--withdrawing", HALF)
    assert (refused.code, "not held" in refused.err) == (1, True)


def test_the_first_run_waits_where_it_is_asked_to(provider: Provider, commands: Commands) -> None:
    node = DcatNode(provider, "south")
    address = ("--kind", "dcat", "--url", node.url, "--pace", "0")
    commands.well("source", "add", "north", *address, "--hold-first")
    run = commands.harvest("north")
    assert (run["state"], run["counts"]["new"], states(commands)) == ("held", RECORDS, [])
    commands.well("approve", run["id"], *WHY)
    assert states(commands) == ["live"] * RECORDS
    assert commands.harvest("north")["state"] == "unchanged"


def test_a_stop_ends_a_slow_drip_within_two_seconds(node: DcatNode, commands: Commands) -> None:
    commands.harvest("north")
    node.answer(dripping(node.sound()))
    stop = threading.Event()
    workshop = Workshop(commands.settings)
    worker = threading.Thread(target=Worker(workshop).run, args=(stop,))
    worker.start()
    try:
        workshop.ledger.put_job("harvest", "north")
        run = _when(workshop, RunState.FETCHING)
        started = time.monotonic()
        commands.well("stop", run)
        assert _when(workshop, RunState.CANCELLED) == run
        assert time.monotonic() - started < 2
    finally:
        stop.set()
        worker.join()
        workshop.close()
    assert states(commands) == ["live"] * RECORDS


def test_a_retry_asks_for_nothing_but_what_failed(provider: Provider, commands: Commands) -> None:
    node = OaiNode(provider, "north")
    poison = node.identifiers[5]
    node.repository.poison = {poison: BUSY}
    commands.well("source", "add", "north", "--kind", "oai_pmh", "--url", node.url, "--pace", "0")
    first = commands.harvest("north")
    assert (first["state"], first["counts"]["rejected"]) == ("partial", 1)
    node.heal()
    provider.asked.clear()
    (run,) = commands.well("retry", first["id"], "--json").json
    assert (run["state"], run["counts"]["new"], run["counts"]["unseen"]) == ("done", 1, 0)
    asked = [arguments_of(path) for path, _ in provider.asked]
    assert [one["identifier"] for one in asked if one["verb"] == "GetRecord"] == [poison]
    assert not any(one["verb"].startswith("ListRecords") or one["verb"] == "ListIdentifiers" for one in asked)
    assert states(commands) == ["live"] * RECORDS


def _when(workshop: Workshop, state: RunState) -> int:
    """The newest run, once it has come so far (and, where it fetches, has its first page)."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        run = workshop.ledger.runs("north", 1)[0]
        pages = workshop.spools.pages_of(run.id)
        if run.state is state and (state.ended or pages):
            return run.id
        time.sleep(0.05)
    raise AssertionError(f"no run came to be {state}")
