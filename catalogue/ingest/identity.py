"""Which key a record has in this catalogue, for ever."""

import base64
import hashlib
from collections.abc import Callable

_LENGTH = 12


def mint_key(source: str, identifier: str, *, taken: Callable[[str], bool]) -> str:
    """An opaque key of twelve letters and digits, the same for the same record after a lost ledger.

    ``taken`` says whether a key belongs to another record already; then the next candidate is tried.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{source}\0{identifier}\0{attempt}".encode()).digest()
        key = base64.b32encode(digest).decode().lower()[:_LENGTH]
        if not taken(key):
            return key
        attempt += 1
