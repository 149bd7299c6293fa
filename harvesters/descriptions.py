"""What a record that is no RDF says of a dataset, before it is written as triples.

Properties are prefixed names of the profile (``dct:title``).
"""

from dataclasses import dataclass

from harvesters.findings import Finding


@dataclass(frozen=True, slots=True)
class Text:
    """Words, with their language where it is told."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of a datatype, a prefixed name such as ``xsd:date``."""

    text: str
    datatype: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address as the provider wrote it; what turns out to be none is kept as text."""

    iri: str


@dataclass(frozen=True, slots=True)
class Node:
    """Something with statements of its own; without ``iri`` it has no name, without ``kind`` no type."""

    kind: str
    statements: "tuple[Statement, ...]"
    iri: str = ""


Value = Text | Typed | Link | Node


@dataclass(frozen=True, slots=True)
class Statement:
    property: str
    value: Value


@dataclass(frozen=True, slots=True)
class Description:
    """All that a record says of the dataset ``subject``, an IRI."""

    subject: str
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...] = ()
