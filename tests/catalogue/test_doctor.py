"""Whether the doctor sees what is wrong with the stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.indexes.tantivy import TantivyWriter
from catalogue.maintenance.doctor import Difference
from catalogue.ports import DropDocument, DropGraph, GraphChange, NamedGraph, PutDocument, PutGraph, PutNode
from catalogue.projections.follower import rebuild
from catalogue.projections.index import expected_documents, index_settings
from catalogue.services import Workshop
from catalogue.stores.oxigraph import OxigraphWriter
from tests.catalogue.kept import diagnosis, follow_all, give, key, opened, projection

GRAPHS = "http://127.0.0.1:8000/graph"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "A", "b": "B"})
        follow_all(workshop)
    return tmp_path


@pytest.fixture
def workshop(folder: Path) -> Iterator[Workshop]:
    with opened(folder) as found:
        yield found


def change_graph(folder: Path, change: GraphChange) -> None:
    """Behind the worker's back, the watermark as it was."""
    writer = OxigraphWriter(folder / "graph")
    writer.apply([change], watermark=writer.watermark())
    writer.publish()
    writer.close()


def change_index(folder: Path, workshop: Workshop, change: PutDocument | DropDocument) -> None:
    writer = TantivyWriter(folder / "index", index_settings(workshop.scheme))
    writer.apply([change], watermark=writer.watermark())
    writer.close()


def test_stores_that_hold_what_the_ledger_says_agree(workshop: Workshop) -> None:
    found = diagnosis(workshop)
    assert found.agreed
    assert (found.records, found.graphs, found.documents) == (2, 6, 2)


def test_an_empty_catalogue_agrees(tmp_path: Path) -> None:
    with opened(tmp_path / "new") as workshop:
        assert diagnosis(workshop).agreed


def test_a_document_deleted_behind_its_back_is_missing(folder: Path, workshop: Workshop) -> None:
    change_index(folder, workshop, DropDocument(key=key("a")))
    assert diagnosis(workshop).differences == (Difference("search index", key("a"), "missing"),)


def test_a_document_altered_behind_its_back_differs(folder: Path, workshop: Workshop) -> None:
    document = next(
        one for one in expected_documents(workshop.ledger, workshop.scheme) if one.key == key("a")
    )
    change_index(folder, workshop, PutDocument(document=document.model_copy(update={"patients": 7})))
    assert diagnosis(workshop).differences == (
        Difference("search index", key("a"), "differs from the ledger"),
    )


def test_a_document_that_nobody_gave_is_not_in_the_ledger(folder: Path, workshop: Workshop) -> None:
    document = next(expected_documents(workshop.ledger, workshop.scheme))
    change_index(folder, workshop, PutDocument(document=document.model_copy(update={"key": "stray"})))
    assert diagnosis(workshop).differences == (Difference("search index", "stray", "not in the ledger"),)


def test_a_graph_dropped_behind_its_back_is_missing(folder: Path, workshop: Workshop) -> None:
    change_graph(folder, DropGraph(f"{GRAPHS}/{key('a')}"))
    assert diagnosis(workshop).differences == (Difference("graph store", f"{GRAPHS}/{key('a')}", "missing"),)


@pytest.mark.parametrize("graph", ["catalogue", "concepts", "mappings", key("a")])
def test_one_statement_too_many_in_any_graph_is_seen(graph: str, folder: Path, workshop: Workshop) -> None:
    change_graph(folder, PutNode(f"{GRAPHS}/{graph}", "urn:x", b'<urn:x> <urn:y> "z" .\n'))
    assert diagnosis(workshop).differences == (
        Difference("graph store", f"{GRAPHS}/{graph}", "differs from the ledger"),
    )


def test_a_graph_that_nobody_gave_is_not_in_the_ledger(folder: Path, workshop: Workshop) -> None:
    change_graph(folder, PutGraph(NamedGraph("urn:stray", b'<urn:x> <urn:y> "z" .\n')))
    assert diagnosis(workshop).differences == (Difference("graph store", "urn:stray", "not in the ledger"),)


def test_followers_that_lag_are_told_with_what_they_lack(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B", "c": "C"})
    found = {(one.store, one.thing): one.problem for one in diagnosis(workshop).differences}
    assert found["graph", "watermark"] == found["index", "watermark"] == "1 changes behind the ledger"
    assert found["search index", key("c")] == found["graph store", f"{GRAPHS}/{key('c')}"] == "missing"


def test_a_follower_ahead_of_the_ledger_is_told_so(workshop: Workshop) -> None:
    workshop.ledger.set_watermark("graph", 5)
    (found,) = diagnosis(workshop).differences
    assert (found.store, found.problem) == ("graph", "3 changes ahead of the ledger")


@pytest.mark.parametrize("name", ["graph", "index"])
def test_a_rebuild_mends_what_the_doctor_found(name: str, folder: Path, workshop: Workshop) -> None:
    change_graph(folder, DropGraph(f"{GRAPHS}/{key('a')}"))
    change_index(folder, workshop, DropDocument(key=key("a")))
    rebuild(workshop.ledger, projection(workshop, name))
    assert {one.store for one in diagnosis(workshop).differences} == {
        {"graph": "search index", "index": "graph store"}[name]
    }
