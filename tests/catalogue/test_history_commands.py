"""What the commands on a record's past say and do, and with which code they end."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from catalogue.cli import main
from catalogue.ingest.facts import read_facts
from catalogue.ledger import Facts
from catalogue.model.run import RecordState
from catalogue.services import Workshop
from harvesters.findings import Finding, Severity
from tests.catalogue.descriptions import prepared
from tests.catalogue.kept import SOURCE, documents, follow_all, give, iri, key, opened, staged
from tests.contracts.ledger_builders import harvest

WHY = "the export was broken"


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    def refusal(self) -> str:
        """What a refused command said: one line with the reason, nothing else."""
        assert (self.code, self.out) == (1, "")
        (line,) = self.err.splitlines()
        return line.removeprefix("catalogue: ")

    def json(self) -> object:
        assert self.code == 0, self.err
        return json.loads(self.out)


Command = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def catalogue(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command as the console script does, on a data folder of its own."""
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(folder))

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["catalogue", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def workshop(folder: Path) -> Iterator[Workshop]:
    """Two runs: ``a`` changed in the second, ``b`` did not, ``c`` came with it. The stores are let go."""
    with opened(folder) as found:
        give(found, {"a": "First", "b": "Steady"})
        give(found, {"a": "Second", "b": "Steady", "c": "Newcomer"})
    with opened(folder) as found:
        yield found


def titles(workshop: Workshop) -> dict[str, str]:
    found = workshop.ledger.iterate_published()
    return {one.key: read_facts(one.subject, one.triples).title for one in found}


def test_history_lists_versions_and_receptions(catalogue: Command, workshop: Workshop) -> None:
    (first, second) = workshop.ledger.versions(key("a"))
    told = catalogue("history", key("a"), "--json").json()
    assert isinstance(told, dict)
    assert (told["source"], told["state"]) == (SOURCE, "live")
    assert [one["sha256"] for one in told["versions"]] == [first.sha256, second.sha256]
    assert [one["run"] for one in told["versions"]] == [1, 2]
    assert len(told["receptions"]) == 2
    assert "2026" in catalogue("history", key("a")).out


@pytest.mark.usefixtures("workshop")
def test_diff_tells_the_last_change(catalogue: Command) -> None:
    told = catalogue("diff", key("a"), "--json").json()
    change = {"path": "dct:title", "node": "", "before": ["First@en"], "after": ["Second@en"]}
    assert told == {"key": key("a"), "from": 1, "to": 2, "changes": [change]}
    assert "First@en" in catalogue("diff", key("a"), "1", "2").out
    assert "say the same" in catalogue("diff", key("a"), "2", "2").err


@pytest.mark.usefixtures("workshop")
def test_diff_of_the_first_version_says_that_there_is_none_before(catalogue: Command) -> None:
    assert catalogue("diff", key("b")).refusal() == f"{key('b')} has no version before 1"
    assert catalogue("diff", key("b"), "1", "7").refusal() == f"there is no version 7 of '{key('b')}'"


def test_record_prints_the_bytes(workshop: Workshop, folder: Path) -> None:
    """In a process of its own, for a captured stream has no bytes."""

    def printed(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "catalogue", "record", key("a"), *arguments]
        environment = {"CATALOGUE_DATA_DIR": str(folder), "PATH": ""}
        return subprocess.run(command, env=environment, check=True, capture_output=True).stdout

    assert printed() == workshop.ledger.published(key("a")).triples
    assert printed("--version", "1") == workshop.ledger.version_at(key("a"), 1).triples
    assert printed("--received", "--version", "1") == workshop.ledger.received_at(key("a"), 1).body
    assert printed("--received") == workshop.ledger.received(key("a")).body


def test_revert_brings_a_record_back_for_readers_too(catalogue: Command, workshop: Workshop) -> None:
    assert "1 changed" in catalogue("revert", key("a"), "--to", "1", "--why", WHY).err
    assert titles(workshop)[key("a")] == "First"
    assert workshop.ledger.versions(key("a"))[2].why == WHY
    assert follow_all(workshop) == {"index": 0, "graph": 0, "quality": 0}
    assert WHY in catalogue("history", key("a")).out


def test_revert_a_second_time_does_nothing(catalogue: Command, workshop: Workshop) -> None:
    catalogue("revert", key("a"), "--to", "1", "--why", WHY)
    assert "nothing was written" in catalogue("revert", key("a"), "--to", "1", "--why", WHY).err
    assert len(workshop.ledger.versions(key("a"))) == 3


def test_revert_brings_a_whole_source_back(catalogue: Command, workshop: Workshop) -> None:
    told = catalogue("revert", "--source", SOURCE, "--run", "1", "--why", WHY, "--json").json()
    assert told == {"changed": 1, "revived": 0, "withdrawn": 1, "unchanged": 1}
    assert titles(workshop) == {key("a"): "First", key("b"): "Steady"}
    assert documents(workshop) == {key("a"), key("b")}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "1"),
        ("KEY",),
        ("KEY", "--to", "1", "--source", SOURCE),
        ("--source", SOURCE),
        ("--run", "1"),
        ("KEY", "--run", "1"),
        (),
    ],
    ids=" ".join,
)
def test_revert_wants_one_thing_at_a_time(
    arguments: tuple[str, ...], catalogue: Command, workshop: Workshop
) -> None:
    asked = (key("a") if one == "KEY" else one for one in arguments)
    assert "say KEY and --to VERSION" in catalogue("revert", *asked, "--why", WHY).refusal()
    assert titles(workshop)[key("a")] == "Second"


