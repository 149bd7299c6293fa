"""Which identifiers of a dataset are the same wherever they stand: DOI, handle, original IRI."""

import re
from collections.abc import Iterable
from typing import Final

from catalogue.profile.terms import OWN

_DOI: Final = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*|info:doi/)?(10\.\d{4,9}/\S+)", re.ASCII | re.IGNORECASE
)
_HANDLE: Final = re.compile(r"(?:https?://hdl\.handle\.net/|hdl:\s*|info:hdl/)(\d[\d.]*/\S+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://(?P<host>[^/\s?#]+)(?P<rest>[^\s]*)", re.IGNORECASE)


def normal_identifier(value: str) -> str:
    """A DOI without its resolver and in lower case (ISO 26324), a handle as ``hdl:``, all else as it is."""
    text = value.strip()
    if doi := _DOI.fullmatch(text):
        return doi[1].lower()
    if handle := _HANDLE.fullmatch(text):
        return f"hdl:{handle[1].lower()}"
    return text


def strong_identities(iri: str, identifiers: Iterable[str]) -> tuple[str, ...]:
    """What makes two records of different providers the same dataset.

    Local names (``lidc_idri``) are no identities: two hospitals may both have a ``dataset-1``. Addresses are
    compared without their scheme, for one node may serve both http and https.
    """
    found = set()
    for value in (iri, *identifiers):
        text = normal_identifier(value)
        if text.startswith(OWN):
            continue
        if text.startswith(("10.", "hdl:")):
            found.add(text)
        elif address := _ADDRESS.fullmatch(text):
            found.add(f"//{address['host'].lower()}{address['rest'].rstrip('/')}")
    return tuple(sorted(found))
