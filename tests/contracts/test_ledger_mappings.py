"""What the ledger promises of mappings: every act stays, and what holds is what was decided last."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from catalogue.errors import BadRequest, NotFound
from catalogue.ledger import Decision, Ledger, MappingState
from catalogue.ledger.tables import mapping
from ontologies.concepts import Axis
from ontologies.mappings import Mapping, load_mappings
from tests.contracts.ledger_builders import SetClock

ACCEPTED, PROPOSED, REJECTED = MappingState.ACCEPTED, MappingState.PROPOSED, MappingState.REJECTED
Opener = Callable[..., Ledger]


def row(record_id: str, word: str = "Hirntumor", *, axis: Axis = Axis.CANCER, comment: str = "") -> Mapping:
    return Mapping(
        record_id=record_id,
        subject_label=word,
        subject_type="rdfs literal",
        subject_category=axis,
        predicate_id="skos:exactMatch",
        object_id="eucaim:CLIN1000060",
        object_label="Some concept",
        mapping_justification="semapv:ManualMappingCuration",
        comment=comment,
    )


def own_row() -> Mapping:
    return load_mappings().mappings[0]


def decide(ledger: Ledger, state: MappingState, *rows: Mapping, why: str = "") -> int:
    return ledger.decide((Decision(one, state) for one in rows), who="ana", why=why)


def test_what_was_decided_is_told_with_who_and_why(ledger: Ledger, clock: SetClock) -> None:
    act = decide(ledger, ACCEPTED, row("x:1"), why="read the paper")
    found = ledger.mapping_row("x:1")
    assert (found.mapping, found.state) == (row("x:1"), ACCEPTED)
    assert (found.who, found.why, found.at, found.act) == ("ana", "read the paper", clock.time, act)


def test_a_row_of_which_nothing_was_decided_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.mapping_row("x:1")


def test_deciding_the_same_again_writes_nothing(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1"))
    number = ledger.vocabulary_number()
    assert decide(ledger, ACCEPTED, row("x:1"), why="again") == 0
    assert len(ledger.mapping_history("x:1")) == 1
    assert ledger.vocabulary_number() == number


def test_a_row_that_cannot_be_read_any_more_stops_no_other(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1"), row("x:2", "Hirntumoren"))
    with ledger._database.writing() as connection:
        torn = update(mapping).where(mapping.c.record_id == "x:1").values(content='{"record_id": "x:1"}')
        connection.execute(torn)
    assert [each.record_id for each in ledger.additions().mappings] == ["x:2"]
    assert [each.mapping.record_id for each in ledger.mapping_rows()] == ["x:2"]


def test_one_act_holds_only_what_changed(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1"))
    act = decide(ledger, ACCEPTED, row("x:1"), row("x:2"))
    assert [ledger.mapping_row(one).act for one in ("x:1", "x:2")] == [act - 1, act]


def test_every_version_of_a_row_stays_in_its_history(ledger: Ledger) -> None:
    decide(ledger, PROPOSED, row("x:1"))
    decide(ledger, ACCEPTED, row("x:1", comment="sure"))
    decide(ledger, REJECTED, row("x:1", comment="sure"))
    told = ledger.mapping_history("x:1")
    assert [(one.verb, one.mapping.comment) for one in told] == [
        ("proposed", ""),
        ("accepted", "sure"),
        ("rejected", "sure"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        (PROPOSED, ACCEPTED, True),
        (ACCEPTED, REJECTED, True),
        (ACCEPTED, PROPOSED, True),
        (PROPOSED, REJECTED, False),
        (REJECTED, PROPOSED, False),
    ],
)
def test_the_vocabulary_moves_with_what_is_accepted(
    ledger: Ledger, before: MappingState, after: MappingState, *, moves: bool
) -> None:
    decide(ledger, before, row("x:1"))
    number = ledger.vocabulary_number()
    decide(ledger, after, row("x:1"))
    assert (ledger.vocabulary_number() > number) is moves


def test_another_comment_on_an_accepted_row_moves_the_vocabulary(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1"))
    number = ledger.vocabulary_number()
    decide(ledger, ACCEPTED, row("x:1", comment="sure"))
    assert ledger.vocabulary_number() > number


def test_a_rejected_row_of_the_own_set_is_refused(ledger: Ledger) -> None:
    number = ledger.vocabulary_number()
    decide(ledger, REJECTED, own_row(), row("x:1"))
    assert ledger.additions().refused == {own_row().record_id}
    assert ledger.vocabulary_number() > number


def test_a_refused_row_of_the_own_set_acts_again_once_it_is_no_longer_rejected(ledger: Ledger) -> None:
    decide(ledger, REJECTED, own_row())
    number = ledger.vocabulary_number()
    decide(ledger, PROPOSED, own_row())
    assert not ledger.additions()
    assert ledger.vocabulary_number() > number


def test_only_accepted_rows_are_added(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1"))
    decide(ledger, PROPOSED, row("x:2"))
    decide(ledger, REJECTED, row("x:3"))
    assert ledger.additions().mappings == (row("x:1"),)


def test_rows_are_found_by_state_axis_and_a_part_of_the_word(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1", "Hirntumor"), row("x:2", "BRUST", axis=Axis.BODYPART))
    decide(ledger, PROPOSED, row("x:3", "100%_sure"))

    def found(**by: object) -> list[str]:
        rows = ledger.mapping_rows(**by)  # type: ignore[arg-type]
        assert ledger.count_mappings(**by) == len(rows)  # type: ignore[arg-type]
        return [one.mapping.record_id for one in rows]

    assert sorted(found()) == ["x:1", "x:2", "x:3"]
    assert found(state=PROPOSED) == ["x:3"]
    assert found(axis=Axis.BODYPART) == ["x:2"]
    assert found(word="  TUMOR ") == ["x:1"]
    assert found(word="0%_") == ["x:3"]
    assert found(word="_") == ["x:3"]


def test_rows_come_page_by_page(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, *(row(f"x:{number}", f"word {number}") for number in range(5)))
    pages = [ledger.mapping_rows(offset=start, limit=2) for start in (0, 2, 4)]
    assert [one.mapping.record_id for page in pages for one in page] == [f"x:{each}" for each in range(5)]


def test_two_decisions_at_once_on_one_row_are_refused(ledger: Ledger) -> None:
    with pytest.raises(BadRequest, match="two decisions at once"):
        ledger.decide([Decision(row("x:1"), ACCEPTED), Decision(row("x:1"), REJECTED)], who="ana")
    assert ledger.count_mappings() == 0


def test_the_same_decision_twice_in_one_act_is_one(ledger: Ledger) -> None:
    decide(ledger, ACCEPTED, row("x:1"), row("x:1"))
    assert len(ledger.mapping_history("x:1")) == 1


def test_a_record_id_that_no_index_keeps_is_refused(ledger: Ledger) -> None:
    with pytest.raises(BadRequest, match="record id"):
        decide(ledger, ACCEPTED, row("x" * 3_000))


def test_words_with_signs_that_a_database_dislikes_are_kept(ledger: Ledger) -> None:
    word = "'quoted' ; -- \\ %s \U0001f9e0\tand\nmore" + "w" * 5_000
    decide(ledger, ACCEPTED, row("x:1", word))
    assert ledger.mapping_row("x:1").mapping.subject_label == word


def test_those_who_decide_at_once_each_have_an_act_of_their_own(open_ledger: Opener) -> None:
    ledgers = [open_ledger() for _ in range(4)]

    def work(place: int) -> list[int]:
        return [decide(ledgers[place], ACCEPTED, row(f"x:{place}-{each}")) for each in range(10)]

    with ThreadPoolExecutor(4) as threads:
        acts = [act for found in threads.map(work, range(4)) for act in found]
    assert sorted(acts) == list(range(1, 41))
    assert ledgers[0].vocabulary_number() == 40


def test_twenty_thousand_rows_are_one_act(ledger: Ledger) -> None:
    act = decide(ledger, ACCEPTED, *(row(f"x:{number:05}") for number in range(20_000)))
    assert ledger.count_mappings(state=ACCEPTED) == 20_000
    assert ledger.mapping_row("x:19999").act == act
