"""What web, broker and query processes say to each other over their sockets, and how it is framed."""

import socket
import struct
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalogue.ports import ResultFormat

_LENGTH: Final = struct.Struct("!I")
_MOST_BYTES: Final = 1_000_000


class Hangup(OSError):
    """The other side is gone, or does not speak as agreed."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(_Message):
    """A query; the file for its result travels beside it. The broker sets what stands last."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    result: ResultFormat
    seconds: float = Field(gt=0)
    result_bytes: int = Field(gt=0)
    generation: int = 0
    prefixes: dict[str, str] = {}


class Failure(StrEnum):
    REFUSED = "refused"
    TOO_LARGE = "too large"
    TOO_SLOW = "too slow"
    TOO_HEAVY = "too heavy"
    BUSY = "busy"
    STORE = "store"
    OUTDATED = "outdated"  # the generation is gone: ask for the current one


class Done(_Message):
    outcome: Literal["done"] = "done"
    size: int
    generation: int


class Failed(_Message):
    outcome: Literal["failed"] = "failed"
    failure: Failure
    reason: str


class Reply(_Message):
    content: Done | Failed = Field(discriminator="outcome")


def failed(failure: Failure, reason: str) -> Reply:
    return Reply(content=Failed(failure=failure, reason=reason[:1_000]))


def send(wire: socket.socket, message: BaseModel, *, file: int | None = None) -> None:
    """The first byte carries the file, for a descriptor cannot travel without one."""
    body = message.model_dump_json().encode()
    socket.send_fds(wire, [b"+"], [] if file is None else [file])
    wire.sendall(_LENGTH.pack(len(body)) + body)


def receive(wire: socket.socket) -> tuple[bytes, int | None]:
    """Give the message as JSON, and the descriptor that came with it, now the caller's; raises ``Hangup``."""
    first, files, _, _ = socket.recv_fds(wire, 1, 1)
    file = files[0] if files else None
    if first != b"+":
        raise Hangup("nothing more comes")
    (length,) = _LENGTH.unpack(_exactly(wire, _LENGTH.size))
    if length > _MOST_BYTES:
        raise Hangup(f"a message of {length} bytes is none of ours")
    return _exactly(wire, length), file


def _exactly(wire: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = wire.recv(size - len(parts))
        if not part:
            raise Hangup("the message breaks off")
        parts += part
    return bytes(parts)
