"""Which token an OAuth 2.0 login gave, and how long it may be used."""

import json
from collections.abc import Callable
from typing import Final

from harvesters.credentials import ClientCredentials, is_header_value
from harvesters.errors import NotMetadata

MOST_BYTES: Final = 65_536
# Of servers that do not say; a token that has run out earlier is renewed once it is refused.
_USUAL_SECONDS: Final = 300.0
# What a request needs on its way must not be taken from its life.
_LEEWAY_SECONDS: Final = 30.0
_LONGEST_SECONDS: Final = 86_400
_LONGEST_TOKEN: Final = 16_384


class Tokens:
    """``ask`` fetches the answer of a login as bytes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[ClientCredentials, tuple[str, float]] = {}

    def token(self, secret: ClientCredentials, ask: Callable[[ClientCredentials], bytes]) -> str:
        token, until = self._kept.get(secret, ("", 0.0))
        if token and self._clock() < until:
            return token
        self.forget(secret)
        token, seconds = _read(ask(secret), secret.token_url)
        self._kept[secret] = (token, self._clock() + max(seconds - _LEEWAY_SECONDS, seconds / 2))
        return token

    def forget(self, secret: ClientCredentials) -> bool:
        """Whether there was one."""
        return self._kept.pop(secret, None) is not None


def _read(body: bytes, url: str) -> tuple[str, float]:
    """The token and its seconds (RFC 6749, 5.1); nothing of the answer goes into an error."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise NotMetadata(f"{url}: the answer to the login is no JSON object")
    token, kind = answer.get("access_token"), answer.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise NotMetadata(f"{url}: the login gives a token of another kind than bearer")
    if not isinstance(token, str) or not is_header_value(token) or len(token) > _LONGEST_TOKEN:
        raise NotMetadata(f"{url}: the login gives no token that can be sent")
    return token, _seconds(answer.get("expires_in"))


def _seconds(value: object) -> float:
    if isinstance(value, str) and value.isdecimal():
        value = float(value)
    if isinstance(value, int | float) and value > 0:
        return float(min(value, _LONGEST_SECONDS))
    return _USUAL_SECONDS
