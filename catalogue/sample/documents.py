"""What a node answers at an address: its documents, ready to be sent."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Answer:
    """``modified`` and ``links`` (relation, address) go into the head: ``Last-Modified`` and ``Link``."""

    media_type: str
    body: bytes
    modified: date | None = None
    links: tuple[tuple[str, str], ...] = ()
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", f'"{sha256(self.body).hexdigest()[:32]}"')


@dataclass(frozen=True, slots=True)
class Document:
    """An answer and its place: ``pages`` are the values of ``?page=`` it is given for, "" for none."""

    path: str
    answer: Answer
    pages: tuple[str, ...] = ("",)

    @property
    def body(self) -> bytes:
        return self.answer.body

    @property
    def media_type(self) -> str:
        return self.answer.media_type
