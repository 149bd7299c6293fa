"""What came of one link: a document and what it is, or why there is none."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from harvesters.errors import HarvestError, ProviderRefuses, Transient
from harvesters.parsing.containers import Container, Member, Role
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Reply

GONE: Final = 410
_UNREADABLE: Final = {401, 403, 404, GONE}


class Fault(StrEnum):
    """Why nothing came of a link: it may not be read, it cannot be read, or not now."""

    NONE = "none"
    HIDDEN = "hidden"
    BROKEN = "broken"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class Step:
    """A link to be followed; ``is_page`` for the next page of a list that was begun."""

    member: Member
    depth: int
    is_page: bool = False

    @property
    def asked(self) -> str:
        return without_fragment(self.member.url)

    @property
    def is_start(self) -> bool:
        return self.depth == 0 and not self.is_page

    def role_without_type(self, document: Container) -> Role:
        """A document that does not say what it is, is what the link to it says, or a list if it lists."""
        return Role.CONTAINER if document.members or document.next else self.member.role


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of the link ``asked``; ``problem`` is its fault in words.

    ``retry_after`` are the seconds that the node asked us to wait in place of an answer.
    Where the document ``is_named``, what it describes has the address that was asked for.
    """

    asked: str
    role: Role
    members: tuple[Member, ...] = ()
    next: str | None = None
    is_named: bool = True
    fault: Fault = Fault.NONE
    problem: str = ""
    retry_after: float | None = None


_VISITS: Final = TypeAdapter(Visit)


def kept(page: SpooledPage, spool: Spool) -> Visit | None:
    """What was kept of a page; None where nothing was, or nothing that can be read."""
    attached = spool.attached(page)
    with suppress(ValueError):
        return _VISITS.validate_json(attached) if attached else None
    return None


def keep(visit: Visit, page: SpooledPage, spool: Spool) -> Visit:
    spool.attach(page, _VISITS.dump_json(visit))
    return visit


def failed(step: Step, error: HarvestError) -> Visit:
    match error:
        case ProviderRefuses() if error.status in _UNREADABLE:
            fault = Fault.HIDDEN
        case Transient():
            fault = Fault.PASSING
        case _:
            fault = Fault.BROKEN
    return Visit(step.asked, step.member.role, fault=fault, problem=str(error), retry_after=error.retry_after)


def no_answer(url: str, error: HarvestError) -> Reply:
    """A place in the spool for a document that could not be had."""
    status = error.status if isinstance(error, ProviderRefuses) else 0
    return Reply(url=url, status=status, headers={}, body=b"", fetched_at=datetime.now(UTC))


def without_fragment(url: str) -> str:
    return url.partition("#")[0]
