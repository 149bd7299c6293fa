"""How records are checked in a process of its own: checking is slow, and harvests must not wait for it."""

from pathlib import Path
from typing import Final, Protocol

from catalogue.model.quality import Quality
from catalogue.pool import Pool
from catalogue.quality.check import Checker
from ontologies.concepts import ConceptScheme

_MODULE: Final = "catalogue.quality.checking_process"

Asked = tuple[str, bytes]


class Checks(Protocol):
    """``version`` changes with what is found."""

    version: str

    def check(self, subject: str, triples: bytes) -> Quality: ...


class CheckerApart:
    """Checks here until the process is ready, and where it dies. For one thread at a time."""

    def __init__(self, scheme: ConceptScheme, folder: Path, *, additions: Path | None = None) -> None:
        """``additions`` is where the process reads what the scheme has beyond the project's own."""
        self._here = Checker(scheme, folder)
        self._arguments = (str(folder), self._here.version, str(additions or ""))
        self.pool: Pool[Asked, Quality] | None = None
        self.version = self._here.version

    def check(self, subject: str, triples: bytes) -> Quality:
        if self.pool is None:
            self.pool = Pool(_MODULE, self._arguments, processes=1)
        result = self.pool.take((subject, triples))
        if result is None:
            return self._here.check(subject, triples)
        try:
            return result.result()
        except (EOFError, OSError):
            return self._here.check(subject, triples)

    def close(self) -> None:
        if self.pool is not None:
            self.pool.close()
            self.pool = None
