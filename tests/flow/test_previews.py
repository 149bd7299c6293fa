"""A preview tells what a harvest would bring, and leaves no trace of itself."""

import hashlib
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import create_engine, func, inspect, select, table, text

from tests.flow.commands import Commands
from tests.flow.faults.nodes import RECORDS, DcatNode
from tests.harvesters.scripted_provider import Answer, Provider


@pytest.fixture
def node(provider: Provider) -> DcatNode:
    return DcatNode(provider, "north")


@pytest.fixture
def known(node: DcatNode, commands: Commands) -> DcatNode:
    """A node that is registered and live."""
    commands.well("source", "add", "north", "--kind", "dcat", "--url", node.url, "--pace", "0")
    assert commands.harvest("north")["state"] == "done"
    return node


def preview(commands: Commands, what: str) -> Any:
    return commands.well("source", "preview", what, "--json").json


def traces(commands: Commands) -> Mapping[str, object]:
    """All that a catalogue is made of: how many rows each table has and what they say, and every file.

    The files of SQLite itself are told by what the tables say.
    """
    settings = commands.settings
    found: dict[str, object] = {}
    engine = create_engine(settings.ledger_url)
    with closing(engine.raw_connection()), engine.connect() as connection:
        for name in inspect(engine).get_table_names():
            rows = connection.execute(select(text("*")).select_from(table(name))).all()
            found[name] = (
                connection.execute(select(func.count()).select_from(table(name))).scalar_one(),
                hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest(),
            )
    engine.dispose()
    for path in sorted(settings.data_dir.rglob("*")):
        if path.is_file() and not path.name.startswith("ledger.sqlite"):
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_an_unknown_node_is_all_new_and_nothing_is_written(node: DcatNode, commands: Commands) -> None:
    commands.well("source", "list")
    before = traces(commands)
    found = preview(commands, node.url)
    assert (len(found["new"]), found["changed"], found["missing"]) == (RECORDS, [], [])
    assert {one["title"] for one in found["new"]} == {f"north {number}" for number in range(RECORDS)}
    assert (found["listing"]["complete"], found["held_because"]) == (True, "")
    assert traces(commands) == before


def test_a_known_source_is_compared_with_what_is_live_and_nothing_is_written(
    known: DcatNode, commands: Commands
) -> None:
    changed = known.dataset(0, title="Another title")
    added = known.dataset(RECORDS, more='; <http://data.europa.eu/r5r/none> "x" ')
    known.lay_out([changed, *known.datasets(range(2, RECORDS)), added], total=None)
    before = traces(commands)
    found = preview(commands, "north")
    assert [one["title"] for one in found["new"]] == [f"north {RECORDS}"]
    (record,) = found["changed"]
    (change,) = [one for one in record["changes"] if one["path"] == "dct:title"]
    assert (change["before"], change["after"]) == (["north 0"], ["Another title"])
    assert found["missing"] == [f"{known.provider.url}/d/1"]
    assert found["unchanged"] == RECORDS - 2
    assert traces(commands) == before


def test_what_would_be_held_is_told(known: DcatNode, commands: Commands) -> None:
    known.lay_out(known.datasets(range(6)), total=None)
    before = traces(commands)
    assert "6 of 12" in preview(commands, "north")["held_because"]
    assert traces(commands) == before


def test_a_word_that_means_nothing_yet_is_named(node: DcatNode, commands: Commands) -> None:
    word = "; <https://cancerimage.eu/ontology/EUCAIM#hasCondition> 'Nonsensical cancer' "
    node.lay_out([*node.datasets(range(RECORDS - 1)), node.dataset(RECORDS - 1, more=word)])
    (value,) = preview(commands, node.url)["unmapped"]
    assert (value["raw"], value["datasets"]) == ("Nonsensical cancer", 1)


def test_findings_and_rejections_are_told(node: DcatNode, commands: Commands) -> None:
    untitled = node.dataset(0).replace("dct:title", "dct:alternative")
    node.lay_out([untitled, *node.datasets(range(1, RECORDS))])
    (rejected,) = preview(commands, node.url)["rejected"]
    assert "title" in rejected["reason"]


def test_a_node_that_fails_is_told_and_nothing_is_written(known: DcatNode, commands: Commands) -> None:
    known.answer(Answer(status=503), page=1)
    before = traces(commands)
    failed = commands.run("source", "preview", "north")
    assert (failed.code, "503" in failed.err) == (1, True)
    assert traces(commands) == before


def test_a_preview_asks_for_everything_anew(known: DcatNode, commands: Commands) -> None:
    """It may not believe the answers that harvests have kept."""
    known.provider.asked.clear()
    preview(commands, "north")
    assert len(known.provider.asked) == 3
    assert not any("if-none-match" in headers for _, headers in known.provider.asked)


def test_datasets_that_moved_house_are_compared_with_themselves(known: DcatNode, commands: Commands) -> None:
    new = [f"<{known.provider.url}/moved/{number}>" for number in range(RECORDS)]
    known.lay_out([known.dataset(number, subject=subject) for number, subject in enumerate(new)])
    run = commands.harvest("north")
    assert (run["state"], run["counts"]["changed"], run["counts"]["new"]) == ("done", RECORDS, 0)
    found = preview(commands, "north")
    assert (found["new"], found["missing"], found["unchanged"]) == ([], [], RECORDS)
