"""What a search finds, counts and explains."""

import pytest

from catalogue.errors import BadRequest
from catalogue.model.query import FACETS, SearchQuery
from catalogue.search.conditions import conditions, relaxations
from catalogue.search.page import SearchPage, search
from catalogue.search.render import render
from catalogue.search.vocabulary import Vocabulary
from tests.small_catalogue import SmallCatalogue

LUNG = "CLIN1000065"
BREAST = "CLIN1000060"


@pytest.fixture(name="found")
def _found(small: SmallCatalogue, vocabulary: Vocabulary) -> "Searching":
    return Searching(small, vocabulary)


class Searching:
    def __init__(self, small: SmallCatalogue, vocabulary: Vocabulary) -> None:
        self.small = small
        self.vocabulary = vocabulary

    def __call__(self, *pairs: tuple[str, str]) -> SearchPage:
        return search(SearchQuery.from_pairs(pairs), self.small.index, self.vocabulary)

    def keys(self, *pairs: tuple[str, str]) -> set[str]:
        return {hit.document.key for hit in self(*pairs).hits}


@pytest.mark.parametrize(
    "value",
    [LUNG, "https://cancerimage.eu/ontology/EUCAIM#CLIN1000065", "eucaim:CLIN1000065"],
)
def test_a_concept_is_found_by_code_iri_and_compact_form(found: Searching, value: str) -> None:
    assert found.keys(("cancer", value)) == {"lung000001", "luad000002", "lung000009"}


def test_a_code_of_another_system_means_the_same_concept(found: Searching) -> None:
    assert found.keys(("cancer", "C61")) == {"pros000004"}


def test_without_expansion_a_narrower_concept_is_not_found(found: Searching) -> None:
    assert found.keys(("cancer", LUNG), ("expand", "false")) == {"lung000001", "lung000009"}


def test_a_value_that_nobody_knows_finds_nothing_and_is_named(found: Searching) -> None:
    page = found(("cancer", "CLIN9999999"))
    assert page.total.datasets == 0
    assert page.notices == ("Cancer type has no value “CLIN9999999”, so no dataset can match it.",)


def test_a_concept_of_another_axis_is_no_value(found: Searching) -> None:
    assert found(("modality", LUNG)).notices


def test_an_unknown_value_beside_a_known_one_takes_nothing_away(found: Searching) -> None:
    page = found(("cancer", LUNG), ("cancer", "CLIN9999999"))
    assert page.total.datasets == 3
    assert "CLIN9999999" in page.notices[0]


def test_an_unknown_provider_is_named(found: Searching) -> None:
    page = found(("provider", "nowhere"))
    assert (page.total.datasets, len(page.notices)) == (0, 1)


@pytest.mark.parametrize("value", ["lung cancer", "<script>", 'a"b', "a{b}"])
def test_a_malformed_value_is_refused_by_name(found: Searching, value: str) -> None:
    with pytest.raises(BadRequest) as refused:
        found(("cancer", value))
    assert refused.value.parameter == "cancer"


def test_not_stated_can_be_chosen(found: Searching) -> None:
    assert "bare000008" in found.keys(("modality", "missing"))
    assert "lung000001" not in found.keys(("modality", "missing"))


def test_an_excluded_value_is_left_out(found: Searching) -> None:
    assert found.keys(("modality", "CT"), ("cancer.not", LUNG)) == {"mice000006", "evil000007"}


def test_animals_are_listed_and_never_summed(found: Searching) -> None:
    page = found(("modality", "CT"))
    assert "mice000006" in {hit.document.key for hit in page.hits}
    assert page.total.patients == 1200 + 80 + 20


def test_the_access_right_is_found_by_its_iri_too(found: Searching) -> None:
    iri = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
    assert found.keys(("access", iri)) == found.keys(("access", "RESTRICTED")) == {"pros000004"}


def test_a_facet_value_stands_below_its_nearest_counted_broader_one(found: Searching) -> None:
    values = {node.code: node for node in found().facets["cancer"].values}
    adenocarcinoma = next(node for node in values.values() if node.label == "Lung adenocarcinoma")
    assert adenocarcinoma.parent in values
    assert values[adenocarcinoma.parent or ""].depth == adenocarcinoma.depth - 1


def test_a_facet_lists_a_parent_before_its_children(found: Searching) -> None:
    seen: set[str | None] = {None}
    for node in found().facets["cancer"].values:
        assert node.parent in seen
        seen.add(node.code)


def test_a_chosen_value_without_hits_can_be_taken_back(found: Searching) -> None:
    page = found(("cancer", BREAST), ("modality", "MR"))
    chosen = [node for node in page.facets["cancer"].values if node.chosen]
    assert [(node.code, node.datasets) for node in chosen] == [(BREAST, 0)]


