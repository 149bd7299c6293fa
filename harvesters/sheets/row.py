"""What is kept of a row: its cells as they were written, whatever the place of the row."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from harvesters.errors import RecordRejected

MEDIA_TYPE: Final = "application/vnd.eucaim.sheet+json"


@dataclass(frozen=True, slots=True)
class Count:
    """How many people and studies have one value; ``dimension`` is the key of the value's column."""

    dimension: str
    value: str
    subjects: str
    studies: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` are the texts that are not empty, by the keys of their columns."""

    cells: Mapping[str, str]
    counts: tuple[Count, ...] = ()

    def received(self) -> bytes:
        """Canonical JSON: equal contents give equal bytes."""
        counts = sorted((asdict(count) for count in self.counts), key=lambda one: tuple(one.values()))
        content = {"cells": dict(self.cells), "counts": counts}
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


_FORM: Final = TypeAdapter(Row)


def read_row(received: bytes) -> Row:
    """Raises ``RecordRejected``."""
    try:
        return _FORM.validate_json(received)
    except ValidationError as error:
        raise RecordRejected("the record is no row of a sheet") from error
