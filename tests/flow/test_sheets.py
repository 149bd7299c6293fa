"""A hospital's sheet from the template to the page, and what becomes of its rows afterwards."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from openpyxl import load_workbook

from catalogue.model.dataset import Dataset
from catalogue.profile.reader import read_dataset
from catalogue.publishing.sheet_template import xlsx_template
from catalogue.services import open_ledger
from catalogue.settings import Settings
from harvesters.sheets.choices import load_choices
from harvesters.sheets.columns import columns
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.sheet_files import HEAD, workbook


def catalogue(folder: Path, provider: Provider, *arguments: object) -> str:
    """What a command prints on standard output."""
    host = f"127.0.0.1:{provider.port}"
    settings = {"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_ALLOWED_PRIVATE_HOSTS": host}
    command = [sys.executable, "-m", "catalogue", *map(str, arguments)]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def harvested(folder: Path, provider: Provider) -> tuple[str, dict[str, int]]:
    (run,) = json.loads(catalogue(folder, provider, "harvest", "north", "--json"))
    return run["state"], run["counts"]


def published(folder: Path) -> list[Dataset]:
    with open_ledger(Settings(data_dir=folder)) as ledger:
        return [read_dataset(one.key, one.subject, one.triples) for one in ledger.iterate_published()]


def filled_in() -> bytes:
    book = load_workbook(io.BytesIO(xlsx_template(load_choices())))
    for at, column in enumerate(columns().values(), start=1):
        book["Datasets"].cell(2, at).value = column.example or None
    book["Counts"].append(["breast-mri-2021", "Imaging modality", "MR", 210, 318])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def add(folder: Path, provider: Provider, path: str) -> None:
    address = ("--kind", "sheet", "--url", f"{provider.url}{path}", "--pace", "0")
    catalogue(folder, provider, "source", "add", "north", *address)


def test_a_template_filled_in_is_published_with_concepts_and_counts(
    provider: Provider, tmp_path: Path
) -> None:
    provider.answers["/datasets.xlsx"] = Answer(filled_in())
    add(tmp_path, provider, "/datasets.xlsx")
    state, counts = harvested(tmp_path, provider)
    assert (state, counts["new"], counts["rejected"]) == ("done", 1, 0)
    (dataset,) = published(tmp_path)
    concepts = {value.axis.value: value.concept for value in dataset.values}
    assert (concepts["cancer"], concepts["sex"]) == ("CLIN1000060", "COM1001370")
    assert (dataset.counts.patients, dataset.counts.studies) == (210, 318)
    assert [(one.axis.value, one.concept, one.patients) for one in dataset.stated] == [
        ("modality", "IMG1000038", 210)
    ]
    assert json.loads(catalogue(tmp_path, provider, "doctor", "--json"))["agreed"]


def test_an_upload_is_harvested_and_a_moved_row_changes_nothing(provider: Provider, tmp_path: Path) -> None:
    head, rows = (*HEAD, "Imaging modality"), [("a", "A", "MR"), ("b", "B", "CT")]
    first, second = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    first.write_bytes(workbook(head, *rows))
    second.write_bytes(workbook((), head, (), *rows[::-1]))
    data = tmp_path / "data"
    catalogue(data, provider, "sheet", "upload", "north", first)
    assert harvested(data, provider)[1]["new"] == 2
    catalogue(data, provider, "sheet", "upload", "north", second)
    state, counts = harvested(data, provider)
    assert (state, counts["unchanged"], counts["versions"]) == ("unchanged", 2, 0)


def test_a_row_that_is_left_out_once_stays_published(provider: Provider, tmp_path: Path) -> None:
    provider.answers["/d.xlsx"] = Answer(workbook(HEAD, *((f"d{number}", "T") for number in range(5))))
    add(tmp_path, provider, "/d.xlsx")
    harvested(tmp_path, provider)
    provider.answers["/d.xlsx"] = Answer(workbook(HEAD, *((f"d{number}", "T") for number in range(4))))
    _, counts = harvested(tmp_path, provider)
    assert (counts["unseen"], len(published(tmp_path))) == (1, 5)
