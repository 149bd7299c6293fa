"""How the cluster is reached, and which of its failures become ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from elasticsearch import ApiError, BadRequestError, Elasticsearch, TransportError, UnsupportedProductError

from catalogue.errors import IndexUnavailable, SettingsInvalid

_SECONDS: Final = 30
_WRONG_MAJOR: Final = "media_type_header_exception"


class Cluster:
    """One client a process, made after the fork. ``shown`` is the address without who logs in."""

    def __init__(self, url: str) -> None:
        self.shown = _without_user(url)
        if urlsplit(url).scheme not in ("http", "https"):
            raise SettingsInvalid(f"{self.shown!r} is no http address of an Elasticsearch cluster")
        try:
            self.client = Elasticsearch(url, request_timeout=_SECONDS)
        except ValueError as error:
            raise SettingsInvalid(
                f"{self.shown!r}: an Elasticsearch address has a host and a port"
            ) from error

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what the client raises into ``IndexUnavailable``, in one sentence."""
        try:
            yield
        except (ApiError, TransportError) as error:
            raise IndexUnavailable(self._sentence(error)) from error

    def _sentence(self, error: ApiError | TransportError) -> str:
        match error:
            case UnsupportedProductError():
                return f"what answers at {self.shown} is no Elasticsearch"
            case BadRequestError(error=kind) if kind == _WRONG_MAJOR:
                return (
                    f"Elasticsearch at {self.shown} is of another major version than the client"
                    f" {version('elasticsearch')}; install the client of its version (for 8: elasticsearch<9)"
                )
            case ApiError():
                return f"Elasticsearch at {self.shown} answered {error.status_code}: {error.error}"
            case _:
                return f"Elasticsearch at {self.shown} does not answer ({type(error).__name__})"


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
