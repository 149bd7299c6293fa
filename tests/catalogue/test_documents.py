"""Which document the search index holds of a dataset."""

import pytest

from catalogue.model.query import FACETS
from catalogue.ports import Document, Evidence
from catalogue.projections.documents import document
from ontologies.analysis import analyse
from ontologies.concepts import ConceptScheme
from tests.catalogue.descriptions import harvested


def made(scheme: ConceptScheme, statements: str = "", *, title: str = "Lung CT") -> Document:
    return document(harvested(statements, title=title), provider="lisbon", scheme=scheme)


def code(label: str, scheme: ConceptScheme) -> str:
    return next(concept.code for concept in scheme if concept.label == label)


def test_the_closure_holds_all_that_is_broader(scheme: ConceptScheme) -> None:
    narrow, broad = code("Lung adenocarcinoma", scheme), code("Lung cancer", scheme)
    found = made(scheme, 'eucaim:hasCondition "Lung adenocarcinoma" .')
    assert found.concepts["cancer"] == (narrow,)
    assert {narrow, broad} <= set(found.closure["cancer"])
    assert set(found.closure["cancer"]) == set(scheme.broader(narrow))


def test_groupings_take_part_in_the_closure(scheme: ConceptScheme) -> None:
    """They are searched by, though no facet offers them."""
    grouped = next(
        concept
        for concept in scheme
        if concept.shown and any(scheme.get(up).grouping for up in scheme.broader(concept.code))  # type: ignore[union-attr]
    )
    found = made(scheme, f'eucaim:hasCondition "{grouped.code}" ; eucaim:hasImageBodyPart "{grouped.code}" .')
    assert any(scheme.get(one).grouping for one in found.closure[grouped.axis.value])  # type: ignore[union-attr]


def test_a_hidden_concept_makes_no_facet_value_and_is_still_evidence(scheme: ConceptScheme) -> None:
    found = made(scheme, 'eucaim:hasImageModality "SEG", "CT" .')
    assert found.concepts["modality"] == (code("Computed tomography", scheme),)
    assert {one.raw for one in found.evidence} == {"SEG", "CT"}


def test_every_facet_of_the_index_is_filled_or_empty_but_there(scheme: ConceptScheme) -> None:
    found = made(scheme)
    assert set(found.concepts) == set(found.closure) == set(FACETS)


def test_evidence_is_the_provider_s_own_word(scheme: ConceptScheme) -> None:
    found = made(scheme, 'eucaim:hasCondition "C61", "Hauptsache krank" ; cimg:subjectKind "Human" .')
    assert found.evidence == (Evidence(axis="cancer", raw="C61", concept="CLIN1000075"),)


def test_a_dataset_of_animals_is_not_counted(scheme: ConceptScheme) -> None:
    assert not made(scheme, 'dcat:keyword "Mouse" .').counted
    assert made(scheme).counted


def test_unknown_counts_stay_unknown(scheme: ConceptScheme) -> None:
    found = made(scheme, 'health:numberOfUniqueIndividuals "viele" .')
    assert (found.patients, found.studies) == (None, None)


@pytest.mark.parametrize(
    ("stated", "facet"),
    [
        ("<http://publications.europa.eu/resource/authority/access-right/PUBLIC>", ("PUBLIC",)),
        ("<http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC/>", ("NON_PUBLIC",)),
        ('"restricted"', ("RESTRICTED",)),
        ('"ask us"', ()),
    ],
)
def test_access_is_one_of_the_eu_list_or_unstated(
    stated: str, facet: tuple[str, ...], scheme: ConceptScheme
) -> None:
    assert made(scheme, f"dct:accessRights {stated} .").concepts["access"] == facet


def test_each_licence_is_named_once(scheme: ConceptScheme) -> None:
    by = "dct:license <https://creativecommons.org/licenses/by/4.0/>"
    zero = "dct:license <https://creativecommons.org/publicdomain/zero/1.0/>"
    found = made(
        scheme,
        f'dcat:distribution [ dct:title "a" ; {by} ], [ dct:title "b" ; {by} ], [ dct:title "c" ; {zero} ] .',
    )
    assert found.licence == "CC BY 4.0, CC0 1.0"


def test_a_short_description_is_the_summary(scheme: ConceptScheme) -> None:
    assert made(scheme, 'dct:description "Images  of\\nlungs" .').summary == "Images of lungs"


def test_a_long_summary_is_cut_at_a_word(scheme: ConceptScheme) -> None:
    summary = made(scheme, f'dct:description "{"radiomics " * 100}" .').summary
    assert summary.endswith("radiomics …")
    assert len(summary) <= 402


def test_a_long_text_without_a_blank_is_cut_all_the_same(scheme: ConceptScheme) -> None:
    assert made(scheme, f'dct:description "{"x" * 1000}" .').summary == "x" * 400 + " …"


def test_words_of_titles_keywords_and_identifiers_can_be_searched(scheme: ConceptScheme) -> None:
    found = made(
        scheme, 'dcat:keyword "Screening" ; dct:identifier "10.1234/LUNG" .', title="Lungs in Lisbon"
    )
    assert set(analyse("Lungs Lisbon 10.1234/lung").split()) <= set(found.title_tokens.split())
    assert set(analyse("screening").split()) <= set(found.keyword_tokens.split())


def test_synonyms_of_own_concepts_can_be_searched_and_broader_labels_not(scheme: ConceptScheme) -> None:
    found = made(scheme, 'eucaim:hasCondition "C61" .', title="X")
    concept = scheme.get("CLIN1000075")
    assert concept is not None
    assert set(analyse(" ".join((concept.label, *concept.synonyms))).split()) == set(
        found.label_tokens.split()
    )


def test_titles_sort_by_their_words(scheme: ConceptScheme) -> None:
    assert made(scheme, title="CT of lungs").sort_title
    assert made(scheme, title="???").sort_title == "???"


def test_a_hit_stays_small_whatever_the_record_holds(scheme: ConceptScheme) -> None:
    values = ", ".join(f'"Lung {"." * number} cancer"' for number in range(900))
    licence = "https://node.example/" + "l" * 2000
    found = made(
        scheme,
        f"eucaim:hasCondition {values} ; dcat:distribution [ dct:license <{licence}> ] .",
        title="t" * 900_000,
    )
    assert len(found.model_dump_json()) < 200_000
    assert found.title.startswith("ttt")
    assert found.evidence
