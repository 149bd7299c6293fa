"""What a browser makes of the pages on harvesting, on a catalogue whose nodes stand in every way."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from catalogue.web.app import create_app
from tests.browser.visits import VIEWS, Theme, opened, served
from tests.harvested_nodes import Nodes, harvested_nodes, iri, key

TOKEN = "token-of-tcga"
GONE = key("slow", "slow-b")
PAGES = {
    "dashboard": "/admin/harvest",
    "narrowed dashboard": "/admin/harvest?state=failing&q=node",
    "runs": "/runs",
    "good run": "/runs/2",
    "held run": "/runs/held",
    "failed run": "/runs/failed",
    "losses": "/runs/held/missing",
    "providers": "/providers",
    "provider": "/providers/tcga",
    "held provider": "/providers/mirror",
    "paused provider": "/providers/quiet",
    "hostile provider": "/providers/nasty",
    "withdrawn record": f"/datasets/{GONE}",
}


@pytest.fixture(scope="module", name="nodes")
def _nodes(_wanted: None, tmp_path_factory: pytest.TempPathFactory) -> Nodes:
    nodes = harvested_nodes(tmp_path_factory.mktemp("nodes"))
    run = nodes.ledger.start_run("slow")
    nodes.ledger.withdrawn(run.id, [iri("slow", "slow-b")])
    nodes.finish(run.id)
    nodes.ledger.set_token("tcga", sha256(TOKEN.encode()).hexdigest())
    return nodes


@pytest.fixture(scope="module", name="harvests")
def _harvests(nodes: Nodes) -> Iterator[str]:
    with served(create_app(nodes.services())) as address:
        yield address


@pytest.fixture(name="address")
def _address(nodes: Nodes, harvests: str, request: pytest.FixtureRequest) -> str:
    """Write the number of the run that is meant."""
    held, failed = nodes.ledger.held_runs()[0].id, nodes.ledger.run_page(source_id="nasty")[0].id
    path: str = request.param
    return harvests + path.replace("/held", f"/{held}").replace("/failed", f"/{failed}")


@pytest.mark.parametrize(("theme", "width"), VIEWS)
@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys(), indirect=True)
def test_axe_finds_nothing(chromium: Browser, address: str, theme: Theme, width: int) -> None:
    with opened(chromium, address, theme, width) as page:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys(), indirect=True)
def test_nothing_runs_off_sideways(chromium: Browser, address: str) -> None:
    with opened(chromium, address, "light", 1440) as page:
        for width in (320, 390, 820, 1100, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys(), indirect=True)
def test_the_browser_refuses_nothing_and_asks_no_other_host(
    chromium: Browser, harvests: str, address: str
) -> None:
    said: list[str] = []
    asked: list[str] = []
    with opened(chromium, harvests, "light", 1440) as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("response", lambda response: asked.append(response.url))
        page.goto(address)
        assert asked
        assert all(one.startswith((f"{harvests}/", "data:")) for one in asked)
        assert [one for one in said if "Content Security Policy" in one] == []


def test_sources_are_filtered_without_script(chromium: Browser, harvests: str) -> None:
    with opened(chromium, f"{harvests}/admin/harvest", "light", 1440, script=False) as page:
        page.get_by_label("State").select_option("held")
        page.get_by_role("button", name="Filter").click()
        assert page.url == f"{harvests}/admin/harvest?state=held&q="
        assert page.locator("tbody th a").all_text_contents() == ["Mirror node"]
        page.get_by_role("link", name="Show all").click()
        assert page.locator("tbody th a").count() > 1


def test_a_provider_asks_for_its_harvest_without_script(
    chromium: Browser, harvests: str, nodes: Nodes
) -> None:
    with opened(chromium, f"{harvests}/providers/tcga", "light", 390, script=False) as page:
        page.get_by_label("The provider’s token").fill(TOKEN)
        page.get_by_role("button", name="Harvest").click()
        assert page.get_by_role("heading", level=1).text_content() == "The harvest is in the queue"
        assert [job.argument for job in nodes.ledger.queued()] == ["tcga"]
        page.get_by_role("link", name="provider’s page").click()
        assert page.url == f"{harvests}/providers/tcga"


def test_the_bars_of_a_held_run_have_the_width_of_their_share(chromium: Browser, harvests: str) -> None:
    with opened(chromium, f"{harvests}/admin/harvest", "light", 1440) as page:
        whole = page.locator(".stack").bounding_box()
        kept = page.locator(".stack .keep").bounding_box()
        assert whole
        assert kept
        assert kept["width"] / whole["width"] == pytest.approx(2 / 40, abs=0.01)
