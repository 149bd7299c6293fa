"""What curators decided that a provider's words mean: SSSOM sets, read from TSV."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ontologies.concepts import Axis

NO_TERM: Final = "sssom:NoTermFound"
MANUAL: Final = "semapv:ManualMappingCuration"


class Mapping(BaseModel):
    """One row of a set (SSSOM 1.1): the subject is a provider's own word, its category the axis.

    ``subject_source`` names the provider whose word it is; "" holds for all. A row whose object is
    ``sssom:NoTermFound`` records that the word means no concept on this axis, on purpose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: str = Field(min_length=1)
    subject_label: str = Field(min_length=1)
    subject_type: Literal["rdfs literal"]
    subject_category: Axis
    subject_source: str = ""
    predicate_id: Literal["skos:exactMatch", "skos:broadMatch", "skos:narrowMatch", "skos:closeMatch"]
    object_id: str = Field(min_length=1)
    object_label: str = ""
    mapping_justification: str = Field(pattern=r"^semapv:[A-Za-z]+$")
    comment: str = ""

    @model_validator(mode="after")
    def _labelled(self) -> "Mapping":
        if (self.object_id == NO_TERM) == bool(self.object_label):
            raise ValueError("a row names its object by id and label, or has sssom:NoTermFound and no label")
        return self

    @property
    def concept(self) -> str | None:
        """Give the concept's code, None where there is none on purpose."""
        return None if self.object_id == NO_TERM else self.object_id.partition(":")[2]


@dataclass(frozen=True, slots=True)
class MappingSet:
    """``version`` is the stated one and a hash of the content."""

    id: str
    version: str
    licence: str
    mappings: tuple[Mapping, ...]


def read_mappings(text: str, *, name: str) -> MappingSet:
    """Read an SSSOM TSV with its metadata block; raises ``ValueError`` naming the file and the line."""
    lines = text.splitlines()
    metadata = dict(_metadata(lines))
    body = [line for line in lines if not line.startswith("#")]
    for wanted in ("mapping_set_id", "mapping_set_version", "license"):
        if wanted not in metadata:
            raise ValueError(f"{name}: the metadata block lacks {wanted}")
    first = len(lines) - len(body) + 2
    rows = csv.DictReader(io.StringIO("\n".join(body)), delimiter="\t", quoting=csv.QUOTE_NONE)
    mappings = tuple(_mapping(row, name=name, line=line) for line, row in enumerate(rows, start=first))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    version = f"{metadata['mapping_set_version']}.{digest}"
    return MappingSet(metadata["mapping_set_id"], version, metadata["license"], mappings)


def load_mappings() -> MappingSet:
    """Read the project's own set, from ``ontologies/data``."""
    file = resources.files("ontologies") / "data" / "sample.sssom.tsv"
    return read_mappings(file.read_text("utf-8"), name=file.name)


def _metadata(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the plain ``key: value`` lines of the block; nested ones (the prefixes) are for other readers."""
    for line in lines:
        if line.startswith("#") and not line.startswith("# "):
            key, colon, value = line[1:].partition(":")
            if colon and value.strip():
                yield key.strip(), value.strip().strip('"')


def _mapping(row: dict[str, str], *, name: str, line: int) -> Mapping:
    try:
        return Mapping.model_validate({column: value for column, value in row.items() if value})
    except ValidationError as error:
        raise ValueError(f"{name}, line {line}: {error.errors()[0]['msg']}") from error
