"""How a command acts on a source while nobody harvests it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from catalogue.errors import Conflict
from catalogue.ledger import Ledger, this_holder
from catalogue.worker.harvests import source_lease

_SECONDS: Final = 60.0


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
