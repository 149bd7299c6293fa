"""Which named graphs the graph store holds."""

from dataclasses import replace
from itertools import chain

from pyoxigraph import RdfFormat, parse

from catalogue.model.run import Run, RunCounts, RunState
from catalogue.ports import DropGraph, PutGraph, PutNode
from catalogue.projections.graphs import (
    GraphNames,
    catalogue_graph,
    concept_graph,
    drop_record,
    put_record,
    put_run,
)
from catalogue.publishing.record import catalogue_record
from ontologies.concepts import ConceptScheme
from tests.catalogue.descriptions import KEY, MOMENT, objects, prepared, published

NAMES = GraphNames("https://catalogue.example")
SKOS = "http://www.w3.org/2004/02/skos/core#"
NODE = f"https://catalogue.example/datasets/{KEY}"


def test_a_record_has_a_graph_and_its_node_in_the_catalogue_s() -> None:
    graph, node = put_record(published(prepared().triples), NAMES)
    assert isinstance(graph, PutGraph)
    assert isinstance(node, PutNode)
    assert graph.graph.iri == f"https://catalogue.example/graph/{KEY}"
    assert (node.graph, node.subject) == ("https://catalogue.example/graph/catalogue", NODE)


def test_a_dropped_record_leaves_no_node_behind() -> None:
    assert list(drop_record(KEY, NAMES)) == [
        DropGraph(f"https://catalogue.example/graph/{KEY}"),
        PutNode("https://catalogue.example/graph/catalogue", NODE, b""),
    ]


def test_one_change_at_a_time_gives_the_catalogue_graph_of_a_rebuild() -> None:
    record = published(prepared().triples)
    first = Run(1, "lisbon", RunState.DONE, MOMENT, MOMENT, "", RunCounts(new=1), software="1.0")
    runs = [first, replace(first, id=2), replace(first, id=3, software="")]
    rebuilt = catalogue_graph([catalogue_record(record)], runs, NAMES).triples
    (_, node), *others = put_record(record, NAMES), *(put_run(run, NAMES) for run in runs)
    nodes = {one.subject: one for one in (node, *chain(*others)) if isinstance(one, PutNode)}
    empty = catalogue_graph([], [], NAMES).triples
    together = empty + b"".join(one.triples for one in nodes.values())
    assert len(nodes) == 1 + 3 + 2
    assert sorted(together.splitlines()) == sorted(rebuilt.splitlines())


def test_a_node_is_put_with_what_is_about_it_and_nothing_else() -> None:
    run = Run(1, "lisbon", RunState.DONE, MOMENT, MOMENT, "", RunCounts(), software="1.0")
    for node in (*put_run(run, NAMES), *put_record(published(b""), NAMES)):
        if isinstance(node, PutNode):
            quads = parse(node.triples, format=RdfFormat.N_TRIPLES)
            assert {str(quad.subject) for quad in quads} == {f"<{node.subject}>"}


def test_no_graph_names_what_is_only_ours(scheme: ConceptScheme) -> None:
    graph, node = put_record(published(prepared('dcat:keyword "Mouse" .').triples), NAMES)
    assert isinstance(graph, PutGraph)
    assert isinstance(node, PutNode)
    for triples in (graph.graph.triples, node.triples, concept_graph(scheme, NAMES).triples):
        assert b"<urn:catalogue:" not in triples


def test_every_concept_leads_to_all_that_is_broader_but_not_to_itself(scheme: ConceptScheme) -> None:
    triples = concept_graph(scheme, NAMES).triples
    concept = next(one for one in scheme if len(scheme.broader(one.code)) > 2)
    found = objects(triples, f"{SKOS}broaderTransitive", subject=concept.iri)
    others = set(scheme.broader(concept.code)) - {concept.code}
    assert found == {f"<{scheme.get(code).iri}>" for code in others}  # type: ignore[union-attr]


def test_the_concept_graph_holds_every_concept_once_with_its_names(scheme: ConceptScheme) -> None:
    quads = list(parse(concept_graph(scheme, NAMES).triples, format=RdfFormat.N_TRIPLES))
    labels = [
        quad
        for quad in quads
        if quad.predicate.value == f"{SKOS}prefLabel" and str(quad.object).endswith("@en")
    ]
    assert len(labels) == len(list(scheme)) == len({quad.subject for quad in labels})
    prostate = scheme.get("CLIN1000075")
    assert prostate is not None
    found = objects(concept_graph(scheme, NAMES).triples, f"{SKOS}altLabel", subject=prostate.iri)
    assert {text for text in found if text.endswith("@en")} == {f'"{text}"@en' for text in prostate.synonyms}
