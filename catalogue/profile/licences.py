"""Which licence an address names, in the words that people use."""

import re
from typing import Final

_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)|publicdomain/(?P<public>zero|mark))/(?P<version>\d\.\d)"
)
_LONGEST: Final = 60


def licence_label(address: str) -> str:
    """``CC BY 4.0`` for Creative Commons' addresses, the last part of the path for others."""
    match = _CREATIVE_COMMONS.match(address.strip())
    if match is None:
        return address.strip().rstrip("/").rpartition("/")[2][:_LONGEST]
    if match["public"]:
        return (
            f"CC0 {match['version']}"
            if match["public"] == "zero"
            else f"Public Domain Mark {match['version']}"
        )
    return f"CC {match['kind'].upper()} {match['version']}"
