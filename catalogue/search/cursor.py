"""How a place in a list of hits is written, so that a client can go on from there."""

import base64
import binascii
import hashlib
import re
from typing import Final

from catalogue.errors import BadRequest
from catalogue.model.query import SearchQuery

# An index takes no deeper offset than this; a longer list is to be had from the feeds.
MAX_OFFSET: Final = 1_000_000

_PLAIN: Final = re.compile(r"(\d{1,7})\.([0-9a-f]{8})")


def write_cursor(offset: int, query: SearchQuery) -> str:
    """Opaque and safe in an address; it fits only the search that it was made for."""
    plain = f"{offset}.{_fingerprint(query)}".encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def read_cursor(query: SearchQuery) -> int:
    """Read the offset in ``query.cursor``; raises ``BadRequest``."""
    found = _PLAIN.fullmatch(_decoded(query.cursor))
    if not found or int(found[1]) > MAX_OFFSET:
        raise BadRequest("cursor is none that this catalogue gave out", parameter="cursor")
    if found[2] != _fingerprint(query):
        raise BadRequest("cursor belongs to another search; start that search again", parameter="cursor")
    return int(found[1])


def _decoded(cursor: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _fingerprint(query: SearchQuery) -> str:
    kept = query.model_copy(update={"page": 1, "cursor": ""}).pairs()
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:8]
