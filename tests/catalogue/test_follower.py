"""How graph store and index keep up with the ledger, whatever becomes of them."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from catalogue.ledger import Change
from catalogue.projections.follower import Projection, follow, rebuild
from catalogue.projections.quality import QualityProjection
from catalogue.services import Workshop
from catalogue.settings import Settings
from tests.catalogue.kept import (
    diagnosis,
    documents,
    follow_all,
    give,
    graphs,
    key,
    opened,
    projection,
    writes,
)

SHARED = {"catalogue", "concepts", "mappings", "quality"}


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with opened(tmp_path) as found:
        yield found


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder with two datasets that both stores hold, and nobody at work."""
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "A", "b": "B"})
        follow_all(workshop)
    return tmp_path


class Cut:
    """A projection whose process is killed at a step: ``publish`` or ``apply`` never comes to its end."""

    def __init__(self, inner: Projection, step: str) -> None:
        self._inner = inner
        self.step = inner.step
        self._step = step
        self.name = inner.name

    def watermark(self) -> int:
        return self._inner.watermark()

    def apply(self, changes: Sequence[Change], *, watermark: int) -> None:
        self._reach("apply")
        self._inner.apply(changes, watermark=watermark)

    def rebuild(self, *, watermark: int) -> None:
        self._reach("rebuild")
        self._inner.rebuild(watermark=watermark)

    def publish(self) -> None:
        self._reach("publish")
        self._inner.publish()

    def is_published(self) -> bool:
        return self._inner.is_published()

    def _reach(self, step: str) -> None:
        if step == self._step:
            raise KeyboardInterrupt


def agreed(workshop: Workshop) -> bool:
    found = diagnosis(workshop)
    assert not found.differences
    return found.agreed


def test_nothing_to_follow_writes_nothing(workshop: Workshop) -> None:
    assert follow_all(workshop) == {"graph": 0, "index": 0, "quality": 0}
    assert graphs(workshop) == documents(workshop) == set()
    assert agreed(workshop)


