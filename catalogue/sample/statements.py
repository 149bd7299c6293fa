"""What a node says, before any syntax: resources with their statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

PREFIXES: Final = MappingProxyType(
    {
        "adms": "http://www.w3.org/ns/adms#",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "eucaim": "https://cancerimage.eu/ontology/EUCAIM#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "hydra": "http://www.w3.org/ns/hydra/core#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""What every node binds besides its ``health``: a provider's own table, hence not the catalogue's."""


@dataclass(frozen=True, slots=True)
class Iri:
    iri: str


@dataclass(frozen=True, slots=True)
class Literal:
    """``datatype`` is a prefixed name; it and ``language`` are "" where there is none."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing with its types (prefixed names, perhaps none) and statements; blank where ``iri`` is None."""

    iri: str | None
    types: tuple[str, ...]
    statements: "tuple[Statement, ...]"


Value: TypeAlias = Iri | Literal | Resource


@dataclass(frozen=True, slots=True)
class Statement:
    """``predicate`` is a prefixed name."""

    predicate: str
    value: Value


def expand(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, local = name.split(":", 1)
    return prefixes[prefix] + local
