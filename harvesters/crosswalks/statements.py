"""How a description becomes triples in the profile."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from harvesters.crosswalked import Crosswalked
from harvesters.descriptions import Description, Link, Node, Statement, Text, Typed, Value
from harvesters.errors import RecordRejected
from harvesters.findings import Finding, Severity
from ontologies.namespaces import expand

_TYPE: Final = NamedNode(expand("rdf:type"))
_SCHEMES: Final = ("http:", "https:", "urn:", "mailto:", "doi:", "info:")


def written(description: Description) -> Crosswalked:
    """Write sorted N-Triples. Raises ``RecordRejected`` for a dataset whose name is no address."""
    try:
        subject = NamedNode(description.subject)
    except ValueError as error:
        raise RecordRejected(f"{description.subject!r} is no address that a dataset could have") from error
    writing = _Writing(description.subject)
    triples = [
        Triple(subject, _TYPE, NamedNode(expand("dcat:Dataset"))),
        *writing.about(subject, description.statements),
    ]
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return Crosswalked(
        triples=b"".join(sorted(set(lines.splitlines(keepends=True)))),
        subject=description.subject,
        findings=tuple(dict.fromkeys((*description.findings, *writing.findings))),
    )


@dataclass(slots=True)
class _Writing:
    """Blank nodes are numbered in the order of the record, so that equal records give equal bytes."""

    focus: str
    findings: list[Finding] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def about(self, subject: NamedNode | BlankNode, statements: tuple[Statement, ...]) -> Iterator[Triple]:
        for statement in statements:
            predicate = _word(statement.property)
            if isinstance(statement.value, Node):
                node = self._named(statement.value)
                yield Triple(subject, predicate, node)
                if statement.value.kind:
                    yield Triple(node, _TYPE, _word(statement.value.kind))
                yield from self.about(node, statement.value.statements)
            else:
                yield Triple(subject, predicate, self._term(statement.property, statement.value))

    def _named(self, node: Node) -> NamedNode | BlankNode:
        return _address(node.iri) or BlankNode(f"n{next(self._numbers)}")

    def _term(self, path: str, value: Value) -> NamedNode | Literal:
        match value:
            case Text(text, language) if language:
                return Literal(text, language=language)
            case Text(text):
                return Literal(text)
            case Typed(text, datatype):
                return Literal(text, datatype=_word(datatype))
            case Link(iri):
                return _address(iri) or self._kept_as_text(path, iri)
            case Node():
                raise TypeError(path)

    def _kept_as_text(self, path: str, iri: str) -> Literal:
        self.findings.append(
            Finding(
                Severity.WARNING,
                focus=self.focus,
                path=path,
                value=iri[:200],
                message="this is no address; it was kept as text",
                how_to_fix="write an address as RFC 3987 has it",
            )
        )
        return Literal(iri)


@cache
def _word(name: str) -> NamedNode:
    """A term of the crosswalks' own, which are few."""
    return NamedNode(expand(name))


def _address(iri: str) -> NamedNode | None:
    if not iri.lower().startswith(_SCHEMES):
        return None
    try:
        return NamedNode(iri)
    except ValueError:
        return None