def test_a_facet_ignores_its_own_selection(found: Searching) -> None:
    def counts(page: SearchPage) -> dict[str, int]:
        return {node.code: node.datasets for node in page.facets["provider"].values}

    assert counts(found(("provider", "north"))) == counts(found())


def test_cursors_lead_through_every_hit_once(found: Searching) -> None:
    keys, cursor = [], ""
    while True:
        page = found(("size", "2"), ("cursor", cursor))
        keys += [hit.document.key for hit in page.hits]
        if page.place.next_cursor is None:
            break
        cursor = page.place.next_cursor
    assert len(keys) == len(set(keys)) == 9


@pytest.mark.parametrize("cursor", ["garbage", "é", "====", "MTA", "A" * 5000])
def test_a_made_up_cursor_is_refused(found: Searching, cursor: str) -> None:
    with pytest.raises(BadRequest) as refused:
        found(("cursor", cursor))
    assert refused.value.parameter == "cursor"


def test_a_cursor_of_another_search_is_refused(found: Searching) -> None:
    cursor = found(("size", "2")).place.next_cursor or ""
    with pytest.raises(BadRequest):
        found(("size", "2"), ("q", "lung"), ("cursor", cursor))


def test_a_page_past_the_last_says_so(found: Searching) -> None:
    page = found(("page", "400"))
    assert (page.hits, page.notices) == ((), ("Page 400 lies past the last one, 1.",))


def test_a_hit_tells_the_providers_word_for_a_narrower_concept(found: Searching) -> None:
    page = found(("cancer", LUNG), ("q", "LUAD"))
    assert [str(reason) for reason in page.hits[0].why] == [
        "“Lung Adenocarcinoma” means Lung adenocarcinoma, narrower than Lung cancer",
        "the word LUAD is in title",
    ]


def test_a_hit_tells_where_each_word_of_the_search_stands(found: Searching) -> None:
    page = found(("q", "screenings lung made"))
    assert [str(reason) for reason in page.hits[0].why] == [
        "the words screenings, lung are in title",
        "the word made is in description",
    ]


def test_signs_alone_search_for_nothing_and_say_so(found: Searching) -> None:
    page = found(("q", "!?"))
    assert page.total.datasets == 9
    assert "!?" in page.notices[0]


def test_a_search_without_words_lists_the_largest_first(found: Searching) -> None:
    assert found().hits[0].document.key == "brea000003"


def test_each_condition_can_be_left_out(vocabulary: Vocabulary) -> None:
    query = SearchQuery.from_pairs(
        [("q", "lung"), ("cancer", LUNG), ("cancer.not", "C61"), ("patients", "50..")]
    )
    made = conditions(query, vocabulary)
    assert [condition.label for condition in made] == [
        "“lung”",
        "Lung cancer",
        "Prostate cancer",
        "50 or more patients",
    ]
    assert all(len(condition.without.pairs()) == len(query.pairs()) - 1 for condition in made)


def test_a_relaxation_finds_what_its_search_finds(found: Searching, vocabulary: Vocabulary) -> None:
    query = SearchQuery.from_pairs([("cancer", LUNG), ("modality", "MG")])
    ways_out = relaxations(query, found.small.index, vocabulary)
    assert [(one.condition.about, one.total.datasets) for one in ways_out] == [("modality", 3), ("cancer", 1)]
    for one in ways_out:
        assert search(one.condition.without, found.small.index, vocabulary).total == one.total


def test_the_answer_has_the_promised_names(found: Searching) -> None:
    page = found(("cancer", LUNG), ("patients", "50.."), ("q", "lung"))
    answer = render(page, lambda key: {"self": key}).model_dump(by_alias=True, mode="json")
    assert list(answer) == [
        "query", "interpretation", "notices", "total", "facets", "ranges", "hits", "page",
    ]  # fmt: skip
    assert list(answer["total"]) == ["datasets", "patients", "patients_unknown", "studies"]
    assert list(answer["facets"]) == list(FACETS)
    assert list(answer["facets"]["cancer"]["values"][0]) == [
        "value", "label", "parent", "datasets", "patients", "patients_stated", "datasets_stated",
    ]  # fmt: skip
    assert list(answer["ranges"]["patients"]) == ["min", "max", "histogram"]
    assert list(answer["ranges"]["patients"]["histogram"][0]) == ["from", "to", "datasets"]
    assert list(answer["hits"][0]) == [
        "key", "title", "provider", "patients", "counted", "score", "why", "links",
    ]  # fmt: skip
    assert list(answer["page"]) == ["number", "size", "pages", "next_cursor"]
    assert answer["query"]["ranges"] == {"patients": {"min": 50, "max": None}}
