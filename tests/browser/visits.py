"""How the browser tests serve a site and open a page of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

Theme = Literal["light", "dark"]
VIEWS: Final[list[tuple[Theme, int]]] = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]


@contextmanager
def served(site: Flask) -> Iterator[str]:
    """Give the address at which the site answers."""
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def opened(
    chromium: Browser, address: str, theme: Theme, width: int, *, script: bool = True
) -> Iterator[Page]:
    context = chromium.new_context(
        color_scheme=theme, viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()
