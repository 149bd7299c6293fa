"""In whose name a command acts, and how it acts on a source while nobody harvests it."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from catalogue.errors import Conflict
from catalogue.ledger import Ledger, this_holder
from catalogue.worker.harvests import source_lease

_SECONDS: Final = 60.0

Who = Annotated[str, typer.Option("--who", help="In whose name; your login name if not given.")]


def acting_name(who: str) -> str:
    """The name given, else the system's for this user; a container may have none, and then its number."""
    try:
        return who.strip() or getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


@contextmanager
def acting_alone(ledger: Ledger, source: str) -> Iterator[None]:
    """Raises ``Conflict`` while another process harvests the source or decides on its runs."""
    lease = ledger.acquire(source_lease(source), this_holder(), _SECONDS)
    if lease is None:
        raise Conflict(f"{source} is being harvested; wait for the end, or stop that run first")
    try:
        yield
    finally:
        ledger.release(lease)
