"""How the web application is put together."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from flask_bootstrap import Bootstrap5  # type: ignore[import-untyped]
from jinja2 import StrictUndefined
from werkzeug.routing import BaseConverter

from catalogue.profile.licences import licence_label
from catalogue.resources import templates_folder
from catalogue.search.vocabulary import AXIS_LABELS
from catalogue.web import texts
from catalogue.web.blueprints import (
    api,
    concepts,
    feed,
    harvest,
    health,
    pages,
    ping,
    reconcile,
    resolve,
    sparql,
)
from catalogue.web.headers import init_headers
from catalogue.web.links import Links
from catalogue.web.problems import init_problems
from catalogue.web.services import EXTENSION, WebServices

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOUR = 3600


class KeyConverter(BaseConverter):
    """A record's key: what is none cannot be looked up, and is not found."""

    regex = "[A-Za-z0-9_-]{1,64}"
    part_isolating = True


class RunConverter(BaseConverter):
    """A run's number, no longer than a database counts."""

    regex = "[0-9]{1,15}"
    part_isolating = True

    def to_python(self, value: str) -> int:
        return int(value)


def create_app(services: WebServices) -> Flask:
    app = Flask("catalogue.web", template_folder=str(templates_folder()), static_folder=_static())
    app.extensions[EXTENSION] = services
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _HOUR
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.url_map.converters["key"] = KeyConverter
    app.url_map.converters["run"] = RunConverter
    app.url_map.strict_slashes = False
    # Merging them redirects to whatever host the request named, which a cache would keep for everybody.
    app.url_map.merge_slashes = False
    Bootstrap5(app)
    init_headers(app)
    init_problems(app)
    _init_templates(app, services)
    for door in (api, concepts, feed, harvest, health, pages, ping, reconcile, resolve, sparql):
        app.register_blueprint(door.blueprint)
    mount = Links(services.base_url).mount
    if mount:
        app.wsgi_app = Mounted(app.wsgi_app, mount)  # type: ignore[method-assign]
    return app


@dataclass(frozen=True, slots=True)
class Mounted:
    """Serves below a path of a host, whether or not the proxy in front strips that path."""

    inner: "WSGIApplication"
    mount: str

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self.mount or path.startswith(f"{self.mount}/"):
            environ["PATH_INFO"] = path.removeprefix(self.mount) or "/"
        environ["SCRIPT_NAME"] = self.mount
        return self.inner(environ, start_response)


def _static() -> str:
    return str(Path(__file__).parent / "static")


def _init_templates(app: Flask, services: WebServices) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for filter_ in (
        texts.number,
        texts.long_date,
        texts.moment,
        texts.plain,
        texts.short,
        texts.web_address,
        texts.bytes_in_words,
        licence_label,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals.update(
        links=Links(services.base_url),
        site_notice=services.site_notice,
        axis_labels=AXIS_LABELS,
        counted=texts.counted,
        theme_version=_fingerprint(),
    )


def _fingerprint() -> str:
    """Give a new theme a new address, so that no browser shows an old one."""
    return hashlib.sha256(Path(_static(), "theme.css").read_bytes()).hexdigest()[:12]
