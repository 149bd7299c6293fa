"""Which settings there are, and where they come from: the environment, or one file."""

import os
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from catalogue.errors import SettingsInvalid
from harvesters.proxy import Proxy, read_proxy

_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")


def _spare_processors() -> int:
    return min(4, (os.cpu_count() or 1) - 1)


class Settings(BaseSettings):
    """Each setting is read from ``CATALOGUE_<NAME>``, or from the file that ``CATALOGUE_CONFIG`` names."""

    model_config = SettingsConfigDict(env_prefix="CATALOGUE_", frozen=True, extra="ignore")

    base_url: str = "http://127.0.0.1:8000"
    data_dir: Path = Path("catalogue-data")
    database_url: str = ""
    elasticsearch_url: str = ""
    elasticsearch_prefix: str = "catalogue"
    allowed_private_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    contact: str = ""
    site_notice: str = ""
    parse_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    parse_megabytes: int = Field(default=2048, gt=0)
    harvests: int = Field(default=2, ge=1, le=32)
    ingest_processes: int = Field(default_factory=_spare_processors, ge=0, le=64)
    sparql_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    sparql_processes: int = Field(default=2, gt=0)
    sparql_megabytes: int = Field(default=1024, ge=256)
    sparql_result_megabytes: int = Field(default=50, gt=0)
    lease_seconds: float = Field(default=30.0, gt=1, allow_inf_nan=False)
    secrets: FilePath | None = None
    outbound_proxy: SecretStr = SecretStr("")
    ca_bundle: FilePath | None = None
    connect_seconds: float = Field(default=10.0, gt=0, allow_inf_nan=False)
    read_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    answer_seconds: float = Field(default=600.0, gt=0, allow_inf_nan=False)
    request_tries: int = Field(default=5, ge=1, le=20)
    longest_pause_seconds: float = Field(default=300.0, ge=0, allow_inf_nan=False)
    smtp_url: SecretStr = SecretStr("")
    notice_from: str = ""
    notice_to: Annotated[tuple[str, ...], NoDecode] = ()
    notice_webhook: SecretStr = SecretStr("")
    notice_webhook_secret: SecretStr = SecretStr("")

    @field_validator("allowed_private_hosts", "notice_to", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        """Every name that the site gives begins with it, so nothing may follow the path."""
        parts = urlsplit(value)
        plain = value.isascii() and value.isprintable() and not set(value) & set(' <>"{}|\\^`?#@')
        if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
            raise ValueError("an address such as https://catalogue.example is wanted, without query or user")
        return value.rstrip("/")

    @field_validator("secrets", "ca_bundle", mode="before")
    @classmethod
    def _file(cls, value: object) -> object:
        return value or None

    @field_validator("outbound_proxy")
    @classmethod
    def _proxy(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            read_proxy(value.get_secret_value())
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        """A password goes over TLS, or stays on this machine."""
        text = value.get_secret_value()
        if not text:
            return value
        scheme, host, query = _parts(text)
        if scheme not in ("smtp", "smtps") or not host or query not in ("", "starttls"):
            raise ValueError("an address such as smtp://user:password@mail.example:587?starttls is wanted")
        is_secure = scheme == "smtps" or query == "starttls"
        if "@" in text and not is_secure and host not in _THIS_MACHINE:
            raise ValueError("a password is only sent over TLS: add ?starttls, or begin with smtps://")
        return value

    @field_validator("notice_from", "notice_to")
    @classmethod
    def _mail_addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for address in (value,) if isinstance(value, str) else value:
            plain = address.isascii() and address.isprintable() and not set(address) & set(' ,;<>"')
            if address and not (plain and address.count("@") == 1 and address.strip("@") == address):
                raise ValueError("mail addresses such as desk@example.org are wanted")
        return value

    @field_validator("notice_webhook")
    @classmethod
    def _webhook(cls, value: SecretStr) -> SecretStr:
        scheme, host, _ = _parts(value.get_secret_value())
        if value.get_secret_value() and (scheme not in ("http", "https") or not host):
            raise ValueError("an address such as https://chat.example/hooks/7 is wanted")
        return value

    @property
    def proxy(self) -> Proxy | None:
        url = self.outbound_proxy.get_secret_value()
        return read_proxy(url) if url else None

    @property
    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy address: PostgreSQL if set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'ledger.sqlite'}"


def _parts(url: str) -> tuple[str, str, str]:
    """Scheme, host and query, all "" for what is no address; what is wrong with it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", ""
    plain = url.isprintable() and port != 0
    return (parts.scheme, parts.hostname or "", parts.query) if plain else ("", "", "")


def read_settings() -> Settings:
    """Raises ``SettingsInvalid`` naming each setting at fault."""
    file = os.environ.get("CATALOGUE_CONFIG")
    if file and not (Path(file).is_file() and os.access(file, os.R_OK)):
        raise SettingsInvalid(f"CATALOGUE_CONFIG: there is no readable file {file}")
    try:
        return Settings(_env_file=file)  # type: ignore[call-arg]
    except ValidationError as error:
        faults = "; ".join(f"CATALOGUE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid(faults) from error
