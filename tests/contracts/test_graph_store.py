"""What every graph store promises; each adapter is a parameter."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import sleep

import pytest
from pyoxigraph import Store

from catalogue.errors import GraphStoreUnavailable
from catalogue.folders import point
from catalogue.ports import (
    DropGraph,
    Generation,
    GraphReader,
    GraphWriter,
    NamedGraph,
    PutGraph,
    PutNode,
)
from catalogue.stores.oxigraph import OxigraphReader, OxigraphWriter

A, B, SHARED = "urn:catalogue:graph/a", "urn:catalogue:graph/b", "urn:catalogue:graph/catalogue"
XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Adapter:
    """How one kind of store is opened; ``place`` is all that its writer and readers share."""

    writer: Callable[[Path], GraphWriter]
    reader: Callable[[Path], GraphReader]


ADAPTERS = {"oxigraph": Adapter(OxigraphWriter, OxigraphReader)}


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ADAPTERS[request.param]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "graph"


@pytest.fixture
def writer(adapter: Adapter, place: Path) -> Iterator[GraphWriter]:
    opened = adapter.writer(place)
    yield opened
    opened.close()


@pytest.fixture
def reader(adapter: Adapter, place: Path) -> GraphReader:
    return adapter.reader(place)


def title(subject: str, text: str) -> bytes:
    return f'<{subject}> <http://purl.org/dc/terms/title> "{text}" .\n'.encode()


def graph(iri: str, *texts: str) -> NamedGraph:
    return NamedGraph(iri, b"".join(title(f"{iri}#it", text) for text in texts))


def held(reader: GraphReader, *graphs: NamedGraph) -> bool:
    """Whether the published generation holds exactly these graphs."""
    scanned = list(reader.scan())
    wanted = sorted((reader.digest(each) for each in graphs), key=lambda digest: digest.iri)
    return sorted(scanned, key=lambda digest: digest.iri) == wanted


def test_a_store_that_nobody_has_begun_has_no_generation(reader: GraphReader) -> None:
    assert reader.generation() is None
    assert list(reader.scan()) == []


def test_a_graph_is_seen_once_it_is_published(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "one", "two"))], watermark=4)
    assert list(reader.scan()) == []
    assert writer.publish() == Generation(number=1, watermark=4) == reader.generation()
    assert held(reader, graph(A, "two", "one"))


def test_a_graph_is_replaced_exactly(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "one", "two")), PutGraph(graph(B, "other"))], watermark=1)
    writer.apply([PutGraph(graph(A, "two", "three"))], watermark=2)
    writer.publish()
    assert held(reader, graph(A, "two", "three"), graph(B, "other"))


def test_a_dropped_graph_is_gone(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "one")), PutGraph(graph(B, "other"))], watermark=1)
    writer.apply([DropGraph(A), DropGraph("urn:catalogue:graph/never-there")], watermark=2)
    writer.publish()
    assert held(reader, graph(B, "other"))


def test_a_graph_put_without_triples_is_gone(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "one"))], watermark=1)
    writer.apply([PutGraph(NamedGraph(A, b""))], watermark=2)
    writer.publish()
    assert list(reader.scan()) == []


def test_a_node_is_replaced_and_its_neighbours_stay(writer: GraphWriter, reader: GraphReader) -> None:
    nodes = [PutNode(SHARED, f"urn:{name}", title(f"urn:{name}", "old")) for name in "abc"]
    writer.apply(nodes, watermark=1)
    writer.apply(
        [PutNode(SHARED, "urn:a", title("urn:a", "new")), PutNode(SHARED, "urn:b", b"")], watermark=2
    )
    writer.publish()
    assert held(reader, NamedGraph(SHARED, title("urn:a", "new") + title("urn:c", "old")))


def test_a_shared_graph_emptied_node_by_node_is_not_scanned(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutNode(SHARED, "urn:a", title("urn:a", "one"))], watermark=1)
    writer.apply([PutNode(SHARED, "urn:a", b"")], watermark=2)
    writer.publish()
    assert list(reader.scan()) == []


def test_the_changes_of_a_batch_take_effect_in_their_order(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "before"))], watermark=1)
    changes = (
        PutNode(A, "urn:early", title("urn:early", "lost with the graph")),
        DropGraph(A),
        PutGraph(graph(A, "one")),
        PutNode(A, f"{A}#it", title(f"{A}#it", "two")),
        PutNode(A, "urn:late", title("urn:late", "three")),
        PutNode(A, "urn:late", title("urn:late", "four")),
        PutGraph(graph(B, "gone")),
        DropGraph(B),
    )
    writer.apply(changes, watermark=2)
    writer.publish()
    assert held(reader, NamedGraph(A, title(f"{A}#it", "two") + title("urn:late", "four")))


@pytest.mark.parametrize("many", [1, 3_000])
def test_changes_applied_twice_change_nothing_more(
    writer: GraphWriter, reader: GraphReader, many: int
) -> None:
    texts = [f"text {number}" for number in range(many)]
    changes = (PutGraph(graph(A, *texts)), PutNode(SHARED, "urn:a", title("urn:a", "one")), DropGraph(B))
    for _ in range(2):
        writer.apply(changes, watermark=3)
    writer.publish()
    assert held(reader, graph(A, *texts), NamedGraph(SHARED, title("urn:a", "one")))
    assert writer.watermark() == 3


def test_a_large_graph_is_replaced_exactly(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, *(f"old {number}" for number in range(3_000))))], watermark=1)
    replaced = graph(A, *(f"new {number}" for number in range(3_000)))
    writer.apply([PutGraph(replaced)], watermark=2)
    writer.publish()
    assert held(reader, replaced)


def test_a_batch_that_fails_leaves_neither_changes_nor_watermark(
    writer: GraphWriter, reader: GraphReader
) -> None:
    writer.apply([PutGraph(graph(A, "one"))], watermark=1)
    with pytest.raises(ValueError, match=B):
        writer.apply([PutGraph(graph(A, "two")), PutGraph(NamedGraph(B, b"<html>"))], watermark=2)
    writer.publish()
    assert writer.watermark() == 1
    assert held(reader, graph(A, "one"))


@pytest.mark.parametrize("triples", [b"_:b <urn:p> <urn:o> .", b"<urn:s> <urn:p> _:b ."])
def test_a_blank_node_is_refused(writer: GraphWriter, triples: bytes) -> None:
    with pytest.raises(ValueError, match="blank node"):
        writer.apply([PutGraph(NamedGraph(A, triples))], watermark=1)


def test_statements_about_another_node_are_refused(writer: GraphWriter) -> None:
    with pytest.raises(ValueError, match="urn:b"):
        writer.apply([PutNode(SHARED, "urn:a", title("urn:b", "one"))], watermark=1)


@pytest.mark.parametrize(
    "literal",
    [
        f'"5"^^<{XSD}nonNegativeInteger>',
        f'"1.50"^^<{XSD}decimal>',
        f'"1.0E6"^^<{XSD}double>',
        f'"1"^^<{XSD}boolean>',
        f'"P12M"^^<{XSD}duration>',
        f'"2024-01-01T00:00:00+00:00"^^<{XSD}dateTime>',
        f'"not a number"^^<{XSD}integer>',
        '"colour"@en-GB',
        '"} ; DROP ALL ; INSERT DATA { \\" \' \\\\ ?x $y # {}"',
        '"line\\nbreak\\r\\ttab \\u0000\\u0007\\u2028 é 😀 \\U0001F600"',
        "<http://example.org/caf\\u00E9/é%20?q=a&b=c#f>",
    ],
)
def test_a_digest_is_the_same_before_and_in_the_store(
    writer: GraphWriter, reader: GraphReader, literal: str
) -> None:
    put = NamedGraph(A, f"<urn:s> <urn:p> {literal} .\n".encode())
    for _ in range(2):
        writer.apply([PutGraph(put)], watermark=1)
        writer.publish()
        assert held(reader, put)
    writer.apply([PutGraph(graph(A, "one"))], watermark=2)
    writer.publish()
    assert held(reader, graph(A, "one"))


def test_different_graphs_have_different_digests(reader: GraphReader) -> None:
    assert reader.digest(graph(A, "one")) != reader.digest(graph(A, "two"))
    assert reader.digest(graph(A, "one", "one")) == reader.digest(graph(A, "one"))


def test_a_generation_does_not_see_later_writes(
    adapter: Adapter, place: Path, writer: GraphWriter, reader: GraphReader
) -> None:
    writer.apply([PutGraph(graph(A, "one"))], watermark=1)
    writer.publish()
    assert held(reader, graph(A, "one"))
    writer.apply([PutGraph(graph(A, "two"))], watermark=2)
    assert held(reader, graph(A, "one"))
    assert held(adapter.reader(place), graph(A, "one"))
    assert reader.generation() == Generation(number=1, watermark=1)


def test_a_scan_goes_on_in_the_generation_it_began_with(writer: GraphWriter, reader: GraphReader) -> None:
    many = [graph(f"{A}/{number}", "one") for number in range(50)]
    writer.apply([PutGraph(each) for each in many], watermark=1)
    writer.publish()
    scan = reader.scan()
    found = [next(scan)]
    for number in range(5):
        writer.apply([DropGraph(each.iri) for each in many[number::5]], watermark=number + 2)
        writer.publish()
        reader.generation()
    found.extend(scan)
    assert len(found) == 50
    assert list(reader.scan()) == []


def test_a_rebuild_gives_the_same_as_the_changes_did(writer: GraphWriter, reader: GraphReader) -> None:
    graphs = [graph(f"{A}/{number}", "one", f"text {number}") for number in range(200)]
    writer.apply([PutGraph(each) for each in graphs], watermark=1)
    writer.publish()
    before = sorted(reader.scan(), key=lambda digest: digest.iri)
    writer.rebuild(graphs, watermark=9)
    writer.publish()
    assert sorted(reader.scan(), key=lambda digest: digest.iri) == before
    assert writer.watermark() == 9


def test_a_rebuild_forgets_what_it_was_not_given(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "one"))], watermark=1)
    writer.publish()
    writer.rebuild([graph(B, "other")], watermark=2)
    assert held(reader, graph(A, "one"))
    writer.publish()
    assert held(reader, graph(B, "other"))
    writer.apply([PutGraph(graph(A, "again"))], watermark=3)
    assert writer.publish().watermark == 3
    assert held(reader, graph(A, "again"), graph(B, "other"))


def test_a_rebuild_that_fails_leaves_the_store_as_it_was(writer: GraphWriter, reader: GraphReader) -> None:
    writer.apply([PutGraph(graph(A, "one"))], watermark=1)
    with pytest.raises(ValueError, match=B):
        writer.rebuild([graph(A, "two"), NamedGraph(B, b"<html>")], watermark=2)
    writer.apply([], watermark=3)
    writer.publish()
    assert held(reader, graph(A, "one"))


def test_the_store_outlives_its_writer(adapter: Adapter, place: Path, reader: GraphReader) -> None:
    writer = adapter.writer(place)
    assert writer.watermark() == 0
    writer.apply([PutGraph(graph(A, "one"))], watermark=17)
    writer.close()
    again = adapter.writer(place)
    assert again.watermark() == 17
    again.publish()
    again.close()
    assert held(reader, graph(A, "one"))


def test_a_second_writer_is_refused_in_plain_words(
    adapter: Adapter, place: Path, writer: GraphWriter
) -> None:
    assert writer.watermark() == 0
    with pytest.raises(GraphStoreUnavailable, match="already has a writer"):
        adapter.writer(place)


# --- what only a store in a folder promises ----------------------------------------------------------------


@pytest.fixture
def published(place: Path) -> Path:
    """Leave a closed store whose second generation holds ``one``."""
    writer = OxigraphWriter(place)
    for watermark in (1, 2):
        writer.apply([PutGraph(graph(A, "one"))], watermark=watermark)
        writer.publish()
    writer.close()
    return place


def republished(place: Path) -> Generation:
    writer = OxigraphWriter(place)
    generation = writer.publish()
    writer.close()
    return generation


def test_a_generation_that_was_never_pointed_to_blocks_nothing(published: Path) -> None:
    (published / "generations" / "3").mkdir()
    point(published, "2")
    assert republished(published) == Generation(number=4, watermark=2)
    assert held(OxigraphReader(published), graph(A, "one"))


def test_a_half_written_generation_blocks_nothing(published: Path) -> None:
    half = published / "generations" / "unfinished"
    half.mkdir()
    (half / "000001.sst").write_bytes(b"cut")
    assert republished(published) == Generation(number=3, watermark=2)
    assert held(OxigraphReader(published), graph(A, "one"))
    assert not half.exists()


def test_a_lost_pointer_never_gives_a_number_twice(published: Path) -> None:
    (published / "CURRENT").unlink()
    assert OxigraphReader(published).generation() is None
    assert republished(published).number == 3


def test_three_generations_are_kept(published: Path) -> None:
    for _ in range(3):
        republished(published)
    assert sorted(found.name for found in (published / "generations").iterdir()) == ["3", "4", "5"]


def test_a_pointer_to_nothing_is_told_in_plain_words(published: Path) -> None:
    point(published, "99")
    with pytest.raises(GraphStoreUnavailable, match="generation 99"):
        OxigraphReader(published).generation()


def test_a_rebuild_cut_before_the_swap_is_forgotten(published: Path) -> None:
    Store(published / "live.new")
    writer = OxigraphWriter(published)
    assert writer.watermark() == 2
    writer.close()
    assert not (published / "live.new").exists()


def test_a_rebuild_cut_between_the_renames_is_finished(published: Path) -> None:
    Store(published / "live.new")
    (published / "live").rename(published / "live.old")
    writer = OxigraphWriter(published)
    assert writer.watermark() == 0
    writer.close()
    assert sorted(found.name for found in published.iterdir() if found.name.startswith("live")) == ["live"]


def test_a_rebuild_cut_after_the_swap_is_cleared_away(published: Path) -> None:
    Store(published / "live.old")
    writer = OxigraphWriter(published)
    assert writer.watermark() == 2
    writer.close()
    assert not (published / "live.old").exists()


def test_an_addition_cut_before_its_transaction_is_mended_by_the_same_changes(published: Path) -> None:
    store = Store(published / "live")
    store.update(f'INSERT DATA {{ GRAPH <{A}> {{ <{A}#it> <http://purl.org/dc/terms/title> "half" }} }}')
    del store
    writer = OxigraphWriter(published)
    assert writer.watermark() == 2
    writer.apply([PutGraph(graph(A, "one", "two"))], watermark=3)
    writer.publish()
    writer.close()
    assert held(OxigraphReader(published), graph(A, "one", "two"))


WRITE_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from catalogue.ports import NamedGraph, PutGraph
from catalogue.stores.oxigraph import OxigraphWriter

writer = OxigraphWriter(Path(sys.argv[1]))
for turn in count(writer.watermark() + 1):
    triples = f'<urn:it> <http://purl.org/dc/terms/title> "{turn}" .'.encode()
    graphs = [NamedGraph(f"urn:catalogue:graph/{name}", triples) for name in "abc"]
    writer.apply([PutGraph(graph) for graph in graphs], watermark=turn)
    writer.publish()
    if turn % 5 == 0:
        writer.rebuild(graphs, watermark=turn)
    print(turn, flush=True)
"""


