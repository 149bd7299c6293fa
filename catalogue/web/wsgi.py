"""What gunicorn calls in each worker: ``catalogue.web.wsgi:app()``."""

from flask import Flask

from catalogue.services import open_web_services
from catalogue.settings import read_settings
from catalogue.web.app import create_app


def app() -> Flask:
    """Made after the fork, for no store's handle may cross one."""
    return create_app(open_web_services(read_settings()))
