"""``catalogue bench linking``: the figures are of what they say, and suggestions earn their place."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalogue.bench.linking import SUGGESTIONS, Linking, Score, measure_linking
from catalogue.bench.linking_sets import GoldSet, Question, read_gold_sets
from catalogue.cli.app import app
from ontologies.suggestions import Candidate

DEVELOPMENT, OTHER_HALF, ONCOTREE = (
    "NCIt labels, development half",
    "NCIt labels, the other half",
    "OncoTree names by NCIt",
)


@pytest.fixture(scope="module")
def gold_sets(shared_data: Path) -> dict[str, GoldSet]:
    return {each.name: each for each in read_gold_sets(shared_data / "ontologies")}


@pytest.fixture(scope="module")
def measured(gold_sets: dict[str, GoldSet]) -> dict[str, Linking]:
    """The set with published figures, and a third of that on which nothing was tuned."""
    other = gold_sets[OTHER_HALF]
    third = GoldSet(other.name, other.candidates, other.questions[::3])
    return {each.name: each for each in measure_linking([gold_sets[ONCOTREE], third])}


def by_method(scores: tuple[Score, ...]) -> dict[str, Score]:
    return {each.method: each for each in scores}


def test_the_sets_are_those_of_the_published_figures(gold_sets: dict[str, GoldSet]) -> None:
    found = gold_sets[ONCOTREE]
    assert len(found.questions) == 387
    assert len(found.candidates) == 2_833
    assert [each.method for each in found.printed] == ["exact", "BM25", "trigram"]


def test_no_question_to_tune_on_is_asked_of_the_others(gold_sets: dict[str, GoldSet]) -> None:
    tuned = {each.text for each in gold_sets[DEVELOPMENT].questions}
    assert len(tuned) > 1_000
    assert tuned.isdisjoint(each.text for each in gold_sets[OTHER_HALF].questions)


@pytest.mark.parametrize("name", [ONCOTREE, OTHER_HALF])
def test_suggestions_are_above_plain_methods_over_the_same_strings(
    measured: dict[str, Linking], name: str
) -> None:
    for scores in (measured[name].scores, measured[name].hard):
        found = by_method(scores)
        for plain in ("exact", "BM25", "trigram"):
            assert found[SUGGESTIONS].accuracy > found[plain].accuracy
            assert found[SUGGESTIONS].mrr > found[plain].mrr
            assert found[SUGGESTIONS].recall > found[plain].recall


def test_suggestions_are_above_the_published_lexical_figures(measured: dict[str, Linking]) -> None:
    found = by_method(measured[ONCOTREE].scores)[SUGGESTIONS]
    assert found.n == 387
    for printed in measured[ONCOTREE].printed:
        assert found.accuracy > printed.accuracy
        assert found.mrr > (printed.mrr or 0)
        assert found.recall > (printed.recall or 0)


def test_our_plain_methods_are_as_good_as_the_published_ones(measured: dict[str, Linking]) -> None:
    found = by_method(measured[ONCOTREE].scores)
    for printed in measured[ONCOTREE].printed:
        assert found[printed.method].accuracy > printed.accuracy - 0.01


def test_places_are_counted_as_they_are() -> None:
    candidates = (Candidate("A", "lung cancer"), Candidate("B", "lung fibroma"), Candidate("C", "gout"))
    questions = (
        Question("lung cancer", frozenset("A")),
        Question("lung cancer", frozenset("B")),
        Question("lung", frozenset("C")),
    )
    (found,) = measure_linking([GoldSet("small", candidates, questions)])
    score = by_method(found.scores)[SUGGESTIONS]
    assert (score.n, score.accuracy, score.mrr, score.recall) == (3, 1 / 3, 0.5, 2 / 3)
    assert by_method(found.hard)[SUGGESTIONS].n == 1


def test_the_command_prints_each_set(tmp_path: Path) -> None:
    small_folder(tmp_path)
    answer = CliRunner().invoke(app, ["bench", "linking", "--data", str(tmp_path), "--json"])
    assert answer.exit_code == 0, answer.output
    found = {each["name"]: each for each in json.loads(answer.stdout)}
    assert found[ONCOTREE]["printed"] == [], "of one name nothing was published"
    (exact, *_, suggestions) = found[ONCOTREE]["scores"]
    assert (exact["n"], exact["accuracy"]) == (1, 0.0)
    assert (suggestions["n"], suggestions["accuracy"]) == (1, 1.0)


@pytest.mark.parametrize("broken", ["", "not JSON", '[{"id": 1}]'])
def test_a_folder_without_the_files_is_told_in_a_word(tmp_path: Path, broken: str) -> None:
    if broken:
        small_folder(tmp_path)
        (tmp_path / "cancer_slice" / "cancer_slice.json").write_text(broken)
    answer = CliRunner().invoke(app, ["bench", "linking", "--data", str(tmp_path)])
    assert answer.exit_code != 0
    assert "cannot be read" in str(answer.exception)


def small_folder(folder: Path) -> None:
    """Two cancers, and one name for one of them."""
    terms = [
        {"id": "DOID:1", "label": "kidney cancer", "synonyms": [], "xrefs": ["NCI:C1"]},
        {"id": "DOID:2", "label": "liver cancer", "synonyms": [["hepatic cancer", "EXACT"]], "xrefs": []},
    ]
    node = {"name": "Renal Neoplasm, Malignant", "externalReferences": {"NCI": ["C1"]}, "children": {}}
    files = {
        "cancer_slice/cancer_slice.json": json.dumps(terms),
        "oncotree/oncotree_2025_10_03.json": json.dumps({"T": node}),
        "mondo/mondo_exactmatch_ncit.sssom.tsv": "object_id\tobject_label\nNCIT:C1\tKidney Cancer\n",
        "mondo/mondo_exactmatch_doid.sssom.tsv": "subject_label\tobject_id\n",
        "eucaim/hierarchy_clin_1.tsv": "label\tcodes\n",
        "eucaim/hierarchy_clin_2.tsv": "label\tcodes\n",
        "doid/doid-es-cancer.tsv": "source_id\tpredicate\ttranslation_text\tstatus\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
