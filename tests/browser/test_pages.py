"""What a browser makes of the pages: accessible, nothing sideways, nothing foreign, no script needed."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.browser.visits import VIEWS, Theme, opened

PAGES = {
    "home": "/",
    "search": "/search",
    "narrowed search": "/search?q=lung&cancer=CLIN1000065&patients=50..&cancer.not=C61",
    "second page": "/search?size=2&page=2",
    "stated numbers": "/search?modality=CT",
    "open filters": "/search?cancer=CLIN1000065#filters",
    "open drawers": "/search?country=ESP&year=2015..&licence=CC-BY-4.0#filters",
    "no hits": "/search?cancer=CLIN1000065&modality=MG&patients=50..",
    "no hits in a range": "/search?age=..20&year=2015..",
    "dataset": "/datasets/lung000001",
    "full dataset": "/datasets/full000010",
    "invented dataset": "/datasets/fict000011",
    "derived dataset": "/datasets/deri000012",
    "duplicate": "/datasets/dupl000013",
    "hostile dataset": "/datasets/evil000007",
    "axes": "/concepts",
    "tree of an axis": "/concepts?axis=cancer",
    "found concepts": "/concepts?q=lung",
    "concept": "/concepts/CLIN1000060",
    "root of an axis": "/concepts/CLIN1007977",
    "concept of many parents": "/concepts/BP1000113",
    "concept with words": "/concepts/BP1000067",
    "concept that is no value": "/concepts/human",
    "preview": "/reconcile/preview?id=CLIN1000060",
    "provider": "/providers/south",
    "invented provider": "/providers/dream",
    "about": "/about",
    "problem": "/search?patients=abc",
}


@pytest.mark.parametrize(("theme", "width"), VIEWS)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing(chromium: Browser, site: str, path: str, theme: Theme, width: int) -> None:
    with opened(chromium, site + path, theme, width) as page:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_nothing_runs_off_sideways(chromium: Browser, site: str, path: str) -> None:
    with opened(chromium, site + path, "light", 1440) as page:
        for width in (320, 390, 820, 1100, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("innerWidth") == width


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_the_browser_refuses_and_misses_nothing(chromium: Browser, site: str, path: str) -> None:
    """The content security policy fits, and nothing is fetched from another host."""
    said: list[str] = []
    asked: list[str] = []
    with opened(chromium, site, "light", 1440) as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("response", lambda response: asked.append(f"{response.status} {response.url}"))
        page.goto(site + path)
        wrong = 400 if "abc" in path else 200
        assert asked[0].startswith(str(wrong))
        assert all(f" {site}/" in one or " data:" in one for one in asked)
        assert all(one.startswith(("200", "304")) for one in asked[1:])
        assert [one for one in said if "Content Security Policy" in one] == []


def test_a_search_is_narrowed_without_script(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/search", "light", 1440, script=False) as page:
        page.get_by_label("Lung cancer: 4 datasets").check()
        page.get_by_role("group", name="Patients in the dataset").get_by_label("from").fill("50")
        page.get_by_role("button", name="Apply filters").click()
        assert page.url == f"{site}/search?cancer=CLIN1000065&patients=50..&sort=-patients"
        assert page.locator(".hits h3").all_text_contents() == [
            "Lung-CT-Screening",
            "Everything-CT",
            "LUAD-PET",
        ]
        page.get_by_label("Remove patients: 50 or more patients").click()
        assert page.locator(".hits h3").count() == 4


def test_a_folded_filter_is_found_and_used_without_script(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/search", "light", 1440, script=False) as page:
        assert not page.get_by_role("checkbox", name="Spain").is_visible()
        page.get_by_text("About the dataset").click()
        page.get_by_role("checkbox", name="Spain").check()
        page.get_by_role("button", name="Apply filters").click()
        assert page.locator(".hits h3").all_text_contents() == ["Everything-CT"]
        assert page.get_by_role("checkbox", name="Spain").is_visible()


def test_filters_open_on_a_phone_without_script(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/search", "light", 390, script=False) as page:
        assert not page.locator("#filters").is_visible()
        page.get_by_role("link", name="Filters", exact=True).click()
        assert page.locator("#filters").is_visible()


def test_the_first_tab_stop_skips_to_the_content(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/search", "light", 1440) as page:
        page.keyboard.press("Tab")
        assert page.locator(":focus").text_content() == "Skip to the content"
        assert page.locator(":focus").bounding_box() is not None


def test_the_page_stays_usable_at_four_times_the_size(chromium: Browser, site: str) -> None:
    """400 % zoom of a 1280 pixel window is a window of 320 (WCAG 2.2, 1.4.10)."""
    with opened(chromium, f"{site}/datasets/lung000001", "light", 320) as page:
        assert page.get_by_role("heading", level=1).is_visible()
        assert page.get_by_role("link", name="Turtle").is_visible()
