"""How much of what public providers say has a concept, axis by axis (``pytest -s`` prints the table)."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest

from ontologies.aligner import Aligner, Alignment, load_aligner
from ontologies.concepts import Axis, ConceptScheme
from ontologies.own_scheme import load_scheme

AXES = (Axis.CANCER, Axis.TOPOGRAPHY, Axis.BODYPART, Axis.MODALITY, Axis.MANUFACTURER, Axis.SEX, Axis.SUBJECT)


@dataclass(frozen=True, slots=True)
class Dataset:
    """``stated`` are values with the patients that have them."""

    name: str
    patients: int
    stated: dict[Axis, dict[str, int]]

    @property
    def human(self) -> bool:
        return "Human" in " ".join(self.stated[Axis.SUBJECT])


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many datasets and patients.

    ``naming`` datasets have a value that is not none on purpose, ``covered`` ones a concept that facets show,
    ``settled`` ones no value that nobody knows. ``patients`` are those with a value, ``naming_patients`` with
    one that is not none on purpose, ``reached`` with one that has a concept.
    """

    stating: int
    naming: int
    covered: int
    settled: int
    values: int
    linked: int
    decided: int
    patients: int
    naming_patients: int
    reached: int
    unknown: Counter[str]


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


@pytest.fixture(scope="module")
def aligner(scheme: ConceptScheme) -> Aligner:
    return load_aligner(scheme)


