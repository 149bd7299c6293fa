"""How readers come to see what changed: the index at once, graph and quality beside it, as they can."""

import logging
import time
from collections.abc import Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Final

from catalogue.errors import StoreUnavailable
from catalogue.ledger import Ledger
from catalogue.projections.follower import Projection, follow, rebuild
from catalogue.services import Workshop

_QUICK: Final = frozenset({"index"})
# A store that did not answer is asked again after this.
_AGAIN_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


class Projecting:
    """The slow ones share a thread, for they write one store; harvests begin meanwhile."""

    def __init__(self, workshop: Workshop, followers: Collection[str]) -> None:
        self._workshop = workshop
        self._ledger: Ledger = workshop.ledger
        self._followers = followers
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="projecting")
        self._slow: Future[int] | None = None
        self._asked = self._settled = -1
        self._again_at = 0.0
        self._opening = Lock()

    @property
    def under_way(self) -> set["Future[int]"]:
        """A round that has just ended counts until it is gathered: it may have left something to do."""
        return {self._slow} if self._slow is not None else set()

    def bring_up(self) -> int:
        """One round; gives how many records were written. What the slow ones raised is raised here."""
        written = self._gathered()
        if self._slow is None and self._workshop.renew_projections():
            logger.info("the projections follow another scheme")
            self._settled = -1
        written += self._follow(_QUICK)
        last, now = self._ledger.last_change(), time.monotonic()
        if self._slow is None and (last != self._settled or now >= self._again_at):
            self._asked, self._again_at = last, now + _AGAIN_SECONDS
            self._slow = self._thread.submit(self._follow, frozenset(self._followers) - _QUICK)
        return written

    def _gathered(self) -> int:
        """What the slow ones wrote; once that is nothing, all is done up to where they were asked."""
        if self._slow is None or not self._slow.done():
            return 0
        ended, self._slow = self._slow, None
        written = ended.result()
        self._settled = -1 if written else self._asked
        return written

    def rebuild(self, name: str) -> bool:
        """Make a projection anew; False where there is none of that name."""
        self.wait()
        for projection in self._projections():
            if projection.name == name:
                rebuild(self._ledger, projection)
                return True
        return False

    def wait(self) -> None:
        """Until the slow ones have ended their round."""
        if self._slow is not None:
            self._slow.exception()

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _follow(self, names: Collection[str]) -> int:
        try:
            kept = [one for one in self._projections() if one.name in names and one.name in self._followers]
            return sum(self._brought_up(projection) for projection in kept)
        except StoreUnavailable as error:
            logger.warning("projections wait: %s", error)
            return 0

    def _projections(self) -> Iterable[Projection]:
        """Opened by one thread: a store lets in one writer."""
        with self._opening:
            return self._workshop.projections

    def _brought_up(self, projection: Projection) -> int:
        written = follow(self._ledger, projection)
        if written:
            logger.info("%s: %s records written", projection.name, written)
        return written
