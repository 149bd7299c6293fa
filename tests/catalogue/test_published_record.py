"""What is served of one record, in four formats."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import rdflib
from rdflib.compare import isomorphic, to_isomorphic

from catalogue.ledger import Published
from catalogue.model.run import Run, RunCounts, RunState
from catalogue.publishing.formats import MEDIA_TYPES
from catalogue.publishing.record import catalogue_record, run_activity, serialised, software_agent
from harvesters.crosswalks import crosswalk as crosswalk_of
from tests.catalogue.descriptions import IRI, KEY, MOMENT, prepared, published

BASE = "https://catalogue.example"
DCT = rdflib.DCTERMS
NAMES = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}
STATEMENTS = r"""
    dct:description "<b>bold</b> & \"quoted\" \\ \u0001 text\nin two lines <urn:catalogue:x>"@en ;
    dct:alternative "日本語"@ja ;
    dcat:keyword "Mouse", "CT" ; eucaim:hasCondition "Prostate Cancer", "Hauptsache krank" ;
    health:numberOfUniqueIndividuals "20" ; dcat:distribution [ dct:title "Images" ; dcat:byteSize 5 ] ;
    <https://node.example/terms/a?b=c&d> "odd" .
"""


# rdflib's own reader of JSON-LD uses what rdflib has given up.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def record() -> Published:
    return published(prepared(STATEMENTS).triples)


def parsed(record: Published, media_type: str) -> rdflib.Graph:
    found = serialised(record, base_url=BASE, media_type=media_type)
    return rdflib.Graph().parse(data=found.decode(), format=NAMES[media_type])


def test_all_formats_are_tried_here() -> None:
    assert set(NAMES) == set(MEDIA_TYPES)


@pytest.mark.parametrize("media_type", [name for name in NAMES if name != "application/n-triples"])
def test_the_formats_say_the_same(media_type: str, record: Published) -> None:
    wanted, found = parsed(record, "application/n-triples"), parsed(record, media_type)
    assert len(found) > 30
    assert isomorphic(wanted, found), set(to_isomorphic(wanted)) ^ set(to_isomorphic(found))


@pytest.mark.parametrize("media_type", list(NAMES))
def test_own_names_are_served_below_the_base(media_type: str, record: Published) -> None:
    graph = parsed(record, media_type)
    iris = {str(term) for triple in graph for term in triple if isinstance(term, rdflib.URIRef)}
    assert not [iri for iri in iris if iri.startswith("urn:catalogue:")]
    assert f"{BASE}/datasets/{KEY}" in iris
    assert f"{BASE}/terms#alignedValue" in iris


def test_rdf_xml_leaves_out_only_the_properties_that_it_cannot_write() -> None:
    record = published(prepared('<https://node.example/terms/1> "no name" ; ex:n1 "a name" .').triples)
    left_out = set(parsed(record, "text/turtle")) - set(parsed(record, "application/rdf+xml"))
    assert [str(predicate) for _, predicate, _ in left_out] == ["https://node.example/terms/1"]


def test_a_text_that_names_our_names_is_not_rewritten(record: Published) -> None:
    graph = parsed(record, "text/turtle")
    texts = {str(text) for text in graph.objects(rdflib.URIRef(IRI), DCT.description)}
    assert any("<urn:catalogue:x>" in text for text in texts)


def test_the_provider_s_iri_stays_the_subject_of_its_statements(record: Published) -> None:
    graph = parsed(record, "text/turtle")
    node = rdflib.URIRef(f"{BASE}/datasets/{KEY}")
    assert graph.value(node, rdflib.FOAF.primaryTopic) == rdflib.URIRef(IRI)
    assert str(graph.value(rdflib.URIRef(IRI), DCT.title)) == "Prostate MR"


def test_the_catalogue_record_tells_when_and_by_which_run() -> None:
    graph = rdflib.Graph().parse(data=catalogue_record(published(b"")), format="nt")
    node = rdflib.URIRef(f"urn:catalogue:datasets/{KEY}")
    assert graph.value(node, DCT.modified) == rdflib.Literal(
        "2026-03-01T12:00:00Z", datatype=rdflib.XSD.dateTime
    )
    assert graph.value(node, rdflib.PROV.wasGeneratedBy) == rdflib.URIRef("urn:catalogue:runs/1")
    assert set(graph.subjects()) == {node}


def test_turtle_is_written_with_prefixes(record: Published) -> None:
    text = serialised(record, base_url=BASE, media_type="text/turtle").decode()
    assert re.search(rf"@prefix cimg: <{BASE}/terms#>", text)
    assert "dct:title" in text


@pytest.mark.parametrize(
    ("identifier", "source"),
    [
        (IRI, rdflib.URIRef(IRI)),
        ("oai:node.example:1", None),
        ("urn:uuid:1", None),
        ("https://node.example/a b", None),
        ("https://node.example/<a>", None),
    ],
)
def test_the_catalogue_record_leads_to_where_it_came_from(
    identifier: str, source: rdflib.URIRef | None
) -> None:
    assert about_record(replace(published(b""), identifier=identifier)).get(DCT.source) == source


@pytest.mark.parametrize(
    ("crosswalk", "profile"),
    [
        ("dcat_ap/1+fictional", "http://www.w3.org/ns/dcat#"),
        ("datacite/1", "http://datacite.org/schema/kernel-4"),
        ("oai_dc/1", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
        ("sheet/1", None),
        ("", None),
    ],
)
def test_the_catalogue_record_tells_as_what_it_was_recognised(crosswalk: str, profile: str | None) -> None:
    told = about_record(replace(published(b""), crosswalk=crosswalk)).get(DCT.conformsTo)
    assert told == (profile and rdflib.URIRef(profile))


@pytest.mark.parametrize(
    "media_type",
    [
        "application/n-triples",
        "application/xml; profile=oai_dc",
        "application/xml; profile=oai_datacite",
    ],
)
def test_names_of_profiles_are_those_of_crosswalks(media_type: str) -> None:
    version = crosswalk_of(media_type).version
    assert about_record(replace(published(b""), crosswalk=version)).get(DCT.conformsTo)


def about_record(record: Published) -> dict[rdflib.term.Node, rdflib.term.Node]:
    graph = rdflib.Graph().parse(data=catalogue_record(record), format="nt")
    return dict(graph.predicate_objects(rdflib.URIRef(f"urn:catalogue:datasets/{KEY}")))


def test_a_run_is_an_activity_that_tells_when_by_what_and_with_which_outcome() -> None:
    counts = RunCounts(offered=12, new=3, changed=2, unchanged=6, withdrawn=4, rejected=1, graph_writes=9)
    ended = MOMENT + timedelta(seconds=90)
    run = Run(7, "lisbon", RunState.PARTIAL, MOMENT, ended, "", counts, software="1.2")
    graph = rdflib.Graph().parse(data=run_activity(run) + software_agent("1.2"), format="nt")
    node = rdflib.URIRef("urn:catalogue:runs/7")
    cimg = rdflib.Namespace("urn:catalogue:terms#")
    assert (node, rdflib.RDF.type, rdflib.PROV.Activity) in graph
    told = dict(graph.predicate_objects(node))
    assert told[rdflib.PROV.startedAtTime] == instant("2026-03-01T12:00:00Z")
    assert told[rdflib.PROV.endedAtTime] == instant("2026-03-01T12:01:30Z")
    assert told[cimg.outcome] == rdflib.Literal("partial")
    names = ("offered", "new", "changed", "unchanged", "unseen", "withdrawn", "rejected")
    assert [told[cimg[name]] for name in names] == [*map(rdflib.Literal, (12, 3, 2, 6, 0, 4, 1))]
    assert rdflib.Literal(9) not in told.values()
    agent = told[rdflib.PROV.wasAssociatedWith]
    assert (agent, rdflib.RDF.type, rdflib.PROV.SoftwareAgent) in graph
    assert graph.value(agent, rdflib.URIRef("http://schema.org/softwareVersion")) == rdflib.Literal("1.2")


def test_of_a_first_run_no_version_is_made_up() -> None:
    run = Run(1, "lisbon", RunState.DONE, MOMENT, None, "", RunCounts())
    graph = rdflib.Graph().parse(data=run_activity(run) + software_agent(""), format="nt")
    agent = graph.value(rdflib.URIRef("urn:catalogue:runs/1"), rdflib.PROV.wasAssociatedWith)
    assert {str(value) for value in graph.objects(agent, rdflib.FOAF.name)} == {"eucaim-catalogue"}
    assert len(list(graph.predicate_objects(agent))) == 2


def instant(text: str) -> rdflib.Literal:
    return rdflib.Literal(text, datatype=rdflib.XSD.dateTime)
