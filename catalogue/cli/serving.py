"""The commands that keep running: ``up``, ``serve``, ``worker``."""

import logging
import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Annotated

import typer

from catalogue.cli.console import notes
from catalogue.cli.memory import few_arenas
from catalogue.cli.processes import Processes
from catalogue.errors import Conflict
from catalogue.services import Workshop, open_ledger
from catalogue.settings import Settings, read_settings
from catalogue.stores.broker import run_broker
from catalogue.worker.loop import Worker

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the site.")]
Host = Annotated[str, typer.Option(help="Address to listen on; 127.0.0.1 is this machine only.")]


def up(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Run the whole service, web and worker, on the data folder."""
    settings = read_settings()
    require_free(host, port)
    open_ledger(settings).close()
    with Processes(settings.data_dir / "run") as processes:
        environment = web_environment(settings, host, port)
        processes.start("worker", ["-m", "catalogue", "worker"], environment, restart=True)
        processes.start("broker", ["-m", "catalogue", "broker"], environment, restart=True)
        processes.start("web", web_arguments(), environment)
        notes.print(f"The catalogue answers at http://{host}:{port}/ (logs: {settings.data_dir / 'run'})")
        processes.watch()


def serve(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Run the web alone (gunicorn); the worker runs elsewhere."""
    settings = read_settings()
    require_free(host, port)
    open_ledger(settings).close()
    os.environ.update(web_environment(settings, host, port))
    os.execv(sys.executable, [sys.executable, *web_arguments()])  # noqa: S606


def worker() -> None:
    """Harvest what is queued and keep graph store and index up to date, until stopped."""
    few_arenas()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    workshop = Workshop(read_settings())
    try:
        Worker(workshop).run(stop)
    finally:
        workshop.close()


def require_free(host: str, port: int) -> None:
    """Raises ``Conflict``: another's site on the port would else be taken for ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Conflict(f"{host}:{port} cannot be listened on: {error.strerror}") from error


def broker() -> None:
    """Answer SPARQL queries for all web processes of this machine, until stopped."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    run_broker(read_settings())


def web_arguments() -> list[str]:
    return ["-m", "gunicorn", "--config", "python:catalogue.web.gunicorn_conf", "catalogue.web.wsgi:app()"]


def web_environment(settings: Settings, host: str, port: int) -> dict[str, str]:
    """Without a base URL of its own the site names itself by where it listens."""
    environment = {"CATALOGUE_BIND": f"{host}:{port}"}
    if "base_url" not in settings.model_fields_set:
        environment["CATALOGUE_BASE_URL"] = f"http://{host}:{port}"
    return environment
