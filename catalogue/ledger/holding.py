"""Whether a run may take away what it would take away, or waits for a curator."""

import math
from dataclasses import dataclass

from catalogue.model.run import ListingFacts, WithdrawalPolicy

NOTHING_LISTED = "the list is complete and holds no record"
FIRST_OF_ALL = "this is the first run of the source; a curator lets it in"


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a run would do to the records that a source shows; ``live`` is how many these are.

    ``deleted`` the provider says are gone; ``due`` were absent long enough to go now; ``newly_missing`` are
    absent for the first time; ``absent`` are all that its list does not name; ``named`` counts what it names.
    """

    live: int
    deleted: int
    due: int
    newly_missing: int
    absent: int
    named: int


def hold_reason(stakes: Stakes, policy: WithdrawalPolicy, listing: ListingFacts) -> str:
    """Why the run waits, "" where it need not. The rule is the same for sources of every size.

    Those that are missing for the first time count like those that would go at once: when half a list is not
    there, a curator should know today and not in a week.
    """
    if listing.proves_absence and not stakes.named and stakes.live:
        return f"{NOTHING_LISTED}; {stakes.live} are live"
    going = stakes.deleted + stakes.due
    if _is_too_much(going, stakes.live, policy):
        return f"it would withdraw {going} of {stakes.live} live records; {_limit(stakes.live, policy)}"
    leaving = stakes.deleted + stakes.newly_missing
    if _is_too_much(leaving, stakes.live, policy):
        return (
            f"{leaving} of {stakes.live} live records are deleted or missing from the list; "
            f"{_limit(stakes.live, policy)}"
        )
    return ""


def _is_too_much(records: int, live: int, policy: WithdrawalPolicy) -> bool:
    if not records:
        return False
    return records > max(policy.most, policy.share * live) or records >= policy.half * live


def _limit(live: int, policy: WithdrawalPolicy) -> str:
    """The most that passes unasked, for people."""
    below_half = math.ceil(policy.half * live) - 1
    most = min(max(policy.most, int(policy.share * live)), below_half)
    return f"at most {most} may go without a curator"
