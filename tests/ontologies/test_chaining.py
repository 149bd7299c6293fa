"""Chaining: what follows from mappings, against a plain closure by the rules of SSSOM."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.mappings import BROAD, EXACT, LITERAL, NO_TERM, Mapping
from ontologies.mappings.chaining import CHAINING, chained, inverted

NARROW, CLOSE, RELATED = "skos:narrowMatch", "skos:closeMatch", "skos:relatedMatch"
PREDICATES: Final = (EXACT, BROAD, NARROW, CLOSE, RELATED)
TOGETHER: Final = {
    **{(EXACT, each): each for each in PREDICATES},
    **{(each, EXACT): each for each in PREDICATES},
    (BROAD, BROAD): BROAD,
    (NARROW, NARROW): NARROW,
}


def row(subject: str, predicate: str, target: str, modifier: str = "") -> Mapping:
    """A capital letter is a code, anything else a word."""
    coded = subject.isupper()
    return Mapping.model_validate(
        {
            "record_id": f"urn:r:{subject}-{predicate[5:]}-{target}-{modifier}",
            **({"subject_id": f"urn:t:{subject}"} if coded else {"subject_label": subject}),
            "subject_type": "" if coded else LITERAL,
            "subject_category": "cancer",
            "predicate_id": predicate,
            "predicate_modifier": modifier,
            "object_id": target if target == NO_TERM else f"urn:t:{target}",
            "mapping_justification": "semapv:ManualMappingCuration",
        }
    )


def statements(rows: Sequence[Mapping]) -> set[tuple[str, str, str]]:
    return {(each.subject_label or each.subject_id, each.predicate_id, each.object_id) for each in rows}


rows_of_codes = st.lists(
    st.builds(
        row,
        st.sampled_from("ABCDw"),
        st.sampled_from(PREDICATES),
        st.sampled_from("ABCD"),
        st.sampled_from(["", "", "", "Not"]),
    ),
    max_size=10,
    unique_by=lambda each: each.record_id,
)


def closure(rows: Sequence[Mapping]) -> set[tuple[str, str, str]]:
    found = statements([each for each in rows if not each.negative])
    while True:
        more = {
            (one[0], TOGETHER[one[1], other[1]], other[2])
            for one, other in product(found, found)
            if one[2] == other[0] and (one[1], other[1]) in TOGETHER
        }
        if more <= found:
            return found
        found |= more


@given(rows_of_codes)
def test_what_follows_is_the_closure_without_what_was_said_denied_or_turns_back(rows: list[Mapping]) -> None:
    wanted = {each for each in closure(rows) if each[0] != each[2]} - statements(rows)
    assert statements(chained(rows)) == wanted


@given(rows_of_codes)
def test_nothing_more_follows_from_what_followed(rows: list[Mapping]) -> None:
    assert chained((*rows, *chained(rows))) == ()


@given(rows_of_codes)
def test_denied_rows_lead_nowhere(rows: list[Mapping]) -> None:
    positive = [each for each in rows if not each.negative]
    assert statements(chained(rows)) == statements(chained(positive)) - statements(rows)


@given(rows_of_codes)
def test_turned_about_twice_says_the_same(rows: list[Mapping]) -> None:
    codes = [each for each in rows if not each.literal]
    assert statements(inverted(inverted(rows))) == statements(codes)
    assert [each.negative for each in inverted(rows)] == [each.negative for each in codes]


@given(rows_of_codes)
def test_ids_of_what_follows_are_its_own_and_the_same_each_time(rows: list[Mapping]) -> None:
    found = chained(rows)
    assert len({each.record_id for each in found}) == len(found)
    again = chained(rows[::-1])
    assert {each.record_id for each in again} == {each.record_id for each in found}
    turned = inverted(rows)
    assert len({each.record_id for each in turned}) == len(turned)


def test_a_word_that_is_the_same_as_a_code_means_what_the_code_means() -> None:
    (found,) = chained([row("lung ca", EXACT, "A"), row("A", BROAD, "B")])
    assert (found.subject_label, found.predicate_id, found.object_id) == ("lung ca", BROAD, "urn:t:B")
    assert found.mapping_justification == CHAINING
    assert "urn:r:A-broadMatch-B-" in found.comment


def test_a_word_that_means_nothing_leads_nowhere() -> None:
    assert chained([row("A", EXACT, NO_TERM), row("B", EXACT, "A")]) == ()


def test_narrow_turned_about_is_broad_and_leads_on() -> None:
    (turned,) = inverted([row("A", NARROW, "B")])
    assert (turned.subject_id, turned.predicate_id, turned.object_id) == ("urn:t:B", BROAD, "urn:t:A")
    (found,) = chained([turned, row("A", BROAD, "C")])
    assert (found.subject_id, found.predicate_id, found.object_id) == ("urn:t:B", BROAD, "urn:t:C")


def test_a_chain_on_one_axis_does_not_lead_on_another() -> None:
    other = row("A", EXACT, "B").model_copy(update={"subject_category": "bodypart"})
    assert chained([row("w", EXACT, "A"), other]) == ()


def test_more_than_can_be_looked_at_is_refused() -> None:
    chain = [row("W" * (at + 1), BROAD, "W" * (at + 2)) for at in range(30)]
    assert len(chained(chain)) == 30 * 29 // 2
    with pytest.raises(ValueError, match="more than 100 rows"):
        chained(chain, most=100)
