"""What commands say, and with which code they end."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from catalogue.cli import main
from catalogue.cli.app import app
from catalogue.ledger import Ledger, Rejection
from catalogue.model.run import RunState
from catalogue.services import open_ledger
from catalogue.settings import read_settings
from harvesters.findings import Finding, Severity
from tests.catalogue.kept import follow_all, give, opened

NODE = "https://93.184.215.14/catalogue.ttl"


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


Command = Callable[..., Ended]


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))


def all_commands() -> list[tuple[str, ...]]:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return list(commands(group))


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command as the console script does, on a data folder of its own."""
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["catalogue", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def ledger(catalogue: Command) -> Iterator[Ledger]:
    assert catalogue("source", "add", "upv", "--kind", "dcat", "--url", NODE).code == 0
    with open_ledger(read_settings()) as found:
        yield found


def one_line(ended: Ended) -> str:
    """What a refused command said: one line with the reason, nothing else."""
    assert (ended.code, ended.out) == (1, "")
    (line,) = ended.err.splitlines()
    return line.removeprefix("catalogue: ")


@pytest.mark.parametrize("path", all_commands(), ids=" ".join)
def test_every_command_tells_what_it_does(path: tuple[str, ...], catalogue: Command) -> None:
    ended = catalogue(*path, "--help")
    assert ended.code == 0
    assert "Usage: " in ended.out


def test_the_promised_commands_are_there() -> None:
    promised = "demo up serve worker harvest runs rebuild doctor"
    of_sources = {("source", name) for name in ("add", "list", "show", "remove")}
    assert {(name,) for name in promised.split()} | of_sources <= set(all_commands())


def test_a_source_is_added_shown_listed_and_removed(catalogue: Command) -> None:
    added = catalogue("source", "add", "upv-node", "--kind", "dcat", "--url", NODE, "--title", "UPV")
    assert (added.code, added.err) == (0, "")
    (listed,) = json.loads(catalogue("source", "list", "--json").out)
    assert (listed["config"]["id"], listed["config"]["title"]) == ("upv-node", "UPV")
    assert NODE in catalogue("source", "list").out
    assert NODE in catalogue("source", "show", "upv-node").out
    assert json.loads(catalogue("source", "show", "upv-node", "--json").out)["findings"] == []
    assert catalogue("source", "remove", "upv-node").code == 0
    assert json.loads(catalogue("source", "list", "--json").out) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://node.example/a.ttl", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("node.example/a.ttl", "only http and https"),
        ("http://127.0.0.1:1/", "port 1 is not one of"),
        ("http://127.0.0.1/", "this machine itself"),
        ("http://10.0.0.1/", "a private or reserved address"),
        ("http://169.254.169.254/", "a link-local address"),
        ("http://[::1]/", "this machine itself"),
        ("https://me:secret@93.184.215.14/", "user name or password"),
        ("http://", "names no host"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_with_the_reason(
    url: str, reason: str, catalogue: Command
) -> None:
    line = one_line(catalogue("source", "add", "bad", "--kind", "dcat", "--url", url))
    assert reason in line
    assert "secret" not in line
    assert json.loads(catalogue("source", "list", "--json").out) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("upv", "--kind", "dcat"), "there is already a source 'upv'"),
        (("other", "--kind", "gopher"), "there is no kind 'gopher'"),
        (("UPV Node", "--kind", "dcat"), "is no id"),
        (("other", "--kind", "dcat", "--option", "nonsense"), "write KEY=VALUE"),
        (("other", "--kind", "dcat", "--option", "colour=blue"), "colour"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_a_source_that_cannot_be_is_refused_with_the_reason(
    arguments: tuple[str, ...], reason: str, catalogue: Command
) -> None:
    assert reason in one_line(catalogue("source", "add", *arguments, "--url", NODE))


@pytest.mark.parametrize("pace", ["nan", "inf", "-1", "soon"])
def test_a_pace_that_is_no_time_is_a_wrong_use_of_the_command(pace: str, catalogue: Command) -> None:
    ended = catalogue("source", "add", "other", "--kind", "dcat", "--url", NODE, f"--pace={pace}")
    assert ended.code == 2
    assert "--pace" in ended.err


@pytest.mark.parametrize(
    "arguments", [("harvest", "nobody"), ("source", "show", "nobody"), ("source", "remove", "nobody")]
)
def test_a_source_that_is_not_there_is_named(arguments: tuple[str, ...], catalogue: Command) -> None:
    assert one_line(catalogue(*arguments)) == "there is no source 'nobody'"


def test_harvest_wants_to_know_what(catalogue: Command) -> None:
    assert one_line(catalogue("harvest")) == "name the sources to harvest, or say --all"


def test_only_projections_are_rebuilt(catalogue: Command) -> None:
    assert "there are graph, index" in one_line(catalogue("rebuild", "ledger"))


def test_runs_are_json_for_machines_and_a_table_for_people(catalogue: Command, ledger: Ledger) -> None:
    run = ledger.start_run("upv")
    ledger.end_run(run.id, RunState.FAILED, "the node [/bold] did \x1b[2J not answer")
    (found,) = json.loads(catalogue("runs", "--json").out)
    assert (found["source"], found["state"], found["counts"]["versions"]) == ("upv", "failed", 0)
    table = catalogue("runs")
    assert "failed" in table.out
    assert "the node [/bold] did  [2J not answer" in table.err


def test_a_providers_words_are_shown_as_they_are_and_move_no_cursor(
    catalogue: Command, ledger: Ledger
) -> None:
    run = ledger.start_run("upv")
    finding = Finding(Severity.INFO, "urn:a", "dct:title", "[red]\x1b]0;title\x07 :smile:", "odd [/] word")
    ledger.add_findings(run.id, [finding])
    ledger.add_rejections(run.id, [Rejection("urn:[b]\x9b1m", "bad [/i] title")])
    assert ledger.rejections(run.id) == (Rejection("urn:[b]\x9b1m", "bad [/i] title"),)
    shown = catalogue("source", "show", "upv")
    assert shown.code == 0
    assert not {"\x1b", "\x07", "\x9b"} & set(shown.out)
    assert "[red]" in shown.out
    assert ":smile:" in shown.out
    assert "odd [/] word" in shown.out
    assert "bad [/i] title" in shown.out


def test_a_wrong_setting_is_told_in_one_line(catalogue: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGUE_LEASE_SECONDS", "abc")
    assert one_line(catalogue("runs")).startswith("CATALOGUE_LEASE_SECONDS: ")


def test_a_data_folder_that_cannot_be_made_is_told_in_one_line(
    catalogue: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "file" / "data"))
    assert one_line(catalogue("runs")).startswith("CATALOGUE_DATA_DIR: ")


def test_the_doctor_ends_with_one_where_the_stores_differ(catalogue: Command) -> None:
    folder = read_settings().data_dir
    with opened(folder) as workshop:
        give(workshop, {"a": "A"})
    differing = catalogue("doctor", "--json")
    assert differing.code == 1
    assert json.loads(differing.out)["agreed"] is False
    assert "1 changes behind the ledger" in catalogue("doctor").out
    with opened(folder) as workshop:
        follow_all(workshop)
    agreed = catalogue("doctor", "--json")
    assert (agreed.code, json.loads(agreed.out)["agreed"]) == (0, True)
    assert "all agree" in catalogue("doctor").err


def test_the_index_is_rebuilt_by_the_command_itself_where_no_worker_runs(catalogue: Command) -> None:
    with opened(read_settings().data_dir) as workshop:
        give(workshop, {"a": "A"})
    assert catalogue("rebuild", "index").err.strip() == "the index was built anew"
    assert catalogue("doctor").code == 0


def test_a_source_that_does_not_answer_fails_the_harvest_with_its_reason(
    catalogue: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOGUE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1:9")
    arguments = (
        "source",
        "add",
        "dead",
        "--kind",
        "dcat",
        "--url",
        "http://127.0.0.1:9/a.ttl",
        "--pace",
        "0",
    )
    assert catalogue(*arguments).code == 0
    ended = catalogue("harvest", "dead", "--json")
    assert ended.code == 1
    (run,) = json.loads(ended.out)
    assert run["state"] == "failed"
    assert "127.0.0.1:9" in run["message"]
    assert "Traceback" not in ended.err


def test_the_package_itself_is_a_command(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "catalogue", "source", "show", "nobody"],
        env={"CATALOGUE_DATA_DIR": str(tmp_path), "PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == "catalogue: there is no source 'nobody'\n"
