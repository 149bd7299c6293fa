"""How single records are asked for by their names, and for how long."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from harvesters.errors import LimitReached, Terminal, Transient
from harvesters.parsing.oai import OaiAnswer, OaiRecord
from harvesters.source import Listing
from harvesters.sources.oai_pmh.shell import Shell

# As many in a row are no single records any more.
_MOST_FAILURES: Final = 8


@dataclass(slots=True)
class Patience:
    """What is left before it is given up; ``requests`` None is no limit."""

    requests: int | None = None
    failures: int = 0

    def spend(self) -> None:
        """Raise ``LimitReached`` where nothing is left."""
        if self.requests is not None:
            self.requests -= 1
            if self.requests < 0:
                raise LimitReached("there are too many pages and records that cannot be had")

    def note(self, *, failed: str) -> None:
        """Take in how a request went ("": well); raise ``LimitReached`` if nothing goes well any more."""
        if self.is_tired(failed=failed):
            raise LimitReached(f"{self.failures} requests in a row failed, the last one so: {failed}")

    def is_tired(self, *, failed: str) -> bool:
        self.failures = self.failures + 1 if failed else 0
        return self.failures >= _MOST_FAILURES


def ask_for(shell: Shell, identifier: str, prefix: str, patience: Patience) -> None:
    """Ask for one record. The answer, whatever it is, stands in the spool then."""
    patience.spend()
    answer = shell.asking.ask({"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix})
    patience.note(failed=answer.unread)


def listed_by_name(shell: Shell, only: Collection[str], prefix: str) -> Listing:
    """Ask for these records alone. They are no list, so it tells no time from which to go on."""
    asked, reason, patience = 0, "", Patience()
    wait: float | None = None
    # A set has another order in each process, and the spool is replayed in one order.
    for identifier in sorted(set(only)):
        try:
            ask_for(shell, identifier, prefix, patience)
        except (Transient, Terminal) as error:
            if asked == 0:
                raise
            reason, wait = str(error), error.retry_after
            break
        asked += 1
    return Listing(
        pages=asked,
        total=None,
        complete=not reason,
        incomplete_because=reason,
        incremental=True,
        retry_after=wait,
    )


def named_record(answer: OaiAnswer, identifier: str) -> OaiRecord | str:
    """The record that was asked for, or why it is not there."""
    if answer.unread:
        return f"it cannot be had from the repository: {answer.unread}"
    if answer.error == "idDoesNotExist":
        return "the repository says that it is not there (idDoesNotExist)"
    if answer.error:
        return f"the repository refuses it ({answer.error}: {answer.error_text[:300]})"
    found = [record for record in answer.records if record.identifier == identifier]
    if not found:
        others = ", ".join(record.identifier for record in answer.records)[:300] or "none"
        return f"the repository gives another record in its place: {others}"
    return found[0]
