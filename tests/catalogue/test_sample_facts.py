"""Whether the bundled facts are those of the source, and whether the texts are our own words."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from catalogue.sample.describe import description, result_description
from catalogue.sample.facts import (
    Collection,
    Counted,
    analysis_results,
    collections,
    sex_codes,
    stated,
    values,
)
from catalogue.sample.items import collection_item
from catalogue.sample.nodes import NODES
from catalogue.sample.totals import counts, expected

FOLDER = Path(__file__).parents[2] / "catalogue" / "sample"
PHRASE = 8


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[str, dict[str, Any]]:
    lines = (shared_data / "providers" / "idc_collections.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["collection_id"]: record for record in map(json.loads, lines)}


@pytest.fixture(scope="module")
def published_results(shared_data: Path) -> dict[str, dict[str, Any]]:
    path = shared_data / "providers" / "idc_analysis_results.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    return {record["analysis_result_id"]: record for record in map(json.loads, lines)}


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
            assert f"({origin.published}" in theirs["citation"]
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


def test_no_phrase_of_the_source_stands_in_the_package(
    published: dict[str, dict[str, Any]], published_results: dict[str, dict[str, Any]]
) -> None:
    """The title of a published work is a name, however long; so is each word in a list of collections."""
    records = (*published.values(), *published_results.values())
    prose = [record["description"] for record in records]
    prose += [one["citation"] for record in records for one in record.get("sources", [record])]
    files = [path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.is_file()]
    texts = [description(item) for item in collections()]
    texts += [result_description(item) for item in analysis_results()]
    names = all_phrases(item.title for item in analysis_results())
    names |= all_phrases(", ".join(item.collections) for item in analysis_results())
    assert (all_phrases(prose) & all_phrases([*files, *texts])) - names == set()


def all_phrases(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {phrase for text in texts for phrase in phrases(text)}


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
    human = [
        record["measured"]
        for record in published.values()
        if record["species"] == "Human" and not re.search(r"\bPhantom\b", record["cancer_types"])
    ]
    totals = expected()
    assert totals.datasets == len(human) == 151
    assert totals.patients == sum(measured["patients"] for measured in human)
    assert totals.studies == sum(measured["studies"] for measured in human)


def test_records_and_distinct_datasets_are_those_of_the_source(shared_data: Path) -> None:
    nodes = json.loads((shared_data / "providers" / "expected.json").read_text(encoding="utf-8"))
    totals = expected()
    real = sum(node["datasets"] for node in nodes.values())
    invented = totals.offered["example"]
    assert totals.duplicates == 5
    # Six large trials stand in the shared OAI-PMH node and in a node of their own here.
    assert sum(totals.offered.values()) - invented == real == 210
    assert totals.distinct - invented == len({name for node in nodes.values() for name in node["ids"]}) == 205


@pytest.mark.parametrize(("ours", "theirs"), [("tcga", "tcga"), ("fdp", "fdp"), ("analysis", "analysis")])
def test_nodes_of_equal_name_offer_the_same(shared_data: Path, ours: str, theirs: str) -> None:
    nodes = json.loads((shared_data / "providers" / "expected.json").read_text(encoding="utf-8"))
    offers = {source: names for node in NODES for source, names in node.offered().items()}
    assert sorted(offers[f"idc-{ours}"]) == sorted(nodes[theirs]["ids"])


def test_every_node_offers_all_of_its_programmes() -> None:
    assert expected().offered == {
        "idc-tcga": 32,
        "idc-community": 63,
        "idc-cptac": 20,
        "idc-research": 22,
        "idc-fdp": 20,
        "idc-trials": 21,
        "idc-analysis": 26,
        "idc-eucaim": 6,
        "example": 14,
    }


def test_five_collections_have_two_providers_and_one_doi() -> None:
    offers = Counter(name for node in NODES for names in node.offered().values() for name in names)
    twice = {name for name, times in offers.items() if times > 1}
    assert twice == {"tcga_brca", "tcga_luad", "lidc_idri", "prostatex", "cptac_luad"}
    for name in twice:
        dois = {origin.doi for origin in named(name).origins if origin.kind == "original"}
        assert collection_item(named(name)).doi in dois


def test_a_result_is_described_by_what_was_made_from_which_collections() -> None:
    results = {item.id: item for item in analysis_results()}
    assert result_description(results["lidc_annot_nlst501"]) == (
        "Segmentations for images of 501 patients, 501 studies. Made from nlst."
    )
    assert "more collections." in result_description(results["tcga_sbu_til_maps"])


def test_results_are_those_of_the_source(published_results: dict[str, dict[str, Any]]) -> None:
    assert [item.id for item in analysis_results()] == sorted(published_results)
    for item in analysis_results():
        source = published_results[item.id]
        measured = source["measured"]
        assert (item.title, item.doi, item.url) == (
            source["analysis_result_title"],
            source["source_DOI"],
            source["source_url"],
        )
        assert (item.licence_url, item.licence) == (source["license_url"], source["license_short_name"])
        assert (item.patients, item.studies) == (measured["patients"], measured["studies"])
        assert (item.series, item.instances) == (measured["series"], measured["instances"])
        assert (item.megabytes, item.release) == (measured["size_MB"], measured["idc_version_last"])
        assert ", ".join(item.collections) == source["collections"]
        assert (item.updated.isoformat(), item.contributor) == (
            source["updated"],
            source["provenance"]["data_contributor"],
        )
        assert f"({item.published}" in source["citation"]
        assert item.modalities == tuple(
            Counted(row["value"], row["patients"], row["studies"], row["series"])
            for row in source["modalities_counted"]
        )


def test_results_are_made_from_collections_that_are_known() -> None:
    known = {item.id for item in collections()}
    assert {name for item in analysis_results() for name in item.collections} <= known