def test_a_killed_writer_leaves_graphs_that_agree_with_their_watermark(place: Path) -> None:
    random = Random(7)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(place)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            sleep(random.random() / 2)
            process.kill()
        writer, reader = OxigraphWriter(place), OxigraphReader(place)
        assert written_once(reader, reader.generation())
        assert written_once(reader, writer.publish())
        writer.close()


def written_once(reader: GraphReader, generation: Generation | None) -> bool:
    assert generation is not None
    triples = title("urn:it", str(generation.watermark))
    return held(reader, *(NamedGraph(f"urn:catalogue:graph/{name}", triples) for name in "abc"))


@pytest.mark.parametrize("writes", ["apply", "rebuild"])
@pytest.mark.parametrize(
    "triples",
    [
        b"<urn:a> <urn:b> <urn:c>.\n",
        b"<urn:a> <urn:b> <urn:c>. # of <urn:d> .\n",
        b'<urn:a>\t<urn:b>\t"a full stop . and \\" more ."@en .\r\n# nothing\n',
        b'<urn:a> <urn:b> " .\\n" .\n<urn:a> <urn:b> "<urn:c> ." .\n',
    ],
)
def test_however_a_graph_is_written_it_comes_whole_and_under_its_name(
    writer: GraphWriter, reader: GraphReader, triples: bytes, writes: str
) -> None:
    graph = NamedGraph(A, triples)
    if writes == "apply":
        writer.apply([PutGraph(graph)], watermark=1)
    else:
        writer.rebuild([graph], watermark=1)
    writer.publish()
    assert list(reader.scan()) == [reader.digest(graph)]


