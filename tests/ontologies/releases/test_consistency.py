"""Contradictions of a release: found by HermiT where there is Java, and the culprit by ancestors."""

import shutil
from pathlib import Path

import pytest

from ontologies.releases.consistency import check_consistency, culprits_of
from ontologies.releases.reading import read_release
from tests.conftest import absent
from tests.ontologies.releases.builders import TURTLE, obo, written

CLASHING = (
    TURTLE + 'obo:DOID_1 a owl:Class ; rdfs:label "benign" ; owl:disjointWith obo:DOID_2 .'
    'obo:DOID_2 a owl:Class ; rdfs:label "malignant" .'
    'obo:DOID_3 a owl:Class ; rdfs:label "both" ; rdfs:subClassOf obo:DOID_1, obo:DOID_2 .'
    'obo:DOID_4 a owl:Class ; rdfs:label "below" ; rdfs:subClassOf obo:DOID_3 .'
)


def test_hermit_names_all_and_the_ancestors_the_one_to_blame(tmp_path: Path) -> None:
    if not shutil.which("java"):
        absent("java", "HermiT needs it")
    found = check_consistency(written(tmp_path, "clash.ttl", CLASHING))
    assert found.reasoned
    assert found.unsatisfiable == ("DOID:3", "DOID:4")
    assert [(each.term.code, each.one, each.other) for each in found.culprits] == [
        ("DOID:3", "DOID:1", "DOID:2")
    ]
    assert not found.agrees


def test_without_java_the_culprit_is_found_and_the_gap_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = check_consistency(written(tmp_path, "clash.ttl", CLASHING))
    assert (found.reasoned, found.word) == (False, "not checked by HermiT: there is no Java on this machine")
    assert [each.term.code for each in found.culprits] == ["DOID:3"]


def test_obo_says_what_is_disjoint_too(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "clash.obo",
        obo(
            "id: A:1\nname: a\ndisjoint_from: A:2",
            "id: A:2\nname: b",
            "id: A:3\nname: c\nis_a: A:1\nis_a: A:2",
        ),
    )
    assert [each.term.code for each in culprits_of(read_release(path))] == ["A:3"]


def test_a_part_is_not_a_kind_of_its_whole(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "parts.obo",
        obo(
            "id: UBERON:1\nname: a\ndisjoint_from: UBERON:2",
            "id: UBERON:2\nname: b",
            "id: UBERON:3\nname: c\nis_a: UBERON:1\nrelationship: part_of UBERON:2",
        ),
    )
    assert list(culprits_of(read_release(path))) == []
