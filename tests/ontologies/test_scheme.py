"""The scheme beside the hyperontology it restates, and what its files promise of names and codes."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, ConceptScheme
from ontologies.namespaces import EUCAIM
from ontologies.own_scheme import load_scheme
from ontologies.twins import twins

# Below "body part" in the hyperontology, and none: lesions, masses, polyps and what they grow from.
NO_BODY_PARTS = {
    *("CLIN1054863", "CLIN1059056", "CLIN1063520", "CLIN1063525", "IMG1016389", "IMG1016395", "IMG1016402"),
    *("IMG1016511", "IMG1016512", "IMG1016514", "IMG1016515", "IMG1016516", "IMG1016565", "IMG1016582"),
    *("IMG1016586", "IMG1016591", "IMG1016592", "IMG1016594", "IMG1016726", "IMG1016728"),
}

# What the profile demands: the value is a subclass of one of these.
ROOTS = [
    (Axis.CANCER, {"CLIN1007977", "CLIN1007989"}),
    (Axis.MODALITY, {"IMG1000009"}),
    (Axis.MANUFACTURER, {"IMG1000010"}),
    (Axis.BODYPART, {"BP1000024"}),
    (Axis.SEX, {"COM1001396"}),
    (Axis.METHOD, {"SPEC1000002"}),
    (Axis.TIER, {"SPEC1000008"}),
]

# How each system writes its codes; one that is written otherwise is never found.
SHAPES = {
    "birnlex": r"\d+",
    "DICOM": r"[A-Z0-9]+",
    "DOID": r"\d+",
    "DUO": r"\d{7}",
    "Eurostat": r"[A-Z]{2}",
    "ICD10": r"[A-Z]\d\d(\.\w+)?",
    "ICDO3": r"(C\d\d(\.\d)?|\d{4}/\d(-C\d\d(\.\d)?)?)",
    "ISO3166": r"[A-Z]{2}",
    "MONDO": r"\d{7}",
    "NCBITaxon": r"\d+",
    "NCIT": r"C\d+",
    "ONCOTREE": r"[A-Z][A-Z0-9]+",
    "RadLex": r"RID\d+",
    "SNOMEDCT": r"\d{6,18}",
    "UBERON": r"\d{7}",
}


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


@pytest.fixture(scope="module")
def hyperontology(shared_data: Path) -> Mapping[str, tuple[str, ...]]:
    """The parents of each class of the extract, by code."""
    files = sorted((shared_data / "ontologies/eucaim").glob("hierarchy_*.tsv"))
    rows = [row for file in files for row in _rows(file)]
    return {row["code"]: tuple(filter(None, row["parents"].split("|"))) for row in rows}


@pytest.mark.parametrize(
    ("root", "axis", "fewest"),
    [
        ("CLIN1007977", Axis.CANCER, 276),
        ("CLIN1007989", Axis.CANCER, 8),
        ("IMG1000009", Axis.MODALITY, 52),
        ("IMG1000010", Axis.MANUFACTURER, 20),
        ("BP1000024", Axis.BODYPART, 392),
        ("COM1001396", Axis.SEX, 2),
        ("SPEC1000002", Axis.METHOD, 5),
        ("SPEC1000008", Axis.TIER, 9),
        ("SPEC1000017", Axis.TYPE, 3),
    ],
)
def test_every_class_of_the_hyperontology_has_its_concept(
    scheme: ConceptScheme, hyperontology: Mapping[str, tuple[str, ...]], root: str, axis: Axis, fewest: int
) -> None:
    wanted = _below(root, hyperontology) - NO_BODY_PARTS
    assert len(wanted) >= fewest
    assert {code for code in wanted if scheme.find(code, axis) is None} == set()


def test_lesions_are_no_body_parts(
    scheme: ConceptScheme, hyperontology: Mapping[str, tuple[str, ...]]
) -> None:
    assert _below("BP1000024", hyperontology) >= NO_BODY_PARTS
    assert {code for code in NO_BODY_PARTS if scheme.find(code, Axis.BODYPART)} == set()


@pytest.mark.parametrize(("axis", "roots"), ROOTS)
def test_what_the_profile_wants_below_a_root_is_below_it(
    scheme: ConceptScheme, axis: Axis, roots: set[str]
) -> None:
    below = {code for root in roots for code in scheme.narrower(root)}
    assert [each.code for each in scheme.on(axis) if not each.hidden and each.code not in below] == []


def test_a_type_of_the_hyperontology_is_below_its_root(scheme: ConceptScheme) -> None:
    """The axis also holds the EU's types of dataset, which the profile lets stand beside EUCAIM's."""
    types = {each.code for each in scheme.on(Axis.TYPE) if each.iri.startswith(EUCAIM)}
    assert len(types) == 4
    assert types <= set(scheme.narrower("SPEC1000017"))


def test_every_label_that_two_classes_have_leads_to_one(scheme: ConceptScheme, shared_data: Path) -> None:
    pairs = list(_pairs(shared_data))
    assert len(pairs) == 41
    for first, second in pairs:
        if second in twins() or first in twins():
            assert twins().get(first, first) == twins().get(second, second)
            assert not scheme.find(first)
            assert not scheme.find(second)
        else:
            found = scheme.find(first)
            assert found is not None, first
            assert scheme.find(second) is found, second


def test_twins_agree_on_every_axis_that_knows_one(scheme: ConceptScheme, shared_data: Path) -> None:
    for first, second in _pairs(shared_data):
        assert [scheme.find(first, axis) for axis in Axis] == [scheme.find(second, axis) for axis in Axis]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("BP1000085", "BP1000294"), ("BP1000136", "BP1000270"), ("CLIN1007972", "CLIN1060847")),
        *(("CLIN1007973", "CLIN1060842"), ("COM1000176", "COM1001366"), ("COM1000178", "COM1001370")),
    ],
)
def test_equal_classes_that_the_hyperontology_does_not_record_lead_to_one(
    scheme: ConceptScheme, first: str, second: str
) -> None:
    assert scheme.find(first) is not None
    assert scheme.find(first) is scheme.find(second)


def test_every_twin_is_a_class_of_the_hyperontology(shared_data: Path) -> None:
    known = {row["code"] for row in _rows(shared_data / "ontologies/eucaim/hyperontology_codes.tsv")}
    assert {*twins(), *twins().values()} <= known
    assert list(twins()) == sorted(twins())


def test_a_code_of_another_system_is_written_as_it_is_looked_for(scheme: ConceptScheme) -> None:
    for each in scheme:
        for notation in each.notations:
            system, _, code = notation.partition(":")
            assert re.fullmatch(SHAPES[system], code), f"{each.code}: {notation}"
            assert scheme.find(notation, each.axis) is each


def test_codes_of_the_open_systems_lead_to_half_of_the_cancers_that_facets_show(
    scheme: ConceptScheme,
) -> None:
    shown = [each for each in scheme.on(Axis.CANCER) if each.shown]
    for system, fewest in (("DOID", 145), ("MONDO", 145), ("NCIT", 130), ("ONCOTREE", 70)):
        with_one = [each for each in shown if any(one.startswith(f"{system}:") for one in each.notations)]
        print(f"{system}: {len(with_one)} of {len(shown)} cancers that facets show")
        assert len(with_one) >= fewest


def test_no_code_of_the_human_disease_ontology_contradicts_its_own_names(
    scheme: ConceptScheme, shared_data: Path
) -> None:
    """A name of ours that is a label there must not carry the code of another term."""
    labels = {
        normalise_label(row["label"].strip('"')): row["id"].strip('"')
        for row in _rows(shared_data / "ontologies/doid/HumanDO.tsv")
    }
    for each in scheme.on(Axis.CANCER):
        codes = {one for one in each.notations if one.startswith("DOID:")}
        meant = labels.get(normalise_label(each.label))
        assert not (codes and meant) or meant in codes, each.label


def test_no_code_of_the_nci_thesaurus_stands_where_its_name_is_another_concepts(
    scheme: ConceptScheme, shared_data: Path
) -> None:
    """The code of "Malignant Colorectal Neoplasm" means colorectal cancer, not the grouping above it."""
    named = {
        normalise_label(name): each.code
        for each in scheme.on(Axis.CANCER)
        for name in (each.label, *each.synonyms)
    }
    file = shared_data / "ontologies/mondo/mondo_exactmatch_ncit.sssom.tsv"
    lines = (line for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines, delimiter="\t"):
        found = scheme.find(row["object_id"], Axis.CANCER)
        if found is not None:
            assert named.get(normalise_label(row["object_label"]), found.code) == found.code, row["object_id"]


@pytest.mark.parametrize(
    ("code", "cancer"),
    [
        ("NCIT:C9335", "CLIN1000060"),
        ("NCIT:C9242", "CLIN1000057"),
        ("NCIT:C7377", "CLIN1000065"),
        ("NCIT:C7418", "CLIN1000077"),
        ("NCIT:C4978", "CLIN1000054"),
        ("NCIT:C9005", "CLIN1000079"),
        ("NCIT:C7378", "CLIN1000075"),
    ],
)
def test_the_code_of_a_malignant_neoplasm_of_an_organ_finds_its_cancer(
    scheme: ConceptScheme, code: str, cancer: str
) -> None:
    found = scheme.find(code, Axis.CANCER)
    assert found is not None
    assert found.code == cancer


def test_no_related_name_is_an_exact_name_on_its_axis(scheme: ConceptScheme) -> None:
    for axis in Axis:
        exact = {normalise_label(name) for each in scheme.on(axis) for name in (each.label, *each.synonyms)}
        related = {name for each in scheme.on(axis) for name in each.related}
        assert {name for name in related if normalise_label(name) in exact} == set()


def test_main_cancers_have_names_that_people_search_by(scheme: ConceptScheme) -> None:
    for code in ("CLIN1000060", "CLIN1000065", "CLIN1000075", "CLIN1000062", "CLIN1007990", "CLIN1049513"):
        found = scheme.get(code)
        assert found is not None
        assert len(found.related) > 1


@pytest.mark.parametrize(
    ("value", "axis", "code"),
    [
        ("8140/3", Axis.MORPHOLOGY, "CLIN1047138"),
        ("CLIN1000067", Axis.MORPHOLOGY, "CLIN1000067"),
        ("CLIN1000067", Axis.CANCER, "CLIN1007990"),  # the disease, where a condition is asked for
        ("CLIN1000066", Axis.MORPHOLOGY, "CLIN1000066"),
        ("CLIN1000066", Axis.CANCER, "CLIN1049513"),
        ("ICDO:9440/3", Axis.MORPHOLOGY, "CLIN1000067"),
        ("CLIN1000418", Axis.STAGING, "CLIN1000418"),
        ("IMG1005457", Axis.STAGING, "IMG1005457"),
        (
            "http://publications.europa.eu/resource/authority/access-right/RESTRICTED",
            Axis.ACCESS,
            "RESTRICTED",
        ),
        ("SNOMED-CT:9380004", Axis.CANCER, "CLIN1003311"),
        ("SNOMED-CT:94634005", Axis.CANCER, "C-thyroid-metastasis"),
        ("SNOMED-CT:43799004", Axis.BODYPART, "BP1000067"),
        ("DUO_0000039", Axis.USE, "U-drug-development-research"),
    ],
)
def test_what_morphologies_systems_and_lists_call_a_concept_finds_it(
    scheme: ConceptScheme, value: str, axis: Axis, code: str
) -> None:
    found = scheme.find(value, axis)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("key", "axis", "code"),
    [
        ("SNOMEDCT363406005", Axis.CANCER, "CLIN1000057"),
        ("SNOMEDCT254837009", Axis.CANCER, "CLIN1000060"),
        ("SNOMEDCT363358000", Axis.CANCER, "CLIN1000065"),
        ("SNOMEDCT363484005", Axis.CANCER, "CLIN1000087"),
        ("SNOMEDCT399068003", Axis.CANCER, "CLIN1000075"),
        ("SNOMEDCT76752008", Axis.BODYPART, "BP1000136"),
        ("SNOMEDCT71854001", Axis.BODYPART, "BP1000257"),
        ("SNOMEDCT39607008", Axis.BODYPART, "BP1000113"),
        ("SNOMEDCT12921003", Axis.BODYPART, "BP1000092"),
        ("SNOMEDCT41216001", Axis.BODYPART, "BP1000021"),
        ("SNOMEDCT248153007", Axis.SEX, "COM1001366"),
        ("SNOMEDCT248152002", Axis.SEX, "COM1001370"),
        ("SNOMEDCT74964007", Axis.SEX, "S-other"),
        ("RID10312", Axis.MODALITY, "IMG1000038"),
        ("RID10321", Axis.MODALITY, "IMG1000042"),
        ("RID10334", Axis.MODALITY, "IMG1000061"),
        ("RID10337", Axis.MODALITY, "IMG1000062"),
        ("birnlex_3066", Axis.MANUFACTURER, "IMG1000044"),
        ("birnlex_12833", Axis.MANUFACTURER, "IMG1000047"),
        ("birnlex_3065", Axis.MANUFACTURER, "IMG1000046"),
        ("birnlex_3067", Axis.MANUFACTURER, "IMG1000045"),
        ("C200140", Axis.MANUFACTURER, "IMG1000044"),
    ],
)
def test_a_key_of_the_older_explorer_finds_its_concept(
    scheme: ConceptScheme, key: str, axis: Axis, code: str
) -> None:
    found = scheme.find(key, axis)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("value", ["SNOMED-CT:254582000", "SNOMED-CT:254637007"])
def test_a_code_that_two_lists_give_to_different_cancers_finds_none(
    scheme: ConceptScheme, value: str
) -> None:
    assert scheme.find(value) is None


def test_a_response_criterion_is_no_staging_system(scheme: ConceptScheme) -> None:
    names = {
        normalise_label(name) for each in scheme.on(Axis.STAGING) for name in (each.label, *each.synonyms)
    }
    assert {"tnm", "figo", "gleason", "bi rad", "pi rad"} <= {*names}
    assert not [name for name in names if "recist" in name or "ecog" in name]


def _pairs(shared_data: Path) -> Iterator[tuple[str, str]]:
    """Yield the two classes of each label that occurs twice, whatever its case."""
    labelled: dict[str, list[str]] = defaultdict(list)
    for row in _rows(shared_data / "ontologies/eucaim/hyperontology_codes.tsv"):
        labelled[row["label"].strip().casefold()].append(row["code"])
    for codes in labelled.values():
        if len(codes) > 1:
            first, second = codes
            yield first, second


def _below(root: str, parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    found = {root}
    while more := {
        code for code, above in parents.items() if code not in found and found.intersection(above)
    }:
        found |= more
    return found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
