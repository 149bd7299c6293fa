"""Which settings there are, and where they come from: the environment, or one file."""

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from catalogue.errors import SettingsInvalid


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
    sparql_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    sparql_processes: int = Field(default=2, gt=0)
    sparql_megabytes: int = Field(default=1024, ge=256)
    sparql_result_megabytes: int = Field(default=50, gt=0)
    lease_seconds: float = Field(default=30.0, gt=1, allow_inf_nan=False)

    @field_validator("allowed_private_hosts", mode="before")
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

    @property
    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy address: PostgreSQL if set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'ledger.sqlite'}"


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
