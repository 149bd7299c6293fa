"""What the graph store holds of mappings, and that it follows what curators decide."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from catalogue.ledger import Decision, MappingRow
from catalogue.ports import NamedGraph
from catalogue.projections.graphs import GraphNames, mapping_graph
from catalogue.publishing.mappings import known_mappings
from catalogue.services import Workshop
from ontologies.concepts import ConceptScheme
from ontologies.mappings import Mapping, MappingSet, load_mappings
from tests.catalogue.curated import ACCEPTED, PROPOSED, REJECTED, row
from tests.catalogue.descriptions import MOMENT
from tests.catalogue.kept import diagnosis, follow_all, give, graphs, key, opened, projection

NAMES = GraphNames("https://catalogue.example")
SSSOM = "https://w3id.org/sssom/"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"


def made(scheme: ConceptScheme, *decided: MappingRow, own: tuple[Mapping, ...] = ()) -> NamedGraph:
    known = known_mappings(MappingSet("urn:x:set", "1", "urn:x:licence", own), decided)
    return mapping_graph(known.rows, scheme, NAMES)


def statements(graph: NamedGraph) -> set[tuple[str, str, str]]:
    quads = parse(graph.triples, format=RdfFormat.N_TRIPLES)
    return {(str(quad.subject), quad.predicate.value, str(quad.object)) for quad in quads}


def decided(mapping: Mapping) -> MappingRow:
    return MappingRow(mapping, ACCEPTED, "ana", "read it", MOMENT, 7)


def decide(workshop: Workshop, *decisions: Decision) -> None:
    workshop.ledger.decide(decisions, who="ana")


def mappings(workshop: Workshop) -> str:
    name = f"{workshop.settings.base_url}/graph/mappings"
    (found,) = [one.sha256 for one in workshop.examined().graph.scan() if one.iri == name]
    return found


def test_a_mapping_says_its_word_its_concept_and_its_reason(scheme: ConceptScheme) -> None:
    found = statements(made(scheme, own=(row("cimg-m:x", 'Ca "pulmo"\n', comment="why"),)))
    node = "<https://catalogue.example/mappings/cimg-m%3Ax>"
    lung = scheme.get("CLIN1000065")
    assert lung is not None
    assert (node, f"{OWL}annotatedSource", '"Ca \\"pulmo\\"\\n"') in found
    assert (node, f"{OWL}annotatedProperty", "<http://www.w3.org/2004/02/skos/core#exactMatch>") in found
    assert (node, f"{OWL}annotatedTarget", f"<{lung.iri}>") in found
    reason = "<https://w3id.org/semapv/vocab/ManualMappingCuration>"
    assert (node, f"{SSSOM}mapping_justification", reason) in found


def test_a_decision_is_told_as_an_act_of_whoever_made_it(scheme: ConceptScheme) -> None:
    found = statements(made(scheme, decided(row("x:1", "Lunge")), decided(row("x:2", "Lungen"))))
    act, ana = "<https://catalogue.example/acts/7>", "<https://catalogue.example/curators/ana>"
    generated = {
        subject for subject, predicate, value in found if (predicate, value) == (f"{PROV}wasGeneratedBy", act)
    }
    assert len(generated) == 2
    assert (act, f"{PROV}wasAssociatedWith", ana) in found
    assert any(subject == act and predicate == f"{PROV}endedAtTime" for subject, predicate, _ in found)


def test_a_word_that_means_none_and_one_that_does_not_mean_this_are_told(scheme: ConceptScheme) -> None:
    none = row("x:1", "Phantom", object_id="sssom:NoTermFound", object_label="")
    found = statements(made(scheme, decided(none), decided(row("x:2", "Knoten", predicate_modifier="Not"))))
    values = {(predicate, value) for _, predicate, value in found}
    assert (f"{OWL}annotatedTarget", f"<{SSSOM}NoTermFound>") in values
    assert (f"{SSSOM}predicate_modifier", '"Not"') in values


def test_a_mapping_to_a_concept_that_is_no_more_is_not_in_force(scheme: ConceptScheme) -> None:
    gone = row("x:1", "Lunge", object_id="DOID:99999999", object_label="Gone")
    assert statements(made(scheme, decided(gone))) == set()


@pytest.mark.parametrize(
    "record_id", ["x y", "<script>", "a/b?c#d", "ü\u202e", "%41", "urn:x:" + "y" * 1_500]
)
def test_any_record_id_makes_a_name_of_its_own(scheme: ConceptScheme, record_id: str) -> None:
    found = statements(made(scheme, decided(row(record_id, "Lunge"))))
    nodes = {subject for subject, predicate, _ in found if predicate == f"{OWL}annotatedSource"}
    assert len(nodes) == 1
    assert "urn:catalogue:" not in next(iter(nodes))


def test_what_the_software_brings_is_in_the_graph_from_the_start(scheme: ConceptScheme) -> None:
    known = known_mappings(load_mappings(), ())
    found = statements(mapping_graph(known.rows, scheme, NAMES))
    nodes = {subject for subject, predicate, _ in found if predicate == f"{OWL}annotatedSource"}
    assert len(nodes) == len(load_mappings().mappings)


def test_an_accepted_mapping_comes_and_a_proposed_one_does_not(tmp_path: Path) -> None:
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "A"})
        follow_all(workshop)
        before = mappings(workshop)
        decide(workshop, Decision(row("x:1", "Lunge"), PROPOSED))
        follow_all(workshop)
        assert mappings(workshop) == before
        decide(workshop, Decision(row("x:1", "Lunge"), ACCEPTED))
        assert not projection(workshop, "graph").is_published()
        follow_all(workshop)
        assert mappings(workshop) != before
        assert projection(workshop, "graph").is_published()
        assert not [one for one in diagnosis(workshop).differences if one.store == "graph store"]


def test_words_change_without_touching_a_record(tmp_path: Path) -> None:
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "A", "b": "B"})
        follow_all(workshop)
        decide(workshop, Decision(row("x:1", "Lunge"), ACCEPTED))
        assert follow_all(workshop)["graph"] == 0
        assert {key("a"), key("b"), "mappings"} < graphs(workshop)


def test_a_mapping_of_our_own_that_is_refused_goes(tmp_path: Path) -> None:
    own = load_mappings().mappings[0]
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "A"})
        follow_all(workshop)
        before = mappings(workshop)
        decide(workshop, Decision(own, REJECTED))
        follow_all(workshop)
        assert mappings(workshop) != before
        decide(workshop, Decision(own, ACCEPTED))
        follow_all(workshop)
        assert not [one for one in diagnosis(workshop).differences if one.store == "graph store"]


def test_words_that_were_put_but_not_noted_are_put_once_more(tmp_path: Path) -> None:
    """A crash between the publication and the note of it."""
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "A"})
        follow_all(workshop)
        noted = (tmp_path / "graph" / "MADE_WITH").read_text("utf-8")
        decide(workshop, Decision(row("x:1", "Lunge"), ACCEPTED))
        follow_all(workshop)
        after = mappings(workshop)
        (tmp_path / "graph" / "MADE_WITH").write_text(noted, "utf-8")
        assert not projection(workshop, "graph").is_published()
        follow_all(workshop)
        assert mappings(workshop) == after
        assert projection(workshop, "graph").is_published()