def bundled() -> list[Dataset]:
    file = resources.files("catalogue.sample") / "collections.jsonl"
    return [_bundled(json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def provided(shared_data: Path) -> list[Dataset]:
    lines = (shared_data / "providers/idc_collections.jsonl").read_text("utf-8").splitlines()
    return [_provided(json.loads(line)) for line in lines]


@pytest.fixture(scope="module", params=["sample", "providers"])
def datasets(request: pytest.FixtureRequest) -> list[Dataset]:
    if request.param == "sample":
        return bundled()
    return provided(request.getfixturevalue("shared_data"))


@pytest.fixture(scope="module")
def human(datasets: list[Dataset]) -> list[Dataset]:
    found = [each for each in datasets if each.human]
    assert len(found) > 150
    return found


def test_hardly_a_value_of_any_axis_is_unknown(
    aligner: Aligner, scheme: ConceptScheme, human: list[Dataset]
) -> None:
    found = {axis: coverage(aligner, scheme, human, axis) for axis in AXES}
    lines = [_line(axis, each) for axis, each in found.items() if each.stating]
    sys.stdout.write("\n" + HEADING + "\n" + "\n".join(lines) + "\n")
    assert all(each.linked + each.decided >= 0.95 * each.values for each in found.values())


def test_nearly_every_cancer_of_a_human_dataset_has_a_concept_or_is_none_on_purpose(
    aligner: Aligner, scheme: ConceptScheme, human: list[Dataset]
) -> None:
    """Phantoms, healthy people and benign conditions have no cancer; "Various" names none."""
    found = coverage(aligner, scheme, human, Axis.CANCER)
    assert found.settled / len(human) >= 0.98, found.unknown


def test_the_human_datasets_without_a_cancer_are_those_that_name_none(
    aligner: Aligner, scheme: ConceptScheme, human: list[Dataset]
) -> None:
    without = {each.name: reasons for each in human if (reasons := _reasons(aligner, scheme, each))}
    for name, reasons in sorted(without.items()):
        sys.stdout.write(f"\n{name}: {'; '.join(reasons)}")
    named = {reason.partition(":")[0] for reasons in without.values() for reason in reasons}
    assert named <= NO_CANCER
    assert (len(human) - len(without)) / len(human) >= 0.80


def test_every_modality_has_a_concept(aligner: Aligner, scheme: ConceptScheme, human: list[Dataset]) -> None:
    found = coverage(aligner, scheme, human, Axis.MODALITY)
    assert found.linked == found.values
    assert found.covered == found.stating > 150


def test_nearly_every_dataset_that_states_body_parts_has_one(
    aligner: Aligner, scheme: ConceptScheme, human: list[Dataset]
) -> None:
    """A phantom and an import note are no body parts."""
    found = coverage(aligner, scheme, human, Axis.BODYPART)
    assert found.covered / found.naming >= 0.98
    assert found.covered / found.stating >= 0.95
    assert found.reached / found.patients >= 0.98
    assert not found.unknown


def test_nearly_all_patients_have_a_manufacturer(
    aligner: Aligner, scheme: ConceptScheme, human: list[Dataset]
) -> None:
    """Software that wrote an object, and who simulated a patient, made no machine."""
    found = coverage(aligner, scheme, human, Axis.MANUFACTURER)
    assert found.reached / found.naming_patients >= 0.95
    assert found.reached / found.patients >= 0.94
    assert set(found.unknown) <= UNKNOWN_MAKERS


def test_every_value_that_aligns_is_below_the_root_of_its_axis(
    aligner: Aligner, scheme: ConceptScheme, datasets: list[Dataset]
) -> None:
    """The profile demands it of what facets show; a segmentation is no modality of imaging."""
    for dataset in datasets:
        for axis, values in dataset.stated.items():
            for one in _alignments(aligner, values, axis):
                if axis in ROOTS and one.concept and _is_shown(scheme, one):
                    below = {code for root in ROOTS[axis] for code in scheme.narrower(root)}
                    assert one.concept in below, (one.raw, one.concept)


def test_aligning_what_was_aligned_changes_nothing(
    aligner: Aligner, scheme: ConceptScheme, datasets: list[Dataset]
) -> None:
    for dataset in datasets:
        for axis, values in dataset.stated.items():
            for one in _alignments(aligner, values, axis):
                concept = scheme.get(one.concept or "")
                if concept is not None:
                    again = [aligner.align(word, axis) for word in (concept.iri, concept.code, concept.label)]
                    assert all([each.concept for each in found] == [concept.code] for found in again)


ROOTS = {
    Axis.CANCER: ("CLIN1007977", "CLIN1007989"),
    Axis.BODYPART: ("BP1000024",),
    Axis.MODALITY: ("IMG1000009",),
    Axis.MANUFACTURER: ("IMG1000010",),
    Axis.SEX: ("COM1001396",),
    Axis.TOPOGRAPHY: ("tumour-site",),
}

# What the values of a human dataset without a cancer are.
NO_CANCER = {
    *("Phantom", "COVID-19 (non-cancer)", "Various", "Non-Cancer", "Normal (non-cancer)", "Hemangioma"),
    *("Healthy Controls (non-cancer)", "Lymphadenopathy (non-cancer)", "Non-diseased", "Colon Precancer"),
    *("Pathologically Benign", "Vestibular Schwannoma (non-cancer)", "Mesothelial Neoplasm"),
    "Skin Fibrous Histiocytoma",
}

# Initials that several makers share, and a maker of whom no more than one dataset is known.
UNKNOWN_MAKERS = {"NMS", "WDM", "Oehm und Rehbein GmbH"}

# Shares of datasets and patients: of all that state a value, and of those whose value is not none on purpose.
HEADING = (
    f"{'axis':<13}{'values':>7}{'linked':>8}{'none':>6}{'unknown':>9}"
    f"{'datasets':>10}{'naming':>8}{'settled':>9}{'patients':>10}{'naming':>8}"
)


def coverage(aligner: Aligner, scheme: ConceptScheme, datasets: list[Dataset], axis: Axis) -> Coverage:
    stating = [each for each in datasets if each.stated[axis]]
    found = {each.name: list(_alignments(aligner, each.stated[axis], axis)) for each in stating}
    ones = {one.raw.casefold(): one for alignments in found.values() for one in alignments}
    unknown = Counter(one.raw for each in found.values() for one in each if not one.justification)
    return Coverage(
        stating=len(stating),
        naming=sum(any(one.concept or not one.justification for one in each) for each in found.values()),
        covered=sum(any(_is_shown(scheme, one) for one in each) for each in found.values()),
        settled=sum(all(one.justification for one in each) for each in found.values()),
        values=len(ones),
        linked=sum(one.concept is not None for one in ones.values()),
        decided=sum(one.concept is None and bool(one.justification) for one in ones.values()),
        patients=sum(_patients(aligner, each, axis, lambda _: True) for each in stating),
        naming_patients=sum(
            _patients(aligner, each, axis, lambda one: bool(one.concept) or not one.justification)
            for each in stating
        ),
        reached=sum(_patients(aligner, each, axis, lambda one: bool(one.concept)) for each in stating),
        unknown=unknown,
    )


def _patients(aligner: Aligner, dataset: Dataset, axis: Axis, which: Callable[[Alignment], bool]) -> int:
    """Those with such a value; who has several values is counted once where all patients are reached."""
    counted = dataset.stated[axis].items()
    having = sum(patients for value, patients in counted if any(map(which, aligner.align(value, axis))))
    return min(having, dataset.patients)


def _line(axis: Axis, found: Coverage) -> str:
    return (
        f"{axis.value:<13}{found.values:>7}{found.linked:>8}{found.decided:>6}"
        f"{found.values - found.linked - found.decided:>9}"
        f"{found.covered / found.stating:>10.1%}{found.covered / found.naming:>8.1%}"
        f"{found.settled / found.stating:>9.1%}"
        f"{found.reached / found.patients:>10.1%}{found.reached / found.naming_patients:>8.1%}"
        f"  {dict(found.unknown) or ''}"
    )


def _reasons(aligner: Aligner, scheme: ConceptScheme, dataset: Dataset) -> list[str]:
    """Why a dataset has no cancer; nothing for one that has."""
    found = list(_alignments(aligner, dataset.stated[Axis.CANCER], Axis.CANCER))
    if any(_is_shown(scheme, one) for one in found):
        return []
    return [f"{one.raw}: {one.rule}" for one in found] or ["(not stated)"]


def _is_shown(scheme: ConceptScheme, one: Alignment) -> bool:
    concept = scheme.get(one.concept or "")
    return concept is not None and not concept.hidden


def _alignments(aligner: Aligner, values: dict[str, int], axis: Axis) -> Iterator[Alignment]:
    return (found for value in values for found in aligner.align(value, axis))


def _bundled(row: dict[str, object]) -> Dataset:
    def counted(key: str) -> dict[str, int]:
        listed = row[key]
        assert isinstance(listed, list)
        return {str(each[0]): int(each[1]) for each in listed if each[0] and each[0] != "(absent)"}

    patients = int(str(row["patients"]))
    return Dataset(
        str(row["id"]),
        patients,
        {
            Axis.CANCER: _joined(row["cancer_types"], patients),
            Axis.TOPOGRAPHY: _joined(row["tumour_locations"], patients),
            Axis.SUBJECT: _joined(row["species"], patients),
            Axis.BODYPART: counted("body_parts"),
            Axis.MODALITY: counted("modalities"),
            Axis.MANUFACTURER: counted("manufacturers"),
            Axis.SEX: {each: count for each, count in counted("sexes").items() if "|" not in each},
        },
    )


def _provided(row: dict[str, object]) -> Dataset:
    def counted(key: str) -> dict[str, int]:
        listed = row[key]
        assert isinstance(listed, list)
        return {str(each["value"]): int(each["patients"]) for each in listed if each["value"]}

    patients = int(str(row["subjects"]))
    return Dataset(
        str(row["collection_id"]),
        patients,
        {
            Axis.CANCER: _joined(row["cancer_types"], patients),
            Axis.TOPOGRAPHY: _joined(row["tumor_locations"], patients),
            Axis.SUBJECT: _joined(row["species"], patients),
            Axis.BODYPART: counted("body_parts_counted"),
            Axis.MODALITY: counted("modalities_counted"),
            Axis.MANUFACTURER: counted("manufacturers_counted"),
            Axis.SEX: {},
        },
    )


def _joined(value: object, patients: int) -> dict[str, int]:
    return {str(value): patients} if value else {}
