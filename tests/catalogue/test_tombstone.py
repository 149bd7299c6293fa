"""What is served in RDF of a withdrawn record."""

from dataclasses import replace

import pytest
import rdflib
from rdflib.compare import isomorphic

from catalogue.ledger import Tombstone
from catalogue.publishing.formats import MEDIA_TYPES
from catalogue.publishing.tombstone import serialised
from tests.catalogue.descriptions import IRI, KEY, MOMENT

BASE = "https://catalogue.example"
ADMS = rdflib.Namespace("http://www.w3.org/ns/adms#")
NAMES = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}
TOMBSTONE = Tombstone(
    key=KEY,
    source="lisbon",
    identifier="dataset-1",
    subject=IRI,
    title='Prostate "MR" <urn:catalogue:x> \n日本語',
    withdrawn=MOMENT,
    why="its provider says that it is deleted",
    version=3,
    replaced_by="other2345678",
)
VERSION = rdflib.URIRef("http://www.w3.org/ns/dcat#version")
NODE = rdflib.URIRef(f"{BASE}/datasets/{KEY}")

# rdflib's own reader of JSON-LD uses what rdflib has given up.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def parsed(tombstone: Tombstone, media_type: str = "text/turtle") -> rdflib.Graph:
    found = serialised(tombstone, base_url=BASE, media_type=media_type)
    return rdflib.Graph().parse(data=found.decode(), format=NAMES[media_type])


def values(graph: rdflib.Graph, predicate: rdflib.URIRef) -> list[str]:
    return [str(value) for value in graph.objects(NODE, predicate)]


@pytest.mark.parametrize("media_type", list(MEDIA_TYPES))
def test_all_formats_say_the_same(media_type: str) -> None:
    wanted, found = parsed(TOMBSTONE, "application/n-triples"), parsed(TOMBSTONE, media_type)
    assert len(found) == 11
    assert isomorphic(wanted, found)


def test_a_tombstone_says_what_went_when_and_why() -> None:
    graph = parsed(TOMBSTONE)
    status = "http://publications.europa.eu/resource/authority/dataset-status/WITHDRAWN"
    assert values(graph, ADMS.status) == [status]
    assert values(graph, rdflib.FOAF.primaryTopic) == [IRI]
    assert values(graph, rdflib.PROV.invalidatedAtTime) == ["2026-03-01T12:00:00+00:00"]
    assert values(graph, ADMS.versionNotes) == [TOMBSTONE.why]
    assert values(graph, VERSION) == ["3"]
    assert values(graph, rdflib.DCTERMS.title) == [TOMBSTONE.title]


def test_a_tombstone_points_to_what_took_the_place() -> None:
    assert values(parsed(TOMBSTONE), rdflib.DCTERMS.isReplacedBy) == [f"{BASE}/datasets/other2345678"]


def test_what_is_not_known_is_not_said() -> None:
    graph = parsed(replace(TOMBSTONE, why="", title="", replaced_by=""))
    for predicate in (ADMS.versionNotes, rdflib.DCTERMS.title, rdflib.DCTERMS.isReplacedBy):
        assert values(graph, predicate) == []


def test_nothing_is_said_about_the_dataset_itself() -> None:
    assert not list(parsed(TOMBSTONE).triples((rdflib.URIRef(IRI), None, None)))
