"""What curators decided that words mean: SSSOM 1.1, read, written, and the project's own sets."""

from ontologies.mappings.model import (
    BROAD,
    EXACT,
    LITERAL,
    MANUAL,
    NO_TERM,
    ExtensionDefinition,
    Mapping,
    MappingSet,
    SetSlots,
    object_of,
)
from ontologies.mappings.own import load_mappings
from ontologies.mappings.reading import read_mappings
from ontologies.mappings.writing import write_mappings

__all__ = (
    "BROAD",
    "EXACT",
    "LITERAL",
    "MANUAL",
    "NO_TERM",
    "ExtensionDefinition",
    "Mapping",
    "MappingSet",
    "SetSlots",
    "load_mappings",
    "object_of",
    "read_mappings",
    "write_mappings",
)
