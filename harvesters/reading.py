"""How a spooled page is read: once, with what came of it kept beside its bytes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from pydantic import TypeAdapter

from harvesters.errors import HarvestError
from harvesters.spool import Spool, SpooledPage

T = TypeVar("T")


def read_once(spool: Spool, page: SpooledPage, form: TypeAdapter[T], read: Callable[[], T]) -> T:
    """Give what was kept of a page, or read it now. What ``read`` raises names the page's address."""
    if (kept := spool.attached(page)) is not None:
        # What is damaged, or from a release before, is only made again.
        with suppress(ValueError):
            return form.validate_json(kept)
    with naming(page.url):
        made = read()
    spool.attach(page, form.dump_json(made))
    return made


@contextmanager
def naming(url: str) -> Iterator[None]:
    """Put the address before an error that does not begin with it."""
    try:
        yield
    except HarvestError as error:
        if str(error).startswith(url):
            raise
        raise type(error)(f"{url}: {error}") from error
