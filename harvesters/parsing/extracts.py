"""How the datasets of a page are kept in a file and read one by one, however many they are.

A page may have 200 MB. The sandbox's child reads it from the spool and writes its datasets beside it; the
parent holds one of them at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import TypeAdapter

from harvesters.errors import LimitReached
from harvesters.parsing.documents import Answer, read_answer
from harvesters.parsing.pages import FoundDataset, Page, canonical, open_page
from harvesters.source import Rejected

MOST_DATASETS: Final = 100_000
# A page whose datasets all lead to one large node can be made to fill a disk.
MOST_BYTES: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Extract:
    """``said`` is the page without its datasets; ``identifiers`` are theirs, in the order of the document.

    ``size`` is that of the file that holds them, in bytes.
    """

    said: Page
    identifiers: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class _Head:
    """The line before a dataset's own lines."""

    iri: str
    size: int


_HEAD: Final = TypeAdapter(_Head)


def extract(answer: Answer, target: Path) -> Extract:
    """Write the datasets of a page to ``target``, in canonical form."""
    return _extracted(answer, target, is_canonical=True)


def extract_split(answer: Answer, target: Path) -> Extract:
    """Write them without the canonical form, which a malicious graph can make to take for ever."""
    return _extracted(answer, target, is_canonical=False)


def written(datasets: Iterable[FoundDataset], target: Path) -> int:
    """Write datasets as they come, and give the size of the file."""
    aside = target.with_name(target.name + ".part")
    try:
        with aside.open("wb") as file:
            for found in datasets:
                _write(found, file)
            size = file.tell()
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return size


def read(target: Path) -> Iterator[FoundDataset]:
    with target.open("rb") as file:
        while line := file.readline():
            head = _HEAD.validate_json(line)
            yield FoundDataset(head.iri, file.read(head.size))


def _extracted(answer: Answer, target: Path, *, is_canonical: bool) -> Extract:
    page = open_page(read_answer(answer), answer.url)
    identifiers: list[str] = []
    rejected: list[Rejected] = []

    def sound() -> Iterator[FoundDataset]:
        for number, item in enumerate(page.items):
            if number == MOST_DATASETS:
                raise LimitReached(f"the page holds more than {MOST_DATASETS:,} datasets")
            if isinstance(item, Rejected):
                rejected.append(item)
                continue
            identifiers.append(item.iri)
            yield FoundDataset(item.iri, canonical(item.triples)) if is_canonical else item

    size = written(sound(), target)
    return Extract(replace(page.said, rejected=tuple(rejected)), tuple(identifiers), size)


def _write(found: FoundDataset, file: BinaryIO) -> None:
    file.write(_HEAD.dump_json(_Head(found.iri, len(found.triples))) + b"\n")
    file.write(found.triples)
    if file.tell() > MOST_BYTES:
        raise LimitReached(f"the datasets of one page are longer than {MOST_BYTES:,} bytes together")
