"""Which page of a long list is shown, and which lie beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.errors import BadRequest

_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Paging:
    """``first`` and ``last`` count from 1; ``previous`` and ``following`` are addresses, "" for none."""

    number: int
    pages: int
    total: int
    first: int
    last: int
    previous: str
    following: str


def page_number(given: Mapping[str, str], name: str = "page") -> int:
    """Raises ``BadRequest`` for what is no whole number from 1."""
    text = given.get(name) or "1"
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text)):
        raise BadRequest(f"{name} is {text[:60]!r}; a whole number from 1 is wanted", parameter=name)
    return int(text)


def paged(number: int, size: int, total: int, address: Callable[[int], str]) -> Paging:
    """A page past the end is an empty one: lists grow shorter while somebody reads them."""
    pages = max(1, -(-total // size))
    first = (number - 1) * size + 1
    return Paging(
        number=number,
        pages=pages,
        total=total,
        first=first,
        last=min(number * size, total),
        previous=address(min(number - 1, pages)) if number > 1 else "",
        following=address(number + 1) if number < pages else "",
    )
