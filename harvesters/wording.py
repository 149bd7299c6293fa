"""What went wrong with a request, in a sentence that names the address."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final, Protocol

import httpcore

from harvesters.errors import (
    HarvestError,
    ProviderBusy,
    ProviderRefuses,
    ProviderTimeout,
    ProviderUnreachable,
    Stopped,
)
from harvesters.pauses import retry_after

_REFUSALS: Final = {
    401: "a login is needed (401)",
    403: "access is forbidden (403)",
    404: "nothing is at this address (404)",
    410: "this is gone for good (410)",
}


def raise_for_status(url: str, status: int, headers: Mapping[str, str]) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in (408, 425, 429) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = retry_after(headers)
        raise ProviderBusy(f"{url}: the server cannot answer now ({status})", retry_after=wait)
    raise ProviderRefuses(f"{url}: {_REFUSALS.get(status, f'the server answers {status}')}", status=status)


class Waits(Protocol):
    """How long was waited, in seconds."""

    @property
    def connect_seconds(self) -> float: ...
    @property
    def read_seconds(self) -> float: ...
    @property
    def answer_seconds(self) -> float: ...


@contextmanager
def in_words(url: str, waits: Waits) -> Iterator[None]:
    """Turn what the network says into errors of ours."""
    try:
        yield
    except Stopped:
        raise
    except HarvestError as error:
        if str(error).startswith(url):
            raise
        raise type(error)(f"{url}: {error}") from error
    except httpcore.ConnectTimeout as error:
        raise ProviderTimeout(f"{url}: no connection within {waits.connect_seconds:g} s") from error
    except httpcore.TimeoutException as error:
        raise ProviderTimeout(
            f"{url}: silent for {waits.read_seconds:g} s, or not done within {waits.answer_seconds:g} s"
        ) from error
    except httpcore.ConnectError as error:
        raise ProviderUnreachable(f"{url}: {_why_unconnected(error)}") from error
    except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError) as error:
        raise ProviderUnreachable(f"{url}: the answer was cut off or is no HTTP ({error})") from error


def _why_unconnected(error: httpcore.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there (connection refused)"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection could be made ({cause.reason})"
        cause = cause.__cause__ or cause.__context__
    return f"no connection ({error})"
