"""How many records are prepared at a time: few in this process, many in processes of their own, in order."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Final

from catalogue.ingest.alignment import Traits
from catalogue.ingest.record import Preparation, Prepared
from catalogue.pool import Pool
from harvesters.errors import RecordRejected
from harvesters.source import Record

Made = Prepared | RecordRejected

# A process takes a second to start: a small source, or a small change, is done in less.
_FEW: Final = 200
_BATCH_RECORDS: Final = 50
_BATCH_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to prepare, and what its source says of all its records.

    ``record`` has the identifier under which it is kept; ``given`` is what its source calls it, and what it
    calls itself, where that is another one.
    """

    record: Record
    key: str
    traits: Traits = field(default_factory=Traits)
    given: str = ""


class Preparing:
    """Gives what one process would give, byte for byte. For one thread at a time.

    ``processes`` are those besides this one, which takes its share where they are busy; ``pool`` is None
    until a list was long enough for them.
    """

    def __init__(self, rules: Preparation, *, processes: int = 0) -> None:
        self.rules = rules
        self._processes = processes
        self.pool: Pool[Sequence[Wanted], list[Made]] | None = None

    def prepared(self, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, Made]]:
        """In the order of ``wanted``, which is read ahead by a few batches at most.

        A record that cannot be taken in comes with its ``RecordRejected``; what ``wanted`` raises is raised.
        """
        coming = iter(wanted)
        for one in islice(coming, _FEW) if self._processes else coming:
            yield one, made(one, self.rules)
        batches = _batches(coming)
        for batch in batches:
            yield from self._many(batch, batches)

    def close(self) -> None:
        """End the processes; the next long list starts them again."""
        if self.pool is not None:
            self.pool.close()
            self.pool = None

    def _many(self, first: list[Wanted], others: Iterator[list[Wanted]]) -> Iterator[tuple[Wanted, Made]]:
        pool = self._running()
        pending: deque[tuple[list[Wanted], Future[list[Made]]]] = deque()
        for batch in chain((first,), others):
            pending.append((batch, pool.take(batch) or self._done_here(batch)))
            while pending and (pending[0][1].done() or len(pending) > pool.most):
                yield from self._given(*pending.popleft())
        while pending:
            yield from self._given(*pending.popleft())

    def _running(self) -> Pool[Sequence[Wanted], list[Made]]:
        if self.pool is None or self.pool.is_dead():
            self.close()
            self.pool = Pool(
                "catalogue.ingest.preparing_process",
                (self.rules.base_url, self.rules.aligner, str(self.rules.additions or "")),
                processes=self._processes,
            )
        return self.pool

    def _given(self, batch: list[Wanted], result: Future[list[Made]]) -> Iterator[tuple[Wanted, Made]]:
        try:
            found = result.result()
        except (EOFError, OSError):  # its process is dead: out of memory, or ended by somebody
            found = self._here(batch)
        return zip(batch, found, strict=True)

    def _done_here(self, batch: list[Wanted]) -> Future[list[Made]]:
        done: Future[list[Made]] = Future()
        done.set_result(self._here(batch))
        return done

    def _here(self, batch: list[Wanted]) -> list[Made]:
        return [made(one, self.rules) for one in batch]


def made(wanted: Wanted, rules: Preparation) -> Made:
    """Give, rather than raise, the reason why a record cannot be taken in."""
    record = replace(wanted.record, identifier=wanted.given or wanted.record.identifier)
    try:
        return rules.prepare(record, key=wanted.key, traits=wanted.traits)
    except RecordRejected as error:
        return error


def _batches(coming: Iterator[Wanted]) -> Iterator[list[Wanted]]:
    batch: list[Wanted] = []
    size = 0
    for one in coming:
        batch.append(one)
        size += len(one.record.received)
        if len(batch) == _BATCH_RECORDS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
