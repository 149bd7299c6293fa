"""Who may ask for a harvest: whoever holds the token of the source, once a minute."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from catalogue.errors import Conflict
from catalogue.ledger.rows import SourceRow
from catalogue.web.services import Harvests

PAUSE: Final = 60

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST_TOKEN: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """``job`` is the number of the harvest in the queue."""

    source: str
    job: int


def ask(harvests: Harvests, token: str, *, source: str = "", address: str = "") -> Asked:
    """Queue a harvest of the token's own source: ``source`` or ``address``, where given, must be its.

    A wrong token is told so before anything else is: nobody learns here which sources there are.
    """
    row = _row_of(harvests, token)
    name = row.config.id
    if source and source != name:
        raise Forbidden("This token is another provider's.")
    if address and not same_origin(address, row.config.url):
        raise Forbidden("clientUrl is not at the address of the source that this token belongs to.")
    if row.paused:
        raise Conflict(f"the harvest of {name} is paused; whoever runs the catalogue resumes it")
    since = harvests.since_last_job("harvest", name)
    if since is not None and since.total_seconds() < PAUSE:
        wait = max(1, PAUSE - int(since.total_seconds()))
        raise TooManyRequests("A harvest was asked for a moment ago.", retry_after=wait)
    return Asked(name, harvests.put_job("harvest", name).id)


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of one server: scheme, host and port (RFC 6454, 4)."""
    origin = _origin(one)
    return origin is not None and origin == _origin(other)


def _row_of(harvests: Harvests, token: str) -> SourceRow:
    given = token.strip()
    found = None
    if given and len(given) <= _LONGEST_TOKEN:
        found = harvests.source_of_token(sha256(given.encode("utf-8", "surrogatepass")).hexdigest())
    if found is None:
        raise Unauthorized(
            "A provider's token is wanted, and this is none. Whoever runs the catalogue makes one.",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "harvest"}),
        )
    return harvests.source(found)


def _origin(address: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if port is None or not parts.hostname or parts.scheme not in _PORTS:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port
