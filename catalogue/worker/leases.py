"""How a worker keeps what it alone may do: a heartbeat for each lease, and a flag once one is lost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from catalogue.errors import CatalogueError, LeaseLost
from catalogue.ledger import Lease, Ledger


class Heartbeat:
    """Renews the leases it is given, in a thread of its own, three times within their time."""

    def __init__(self, ledger: Ledger, holder: str, seconds: float) -> None:
        self._ledger = ledger
        self._holder = holder
        self._seconds = seconds
        self._held: dict[str, Lease] = {}
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for lease in list(self._held.values()):
            self._ledger.release(lease)

    def hold(self, name: str) -> Lease | None:
        """The lease, from now on renewed, or None while another holds it."""
        with self._guard:
            if name in self._held:
                return self._held[name]
            lease = self._ledger.acquire(name, self._holder, self._seconds)
            if lease:
                self._held[name] = lease
            return lease

    def holds(self, name: str) -> bool:
        """Whether it is still ours, as far as the last beat could tell."""
        return name in self._held

    @contextmanager
    def holding(self, name: str) -> Iterator[Lease | None]:
        with self._guard:
            is_taken = name in self._held  # by another thread of ours
        lease = None if is_taken else self.hold(name)
        try:
            yield lease
        finally:
            if lease:
                with self._guard:
                    self._held.pop(name, None)
                self._ledger.release(lease)

    def _beat(self) -> None:
        while not self._stop.wait(self._seconds / 3):
            for name, lease in list(self._held.items()):
                self._renew(name, lease)

    def _renew(self, name: str, lease: Lease) -> None:
        """A ledger that does not answer is asked again at the next beat, until the lease has expired."""
        with self._guard:
            if self._held.get(name) != lease:
                return
            try:
                self._held[name] = self._ledger.renew(lease, self._seconds)
            except LeaseLost:
                del self._held[name]
            except CatalogueError:
                return
