"""How resources are written down: Turtle, N-Triples, RDF/XML, JSON-LD.

Written by hand, so that equal facts give equal bytes (an rdflib graph has no order, and new blank nodes each
time): the nodes' entity tags rest on that.
"""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from html import escape
from itertools import count
from typing import TypeAlias

from catalogue.sample.statements import Iri, Literal, Resource, Statement, expand

Prefixes: TypeAlias = Mapping[str, str]
Json: TypeAlias = "str | list[Json] | dict[str, Json]"


class Syntax(Enum):
    """Media type and file suffix."""

    TURTLE = ("text/turtle", "ttl")
    N_TRIPLES = ("application/n-triples", "nt")
    RDF_XML = ("application/rdf+xml", "rdf")
    JSON_LD = ("application/ld+json", "jsonld")

    @property
    def media_type(self) -> str:
        return self.value[0]

    @property
    def suffix(self) -> str:
        return self.value[1]


def write(resources: tuple[Resource, ...], syntax: Syntax, prefixes: Prefixes) -> bytes:
    match syntax:
        case Syntax.TURTLE:
            text = _turtle(resources, prefixes)
        case Syntax.N_TRIPLES:
            text = _n_triples(resources, prefixes)
        case Syntax.RDF_XML:
            text = _rdf_xml(resources, prefixes)
        case Syntax.JSON_LD:
            text = _json_ld(resources, prefixes)
    return text.encode()


def _turtle(resources: tuple[Resource, ...], prefixes: Prefixes) -> str:
    head = (f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes.items())
    blocks = (block for resource in resources for block in _turtle_blocks(resource))
    return "".join(head) + "\n" + "\n".join(blocks)


def _turtle_blocks(resource: Resource) -> Iterator[str]:
    """Write the resource, then every named part of it as a block of its own."""
    yield f"<{resource.iri}> {_turtle_statements(resource)} .\n"
    for statement in resource.statements:
        if isinstance(statement.value, Resource) and statement.value.iri is not None:
            yield from _turtle_blocks(statement.value)


def _turtle_statements(resource: Resource) -> str:
    lines = [f"a {', '.join(resource.types)}"] if resource.types else []
    lines += [f"{item.predicate} {_turtle_value(item)}" for item in resource.statements]
    return " ;\n    ".join(lines)


def _turtle_value(statement: Statement) -> str:
    match statement.value:
        case Iri(iri) | Resource(iri=str(iri)):
            return f"<{iri}>"
        case Literal() as literal:
            return _quoted(literal, f"^^{literal.datatype}")
        case Resource() as blank:
            return f"[ {_turtle_statements(blank)} ]"


def _quoted(literal: Literal, datatype: str) -> str:
    """JSON's escapes are a part of Turtle's."""
    text = json.dumps(literal.text, ensure_ascii=False)
    return f"{text}@{literal.language}" if literal.language else text + (datatype if literal.datatype else "")


def _n_triples(resources: tuple[Resource, ...], prefixes: Prefixes) -> str:
    labels = (f"_:b{number}" for number in count())
    return "".join(
        line
        for item in resources
        for line in _triples(item, f"<{item.iri}>", prefixes=prefixes, labels=labels)
    )


def _triples(resource: Resource, subject: str, *, prefixes: Prefixes, labels: Iterator[str]) -> Iterator[str]:
    for name in resource.types:
        yield f"{subject} <{expand('rdf:type', prefixes)}> <{expand(name, prefixes)}> .\n"
    for statement in resource.statements:
        start = f"{subject} <{expand(statement.predicate, prefixes)}>"
        match statement.value:
            case Iri(iri):
                yield f"{start} <{iri}> .\n"
            case Literal() as literal:
                datatype = f"^^<{expand(literal.datatype, prefixes)}>" if literal.datatype else ""
                yield f"{start} {_quoted(literal, datatype)} .\n"
            case Resource() as part:
                label = next(labels) if part.iri is None else f"<{part.iri}>"
                yield f"{start} {label} .\n"
                yield from _triples(part, label, prefixes=prefixes, labels=labels)


def _rdf_xml(resources: tuple[Resource, ...], prefixes: Prefixes) -> str:
    bound = "".join(f'\n    xmlns:{prefix}="{escape(iri)}"' for prefix, iri in prefixes.items())
    body = "".join(_element(resource, prefixes) for resource in resources)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{bound}>\n{body}</rdf:RDF>\n'


def _element(resource: Resource, prefixes: Prefixes) -> str:
    first, *others = resource.types or ("rdf:Description",)
    about = "" if resource.iri is None else f' rdf:about="{escape(resource.iri)}"'
    types = "".join(f'<rdf:type rdf:resource="{escape(expand(name, prefixes))}"/>\n' for name in others)
    body = "".join(_property(statement, prefixes) for statement in resource.statements)
    return f"<{first}{about}>\n{types}{body}</{first}>\n"


def _property(statement: Statement, prefixes: Prefixes) -> str:
    name = statement.predicate
    match statement.value:
        case Iri(iri):
            return f'<{name} rdf:resource="{escape(iri)}"/>\n'
        case Literal(text, language, datatype):
            mark = f' xml:lang="{language}"' if language else ""
            mark += f' rdf:datatype="{escape(expand(datatype, prefixes))}"' if datatype else ""
            return f"<{name}{mark}>{escape(text, quote=False)}</{name}>\n"
        case Resource() as part:
            return f"<{name}>\n{_element(part, prefixes)}</{name}>\n"


def _json_ld(resources: tuple[Resource, ...], prefixes: Prefixes) -> str:
    graph: list[Json] = [_object(resource) for resource in resources]
    document: Json = {"@context": dict(prefixes), "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _object(resource: Resource) -> dict[str, Json]:
    values: dict[str, list[Json]] = {}
    for statement in resource.statements:
        values.setdefault(statement.predicate, []).append(_json_value(statement))
    written: dict[str, Json] = {} if resource.iri is None else {"@id": resource.iri}
    if resource.types:
        written["@type"] = list(resource.types)
    return written | {name: many[0] if len(many) == 1 else many for name, many in values.items()}


def _json_value(statement: Statement) -> Json:
    match statement.value:
        case Iri(iri):
            return {"@id": iri}
        case Literal(text, "", ""):
            return text
        case Literal(text, language, ""):
            return {"@value": text, "@language": language}
        case Literal(text, _, datatype):
            return {"@value": text, "@type": datatype}
        case Resource() as part:
            return _object(part)
