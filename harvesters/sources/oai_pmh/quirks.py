"""Where a repository departs from the protocol and is met half-way: switches of one source."""

from enum import StrEnum

from harvesters.errors import Terminal
from harvesters.source import SourceConfig


class Quirk(StrEnum):
    """pycsw 2.6 needs the first three."""

    PREFIX_WITH_TOKEN = "prefix-with-token"  # noqa: S105  (a resumption token is no secret)
    TOKEN_ZERO_ENDS = "token-zero-ends"  # noqa: S105
    # The datestamps are those of the things described: what changed cannot be asked for.
    DATES_UNRELIABLE = "dates-unreliable"
    # Identify promises seconds, and only days are understood.
    DAYS_ONLY = "days-only"


def named_quirks(config: SourceConfig) -> frozenset[Quirk]:
    """Read the option ``quirks=one,another``. Raises ``Terminal`` for one that is not known."""
    named = {word.strip() for word in config.options.get("quirks", "").split(",") if word.strip()}
    if unknown := sorted(named - set(Quirk)):
        raise Terminal(
            f"{config.id}: there is no quirk {', '.join(unknown)}; known are {', '.join(sorted(Quirk))}"
        )
    return frozenset(Quirk(word) for word in named)
