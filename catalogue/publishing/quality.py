"""What the graph says of a record's quality: one measurement a level, in DQV."""

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from catalogue.model.quality import CheckedRecord, Level
from catalogue.profile import terms
from ontologies.namespaces import expand

_DQV: Final = "http://www.w3.org/ns/dqv#"
_COMMENT: Final = "http://www.w3.org/2000/01/rdf-schema#comment"
_LABELS: Final = {
    Level.ACCEPT: "Is found by its concepts (accept)",
    Level.EUCAIM: "Meets EUCAIM DCAT-AP 2.0",
    Level.EHDS: "Meets HealthDCAT-AP Release 8 for its access right",
}
# A finding on several properties names them together; each can be queried by itself.
_OR: Final = " or "


def measurement_node(key: str, level: Level) -> str:
    return f"{terms.OWN}datasets/{key}#quality-{level}"


def metric_node(level: Level) -> str:
    return f"{terms.CIMG}{level}Level"


def measurement(checked: CheckedRecord, level: Level) -> bytes:
    """In stored form; nothing of it stands on the provider's node.

    ``cimg:failedProperty`` are the properties that keep the record from the level, the comments say why.
    """
    reached = level in checked.quality.levels
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{_DQV}QualityMeasurement")),
        (f"{_DQV}computedOn", NamedNode(checked.subject)),
        (f"{_DQV}isMeasurementOf", NamedNode(metric_node(level))),
        (f"{_DQV}value", Literal(str(reached).lower(), datatype=NamedNode(f"{terms.XSD}boolean"))),
        *_reasons(checked, level),
    ]
    return _lines(measurement_node(checked.key, level), said)


def metric(level: Level) -> bytes:
    said: list[tuple[str, NamedNode | Literal]] = [
        (terms.RDF_TYPE, NamedNode(f"{_DQV}Metric")),
        (f"{_DQV}expectedDataType", NamedNode(f"{terms.XSD}boolean")),
        (f"{terms.SKOS}prefLabel", Literal(_LABELS[level], language="en")),
    ]
    return _lines(metric_node(level), said)


def _reasons(checked: CheckedRecord, level: Level) -> Iterator[tuple[str, NamedNode | Literal]]:
    for finding in checked.quality.findings:
        if level in finding.levels:
            yield _COMMENT, Literal(finding.message, language="en")
            for name in filter(None, finding.path.split(_OR)):
                yield f"{terms.CIMG}failedProperty", NamedNode(expand(name))


def _lines(node: str, said: list[tuple[str, NamedNode | Literal]]) -> bytes:
    triples = [
        Triple(NamedNode(node), NamedNode(predicate), value) for predicate, value in dict.fromkeys(said)
    ]
    return bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
