"""``catalogue check`` and ``catalogue sheet``: a provider's metadata before it joins."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook

from catalogue.cli import main
from catalogue.services import open_ledger
from catalogue.settings import read_settings
from harvesters.sheets.columns import columns
from harvesters.sheets.uploads import read_upload
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.sheet_files import HEAD, workbook

NODE = "https://93.184.215.14/catalogue.ttl"
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix eucaim: <https://cancerimage.eu/ontology/EUCAIM#> .
<https://node.example/d> a dcat:Dataset ; dct:title "D"@en ; eucaim:hasImageModality "MR" .
<https://node.example/e> a dcat:Dataset .
"""


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["catalogue", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    provider = Provider()
    monkeypatch.setenv("CATALOGUE_ALLOWED_PRIVATE_HOSTS", f"127.0.0.1:{provider.port}")
    yield provider
    provider.stop()


@pytest.fixture
def filled_in(tmp_path: Path, catalogue: Command) -> Path:
    """The template with the examples of all columns in one row, as a hospital fills it in."""
    file = tmp_path / "datasets.xlsx"
    assert catalogue("sheet", "template", file).code == 0
    book = load_workbook(file)
    for at, column in enumerate(columns().values(), start=1):
        book["Datasets"].cell(2, at).value = column.example or None
    book["Counts"].append(["breast-mri-2021", "Imaging modality", "MR", 210, 318])
    book.save(file)
    return file


def test_a_template_filled_in_reaches_every_level_without_a_finding(
    filled_in: Path, catalogue: Command
) -> None:
    ended = catalogue("check", filled_in, "--json")
    found = json.loads(ended.out)
    assert (ended.code, found["findings"]) == (0, [])
    (dataset,) = found["datasets"]
    assert dataset["levels"] == ["accept", "eucaim", "ehds"]
    assert [one for one in dataset["quality"] if one["severity"] == "error"] == []


def test_a_check_writes_nothing_anywhere(filled_in: Path, catalogue: Command, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    catalogue("check", filled_in)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_dataset_that_cannot_be_taken_in_ends_the_check_with_one(
    catalogue: Command, tmp_path: Path
) -> None:
    file = tmp_path / "d.xlsx"
    file.write_bytes(workbook((*HEAD, "Cancer type"), ("a", "A", "Brest cancer"), (None, "no id", None)))
    ended = catalogue("check", file)
    assert ended.code == 1
    for said in ("Datasets!C2 Cancer type", "did you mean Breast cancer", "A: levels reached"):
        assert said in ended.out
    assert "Datasets!A3: the row has no identifier" in ended.err
    assert "1 of 2 datasets could be taken in" in ended.err


def test_for_a_sheet_repairs_name_columns_and_not_properties(catalogue: Command, tmp_path: Path) -> None:
    file = tmp_path / "d.xlsx"
    file.write_bytes(workbook(HEAD, ("a", "A")))
    ended = catalogue("check", file)
    assert "in the column Version write a text, such as: 1.0.0" in " ".join(ended.out.split())
    assert "dcat:version" not in ended.out


def test_a_file_of_rdf_is_checked_dataset_by_dataset(catalogue: Command, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.ttl"
    file.write_text(TURTLE)
    ended = catalogue("check", file, "--json")
    found = {one["identifier"]: one for one in json.loads(ended.out)["datasets"]}
    assert ended.code == 1
    assert found["https://node.example/d"]["levels"] == ["accept"]
    assert "has no title" in found["https://node.example/e"]["rejection"]
    repairs = [one["how_to_fix"] for one in found["https://node.example/d"]["quality"]]
    assert any("dct:description" in repair for repair in repairs)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.html", "<html>no</html>", "page.html: the answer is an HTML page"),
        ("broken.ttl", "<a> <b>", "broken.ttl: "),
        ("empty.csv", "", "the file is empty"),
        ("other.csv", "a,b\nc,d\n", "no row of headings"),
    ],
)
def test_a_file_that_is_no_metadata_is_refused_in_one_line_without_its_folder(
    name: str, content: str, reason: str, catalogue: Command, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    ended = catalogue("check", tmp_path / name)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, "", 1)
    assert reason in ended.err
    assert "file.invalid" not in ended.err


@pytest.mark.parametrize("name", ["absent.xlsx", "."])
def test_what_is_no_file_is_named(name: str, catalogue: Command, tmp_path: Path) -> None:
    ended = catalogue("check", tmp_path / name)
    assert ended.code == 1
    assert "there is no file" in ended.err


def test_an_address_is_read_as_its_end_says_or_as_its_kind(catalogue: Command, provider: Provider) -> None:
    provider.answers["/d.xlsx?v=1"] = Answer(workbook(HEAD, ("a", "A")), "application/octet-stream")
    provider.answers["/catalog"] = Answer(TURTLE.encode())
    sheet = json.loads(catalogue("check", f"{provider.url}/d.xlsx?v=1", "--json").out)
    assert [one["identifier"] for one in sheet["datasets"]] == ["urn:catalogue:unnamed/check/a"]
    rdf = json.loads(catalogue("check", f"{provider.url}/catalog", "--json").out)
    assert len(rdf["datasets"]) == 2
    refused = catalogue("check", f"{provider.url}/catalog", "--kind", "sheet")
    assert (refused.code, refused.out) == (1, "")


def test_a_check_reaches_no_address_that_harvests_may_not(catalogue: Command) -> None:
    ended = catalogue("check", "http://127.0.0.1:9/d.xlsx")
    assert (ended.code, ended.out) == (1, "")


def test_an_upload_becomes_a_source_and_the_next_one_its_next_state(
    filled_in: Path, catalogue: Command, tmp_path: Path
) -> None:
    assert catalogue("sheet", "upload", "north", filled_in, "--title", "Hospital North").code == 0
    with open_ledger(read_settings()) as ledger:
        first = ledger.source("north").config
    assert (first.kind, first.title) == ("sheet", "Hospital North")
    assert read_upload(tmp_path / "data" / "sheets", first.url) == filled_in.read_bytes()
    second = tmp_path / "next.csv"
    second.write_text("Identifier,Title\na,A\n")
    assert catalogue("sheet", "upload", "north", second).code == 0
    with open_ledger(read_settings()) as ledger:
        config = ledger.source("north").config
    assert (config.title, config.url.endswith(".csv")) == ("Hospital North", True)


def test_a_file_that_is_no_sheet_leaves_the_source_as_it_was(
    filled_in: Path, catalogue: Command, tmp_path: Path
) -> None:
    catalogue("sheet", "upload", "north", filled_in)
    with open_ledger(read_settings()) as ledger:
        before = ledger.source("north")
    (tmp_path / "bad.csv").write_text("nothing,here\n")
    ended = catalogue("sheet", "upload", "north", tmp_path / "bad.csv")
    assert (ended.code, ended.out) == (1, "")
    with open_ledger(read_settings()) as ledger:
        assert ledger.source("north") == before
    assert len(list((tmp_path / "data" / "sheets").iterdir())) == 1


def test_a_sheet_does_not_take_a_nodes_place(filled_in: Path, catalogue: Command) -> None:
    assert catalogue("source", "add", "upv", "--kind", "dcat", "--url", NODE).code == 0
    ended = catalogue("sheet", "upload", "upv", filled_in)
    assert ended.code == 1
    assert "is harvested as dcat" in ended.err


@pytest.mark.parametrize("name", ["../evil", "North", "a b"])
def test_an_id_that_leads_elsewhere_is_refused(
    name: str, filled_in: Path, catalogue: Command, tmp_path: Path
) -> None:
    ended = catalogue("sheet", "upload", name, filled_in)
    assert (ended.code, ended.out) == (1, "")
    assert not (tmp_path / "data" / "sheets").exists()


def test_a_template_is_written_over_no_file(filled_in: Path, catalogue: Command) -> None:
    before = filled_in.read_bytes()
    ended = catalogue("sheet", "template", filled_in)
    assert (ended.code, ended.out, filled_in.read_bytes()) == (1, "", before)


@pytest.mark.parametrize(("file", "option"), [("t.pdf", ()), ("t.xlsx", ("--language", "tlh"))])
def test_a_template_that_is_not_there_is_refused(
    file: str, option: tuple[str, ...], catalogue: Command, tmp_path: Path
) -> None:
    ended = catalogue("sheet", "template", tmp_path / file, *option)
    assert (ended.code, ended.out) == (1, "")
    assert not (tmp_path / file).exists()
