"""What the commands about mappings promise to a curator."""

import getpass
import re
from pathlib import Path

import pytest

from catalogue.ingest.identity import mint_key
from catalogue.services import Workshop
from ontologies.concepts import Axis
from ontologies.mappings import MANUAL, Mapping, MappingSet, load_mappings, write_mappings
from ontologies.own_scheme import load_scheme
from tests.catalogue import descriptions
from tests.catalogue.descriptions import received, rules
from tests.catalogue.kept import SOURCE, give
from tests.contracts.ledger_builders import applied
from tests.flow.commands import Commands

SCHEME = load_scheme()
WORD = "Pankreastumor im Kopf"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
WHY = ("--why", "read the protocol")


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture
def another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Commands on an instance of its own; whoever asks for it asks for no other."""
    return Commands(tmp_path / "another", monkeypatch, capsys)


def row(record_id: str = "x:1", word: str = WORD, concept: str = "CLIN1000060", source: str = "") -> Mapping:
    found = SCHEME.get(concept)
    return Mapping(
        record_id=record_id,
        subject_label=word,
        subject_type="rdfs literal",
        subject_category=Axis.CANCER,
        predicate_id="skos:exactMatch",
        object_id=f"eucaim:{concept}",
        object_label=found.label if found else "Unknown",
        mapping_justification="semapv:ManualMappingCuration",
        subject_source=source,
    )


def set_of(folder: Path, *rows: Mapping, licence: str = LICENCE) -> Path:
    path = folder / "set.sssom.tsv"
    path.write_text(write_mappings(MappingSet("https://example.org/set", "1", licence, rows)))
    return path


def own_row() -> Mapping:
    return next(one for one in load_mappings().mappings if one.subject_category is Axis.CANCER and one.places)


def test_an_import_shows_the_difference_and_writes_nothing(commands: Commands, tmp_path: Path) -> None:
    shown = commands.run("mappings", "import", set_of(tmp_path, row()))
    assert shown.code == 1
    assert WORD in shown.out
    assert "say --apply" in shown.err
    assert commands.well("mappings", "list", "--json").json == []


def test_an_import_that_is_applied_is_a_proposal_unless_said_otherwise(
    commands: Commands, tmp_path: Path
) -> None:
    commands.well("mappings", "import", set_of(tmp_path, row()), "--apply")
    (told,) = commands.well("mappings", "list", "--json").json
    assert (told["state"], told["acts"], told["who"]) == ("proposed", False, getpass.getuser())


def test_an_import_once_more_changes_nothing_and_ends_well(commands: Commands, tmp_path: Path) -> None:
    accepted = ("mappings", "import", set_of(tmp_path, row()), "--state", "accepted", "--json")
    commands.well(*accepted, "--apply")
    again = commands.well(*accepted).json
    assert (again["new"], again["changed"], again["same"]) == ([], [], 1)


def test_a_row_of_our_own_in_a_file_is_known_already(commands: Commands, tmp_path: Path) -> None:
    found = commands.well("mappings", "import", set_of(tmp_path, own_row()), "--state", "accepted", "--json")
    assert found.json["same"] == 1


def test_a_word_that_is_in_force_otherwise_is_told(commands: Commands, tmp_path: Path) -> None:
    own = own_row()
    other = next(one for one in SCHEME.on(Axis.CANCER) if one.code != own.concept and one.parents)
    file = set_of(tmp_path, row("x:1", own.subject_label, other.code, own.subject_source))
    found = commands.run("mappings", "import", file, "--state", "accepted", "--json").json
    assert [one["record_id"] for one in found["contradicted"]] == [own.record_id]


def test_an_unknown_concept_is_not_taken_in_as_accepted(commands: Commands, tmp_path: Path) -> None:
    file = set_of(tmp_path, row(concept="CLIN9999999"))
    ended = commands.run("mappings", "import", file, "--state", "accepted", "--apply")
    assert ended.code == 1
    assert "resolve the conflicts" in ended.err
    assert commands.well("mappings", "list", "--json").json == []


def test_what_conflicts_is_taken_in_where_the_curator_insists(commands: Commands, tmp_path: Path) -> None:
    file = set_of(tmp_path, row(concept="CLIN9999999"))
    commands.well("mappings", "import", file, "--state", "accepted", "--apply", "--despite-conflicts")
    assert commands.run("mappings", "check").code == 1


def test_our_own_mappings_are_without_serious_conflicts(commands: Commands) -> None:
    commands.well("mappings", "check")


def test_a_file_is_checked_without_being_taken_in(commands: Commands, tmp_path: Path) -> None:
    file = set_of(tmp_path, row("x:1"), row("x:2", concept="CLIN1000075"))
    found = commands.run("mappings", "check", file, "--json")
    assert found.code == 1
    assert found.json[0]["rows"] == ["x:1", "x:2"]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"", b"record_id\tsubject\nx\ty\n", b"#license: x\nPK\x03\x04"]
)
def test_a_file_that_is_no_mapping_set_is_refused_in_one_line(
    commands: Commands, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "set.sssom.tsv"
    file.write_bytes(content)
    ended = commands.run("mappings", "import", file)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, "", 1)


def test_a_plain_table_is_answered_with_the_first_lines_of_a_set_that_is_read(
    commands: Commands, tmp_path: Path
) -> None:
    file = tmp_path / "words.csv"
    file.write_text(f"word,concept\n{WORD},CLIN1000060\n")
    said = commands.run("mappings", "import", file).err
    assert "/reconcile" in said
    assert "mappings export --own" in said
    *head, columns = re.findall("`(#[^`]+|subject_label [^`]+)`", said)
    cells = (WORD, "rdfs literal", "cancer", "skos:exactMatch", "eucaim:CLIN1000060", MANUAL)
    lines = (*head, columns.replace(" ", "\t"), "\t".join(cells))
    file.write_text("".join(f"{line}\n" for line in lines))
    assert len(commands.well("mappings", "import", file, "--apply", "--json").json["new"]) == 1


@pytest.mark.parametrize("state", ["accepted", "proposed", "rejected"])
def test_an_export_taken_in_elsewhere_and_exported_there_is_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    rows = (row("x:1"), row("x:2", '=cmd|"quoted"'), row("x:3", "Brust, links", source="lisbon"))
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    one = Commands(tmp_path / "one", monkeypatch, capsys)
    one.well("mappings", "import", set_of(tmp_path, *rows), "--state", state, "--apply")
    one.well("mappings", "export", first, "--state", state)
    other = Commands(tmp_path / "other", monkeypatch, capsys)
    other.well("mappings", "import", first, "--state", state, "--apply")
    other.well("mappings", "export", second, "--state", state)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text().count("semapv:ManualMappingCuration") == 3


def test_an_export_of_all_tells_each_row_s_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = set_of(tmp_path, row("x:1"), row("x:2", "another word"))
    one = Commands(tmp_path / "one", monkeypatch, capsys)
    one.well("mappings", "import", file, "--apply")
    one.well("mappings", "accept", "x:2", *WHY)
    one.well("mappings", "reject", own_row().record_id, *WHY)
    exported = one.well("mappings", "export", "--state", "all").out
    (tmp_path / "all.tsv").write_text(exported)
    other = Commands(tmp_path / "other", monkeypatch, capsys)
    other.well("mappings", "import", tmp_path / "all.tsv", "--apply")
    told = {one["record_id"]: one["state"] for one in other.well("mappings", "list", "--json").json}
    assert told == {"x:1": "proposed", "x:2": "accepted", own_row().record_id: "rejected"}
    assert other.well("mappings", "export", "--state", "all").out == exported


def test_the_licence_of_a_set_stays_with_its_rows(commands: Commands, tmp_path: Path) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    file = set_of(tmp_path, row(), licence=licence)
    commands.well("mappings", "import", file, "--state", "accepted", "--apply")
    assert licence in commands.well("mappings", "export").out


def test_a_row_is_accepted_and_rejected_by_its_id_with_a_reason(commands: Commands, tmp_path: Path) -> None:
    commands.well("mappings", "import", set_of(tmp_path, row()), "--apply")
    commands.well("mappings", "accept", "x:1", *WHY, "--who", "Ana")
    (told,) = commands.well("mappings", "list", "--state", "accepted", "--json").json
    assert (told["acts"], told["who"], told["why"]) == (True, "Ana", "read the protocol")
    commands.well("mappings", "reject", "x:1", *WHY)
    assert commands.well("mappings", "list", "--state", "accepted", "--json").json == []


def test_a_row_that_nobody_knows_can_not_be_decided(commands: Commands) -> None:
    ended = commands.run("mappings", "accept", "nobody:1", *WHY)
    assert (ended.code, ended.err.strip()) == (1, "catalogue: there is no mapping 'nobody:1'")


def test_rows_are_listed_by_a_part_of_the_word_with_our_own(commands: Commands) -> None:
    own = own_row()
    found = commands.well("mappings", "list", "--own", "--word", own.subject_label.upper(), "--json").json
    assert own.record_id in [one["record_id"] for one in found]
    assert commands.well("mappings", "list", "--word", own.subject_label, "--json").json == []


def test_words_without_a_concept_come_by_what_they_hide(commands: Commands) -> None:
    workshop = Workshop(commands.settings)
    give(workshop, {})
    give_values(
        workshop,
        {"a": ("Lung canser", 10), "b": ("lung  CANSER", 20), "c": ("Qwertzuiop", 5), "d": ("x", 900)},
    )
    workshop.close()
    found = commands.well("mappings", "unmapped", "--axis", "cancer", "--json").json
    assert [(one["word"]["datasets"], one["word"]["patients"]) for one in found] == [
        (1, 900),
        (2, 30),
        (1, 5),
    ]
    assert found[1]["label"] == "Lung cancer"


def give_values(workshop: Workshop, values: dict[str, tuple[str, int]]) -> None:
    ledger = workshop.ledger
    run = ledger.start_run(SOURCE)
    for name, (value, patients) in values.items():
        iri = f"https://node.example/dataset/{name}"
        key = mint_key(SOURCE, iri, taken=lambda _: False)
        statements = f'eucaim:hasCondition "{value}" ; health:numberOfUniqueIndividuals {patients} .'
        record = received(statements, title=name, identifier=iri)
        ledger.stage(run.id, [descriptions.staged(record, rules().prepare(record, key=key), key=key)])
    applied(ledger, run.id, complete=True)
