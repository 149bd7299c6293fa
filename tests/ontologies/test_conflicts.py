"""Conflicts of mappings: each kind is found, named and explained, and what is right is left alone."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest

from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.conflicts import Conflict, ConflictKind, find_conflicts
from ontologies.mappings import EXACT, LITERAL, NO_TERM, Mapping, load_mappings
from ontologies.own_scheme import load_scheme

# codes of the slice that point to several terms, and those of them that point to unrelated ones
PUBLISHED = {"NCI": (10, 3), "ICD10CM": (17, 5), "ICDO": (30, 18), "SNOMEDCT": (32, 22), "MESH": (78, 53)}
BROAD, NARROW, CLOSE = "skos:broadMatch", "skos:narrowMatch", "skos:closeMatch"


class DoidTerm(TypedDict):
    id: str
    label: str
    parents: list[str]


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    """Cancer > lung > small cell; cancer > breast; cancer > prostate; and a body part."""
    return ConceptScheme(
        "1",
        [
            concept("cancer"),
            concept("lung", "cancer", notations=("ICD10:C34",)),
            concept("small", "lung"),
            concept("breast", "cancer", notations=("ICD10:C50",)),
            concept("prostate", "cancer", notations=("ICD10:C61", "NCIT:C4863")),
            concept("chest", axis=Axis.BODYPART),
        ],
    )


def concept(name: str, *parents: str, axis: Axis = Axis.CANCER, notations: tuple[str, ...] = ()) -> Concept:
    """Its code is its IRI, as rows name it."""
    above = tuple(f"urn:t:{each}" for each in parents)
    return Concept(f"urn:t:{name}", f"urn:t:{name}", axis, name, parents=above, notations=notations)


def row(record: str, word: str, target: str, predicate: str = EXACT, **slots: str) -> Mapping:
    """A word in small letters is a literal, one with a colon a code."""
    coded = ":" in word
    return Mapping.model_validate(
        {
            "record_id": f"urn:r:{record}",
            **({"subject_id": word} if coded else {"subject_label": word, "subject_type": LITERAL}),
            "subject_category": "cancer",
            "predicate_id": predicate,
            "object_id": target if target == NO_TERM else f"urn:t:{target}",
            "mapping_justification": "semapv:ManualMappingCuration",
            **slots,
        }
    )


def found(scheme: ConceptScheme, *rows: Mapping) -> tuple[Conflict, ...]:
    return find_conflicts(rows, scheme)


def kinds(scheme: ConceptScheme, *rows: Mapping) -> list[ConflictKind]:
    return [each.kind for each in found(scheme, *rows)]


def test_rows_that_agree_are_no_conflict(scheme: ConceptScheme) -> None:
    assert not found(
        scheme,
        row("1", "lungs", "lung"),
        row("2", "lungs", "cancer", BROAD),
        row("3", "lungs", "small", NARROW),
        row("4", "chest and breast", "lung", BROAD),
        row("5", "chest and breast", "breast", BROAD),
        row("6", "lungs", "breast", predicate_modifier="Not"),
        row("7", "phantom", NO_TERM),
        row("8", "NCIT:C4863", "prostate"),
        row("10", "Lungs", "lung", EXACT, subject_source="source:a"),
        row("9", "C61.9", "prostate"),
    )


def test_one_word_is_not_the_same_as_two_unrelated_concepts(scheme: ConceptScheme) -> None:
    (conflict,) = found(scheme, row("1", "Lungs", "lung"), row("2", "lungs ", "breast"))
    assert conflict.kind is ConflictKind.UNRELATED
    assert conflict.rows == ("urn:r:1", "urn:r:2")
    assert "'lung'" in conflict.says
    assert "'breast'" in conflict.says
    assert conflict.advice
    assert conflict.serious


def test_one_word_is_not_the_same_as_a_concept_and_a_kind_of_it(scheme: ConceptScheme) -> None:
    (conflict,) = found(scheme, row("1", "sc", "small"), row("2", "sc", "cancer"), row("3", "sc", "lung"))
    assert conflict.kind is ConflictKind.PARENT_AND_CHILD
    assert "both 'small' and 'cancer', which is broader" in conflict.says
    assert not conflict.serious


def test_a_provider_s_own_row_may_say_otherwise_than_the_general_one(scheme: ConceptScheme) -> None:
    assert not kinds(scheme, row("1", "c", "lung"), row("2", "c", "breast", subject_source="source:a"))


def test_the_same_word_may_mean_something_on_each_axis(scheme: ConceptScheme) -> None:
    assert not kinds(scheme, row("1", "c", "lung"), row("2", "c", "chest", subject_category="bodypart"))


def test_a_value_is_not_mapped_to_a_concept_of_another_axis(scheme: ConceptScheme) -> None:
    assert kinds(scheme, row("1", "thorax", "chest")) == [ConflictKind.ACROSS_AXES]


@pytest.mark.parametrize(
    "word", ["C61", "C61.9", "prostate (C61)", "ICD10:C61", "ICD10CM:C61.0", "NCIT:C4863"]
)
def test_a_code_in_the_word_contradicts_an_unrelated_concept(scheme: ConceptScheme, word: str) -> None:
    (conflict,) = found(scheme, row("1", word, "breast"))
    assert conflict.kind is ConflictKind.CODE
    assert "'prostate'" in conflict.says


@pytest.mark.parametrize("word", ["C62 testis", "C62.1"])
def test_a_code_that_the_scheme_lacks_contradicts_codes_of_another_category(
    scheme: ConceptScheme, word: str
) -> None:
    assert kinds(scheme, row("1", word, "breast")) == [ConflictKind.CODE]
    assert kinds(scheme, row("1", word, "small", BROAD)) == [], "a concept without a code of its own"


def test_a_row_that_denies_what_its_code_says_is_a_conflict(scheme: ConceptScheme) -> None:
    denied = row("1", "C61", "prostate", predicate_modifier="Not")
    assert kinds(scheme, denied) == [ConflictKind.CODE]
    assert kinds(scheme, row("1", "C61", "breast", predicate_modifier="Not")) == []


def test_a_word_with_two_codes_may_mean_either(scheme: ConceptScheme) -> None:
    assert not kinds(scheme, row("1", "C34, C50", "lung", BROAD), row("2", "C34, C50", "breast", BROAD))


@pytest.mark.parametrize(
    "rows",
    [
        [("x:1", "lung", BROAD), ("x:1", "lung", NARROW)],
        [("x:1", "small", BROAD), ("x:1", "cancer", NARROW)],
        [("x:1", "lung", EXACT), ("x:1", "small", BROAD)],
        [("NCIT:C4863", "cancer", NARROW)],
        [("word", "small", BROAD), ("word", "lung", NARROW)],
    ],
)
def test_nothing_is_broader_than_itself(scheme: ConceptScheme, rows: list[tuple[str, str, str]]) -> None:
    (conflict,) = found(scheme, *(row(str(number), *each) for number, each in enumerate(rows)))
    assert conflict.kind is ConflictKind.CYCLE
    assert len(conflict.rows) == len(rows)


def test_an_obsolete_concept_is_told_with_what_replaces_it(scheme: ConceptScheme) -> None:
    rows = (row("1", "old lung", "gone"), row("2", "older lung", "lost"))
    conflicts = find_conflicts(rows, scheme, obsolete={"urn:t:gone": "urn:t:lung", "urn:t:lost": None})
    assert {each.kind for each in conflicts} == {ConflictKind.OBSOLETE}
    assert "'lung'" in conflicts[0].advice
    assert "none" in conflicts[1].advice
    assert not conflicts[0].serious


def test_a_concept_that_the_scheme_lacks_is_unknown(scheme: ConceptScheme) -> None:
    assert kinds(scheme, row("1", "lungs", "nowhere")) == [ConflictKind.UNKNOWN]
    assert kinds(scheme, row("1", "lungs", "nowhere", predicate_modifier="Not")) == [ConflictKind.UNKNOWN]


@pytest.mark.parametrize(
    ("said", "denied", "conflicting"),
    [
        (EXACT, EXACT, True),
        (BROAD, BROAD, True),
        (EXACT, CLOSE, True),
        (BROAD, EXACT, True),
        (CLOSE, CLOSE, True),
        (CLOSE, EXACT, False),
    ],
)
def test_a_pair_is_not_both_said_and_denied(
    scheme: ConceptScheme, said: str, denied: str, *, conflicting: bool
) -> None:
    rows = (row("1", "w", "lung", said), row("2", "w", "lung", denied, predicate_modifier="Not"))
    assert kinds(scheme, *rows) == ([ConflictKind.YES_AND_NO] if conflicting else [])


def test_a_general_denial_holds_for_each_provider_and_one_provider_s_for_its_own(
    scheme: ConceptScheme,
) -> None:
    own, general = row("1", "w", "lung", subject_source="source:a"), row("2", "w", "lung")
    denied = row("3", "w", "lung", predicate_modifier="Not")
    own_denied = denied.model_copy(update={"subject_source": "source:a"})
    assert kinds(scheme, own, denied) == [ConflictKind.YES_AND_NO]
    assert kinds(scheme, general, own_denied) == []


def test_a_word_does_not_mean_nothing_and_something(scheme: ConceptScheme) -> None:
    assert kinds(scheme, row("1", "w", NO_TERM), row("2", "w", "lung", BROAD)) == [ConflictKind.NO_TERM]
    denied = row("2", "w", "lung", predicate_modifier="Not")
    assert kinds(scheme, row("1", "w", NO_TERM), denied) == []


def test_proposals_to_replace_an_obsolete_term_are_no_mappings_of_words(scheme: ConceptScheme) -> None:
    rows = (row("1", "x:1", "lung", "IAO:0100001"), row("2", "x:1", "breast", "IAO:0100001"))
    assert not kinds(scheme, *rows)


def test_the_order_of_the_rows_changes_nothing(scheme: ConceptScheme) -> None:
    rows = [row("1", "a", "lung"), row("2", "a", "breast"), row("3", "b", "chest"), row("4", "C61", "lung")]
    assert found(scheme, *rows) == found(scheme, *reversed(rows))


def test_the_project_s_own_mappings_hold_no_serious_conflict() -> None:
    conflicts = find_conflicts(load_mappings().mappings, load_scheme())
    assert [each for each in conflicts if each.serious] == []


def test_the_published_cross_references_conflict_as_often_as_is_known(shared_data: Path) -> None:
    terms = json.loads((shared_data / "ontologies" / "cancer_slice" / "cancer_slice.json").read_text("utf-8"))
    known = {term["id"] for term in terms}
    slice_ = ConceptScheme("slice", [doid_concept(term, known) for term in terms])
    rows = [
        row(f"{code}/{term['id']}", code, NO_TERM, object_id=term["id"], object_label=term["label"])
        for term in terms
        for code in term["xrefs"]
    ]
    started = time.thread_time()
    conflicts = find_conflicts(rows, slice_)
    print(f"{len(rows):,} rows in {time.thread_time() - started:.1f} s")
    all_, unrelated = counted(conflicts), counted(conflicts, ConflictKind.UNRELATED)
    print({system: (all_[system], unrelated[system]) for system in all_})
    assert {system: (all_[system], unrelated[system]) for system in PUBLISHED} == PUBLISHED


def doid_concept(term: DoidTerm, known: set[str]) -> Concept:
    iri = f"http://purl.obolibrary.org/obo/{term['id'].replace(':', '_')}"
    parents = tuple(doid_code(each) for each in term["parents"] if each in known)
    return Concept(doid_code(term["id"]), iri, Axis.CANCER, term["label"], parents=parents)


def doid_code(term: str) -> str:
    """The code that a row with this object is about."""
    return row("", "word", NO_TERM, object_id=term, record_id="urn:r:1").concept or ""


def counted(conflicts: tuple[Conflict, ...], kind: ConflictKind | None = None) -> Counter[str]:
    """Conflicts by the code system of their subject, SNOMED's edition left out."""
    chosen = (each for each in conflicts if kind in (None, each.kind))
    return Counter(
        each.rows[0].removeprefix("urn:r:").partition(":")[0].partition("_US")[0] for each in chosen
    )


@pytest.mark.parametrize("shape", ["many words", "one word", "one chain", "one circle"])
def test_twenty_thousand_rows_are_checked_in_seconds(shape: str) -> None:
    n = 20_000
    flat = [concept("cancer"), *(concept(f"c{number}", "cancer") for number in range(3_000))]
    scheme = ConceptScheme("1", flat)
    match shape:
        case "many words":
            rows = [row(str(at), f"word {at}, C{at % 90 + 10}", f"c{at % 3_000}") for at in range(n)]
        case "one word":
            rows = [row(str(at), "word", f"c{at % 3_000}") for at in range(n)]
        case "one chain":
            rows = [row(str(at), f"urn:t:x{at}", f"x{at + 1}", BROAD) for at in range(n)]
        case _:
            rows = [row(str(at), f"urn:t:c{at % 3_000}", f"c{(at + 1) % 3_000}", BROAD) for at in range(n)]
    started = time.thread_time()
    find_conflicts(rows, scheme)
    taken = time.thread_time() - started
    print(f"{shape}: {taken:.1f} s")
    assert taken < 15  # idle machines: below 2
