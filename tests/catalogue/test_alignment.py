"""What becomes of a provider's words, and which records count."""

import pytest

from catalogue.ingest.alignment import Aligned, Traits, aligned
from catalogue.model.dataset import AlignedValue
from catalogue.profile import terms
from ontologies.additions import Additions
from ontologies.aligner import load_aligner
from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import load_mappings
from tests.catalogue.descriptions import IRI, KEY, described, harvested, objects, prepared, quads_of

PROSTATE = "CLIN1000075"
PROSTATE_IRI = f"<https://cancerimage.eu/ontology/EUCAIM#{PROSTATE}>"
HAS_CONDITION = terms.AXIS_PROPERTY[Axis.CANCER]


def align(turtle: str, scheme: ConceptScheme) -> Aligned:
    return aligned(quads_of(turtle), subject=IRI, key=KEY, aligner=load_aligner(scheme), scheme=scheme)


def test_a_value_gives_way_to_its_concept() -> None:
    found = prepared('eucaim:hasCondition "Prostate Cancer" .')
    assert objects(found.triples, HAS_CONDITION) == {PROSTATE_IRI}


def test_the_raw_value_stays_with_rule_property_and_scheme(scheme: ConceptScheme) -> None:
    (value,) = harvested('eucaim:hasCondition "Prostate Cancer" .').values
    assert value == AlignedValue(
        axis=Axis.CANCER,
        raw="Prostate Cancer",
        concept=PROSTATE,
        justification="semapv:LexicalMatching",
        rule="the label 'Prostate cancer'",
        property="eucaim:hasCondition",
        scheme=scheme.version.partition(".")[0],
    )


def test_another_property_of_conditions_leads_to_the_same_axis() -> None:
    found = prepared('cimg:otherCondition "Prostate Cancer" .')
    assert objects(found.triples, HAS_CONDITION) == {PROSTATE_IRI}
    (value,) = harvested('cimg:otherCondition "Prostate Cancer" .').values
    assert value.property == "cimg:otherCondition"


def test_an_unknown_value_stays_with_a_finding() -> None:
    found = prepared('eucaim:hasCondition "Hauptsache krank" .')
    assert objects(found.triples, HAS_CONDITION) == {'"Hauptsache krank"'}
    (finding,) = (one for one in found.findings if one.value == "Hauptsache krank")
    assert (finding.focus, finding.path) == (IRI, "eucaim:hasCondition")
    (value,) = harvested('eucaim:hasCondition "Hauptsache krank" .').values
    assert (value.raw, value.concept, value.rule) == ("Hauptsache krank", None, "")


def test_a_sources_own_word_means_what_curators_said_of_that_source(scheme: ConceptScheme) -> None:
    own = (
        load_mappings()
        .mappings[0]
        .model_copy(
            update={
                "record_id": "urn:test:1",
                "subject_label": "Hauptsache krank",
                "subject_category": Axis.CANCER,
                "subject_source": "clinic",
                "object_id": "eucaim:CLIN1000075",
            }
        )
    )
    aligner = load_aligner(scheme, Additions(mappings=(own,)))
    quads = quads_of(described('eucaim:hasCondition "Hauptsache krank" .'))
    for source, found in (("clinic", 0), ("another", 1)):
        traits = Traits(source=source)
        done = aligned(quads, subject=IRI, key=KEY, aligner=aligner, scheme=scheme, traits=traits)
        assert len(done.findings) == found


def test_a_value_that_means_no_concept_on_purpose_is_no_finding() -> None:
    found = prepared('eucaim:hasCondition "Non-Cancer" .')
    assert objects(found.triples, HAS_CONDITION) == {'"Non-Cancer"'}
    assert not [one for one in found.findings if one.value == "Non-Cancer"]


def test_of_a_list_the_known_part_aligns_and_the_rest_is_a_finding() -> None:
    dataset = harvested('eucaim:hasCondition "Lung Cancer, Hauptsache krank" .')
    assert [(one.raw, one.concept is None) for one in dataset.values] == [
        ("Hauptsache krank", True),
        ("Lung Cancer", False),
    ]


