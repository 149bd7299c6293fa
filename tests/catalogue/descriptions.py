"""Short ways to describe a dataset in RDF, as a provider gives it and as it is published."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from catalogue.ingest.record import Preparation, Prepared
from catalogue.ledger import Published, StagedRecord
from catalogue.model.dataset import Dataset
from catalogue.model.run import RecordState
from catalogue.profile.reader import read_dataset
from harvesters.source import Record
from ontologies.aligner import load_aligner
from ontologies.own_scheme import load_scheme

IRI = "https://node.example/dataset/1"
KEY = "abcdefgh2345"
MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix health: <http://healthdataportal.eu/ns/health#> .
@prefix eucaim: <https://cancerimage.eu/ontology/EUCAIM#> .
@prefix cimg: <urn:catalogue:terms#> .
@prefix ex: <https://node.example/> .
"""


def n_triples(turtle: str) -> bytes:
    """``<>`` stands for the dataset."""
    quads = parse(PREFIXES + turtle, format=RdfFormat.TURTLE, base_iri=IRI)
    return bytes(serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b"")


def quads_of(turtle: str) -> list[Quad]:
    return list(parse(n_triples(turtle), format=RdfFormat.N_TRIPLES))


def described(statements: str = "", *, title: str = "Prostate MR") -> str:
    """``statements`` go on about the dataset, and end with a full stop."""
    return f'<> a dcat:Dataset ; dct:title "{title}"@en ; {statements or "."}'


def received(statements: str = "", *, title: str = "Prostate MR", identifier: str = IRI) -> Record:
    turtle = described(statements, title=title)
    quads = parse(PREFIXES + turtle, format=RdfFormat.TURTLE, base_iri=identifier)
    body = bytes(serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b"")
    return Record(identifier, body, "application/n-triples")


def read(turtle: str) -> Dataset:
    return read_dataset(KEY, IRI, n_triples(turtle))


def published(triples: bytes, *, key: str = KEY, subject: str = IRI) -> Published:
    return Published(
        key=key,
        source="lisbon",
        identifier=subject,
        subject=subject,
        state=RecordState.LIVE,
        triples=triples,
        sha256="0" * 64,
        datestamp=MOMENT,
        first_seen=MOMENT,
        last_seen=MOMENT,
        version=1,
        run=1,
    )


def staged(record: Record, prepared: Prepared, *, key: str) -> StagedRecord:
    return StagedRecord(
        identifier=record.identifier,
        key=key,
        subject=prepared.subject,
        received=record.received,
        received_sha256=prepared.sha256,
        media_type=record.media_type,
        crosswalk="1",
        published=prepared.triples,
        published_sha256=prepared.sha256,
    )


def objects(triples: bytes, predicate: str, *, subject: str = IRI) -> set[str]:
    """The values of one property, as N-Triples has them."""
    wanted = (NamedNode(subject), NamedNode(predicate))
    return {
        str(quad.object)
        for quad in parse(triples, format=RdfFormat.N_TRIPLES)
        if (quad.subject, quad.predicate) == wanted
    }


def withdrawn(one: Published) -> Published:
    return replace(one, state=RecordState.WITHDRAWN)


def own_names(triples: bytes) -> set[str]:
    return {term for quad in parse(triples, format=RdfFormat.N_TRIPLES) for term in _names(quad)}


def _names(quad: Quad) -> Iterable[str]:
    for term in (quad.subject, quad.object):
        if isinstance(term, NamedNode) and term.value.startswith("urn:catalogue:"):
            yield term.value


@cache
def rules() -> Preparation:
    """The scheme and mappings of the project; loading them takes a while."""
    scheme = load_scheme()
    return Preparation(scheme, load_aligner(scheme))


def prepared(statements: str = "", *, title: str = "Prostate MR", key: str = KEY) -> Prepared:
    return rules().prepare(received(statements, title=title), key=key)


def harvested(statements: str = "", *, title: str = "Prostate MR", key: str = KEY) -> Dataset:
    """What the catalogue knows of a dataset after its whole way in."""
    return read_dataset(key, IRI, prepared(statements, title=title, key=key).triples)
