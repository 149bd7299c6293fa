"""How far a FAIR Data Point was walked, and what is missing from the proof that this was all."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from harvesters.findings import Finding, Severity
from harvesters.parsing.containers import Member, Role
from harvesters.source import Listing
from harvesters.sources.fdp.visits import Fault, Step, Visit
from harvesters.spool import SpooledPage

MOST_DOCUMENTS: Final = 100_000
# After so many failures one after the other the node is down, and asking for the rest would take hours.
_PATIENCE: Final = 5
# A container can name a million documents on other hosts; whoever mends that needs no list of them.
_MOST_FINDINGS: Final = 1000


@dataclass(slots=True)
class Walk:
    """What waits, what was met, and what ended it. One for ``named`` datasets goes no further than these."""

    named: bool = False
    waiting: deque[Step] = field(default_factory=deque)
    addresses: set[str] = field(default_factory=set)
    _listed: set[str] = field(default_factory=set)
    _documents: int = 0
    _datasets: int = 0
    _failures: int = 0
    _missing: str = ""
    _revalidated: bool = False
    _retry_after: float | None = None
    _findings: list[Finding] = field(default_factory=list)

    @classmethod
    def down_from(cls, url: str) -> "Walk":
        return cls(waiting=deque([Step(Member(url, Role.CONTAINER), depth=0)]))

    @classmethod
    def to(cls, datasets: Iterable[str]) -> "Walk":
        return cls(named=True, waiting=deque(Step(Member(url, Role.DATASET), depth=1) for url in datasets))

    def take(self, step: Step, visit: Visit, page: SpooledPage) -> None:
        self._documents += 1
        self._datasets += visit.role is Role.DATASET
        self._failures = self._failures + 1 if visit.fault is Fault.PASSING else 0
        # An old answer for a dataset is no worse than a new one; an old list does not tell what is gone.
        self._revalidated |= page.revalidated and visit.role is Role.CONTAINER
        if visit.retry_after is not None:
            self._retry_after = max(visit.retry_after, self._retry_after or 0.0)
        if visit.problem:
            self._note(visit)
        else:
            self._follow(step, visit)

    def miss(self, step: Step, reason: str) -> None:
        """Something that the list names is not read: without it the list is no proof, save for a part."""
        self._find(step.member.url, reason)
        if step.member.role is not Role.PART:
            self._missing = self._missing or reason

    def end(self, reason: str) -> None:
        self._missing = self._missing or reason
        self.waiting.clear()

    def listing(self) -> Listing:
        return Listing(
            pages=self._documents,
            total=self._datasets or None,
            complete=not self._missing,
            incomplete_because=self._missing,
            findings=tuple(self._findings),
            incremental=self.named,
            revalidated=self._revalidated,
            retry_after=self._retry_after,
        )

    def _follow(self, step: Step, visit: Visit) -> None:
        links = {member.url for member in visit.members}
        room = MOST_DOCUMENTS - len(self._listed)
        if step.is_page and links <= self._listed:
            what = (
                "repeats an earlier one, so the list has no end"
                if links
                else "is empty though a link led there"
            )
            self.miss(step, f"{visit.asked}: this page {what}")
        elif visit.next is not None and not self.named and room:
            # As the list that it goes on: a page of it that is not shown is no draft of a dataset.
            self.waiting.append(Step(Member(visit.next, visit.role), step.depth, is_page=True))
        new = [
            member
            for member in visit.members
            if member.url not in self._listed and (member.role is Role.PART or not self.named)
        ]
        if len(new) > room:
            self._missing = f"{visit.asked}: the list has more than {MOST_DOCUMENTS:,} documents"
        self._listed |= {member.url for member in new[:room]}
        self.waiting.extend(Step(member, step.depth + 1) for member in new[:room])

    def _note(self, visit: Visit) -> None:
        """A FAIR Data Point lists its drafts and does not show them (FAIRDataPoint issue 854).

        A dataset that may not be read is named all the same, so it is not absent and the list is whole. A
        container that may not be read hides what it contains, and a node in trouble proves nothing.
        """
        is_draft = visit.role is Role.DATASET and visit.fault is Fault.HIDDEN
        self._find(visit.asked, visit.problem)
        if visit.role is not Role.PART and not is_draft:
            self._missing = self._missing or visit.problem
        if self._failures == _PATIENCE:
            self.end(f"the node failed {_PATIENCE} times one after the other: {visit.problem}")

    def _find(self, url: str, reason: str) -> None:
        if len(self._findings) < _MOST_FINDINGS:
            self._findings.append(_unread(url, reason))


def _unread(url: str, reason: str) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=url,
        path="ldp:contains",
        value=url,
        message=f"the list leads to a document that is not read: {reason}",
        how_to_fix="publish it, or take it out of the list",
    )
