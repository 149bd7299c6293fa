"""Which failures of the engine become ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.errors import IndexUnavailable


@contextmanager
def engine_failures(folder: Path) -> Iterator[None]:
    """Turn what tantivy raises into ``IndexUnavailable``.

    Its panics are no ``Exception``, and their class cannot be imported; they are known by name.
    """
    try:
        yield
    except BaseException as error:
        if isinstance(error, OSError | ValueError) or type(error).__name__ == "PanicException":
            raise IndexUnavailable(f"the search index in {folder} failed: {error}") from error
        raise