def test_revert_wants_a_reason(catalogue: Command, workshop: Workshop) -> None:
    assert "why" in catalogue("revert", key("a"), "--to", "1", "--why", " ").refusal()
    assert catalogue("revert", key("a"), "--to", "1").code == 2
    assert titles(workshop)[key("a")] == "Second"


@pytest.mark.usefixtures("workshop")
def test_what_there_is_not_is_refused(catalogue: Command) -> None:
    assert catalogue("history", "nothing").refusal() == "there is no dataset 'nothing'"
    assert (
        catalogue("record", key("a"), "--version", "9").refusal() == f"there is no version 9 of '{key('a')}'"
    )
    assert "no version 9" in catalogue("revert", key("a"), "--to", "9", "--why", WHY).refusal()
    assert "no run 9" in catalogue("revert", "--source", SOURCE, "--run", "9", "--why", WHY).refusal()
    assert "no source 'faro'" in catalogue("revert", "--source", "faro", "--run", "1", "--why", WHY).refusal()


def test_nothing_is_reverted_while_the_source_is_harvested(catalogue: Command, workshop: Workshop) -> None:
    lease = workshop.ledger.acquire(f"source:{SOURCE}", "another", 60)
    assert lease is not None
    assert "is being harvested" in catalogue("revert", key("a"), "--to", "1", "--why", WHY).refusal()
    workshop.ledger.release(lease)
    assert catalogue("revert", key("a"), "--to", "1", "--why", WHY).code == 0


def test_an_alias_is_added_listed_and_removed(catalogue: Command, workshop: Workshop) -> None:
    assert catalogue("alias", "add", SOURCE, iri("new"), iri("a"), "--why", WHY).code == 0
    (listed,) = workshop.ledger.list_aliases()
    told = catalogue("alias", "list", "--json").json()
    assert told == [
        {
            "source": SOURCE,
            "given": iri("new"),
            "identifier": iri("a"),
            "why": WHY,
            "at": listed.at.isoformat(),
        }
    ]
    assert iri("new") in catalogue("alias", "list", SOURCE).out
    assert catalogue("alias", "remove", SOURCE, iri("new")).code == 0
    assert workshop.ledger.aliases(SOURCE) == {}


def test_the_record_that_an_alias_was_leaves_the_index(catalogue: Command, workshop: Workshop) -> None:
    assert catalogue("alias", "add", SOURCE, iri("c"), iri("a"), "--why", WHY).code == 0
    assert workshop.ledger.published(key("c")).state is RecordState.WITHDRAWN
    assert documents(workshop) == {key("a"), key("b")}


@pytest.mark.usefixtures("workshop")
def test_an_alias_that_makes_no_sense_is_refused(catalogue: Command) -> None:
    assert "alias of itself" in catalogue("alias", "add", SOURCE, iri("a"), iri("a"), "--why", WHY).refusal()
    assert "no record 'x'" in catalogue("alias", "add", SOURCE, iri("new"), "x", "--why", WHY).refusal()
    assert "is no alias" in catalogue("alias", "remove", SOURCE, iri("a")).refusal()


@pytest.mark.usefixtures("workshop")
def test_a_title_within_one_source_is_no_suggestion(catalogue: Command) -> None:
    assert catalogue("suggestions", "--json").json() == {"duplicates": [], "renamed": []}


def test_a_record_that_came_again_under_another_identifier_is_suggested(
    catalogue: Command, workshop: Workshop
) -> None:
    moved = replace(staged("new", "Newcomer"), identities=(doi := "10.5281/zenodo.1",))
    again = replace(staged("c", "Newcomer"), identities=(doi,), received_sha256="0" * 64)
    harvest(workshop.ledger, moved, again, source=SOURCE)
    told = catalogue("suggestions", "--json").json()
    assert isinstance(told, dict)
    (pair,) = told["renamed"]
    assert (pair["shared"], pair["identifier"], pair["given"]) == (doi, iri("c"), iri("new"))
    assert doi in catalogue("suggestions").out
    names = (pair["source"], pair["given"], pair["identifier"])
    assert catalogue("alias", "add", *names, "--why", WHY).code == 0
    assert catalogue("suggestions", "--json").json() == {"duplicates": [], "renamed": []}


def test_the_command_line_shows_the_values_of_all_findings(catalogue: Command, workshop: Workshop) -> None:
    told = Finding(Severity.WARNING, iri("a"), "healthdcatap:numberOfUniqueIndividuals", "3 or so", "Odd")
    run = workshop.ledger.start_run(SOURCE)
    workshop.ledger.add_findings(run.id, [told], identifier=iri("a"))
    assert "3 or so" in catalogue("run", str(run.id), "--findings").out
    said = catalogue("run", str(run.id), "--findings", "--json").json()
    assert isinstance(said, list)
    assert [one["value"] for one in said] == ["3 or so"]


def test_facts_are_those_that_were_prepared() -> None:
    made = prepared(
        'dct:identifier "https://doi.org/10.5281/ZENODO.1" ; health:numberOfUniqueIndividuals 20 .', title="T"
    )
    assert read_facts(made.subject, made.triples) == Facts(made.title, made.patients, made.identities)
    assert (made.title, made.patients, "10.5281/zenodo.1" in made.identities) == ("T", 20, True)


def test_patients_that_do_not_count_are_no_fact() -> None:
    made = prepared('cimg:subjectKind "Mouse" ; health:numberOfUniqueIndividuals 20 .')
    assert read_facts(made.subject, made.triples).patients == made.patients
