"""EUCAIM's own value lists: each row aligns, whichever of its cells a provider writes."""

import csv
import sys
from pathlib import Path

import pytest

from ontologies.aligner import Aligner, load_aligner
from ontologies.concepts import Axis
from ontologies.own_scheme import load_scheme

LISTS = {
    "accessrights": Axis.ACCESS,
    "body_parts": Axis.BODYPART,
    "collection_method": Axis.METHOD,
    "countries": Axis.COUNTRY,
    "dataset_type": Axis.TYPE,
    "disease_types": Axis.CANCER,
    "imaging_modality": Axis.MODALITY,
    "manufacturer": Axis.MANUFACTURER,
    "rightsstatement": Axis.CONDITION,
    "sex": Axis.SEX,
    "terms_of_use": Axis.USE,
    "tier": Axis.TIER,
}
CELLS = ("name", "label", "code", "ontologyTermURI")

# Rows that contradict themselves, or name none of what their list is for; all others must align.
DEFECTS = {
    ("body_parts", "SNOMED-CT:416775004"): "a second Chest, whose code means chest, abdomen and pelvis",
    ("collection_method", "OTHER"): "names no method",
    ("countries", "EU"): "names no country",
    ("disease_types", "SNOMED-CT:126926005"): "names benign tumours as well",
    ("disease_types", "SNOMED-CT:126927001"): "names benign tumours as well",
    ("disease_types", "SNOMED-CT:363406005"): "the code means the colon alone, the label the rectum as well",
    ("disease_types", "SNOMED-CT:444822002"): "a screening, no cancer; its two codes differ",
}
# Ten modalities share the address of a page on the attribute that holds them: it names none of them.
WRONG_ADDRESS = "https://dicom.innolitics.com/ciods/cr-image/general-series/00080060"

Row = dict[str, str]


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return load_aligner(load_scheme())


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[tuple[str, Row]]:
    folder = shared_data / "vocabularies/eucaim"
    return [(name, row) for name in LISTS for row in _read(folder / f"vocab_{name}.csv")]


def test_all_cells_of_a_row_align_with_one_concept_or_it_is_a_known_defect(
    aligner: Aligner, rows: list[tuple[str, Row]]
) -> None:
    meant = {(name, _key(row)): _meant(aligner, name, row) for name, row in rows}
    wrong = {place for place, found in meant.items() if len(found) != 1 or None in found}
    assert wrong == DEFECTS.keys(), {place: meant[place] for place in wrong ^ DEFECTS.keys()}


def test_at_most_a_tenth_of_the_rows_are_defects(rows: list[tuple[str, Row]]) -> None:
    sys.stdout.write(
        f"\n{len(rows) - len(DEFECTS)} of {len(rows)} rows align; {len(DEFECTS)} known defects\n"
    )
    assert len(rows) > 150
    assert len(DEFECTS) <= len(rows) / 10


def test_the_address_that_ten_modalities_share_aligns_with_none(aligner: Aligner) -> None:
    assert _codes(aligner, WRONG_ADDRESS, Axis.MODALITY) == {None}


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _key(row: Row) -> str:
    return row.get("name") or row["label"]


def _meant(aligner: Aligner, name: str, row: Row) -> set[str | None]:
    given = [value for cell in CELLS if (value := row.get(cell)) and value != WRONG_ADDRESS]
    return {code for value in given for code in _codes(aligner, value, LISTS[name])}


def _codes(aligner: Aligner, value: str, axis: Axis) -> set[str | None]:
    return {each.concept for each in aligner.align(value, axis)}
