"""Which licence an address names, in the words that people use."""

import re
from typing import Final

_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)|publicdomain/(?P<public>zero|mark))/(?P<version>\d\.\d)"
)
_CODE: Final = re.compile(r"CC-(?P<kind>BY(?:-[A-Z]{2})*)-(?P<version>\d\.\d)")
_LONGEST: Final = 60


def licence_code(address: str) -> str:
    """The SPDX identifier for Creative Commons' addresses (``CC-BY-4.0``), the end of the path for others."""
    match = _CREATIVE_COMMONS.match(address.strip())
    if match is None:
        return re.sub(r"[^A-Za-z0-9._-]+", "-", _end(address)).strip("-")
    if match["public"]:
        return f"CC0-{match['version']}" if match["public"] == "zero" else f"PDM-{match['version']}"
    return f"CC-{match['kind'].upper()}-{match['version']}"


def licence_label(address: str) -> str:
    """``CC BY 4.0`` for an address or a code of Creative Commons, the end of the path for others."""
    code = licence_code(address)
    if match := _CODE.fullmatch(code):
        return f"CC {match['kind']} {match['version']}"
    if code.startswith(("CC0-", "PDM-")):
        return code.replace("CC0-", "CC0 ").replace("PDM-", "Public Domain Mark ")
    return _end(address)


def _end(address: str) -> str:
    return address.strip().rstrip("/").rpartition("/")[2][:_LONGEST]
