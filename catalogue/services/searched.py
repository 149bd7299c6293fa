"""Which concepts and which index one request sees: a pair that belongs together."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from catalogue.errors import IndexUnavailable, StoreUnavailable
from catalogue.ledger import Ledger
from catalogue.ports import IndexQuery, IndexReader
from catalogue.services.vocabulary import Vocabulary, in_force
from ontologies.concepts import ConceptScheme

_LOOK_SECONDS: Final = 2.0
_ASK_SECONDS: Final = 0.1

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Searched:
    vocabulary: Vocabulary
    index: IndexReader


class SearchedTogether:
    """Follows what curators decide. May be shared by threads: one looks, the others go on with what is.

    Where the scheme changes, the present pair serves until the worker has built the index of the new one.
    """

    def __init__(self, ledger: Ledger, open_reader: Callable[[ConceptScheme], IndexReader]) -> None:
        self._ledger = ledger
        self._open_reader = open_reader
        vocabulary = in_force(ledger)
        self._present = Searched(vocabulary, open_reader(vocabulary.scheme))
        self._next: Searched | None = None
        self._looked = self._asked = time.monotonic()
        self._looking = Lock()

    def present(self) -> Searched:
        """At most two seconds behind the ledger, or as far as the index is."""
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._present

    def _look(self) -> None:
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._looked = time.monotonic()
            self._prepare()
        if self._next is not None and self._is_built(self._next):
            logger.info("vocabulary %d is in force", self._next.vocabulary.number)
            self._present, self._next = self._next, None

    def _prepare(self) -> None:
        last = self._next or self._present
        try:
            vocabulary = in_force(self._ledger, earlier=last.vocabulary)
        except StoreUnavailable as error:
            logger.warning("the vocabulary stays as it was: %s", error)
            return
        if vocabulary is not last.vocabulary:
            known = [one for one in (self._present, last) if one.vocabulary.scheme is vocabulary.scheme]
            index = known[0].index if known else self._open_reader(vocabulary.scheme)
            self._next = Searched(vocabulary, index)

    def _is_built(self, wanted: Searched) -> bool:
        if wanted.index is self._present.index:
            return True
        if time.monotonic() - self._asked < _ASK_SECONDS:
            return False
        self._asked = time.monotonic()
        try:
            wanted.index.search(IndexQuery(limit=1))
        except IndexUnavailable:
            return False
        return True
