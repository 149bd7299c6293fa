"""As whom a source is asked: secrets by name, from a file that nobody else may read.

[upv]                             [porto]
kind = "basic"                    kind = "oauth2"
user = "harvester"                token_url = "https://login.example/token"
password = "..."                  client_id = "catalogue"
                                  client_secret = "..."
"""

import base64
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote_plus

from harvesters.errors import Terminal

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OF_THE_CONNECTION: Final = {"host", "connection", "content-length", "transfer-encoding", "upgrade"}
_MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Basic:
    name: str
    user: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [("Authorization", basic(self.user, self.password))]


@dataclass(frozen=True, slots=True)
class Bearer:
    name: str
    token: str = field(repr=False)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [("Authorization", f"Bearer {self.token}")]


@dataclass(frozen=True, slots=True)
class ApiKey:
    name: str
    header: str
    value: str = field(repr=False)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(self.header, self.value)]


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth 2.0, RFC 6749, 4.4: a token is fetched first, and again when it has run out."""

    name: str
    token_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    scope: str = ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """By which the token is asked for; both parts are encoded first (RFC 6749, 2.3.1)."""
        return [("Authorization", basic(quote_plus(self.client_id), quote_plus(self.client_secret)))]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Shown to the server when the connection is made; both are PEM files."""

    name: str
    cert: Path = field(repr=False)
    key: Path = field(repr=False)


Credentials = Basic | Bearer | ApiKey | ClientCredentials | Certificate


@dataclass(frozen=True, slots=True)
class Login:
    """``origin`` is the scheme, host and port that the credentials are for."""

    origin: tuple[str, str, int]
    credentials: Credentials


def load_secrets(path: Path) -> Mapping[str, Credentials]:
    """Read a file of secrets (TOML, a table for each). Raises ``Terminal``; no message holds a value."""
    try:
        with path.open("rb") as file:
            _require_private(path, os.fstat(file.fileno()))
            tables = tomllib.loads(_text(path, file))
    except OSError as error:
        raise Terminal(f"{path}: the file of secrets cannot be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise Terminal(f"{path}: the file of secrets is no TOML ({error})") from None
    return MappingProxyType({name: _secret(path, name, table) for name, table in tables.items()})


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def is_header_value(value: str) -> bool:
    """Whether it can be sent as it is; a line break in it would be a header of its own."""
    return value.isascii() and value.isprintable() and value == value.strip() and value != ""


def _text(path: Path, file: BufferedReader) -> str:
    try:
        return file.read(_MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise Terminal(f"{path}: the file of secrets is not in UTF-8") from None


def _require_private(path: Path, status: os.stat_result) -> None:
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise Terminal(f"{path}: others may read this file of secrets; chmod 600 takes that away")


def _secret(path: Path, name: str, table: object) -> Credentials:
    where = f"{path}: the secret {name!r}"
    if not NAME.fullmatch(name) or not isinstance(table, dict):
        raise Terminal(f"{where} is not a table with a plain name ([porto])")
    values = {key: value for key, value in table.items() if isinstance(value, str)}
    kind = values.pop("kind", "")
    if kind not in _KINDS or len(values) + 1 != len(table):
        raise Terminal(f"{where} has a value that is no text, or no kind of {', '.join(sorted(_KINDS))}")
    wanted, make = _KINDS[kind]
    optional = {"scope"} if kind == "oauth2" else set()
    if not wanted <= values.keys() or not values.keys() <= wanted | optional:
        raise Terminal(f"{where} is of the kind {kind}, which takes {', '.join(sorted(wanted | optional))}")
    if broken := sorted(key for key, value in values.items() if not value.isprintable() or not value):
        raise Terminal(f"{where} has nothing, or a character that cannot be sent, in {', '.join(broken)}")
    return make(path, name, values)


def _basic(path: Path, name: str, values: Mapping[str, str]) -> Credentials:
    if ":" in values["user"]:
        raise Terminal(f"{path}: the secret {name!r} has a user with a colon, which basic cannot say")
    return Basic(name, values["user"], values["password"])


def _bearer(path: Path, name: str, values: Mapping[str, str]) -> Credentials:
    if not is_header_value(values["token"]):
        raise Terminal(f"{path}: the secret {name!r} has a token that cannot be sent")
    return Bearer(name, values["token"])


def _api_key(path: Path, name: str, values: Mapping[str, str]) -> Credentials:
    header, value = values["name"], values["value"]
    is_ours = header.lower() in _OF_THE_CONNECTION or not _HEADER.fullmatch(header)
    if is_ours or not is_header_value(value):
        raise Terminal(f"{path}: the secret {name!r} has a header that cannot be sent")
    return ApiKey(name, header, value)


def _oauth2(_path: Path, name: str, values: Mapping[str, str]) -> Credentials:
    return ClientCredentials(
        name, values["token_url"], values["client_id"], values["client_secret"], values.get("scope", "")
    )


def _certificate(path: Path, name: str, values: Mapping[str, str]) -> Credentials:
    """Both names count from the folder of the file of secrets."""
    cert, key = path.parent / values["cert"], path.parent / values["key"]
    try:
        _require_private(key, key.stat())
    except OSError as error:
        raise Terminal(f"{key}: the key of the secret {name!r} cannot be read ({error.strerror})") from error
    return Certificate(name, cert, key)


_KINDS: Final[Mapping[str, tuple[set[str], Callable[[Path, str, Mapping[str, str]], Credentials]]]] = (
    MappingProxyType(
        {
            "basic": ({"user", "password"}, _basic),
            "bearer": ({"token"}, _bearer),
            "header": ({"name", "value"}, _api_key),
            "oauth2": ({"token_url", "client_id", "client_secret"}, _oauth2),
            "certificate": ({"cert", "key"}, _certificate),
        }
    )
)
