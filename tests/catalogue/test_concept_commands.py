"""``catalogue concepts``: what loading a release shows, what it writes, and what stays."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.cli import main
from catalogue.services import open_ledger
from catalogue.settings import Settings
from ontologies.additions import Additions
from ontologies.own_scheme import load_scheme
from tests.ontologies.releases.builders import obo, written

CANCER = "id: DOID:162\nname: cancer"
ODD = "id: DOID:990001\nname: odd cancer\nis_a: DOID:162"
LOW = 'id: DOID:990002\nname: odder cancer\nis_a: DOID:990001\nsynonym: "oddest cancer" EXACT []'

Command = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run a command in an instance of its own and give what it printed; it must end with the code."""
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "data"))

    def running(*arguments: object, code: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["catalogue", "concepts", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        assert (ended.value.code or 0) == code, err
        return out + err

    return running


def additions(tmp_path: Path) -> Additions:
    with open_ledger(Settings(data_dir=tmp_path / "data")) as ledger:
        return ledger.additions()


def test_without_apply_nothing_is_written(run: Command, tmp_path: Path) -> None:
    said = run("load", written(tmp_path, "doid.obo", obo(CANCER, ODD)))
    assert "say --apply" in said
    assert not additions(tmp_path)


def test_concepts_that_are_added_are_told_apart_from_terms_that_are_new(run: Command, tmp_path: Path) -> None:
    first = run("load", written(tmp_path, "one.obo", obo(CANCER, ODD)), "--apply")
    assert "Its 2 terms in use: 1 become concepts, 1 belong to these or to known ones" in first
    assert "no release of DOID is loaded yet" in first
    assert "Concepts that would be added: 1" in first
    lung = "id: DOID:1324\nname: lung cancer\nis_a: DOID:162"
    second = run("load", written(tmp_path, "two.obo", obo(CANCER, ODD, LOW, lung)), "--version", "2")
    assert "Its 4 terms in use: 2 become concepts, 2 belong to these or to known ones" in second
    assert "beside DOID 2026-07-31 2 are new" in second
    assert "New terms: 2" in second
    assert "Concepts that would be added: 1" in second


def test_new_concepts_are_counted_by_axis_with_the_first_of_them(run: Command, tmp_path: Path) -> None:
    said = run("load", written(tmp_path, "doid.obo", obo(CANCER, ODD, LOW)))
    (row,) = (line for line in said.splitlines() if line.startswith("cancer "))
    assert row.split()[1] == "2"
    assert "Odd cancer (DOID_990001), Odder cancer (DOID_990002)" in row


def test_a_known_concept_tells_which_names_and_codes_it_would_gain(run: Command, tmp_path: Path) -> None:
    lung = 'id: DOID:1324\nname: lung cancer\nsynonym: "pulmonal oddity" EXACT []\nxref: NCI:C999999'
    path = written(tmp_path, "doid.obo", obo(lung))
    said = run("load", path)
    assert "Concepts that would gain names or codes: 1" in said
    (row,) = (line for line in said.splitlines() if line.startswith("CLIN1000065"))
    assert row.split(maxsplit=3)[1:] == ["Lung", "cancer", "pulmonal oddity  NCIT:C999999"]
    (told,) = json.loads(run("load", path, "--json"))["weighed"]["effect"]["changed"]
    assert told["gained"] == {"names": ["pulmonal oddity"], "codes": ["NCIT:C999999"]}


def test_who_loads_learns_that_only_reprocessing_tells_the_records(run: Command, tmp_path: Path) -> None:
    path = written(tmp_path, "doid.obo", obo(CANCER, ODD))
    assert "`catalogue reprocess --all`" in run("load", path)
    assert "`catalogue reprocess --all`" in run("load", path, "--apply")


def test_json_has_all_that_the_screen_cuts_short(run: Command, tmp_path: Path) -> None:
    many = [f"id: DOID:{n}\nname: wide {n}\nis_a: DOID:162" for n in range(990_100, 990_130)]
    told = json.loads(run("load", written(tmp_path, "doid.obo", obo(CANCER, *many)), "--json"))
    assert len(told["weighed"]["effect"]["added"]) == 30


def test_a_release_is_loaded_and_listed(run: Command, tmp_path: Path) -> None:
    said = run("load", written(tmp_path, "doid.obo", obo(CANCER, ODD)), "--licence", "CC0", "--apply")
    assert "catalogue reprocess" in said
    (row,) = json.loads(run("list", "--json"))["releases"]
    assert (row["system"], row["version"], row["licence"], row["terms"]) == ("DOID", "2026-07-31", "CC0", 2)
    assert load_scheme(additions(tmp_path)).get("DOID_990001")


def test_the_next_release_shows_what_becomes_obsolete_and_proposes_the_replacement(
    run: Command, tmp_path: Path
) -> None:
    run("load", written(tmp_path, "one.obo", obo(CANCER, ODD, LOW)), "--apply")
    gone = f"{ODD}\nis_obsolete: true\nreplaced_by: DOID:990003"
    fresh = "id: DOID:990003\nname: strange cancer\nis_a: DOID:162"
    later = written(tmp_path, "two.obo", obo(CANCER, gone, fresh, LOW.replace("990001", "990003")))
    said = run("load", later, "--version", "2026-08-31", "--apply")
    assert "Obsolete terms: 1" in said
    assert "Proposed to curators: 1" in said
    assert "Moved terms: 1" in said
    assert load_scheme(additions(tmp_path)).get("DOID_990001") is None
    with open_ledger(Settings(data_dir=tmp_path / "data")) as ledger:
        (row,) = ledger.mapping_rows()
    assert (row.mapping.subject_id, row.mapping.concept) == ("DOID:990001", "DOID_990003")


def test_a_later_release_keeps_what_another_one_rests_on(run: Command, tmp_path: Path) -> None:
    run("load", written(tmp_path, "one.obo", obo(CANCER, ODD)), "--apply")
    mondo = obo(
        "id: MONDO:990001\nname: odd cancer",
        "id: MONDO:990002\nname: quite another cancer\nis_a: MONDO:990001",
    )
    run("load", written(tmp_path, "mondo.obo", mondo), "--apply")
    strange = "id: DOID:990003\nname: strange cancer\nis_a: DOID:162"
    run("load", written(tmp_path, "two.obo", obo(CANCER, strange)), "--apply")
    scheme = load_scheme(additions(tmp_path))
    kept = scheme.get("DOID_990001")
    assert kept is not None
    assert kept.parents == ("CLIN1007977",)
    assert "DOID_990001" in scheme.broader("MONDO_990002")


def test_loading_the_same_again_changes_nothing(run: Command, tmp_path: Path) -> None:
    path = written(tmp_path, "doid.obo", obo(CANCER, ODD, LOW))
    run("load", path, "--apply")
    before = additions(tmp_path)
    run("load", path, "--apply")
    assert additions(tmp_path) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (obo("id: A:1\nname: a\nis_a: A:1"), "cycle"),
        (obo("id: A:1\nname: something else"), "none of its 1 terms"),
        (b"\x1f\x8b\x08\x00", "compressed"),
    ],
)
def test_a_refused_file_is_told_in_a_line(
    run: Command, tmp_path: Path, content: str | bytes, reason: str
) -> None:
    said = run("load", written(tmp_path, "bad.obo", content), "--apply", code=1)
    assert reason in said
    assert len(said.splitlines()) == 1
    assert not additions(tmp_path)


def test_the_own_scheme_has_no_fault(run: Command) -> None:
    assert "no cycle" in run("check")


def test_a_file_that_contradicts_itself_ends_with_one(run: Command, tmp_path: Path) -> None:
    clash = obo(
        "id: A:1\nname: a\ndisjoint_from: A:2", "id: A:2\nname: b", "id: A:3\nname: c\nis_a: A:1\nis_a: A:2"
    )
    said = run("check", written(tmp_path, "clash.obo", clash), code=1)
    assert "A:3" in said


def test_a_hierarchy_that_would_fill_the_graph_is_refused(run: Command, tmp_path: Path) -> None:
    chain = [f"id: DOID:{n}\nname: deep {n}\nis_a: DOID:{n - 1}" for n in range(990_002, 990_091)]
    wide = [f"id: DOID:{n}\nname: wide {n}\nis_a: DOID:990090" for n in range(1_000_000, 1_012_000)]
    path = written(tmp_path, "doid.obo", obo(CANCER, ODD, *chain, *wide))
    assert "more than 1,000,000 pairs" in run("load", path, "--apply", code=1)
    assert not additions(tmp_path)
