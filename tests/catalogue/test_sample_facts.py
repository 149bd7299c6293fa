"""Whether the bundled facts are those of the source, and whether the texts are our own words."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from catalogue.sample.describe import description
from catalogue.sample.facts import Collection, Counted, collections, sex_codes, stated, values
from catalogue.sample.totals import counts, expected

FOLDER = Path(__file__).parents[2] / "catalogue" / "sample"
PHRASE = 8


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[str, dict[str, Any]]:
    lines = (shared_data / "providers" / "idc_collections.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["collection_id"]: record for record in map(json.loads, lines)}


def named(identifier: str) -> Collection:
    return next(item for item in collections() if item.id == identifier)


def test_every_collection_of_the_release_is_there_once(published: dict[str, dict[str, Any]]) -> None:
    assert [item.id for item in collections()] == sorted(published)
    assert len(collections()) == 179


def test_texts_are_those_of_the_source(published: dict[str, dict[str, Any]]) -> None:
    for item in collections():
        source = published[item.id]
        assert (item.name, item.programme) == (source["collection_name"], source["program_id"])
        assert (item.cancer_types, item.tumour_locations) == (
            source["cancer_types"],
            source["tumor_locations"],
        )
        assert (item.species, item.supporting_data) == (source["species"], source["supporting_data"] or "")
        assert (item.updated.isoformat() if item.updated else None) == source["updated"]


def test_sums_are_those_of_the_source(published: dict[str, dict[str, Any]]) -> None:
    for item in collections():
        measured = published[item.id]["measured"]
        for name in ("patients", "studies", "series", "instances"):
            assert getattr(item, name) == measured[name], f"{item.id}: {name}"
        assert item.release == measured["idc_version_last"]


@pytest.mark.parametrize("name", ["modalities", "body_parts", "manufacturers"])
def test_numbers_per_value_are_those_of_the_source(published: dict[str, dict[str, Any]], name: str) -> None:
    for item in collections():
        rows = published[item.id][f"{name}_counted"]
        assert getattr(item, name) == tuple(
            Counted(row["value"], row["patients"], row["studies"], row["series"]) for row in rows
        )


def test_ages_and_sexes_are_those_of_the_source(published: dict[str, dict[str, Any]]) -> None:
    for item in collections():
        age = published[item.id]["age"]
        assert (item.ages.youngest, item.ages.oldest) == (age["min_years"], age["max_years"])
        assert (item.ages.patients, item.ages.patients_000y) == (
            age["patients_with_age"],
            age["patients_age_000Y"],
        )
        assert {sex.value: sex.patients for sex in item.sexes} == published[item.id]["sex_patients"]


def test_origins_are_those_of_the_source(published: dict[str, dict[str, Any]]) -> None:
    kinds = {"original_data": "original", "analysis_result": "derived"}
    for item in collections():
        source = published[item.id]
        assert len(item.origins) == len(source["sources"])
        for origin, theirs in zip(item.origins, source["sources"], strict=True):
            licence = theirs["license"]
            assert origin.kind == kinds[theirs["source_type"]]
            assert (origin.doi, origin.url) == (theirs["source_doi"], theirs["source_url"])
            assert (origin.licence_url, origin.licence) == (
                licence["license_url"],
                licence["license_short_name"],
            )
            assert origin.megabytes == source["size_MB_by_doi"][origin.doi]


def test_the_contributor_is_that_of_an_original_source(published: dict[str, dict[str, Any]]) -> None:
    for item in collections():
        originals = [s for s in published[item.id]["sources"] if s["source_type"] == "original_data"]
        assert item.contributor == originals[0]["provenance"]["data_contributor"]


def test_dirty_values_stay_dirty() -> None:
    makers = {maker for item in collections() for maker in stated(item.manufacturers)}
    cancers = {cancer for item in collections() for cancer in values(item.cancer_types)}
    assert "GE MEDICAL S]STEMS" in makers
    assert "Low Grade GLioma" in cancers
    assert max(item.ages.oldest or 0 for item in collections()) == 155
    assert any(item.ages.patients_000y for item in collections())


def test_no_phrase_of_the_source_stands_in_the_package(published: dict[str, dict[str, Any]]) -> None:
    theirs = {
        phrase
        for record in published.values()
        for text in (record["description"], *(source["citation"] for source in record["sources"]))
        for phrase in phrases(text)
    }
    files = [path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.is_file()]
    texts = [description(item) for item in collections()]
    ours = {phrase for text in files + texts for phrase in phrases(text)}
    assert theirs & ours == set()


def phrases(text: str) -> set[tuple[str, ...]]:
    """All runs of eight words; an address or DOI is no prose."""
    prose = re.sub(r"(https?://|\b10\.\d{4,}/)[^\s\",)]+", " ", text.casefold())
    words = re.findall(r"[^\W_]+", prose)
    return {tuple(words[start : start + PHRASE]) for start in range(len(words) - PHRASE + 1)}


def test_a_description_says_what_was_imaged_where_and_in_how_many() -> None:
    assert description(named("4d_lung")) == (
        "Computed tomography of lung in 20 patients, 589 studies, with contours. "
        "Cancer type: Non-small Cell Lung Cancer. Supporting data: image analyses."
    )


def test_mice_are_called_mice() -> None:
    assert "in 19 mice, 66 studies" in description(named("pdmr_bl0293_f563"))


def test_a_single_phantom_is_no_patient() -> None:
    assert "in 1 phantom, " in description(named("ct_phantom4radiomics"))


def test_a_long_list_of_cancers_is_cut_short() -> None:
    assert "cancer types, among them " in description(named("pdxnet"))


def test_the_mark_for_an_absent_sex_is_no_sex() -> None:
    codes = {code for item in collections() for code in sex_codes(item)}
    assert "6657|F" in codes
    assert not any("(absent)" in code or code == "" for code in codes)


@pytest.mark.parametrize(
    "identifier", ["pdmr_bl0293_f563", "icdc_glioma", "pdxnet", "dro_toolkit", "mri_dir"]
)
def test_animals_mixtures_and_phantoms_do_not_count(identifier: str) -> None:
    assert not counts(named(identifier))


def test_totals_are_those_of_the_source(published: dict[str, dict[str, Any]]) -> None:
    programmes = {
        "tcga",
        "community",
        "cptac",
        "apollo",
        "cgci",
        "hcmi",
        "htan",
        "nlm",
        "nih",
        "covid_19",
        "pdmr",
        "icdc",
    }
    human = [
        record["measured"]
        for record in published.values()
        if record["program_id"] in programmes
        and record["species"] == "Human"
        and not re.search(r"\bPhantom\b", record["cancer_types"])
    ]
    totals = expected()
    assert totals.datasets == len(human)
    assert totals.patients == sum(measured["patients"] for measured in human)
    assert totals.studies == sum(measured["studies"] for measured in human)


def test_every_node_offers_all_of_its_programmes() -> None:
    assert expected().offered == {
        "idc-tcga": 32,
        "idc-community": 63,
        "idc-cptac": 20,
        "idc-research": 22,
    }
