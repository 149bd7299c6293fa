"""Whether the results of checks keep up with the ledger, in its database and in the graph."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from catalogue.ledger import Ledger
from catalogue.maintenance.doctor import Examined, diagnose
from catalogue.model.quality import Level
from catalogue.projections.follower import follow, rebuild
from catalogue.projections.graph import GraphProjection, GraphStore
from catalogue.projections.quality import QualityProjection
from catalogue.quality.check import Checker
from catalogue.resources import shapes_folder
from catalogue.services import Workshop, open_index_reader
from catalogue.stores.oxigraph import OxigraphReader, OxigraphWriter
from tests.catalogue.kept import give, key, opened

BASE = "http://127.0.0.1:8000"
DQV = "http://www.w3.org/ns/dqv#"
NAMES = ("a", "b", "c")


class Catalogue:
    """The ledger, the graph store, and the two followers that write to it."""

    def __init__(self, workshop: Workshop, folder: Path) -> None:
        self.workshop, self.ledger = workshop, workshop.ledger
        self.writer = OxigraphWriter(folder / "apart")
        self.reader = OxigraphReader(folder / "apart")
        store = GraphStore(self.writer, self.reader, folder / "apart" / "MADE_WITH")
        self.graph = GraphProjection(self.ledger, store, base_url=BASE, scheme=workshop.scheme)
        self.quality = self.projection(Checker(workshop.scheme, shapes_folder()))

    def projection(self, checker: Checker, step: int | None = 100) -> QualityProjection:
        made = QualityProjection(self.ledger, self.writer, checker, base_url=BASE)
        made.step = step
        return made

    def follow(self) -> int:
        follow(self.ledger, self.graph)
        return follow(self.ledger, self.quality)

    def differences(self) -> list[tuple[str, str]]:
        """Of the graph store; there is no index here."""
        index = open_index_reader(self.workshop.settings, self.workshop.scheme)
        examined = Examined(self.ledger, self.reader, index, self.workshop.scheme, BASE, ("graph", "quality"))
        found = diagnose(examined).differences
        return [(one.store, one.problem) for one in found if one.store != "search index"]

    def measurements(self) -> list[ox.Quad]:
        """As readers see them."""
        generation = self.reader.generation()
        assert generation
        folder = self.workshop.settings.data_dir / "apart" / "generations" / str(generation.number)
        graph = ox.NamedNode(f"{BASE}/graph/quality")
        return [
            quad
            for quad in ox.Store.read_only(str(folder)).quads_for_pattern(None, None, None, graph)
            if quad.predicate.value == f"{DQV}value"
        ]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with opened(tmp_path) as workshop:
        made = Catalogue(workshop, tmp_path)
        yield made
        made.writer.close()


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    give(catalogue.workshop, {name: name.upper() for name in NAMES})
    catalogue.follow()
    return catalogue


def test_each_record_is_checked_and_can_be_read_by_its_key(filled: Catalogue) -> None:
    found = filled.ledger.quality(key("a"))
    assert found
    assert (found.version, found.quality.levels) == (1, (Level.ACCEPT,))
    assert filled.ledger.quality_levels()[Level.ACCEPT] == len(NAMES)


def test_the_graph_has_a_measurement_for_each_record_and_level(filled: Catalogue) -> None:
    measurements = filled.measurements()
    assert len(measurements) == len(NAMES) * len(Level)
    true = [quad.subject for quad in measurements if str(quad.object).startswith('"true"')]
    assert {str(node).rpartition("#")[2] for node in true} == {"quality-accept>"}


def test_the_doctor_agrees_and_sees_a_measurement_that_is_missing(filled: Catalogue) -> None:
    assert filled.differences() == []
    kept = list(filled.ledger.iterate_quality())
    filled.ledger.put_quality([], filled.ledger.quality_state(), gone=[kept[0].key])
    assert filled.differences() == [("graph store", "differs from the ledger")]


def test_quality_leaves_the_graph_followers_watermark_alone(filled: Catalogue) -> None:
    assert filled.graph.watermark() == filled.ledger.last_change()
    give(filled.workshop, {"a": "A", "b": "B", "c": "other"})
    behind = filled.graph.watermark()
    follow(filled.ledger, filled.quality)
    assert filled.graph.watermark() == behind < filled.quality.watermark()


def test_a_graph_store_built_anew_holds_the_quality_too(filled: Catalogue) -> None:
    rebuild(filled.ledger, filled.graph)
    assert len(filled.measurements()) == len(NAMES) * len(Level)
    assert filled.differences() == []


def test_a_second_unchanged_harvest_writes_no_quality(filled: Catalogue) -> None:
    generation = filled.reader.generation()
    give(filled.workshop, {})
    assert filled.follow() == 0
    assert filled.reader.generation() == generation


def test_a_changed_record_is_checked_again(filled: Catalogue) -> None:
    give(filled.workshop, {"a": "changed", "b": "B", "c": "C"})
    assert filled.follow() == 1
    found = filled.ledger.quality(key("a"))
    assert found
    assert found.version == 2
    assert filled.differences() == []


def test_a_withdrawn_record_leaves_nothing_behind(filled: Catalogue) -> None:
    give(filled.workshop, {"b": "B", "c": "C"}, withdrawn=["a"])
    filled.follow()
    assert filled.ledger.quality(key("a")) is None
    assert len(filled.measurements()) == 2 * len(Level)
    assert filled.differences() == []


def test_one_round_checks_no_more_than_a_step(filled: Catalogue) -> None:
    slow = filled.projection(Checker(filled.workshop.scheme, shapes_folder()), step=2)
    filled.ledger.forget_quality()
    assert [follow(filled.ledger, slow) for _ in range(3)] == [2, 1, 0]
    assert len(list(filled.ledger.iterate_quality())) == len(NAMES)
    assert filled.differences() == []


def test_other_rules_check_every_record_again(filled: Catalogue, tmp_path: Path) -> None:
    for file in shapes_folder().glob("*.ttl"):
        (tmp_path / file.name).write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    other = filled.projection(Checker(filled.workshop.scheme, tmp_path))
    assert other.watermark() == 0
    assert follow(filled.ledger, other) == len(NAMES)
    assert filled.differences() == []


def test_a_rebuild_ends_where_following_does(filled: Catalogue) -> None:
    followed = list(filled.ledger.iterate_quality())
    rebuild(filled.ledger, filled.quality)
    assert list(filled.ledger.iterate_quality()) == followed
    assert filled.differences() == []
    assert follow(filled.ledger, filled.quality) == 0


def test_a_rebuild_that_is_cut_off_begins_anew(filled: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "put_quality", _cut)
        with pytest.raises(KeyboardInterrupt):
            rebuild(filled.ledger, filled.quality)
    assert filled.quality.watermark() == 0
    assert follow(filled.ledger, filled.quality) == len(NAMES)
    assert filled.differences() == []


def _cut(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