def test_a_keyword_is_never_removed() -> None:
    found = prepared('dcat:keyword "Prostate Cancer", "CT", "anything" .')
    assert objects(found.triples, terms.KEYWORD) == {'"Prostate Cancer"', '"CT"', '"anything"'}
    assert objects(found.triples, HAS_CONDITION) == {PROSTATE_IRI}
    assert objects(found.triples, terms.AXIS_PROPERTY[Axis.MODALITY])


def test_a_keyword_that_means_nothing_is_no_finding() -> None:
    assert prepared('dcat:keyword "anything" .').findings == ()


def test_a_value_stated_and_also_a_keyword_is_explained_once_by_its_property() -> None:
    dataset = harvested('dcat:keyword "Prostate Cancer" ; eucaim:hasCondition "Prostate Cancer" .')
    assert [one.property for one in dataset.values] == ["eucaim:hasCondition"]


def test_two_words_for_one_concept_are_both_kept() -> None:
    dataset = harvested('eucaim:hasCondition "Prostate Cancer", "C61" .')
    assert dataset.concepts(Axis.CANCER) == (PROSTATE,)
    assert {one.raw for one in dataset.values} == {"Prostate Cancer", "C61"}


def test_values_of_other_nodes_are_left_alone(scheme: ConceptScheme) -> None:
    found = align(
        described('dct:isPartOf ex:other . ex:other eucaim:hasCondition "Prostate Cancer" .'), scheme
    )
    assert f"<{HAS_CONDITION}>" in {str(quad.predicate) for quad in found.quads}
    assert not any(quad.predicate.value == terms.ALIGNED_VALUE for quad in found.quads)


@pytest.mark.parametrize(
    ("statements", "counts"),
    [
        ("", True),
        ('dcat:keyword "Human" .', True),
        ('dcat:keyword "Mouse" .', False),
        ('dcat:keyword "Phantom" .', False),
        ('dcat:keyword "Human, Mouse" .', False),
        ('dcat:keyword "Human", "Mouse" .', False),
        ('cimg:subjectKind "Human" .', True),
        ('cimg:subjectKind "Mouse" .', False),
        ('cimg:subjectKind "Human" ; dcat:keyword "Phantom" .', False),
        ('cimg:subjectKind "Martian" .', True),
    ],
)
def test_only_datasets_of_people_count(statements: str, *, counts: bool) -> None:
    assert harvested(statements).counts_towards_totals is counts


def test_a_subject_kind_told_by_the_catalogues_own_concept_is_understood() -> None:
    dataset = harvested("cimg:subjectKind <urn:catalogue:concepts/mouse> .")
    assert dataset.concepts(Axis.SUBJECT) == ("mouse",)
    assert not dataset.counts_towards_totals


def test_preparing_twice_gives_the_same_hash() -> None:
    statements = (
        'eucaim:hasCondition "Prostate Cancer" ; dcat:keyword "Mouse" ; dct:creator [ foaf:name "A" ] .'
    )
    assert prepared(statements) == prepared(statements)


def test_a_record_that_speaks_in_concepts_is_as_before_after_another_round() -> None:
    """What is published goes in again: its own explanations are dropped and made anew, the same."""
    first = prepared(f'eucaim:hasCondition {PROSTATE_IRI} ; dcat:keyword "Mouse" .')
    second = prepared(_turtle(first.triples))
    third = prepared(_turtle(second.triples))
    assert second.sha256 == third.sha256
    assert objects(second.triples, HAS_CONDITION) == objects(first.triples, HAS_CONDITION)
    assert objects(second.triples, terms.COUNTS_TOWARDS_TOTALS) == objects(
        first.triples, terms.COUNTS_TOWARDS_TOTALS
    )


def _turtle(triples: bytes) -> str:
    """Published statements to follow those of ``described``."""
    return f'ex:unrelated "" .\n{triples.decode()}'
