"""Where the catalogue's own names are served: ``urn:catalogue:`` stands for the base URL."""

import re
from typing import Final

from catalogue.profile.terms import OWN

_START: Final = f"<{OWN}".encode()
# Whether a text, or its datatype, may hold what looks like an own name.
_INSIDE: Final = re.compile(rb'"[^"\n]*' + re.escape(_START))
_LITERAL_OR_OWN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|<' + re.escape(OWN.encode()))


def served(name: str, base_url: str) -> str:
    return f"{base_url}/{name.removeprefix(OWN)}" if name.startswith(OWN) else name


def served_triples(triples: bytes, base_url: str) -> bytes:
    """N-Triples with the served form of each own IRI; texts are left alone."""
    start = f"<{base_url}/".encode()
    if not _INSIDE.search(triples):
        return triples.replace(_START, start)

    def replace(match: re.Match[bytes]) -> bytes:
        found = match.group()
        return found if found.startswith(b'"') else start

    return _LITERAL_OR_OWN.sub(replace, triples)