def test_a_graph_rebuilt_from_pieces_is_one(writer: GraphWriter, reader: GraphReader) -> None:
    pieces = [NamedGraph(SHARED, b'<urn:a> <urn:b> "%d" .\n' % number) for number in range(3)]
    writer.rebuild([pieces[0], NamedGraph(A, pieces[0].triples), *pieces[1:]], watermark=1)
    writer.publish()
    whole = NamedGraph(SHARED, b"".join(piece.triples for piece in pieces))
    assert {found.iri: found for found in reader.scan()}[SHARED] == reader.digest(whole)


def test_of_a_new_graph_that_a_batch_puts_twice_the_last_one_stays(
    writer: GraphWriter, reader: GraphReader
) -> None:
    first, last = NamedGraph(A, b'<urn:a> <urn:b> "1" .\n'), NamedGraph(A, b'<urn:a> <urn:b> "2" .\n')
    writer.apply([PutGraph(first), PutGraph(last)], watermark=1)
    writer.publish()
    assert list(reader.scan()) == [reader.digest(last)]


def test_a_new_graph_may_be_dropped_put_and_added_to_in_one_batch(
    writer: GraphWriter, reader: GraphReader
) -> None:
    put = PutGraph(NamedGraph(A, b'<urn:a> <urn:b> "1" .\n'))
    node = PutNode(A, "urn:n", b'<urn:n> <urn:b> "2" .\n')
    writer.apply(
        [put, DropGraph(A), put, node, PutGraph(NamedGraph(B, put.graph.triples)), DropGraph(B)], watermark=1
    )
    writer.publish()
    both = NamedGraph(A, put.graph.triples + node.triples)
    assert list(reader.scan()) == [reader.digest(both)]


def test_a_bad_graph_among_good_ones_is_refused_by_name(writer: GraphWriter) -> None:
    bad = NamedGraph(B, b"<urn:a> <no address> <urn:c> .\n")
    with pytest.raises(ValueError, match=B):
        writer.apply([PutGraph(NamedGraph(A, b"<urn:a> <urn:b> <urn:c> .\n")), PutGraph(bad)], watermark=1)
    assert writer.watermark() == 0