def test_what_was_put_is_in_both_stores(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    assert follow_all(workshop) == {"graph": 2, "index": 2, "quality": 2}
    assert documents(workshop) == {key("a"), key("b")}
    assert graphs(workshop) == {key("a"), key("b")} | SHARED
    assert agreed(workshop)


def test_a_second_round_writes_nothing(workshop: Workshop) -> None:
    give(workshop, {"a": "A"})
    follow_all(workshop)
    before = workshop.examined().graph.generation()
    assert follow_all(workshop) == {"graph": 0, "index": 0, "quality": 0}
    assert workshop.examined().graph.generation() == before


def test_a_change_replaces_what_was_there(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    follow_all(workshop)
    give(workshop, {"a": "Anew", "b": "B"})
    assert follow_all(workshop) == {"graph": 1, "index": 1, "quality": 1}
    assert agreed(workshop)


def test_what_is_withdrawn_goes_from_both(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    follow_all(workshop)
    give(workshop, {"b": "B"}, withdrawn=["a"])
    follow_all(workshop)
    assert documents(workshop) == {key("b")}
    assert graphs(workshop) == {key("b")} | SHARED
    assert agreed(workshop)


def test_what_came_and_went_between_two_rounds_never_appears(workshop: Workshop) -> None:
    give(workshop, {"a": "A"})
    follow_all(workshop)
    give(workshop, {"a": "A", "b": "B"})
    give(workshop, {"a": "A"}, withdrawn=["b"])
    assert follow_all(workshop) == {"graph": 1, "index": 1, "quality": 1}
    assert documents(workshop) == {key("a")}
    assert agreed(workshop)


def test_what_comes_back_is_there_again(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    give(workshop, {"a": "A"}, withdrawn=["b"])
    follow_all(workshop)
    give(workshop, {"a": "A", "b": "B"})
    follow_all(workshop)
    assert documents(workshop) == {key("a"), key("b")}
    assert agreed(workshop)


def test_a_removed_source_takes_its_records_along(workshop: Workshop) -> None:
    give(workshop, {"a": "A"})
    follow_all(workshop)
    workshop.ledger.remove_source("lisbon")
    follow_all(workshop)
    assert documents(workshop) == set()
    assert agreed(workshop)


def test_the_runs_are_told_of_the_writes_once(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    follow_all(workshop)
    give(workshop, {"a": "Anew", "b": "B"})
    follow_all(workshop)
    follow_all(workshop)
    assert writes(workshop.ledger) == {1: (2, 2), 2: (1, 1)}


def test_a_rebuild_tells_no_run_twice(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    follow_all(workshop)
    for one in workshop.projections:
        rebuild(workshop.ledger, one)
    assert writes(workshop.ledger) == {1: (2, 2)}
    assert agreed(workshop)


def test_the_ledger_knows_how_far_each_has_come(workshop: Workshop) -> None:
    give(workshop, {"a": "A", "b": "B"})
    assert workshop.ledger.watermark("graph") == 0
    follow_all(workshop)
    last = workshop.ledger.last_change()
    assert last == workshop.ledger.watermark("graph") == workshop.ledger.watermark("index") == 2
    assert {one.watermark() for one in workshop.projections} == {last}


@pytest.mark.parametrize("store", ["graph", "index"])
def test_a_lost_store_is_made_anew(store: str, filled: Path) -> None:
    shutil.rmtree(filled / store)
    with opened(filled) as workshop:
        assert not diagnosis(workshop).agreed
        assert follow_all(workshop)[store] == 2
        assert agreed(workshop)


@pytest.mark.parametrize("store", ["graph", "index"])
def test_an_older_copy_that_is_put_back_catches_up(store: str, filled: Path) -> None:
    shutil.copytree(filled / store, filled / "copy")
    with opened(filled) as workshop:
        give(workshop, {"a": "A", "b": "B, newer", "c": "C"})
        follow_all(workshop)
    shutil.rmtree(filled / store)
    (filled / "copy").rename(filled / store)
    with opened(filled) as workshop:
        assert not diagnosis(workshop).agreed
        assert follow_all(workshop)[store] == 2
        assert agreed(workshop)


def test_stores_ahead_of_a_ledger_that_was_put_back_are_made_anew(filled: Path) -> None:
    shutil.copy(filled / "ledger.sqlite", filled / "copy")
    with opened(filled) as workshop:
        give(workshop, {"a": "A", "b": "B", "c": "C"})
        follow_all(workshop)
    for old in filled.glob("ledger.sqlite*"):
        old.unlink()
    (filled / "copy").rename(filled / "ledger.sqlite")
    with opened(filled) as workshop:
        assert follow_all(workshop) == {"graph": 2, "index": 2, "quality": 0}
        assert documents(workshop) == {key("a"), key("b")}
        assert agreed(workshop)


@pytest.mark.parametrize("name", ["graph", "index"])
@pytest.mark.parametrize("step", ["apply", "rebuild", "publish"])
def test_a_round_that_is_cut_off_is_finished_by_the_next(step: str, name: str, filled: Path) -> None:
    with opened(filled) as workshop:
        give(workshop, {"a": "A", "b": "B, newer", "c": "C"})
        with pytest.raises(KeyboardInterrupt):
            bring_up(workshop, Cut(projection(workshop, name), step), step)
    with opened(filled) as workshop:
        follow_all(workshop)
        assert agreed(workshop)
        assert writes(workshop.ledger) == {1: (2, 2), 2: (2, 2)}


def bring_up(workshop: Workshop, cut: Projection, step: str) -> None:
    if step == "rebuild":
        rebuild(workshop.ledger, cut)
    follow(workshop.ledger, cut)


def test_an_older_copy_cut_off_before_it_is_published_is_published_by_the_next_round(filled: Path) -> None:
    shutil.copytree(filled / "graph", filled / "copy")
    with opened(filled) as workshop:
        give(workshop, {"a": "A", "b": "B, newer"})
        follow_all(workshop)
    shutil.rmtree(filled / "graph")
    (filled / "copy").rename(filled / "graph")
    with opened(filled) as workshop, pytest.raises(KeyboardInterrupt):
        follow(workshop.ledger, Cut(projection(workshop, "graph"), "publish"))
    with opened(filled) as workshop:
        follow_all(workshop)
        assert agreed(workshop)


def test_a_lost_store_cut_off_before_it_is_published_is_published_by_the_next_round(filled: Path) -> None:
    shutil.rmtree(filled / "graph")
    with opened(filled) as workshop, pytest.raises(KeyboardInterrupt):
        follow(workshop.ledger, Cut(projection(workshop, "graph"), "publish"))
    with opened(filled) as workshop:
        follow_all(workshop)
        assert agreed(workshop)


def test_a_site_that_moves_has_its_graphs_made_anew(filled: Path) -> None:
    with closing(Workshop(Settings(data_dir=filled, base_url="https://new.example"))) as moved:
        assert follow_all(moved)["graph"] == 2
        assert graphs(moved) == {key("a"), key("b"), *SHARED}
        assert agreed(moved)


def test_more_changes_than_a_batch_holds_are_all_followed(workshop: Workshop) -> None:
    give(workshop, {"first": "First"})
    follow_all(workshop)
    give(workshop, {f"n{number}": f"Number {number}" for number in range(501)})
    assert follow_all(workshop) == {"graph": 501, "index": 501, "quality": QualityProjection.step}
    assert writes(workshop.ledger) == {1: (1, 1), 2: (501, 501)}
    assert len(documents(workshop)) == 502


def test_a_graph_store_in_an_older_form_is_built_anew(filled: Path) -> None:
    made_with = filled / "graph" / "MADE_WITH"
    form, rest = made_with.read_text("utf-8").split(" ", 1)
    assert form.isdigit()
    made_with.write_text(rest, "utf-8")
    with opened(filled) as workshop:
        assert projection(workshop, "graph").watermark() == 0
        follow_all(workshop)
        assert diagnosis(workshop).agreed
    assert made_with.read_text("utf-8") == f"{form} {rest}"
