"""The mappings that come with the software."""

import hashlib
from functools import cache
from importlib import resources
from typing import Final

from ontologies.mappings.model import MappingSet
from ontologies.mappings.reading import read_mappings

OWN_SETS: Final = ("sample", "eucaim-value-lists", "spellings", "providers")
_ALL: Final = "urn:catalogue:mappings"


def own_text(name: str) -> str:
    file = resources.files("ontologies") / "data" / f"{name}.sssom.tsv"
    return file.read_bytes().decode()


@cache
def load_mappings() -> MappingSet:
    """Read the project's own sets as one: its version is the newest of theirs and a hash of all."""
    texts = {name: own_text(name) for name in OWN_SETS}
    sets = [read_mappings(text, name=f"{name}.sssom.tsv") for name, text in texts.items()]
    rows = tuple(row for each in sets for row in each.mappings)
    digest = hashlib.sha256("".join(texts.values()).encode()).hexdigest()[:8]
    version = f"{max(each.version for each in sets)}.{digest}"
    return MappingSet(_ALL, version, sets[0].licence, rows)
