"""What the shapes look at in a record: the dataset and the nodes it leads to, and which list a value is of.

Nothing of the size or the datatypes that a provider chose reaches the validator.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from catalogue.profile.terms import OWN
from catalogue.quality.shapes import Shapes
from ontologies.concepts import ConceptScheme

_LONGEST_TEXT: Final = 1_000
_MOST_STATEMENTS: Final = 10_000
_LEXICAL: Final = {
    str(XSD.nonNegativeInteger): re.compile(r"\+?[0-9]{1,20}"),
    str(XSD.boolean): re.compile(r"true|false|0|1"),
}


class RecordTooLargeError(ValueError):
    """More statements than are checked."""


class Lists:
    """Which concepts are of which list; the root of a list is none of its members."""

    def __init__(self, scheme: ConceptScheme) -> None:
        self._lists = {
            concept.iri: URIRef(f"{OWN}concepts/{concept.axis.value}#scheme")
            for concept in scheme
            if concept.parents
        }

    def of(self, value: str) -> URIRef | None:
        return self._lists.get(value)


def record_graph(triples: bytes, subject: str, shapes: Shapes, lists: Lists) -> Graph:
    """Raises ``RecordTooLargeError``. What a provider says of the membership in lists is not taken over."""
    graph = Graph(bind_namespaces="none")
    for number, quad in enumerate(_looked_at(_by_subject(triples), subject, shapes)):
        if number >= _MOST_STATEMENTS:
            raise RecordTooLargeError(f"it has more than {_MOST_STATEMENTS:,} statements")
        value = _term(quad.object)
        if quad.predicate.value != str(SKOS.inScheme):
            graph.add((URIRef(_name(quad.subject)), URIRef(quad.predicate.value), value))
        member_of = lists.of(str(value)) if isinstance(value, URIRef) else None
        if member_of:
            graph.add((value, SKOS.inScheme, member_of))
    graph.add((URIRef(subject), RDF.type, URIRef("http://www.w3.org/ns/dcat#Dataset")))
    return graph


def _by_subject(triples: bytes) -> Mapping[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES):
        found[_name(quad.subject)].append(quad)
    return found


def _looked_at(statements: Mapping[str, list[ox.Quad]], subject: str, shapes: Shapes) -> Iterator[ox.Quad]:
    """A type is told of other nodes only: the dataset alone is checked as a dataset."""
    known, waiting = {subject}, deque([subject])
    while waiting:
        node = waiting.popleft()
        for quad in statements.get(node, ()):
            predicate = quad.predicate.value
            if predicate not in shapes.mentioned or _is_another_dataset(quad):
                continue
            yield quad
            target = _name(quad.object)
            if predicate in shapes.followed and target not in known:
                known.add(target)
                waiting.append(target)


def _is_another_dataset(quad: ox.Quad) -> bool:
    return quad.predicate == ox.NamedNode(str(RDF.type)) and _name(quad.object).startswith(
        "http://www.w3.org/ns/dcat#"
    )


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Only the datatypes that shapes ask for, and only where the text fits: rdflib evaluates them all."""
    if not isinstance(term, ox.Literal):
        return URIRef(_name(term))
    text = term.value[:_LONGEST_TEXT]
    if term.language:
        return Literal(text, lang=term.language)
    fits = _LEXICAL.get(term.datatype.value)
    if fits and fits.fullmatch(text):
        return Literal(text, datatype=URIRef(term.datatype.value))
    return Literal(text)
