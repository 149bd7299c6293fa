"""A catalogue of made-up records behind a real server, and Debian's Chromium in front of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from catalogue.web.app import create_app
from ontologies.own_scheme import load_scheme
from tests.browser.visits import served
from tests.rich_catalogue import rich_catalogue

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _wanted() -> None:
    if "browser" not in os.environ.get("CATALOGUE_REQUIRE", "").split(","):
        pytest.skip("browser: not asked for; set CATALOGUE_REQUIRE=browser")


@pytest.fixture(scope="session")
def site(_wanted: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    catalogue = rich_catalogue(tmp_path_factory.mktemp("index"), load_scheme())
    with served(create_app(catalogue)) as address:
        yield address


@pytest.fixture(scope="session")
def chromium(_wanted: None) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"CATALOGUE_REQUIRE names browser, but {CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
