"""What the ledger promises of identifiers that change: the key of a record stays."""

from dataclasses import replace

import pytest

from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger import Ledger, StagedRecord
from catalogue.model.run import RecordState, RunState
from tests.contracts.ledger_builders import SetClock, applied, config, harvest, record, row_counts

WHY = "the node moved to another address"


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def join(ledger: Ledger, given: str, identifier: str) -> None:
    ledger.join_identifiers("lisbon", given, identifier, why=WHY)


def known_as(identifier: str, *identities: str, text: str = "first") -> StagedRecord:
    return replace(record(identifier, text), identities=identities)


def moved(ledger: Ledger, *rows: StagedRecord, seen: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
    """What a run that is not applied yet finds."""
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, rows)
    ledger.seen(run.id, seen)
    found = ledger.moved(run.id)
    ledger.end_run(run.id, RunState.CANCELLED, "only asked")
    return found


def test_what_is_given_otherwise_is_the_same_record(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"))
    join(ledger, "b", "a")
    assert ledger.aliases("lisbon") == {"b": "a"}
    (found,) = ledger.list_aliases()
    assert (found.source, found.given, found.identifier, found.why) == ("lisbon", "b", "a", WHY)
    assert found.at == clock.time


def test_an_alias_leads_to_its_record(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    join(ledger, "b", "a")
    assert ledger.resolve("b") == ("key-a",)


def test_the_record_that_an_alias_was_points_to_the_other(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    last = ledger.last_change()
    join(ledger, "b", "a")
    found = ledger.tombstone("key-b")
    assert (found.replaced_by, found.why) == ("key-a", f"the same as key-a: {WHY}")
    assert [one.key for one in ledger.changes_after(last, 10)] == ["key-b"]
    assert ledger.published("key-a").shown


def test_resolving_a_joined_identifier_finds_the_shown_record_first(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    join(ledger, "b", "a")
    assert ledger.resolve("b")[0] == "key-a"


def test_chains_collapse(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"), record("c"))
    join(ledger, "c", "b")
    join(ledger, "b", "a")
    assert ledger.aliases("lisbon") == {"b": "a", "c": "a"}
    assert ledger.tombstone("key-c").replaced_by == "key-a"
    join(ledger, "d", "c")
    assert ledger.aliases("lisbon")["d"] == "a"


@pytest.mark.parametrize(("given", "identifier"), [("a", "a"), ("a", "b"), ("a", "c"), ("b", "b")])
def test_cycles_are_refused(given: str, identifier: str, ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    join(ledger, "b", "a")
    join(ledger, "c", "b")
    before = row_counts(ledger)
    with pytest.raises(Conflict, match="itself"):
        join(ledger, given, identifier)
    assert row_counts(ledger) == before


def test_an_alias_can_be_turned_to_another_record(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    join(ledger, "c", "a")
    join(ledger, "c", "b")
    assert ledger.aliases("lisbon") == {"c": "b"}


def test_said_twice_nothing_is_written(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    join(ledger, "b", "a")
    before = row_counts(ledger)
    join(ledger, "b", "a")
    assert row_counts(ledger) == before


def test_what_is_not_known_is_refused(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, record("p"), source="porto")
    with pytest.raises(NotFound, match="lisbon has no record 'p'"):
        join(ledger, "b", "p")
    with pytest.raises(NotFound, match="faro"):
        ledger.join_identifiers("faro", "b", "a", why=WHY)
    assert ledger.list_aliases() == ()


@pytest.mark.parametrize(("given", "why"), [("", WHY), ("x" * 2_001, WHY), ("b", " ")])
def test_nonsense_is_refused(given: str, why: str, ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    with pytest.raises(BadRequest):
        ledger.join_identifiers("lisbon", given, "a", why=why)


def test_no_record_is_withdrawn_under_a_run_that_may_have_seen_it(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    ledger.start_run("lisbon")
    with pytest.raises(Conflict, match="under way"):
        join(ledger, "b", "a")
    assert ledger.aliases("lisbon") == {}
    assert ledger.published("key-b").shown


def test_a_run_under_way_may_join_what_it_found_out(ledger: Ledger) -> None:
    harvest(ledger, record("a"))
    ledger.start_run("lisbon")
    join(ledger, "b", "a")
    assert ledger.aliases("lisbon") == {"b": "a"}


def test_a_forgotten_alias_is_a_record_of_its_own_again(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"))
    join(ledger, "b", "a")
    ledger.forget_alias("lisbon", "b")
    harvest(ledger, seen=["a", "b"])
    assert ledger.published("key-b").state is RecordState.LIVE
    with pytest.raises(NotFound, match="no alias"):
        ledger.forget_alias("lisbon", "b")


def test_aliases_are_those_of_one_source(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, record("a"))
    harvest(
        ledger, replace(record("a"), key="key-porto"), replace(record("b"), key="b-porto"), source="porto"
    )
    join(ledger, "b", "a")
    assert ledger.aliases("porto") == {}
    assert ledger.published("b-porto").state is RecordState.LIVE
    assert [one.source for one in ledger.list_aliases("lisbon")] == ["lisbon"]
    assert ledger.list_aliases("porto") == ()


def test_a_record_that_moved_is_known_by_its_doi(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", "10.1/a", "//node/a"), known_as("b", "10.1/b"))
    found = moved(ledger, known_as("new-a", "10.1/a", "//node/new-a"), known_as("other"), seen=("b",))
    assert found == (("new-a", "a"),)


def test_a_record_that_is_still_given_has_not_moved(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", "10.1/a"), known_as("b", "10.1/b"))
    rows = (known_as("new-a", "10.1/a"), known_as("new-b", "10.1/b"))
    assert moved(ledger, *rows, known_as("b", "10.1/b", text="second"), seen=("a",)) == ()


def test_what_several_records_cite_moves_nothing(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", "10.1/paper"), known_as("b", "10.1/paper"), known_as("c", "10.1/c"))
    assert moved(ledger, known_as("new-a", "10.1/paper"), seen=("b", "c")) == ()
    assert moved(ledger, known_as("new-a", "10.1/paper"), seen=("c",)) == ()
    assert moved(ledger, known_as("n1", "10.1/c"), known_as("n2", "10.1/c"), seen=("a", "b")) == ()


def test_two_candidates_are_none(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", "10.1/a"), known_as("b", "10.1/b"), known_as("c", "10.1/c", "10.1/d"))
    assert moved(ledger, known_as("both", "10.1/a", "10.1/b"), seen=("c",)) == ()
    assert moved(ledger, known_as("n1", "10.1/c"), known_as("n2", "10.1/d"), seen=("a", "b")) == ()


def test_the_title_moves_nothing(ledger: Ledger) -> None:
    harvest(ledger, replace(known_as("a", "10.1/a"), title="Prostate MR"))
    assert moved(ledger, replace(known_as("new", "10.1/x"), title="Prostate MR")) == ()


def test_a_record_of_another_source_has_not_moved(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, known_as("p", "10.1/a"), source="porto")
    assert moved(ledger, known_as("new", "10.1/a")) == ()


def test_other_sources_may_hold_what_tells_a_move(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, known_as("a", "10.1/a"))
    harvest(ledger, known_as("p", "10.1/a"), source="porto")
    assert moved(ledger, known_as("new", "10.1/a")) == (("new", "a"),)


def test_a_withdrawn_record_has_not_moved(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", "10.1/a"))
    harvest(ledger, withdrawn=["a"])
    assert moved(ledger, known_as("new", "10.1/a")) == ()


def test_two_sources_with_one_identity_do_not_disturb_each_other(ledger: Ledger) -> None:
    """What one of them withdraws, renames or takes back leaves the other's record as it is."""
    ledger.add_source(config("porto"))
    harvest(ledger, known_as("x", "10.1/x"))
    theirs = replace(known_as("x", "10.1/x", text="theirs"), key="key-porto")
    harvest(ledger, theirs, source="porto")
    before = ledger.versions("key-porto")
    harvest(ledger, known_as("x", "10.1/x", text="second"))
    ledger.join_identifiers("lisbon", "y", "x", why=WHY)
    harvest(ledger, withdrawn=["x"])
    assert ledger.versions("key-porto") == before
    assert ledger.published("key-porto").state is RecordState.LIVE
    assert ledger.tombstone("key-x").replaced_by == ""


def test_many_records_that_move_at_once_are_all_found(ledger: Ledger) -> None:
    rows = [known_as(f"a{number}", f"10.1/{number}") for number in range(500)]
    harvest(ledger, *rows)
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [known_as(f"b{number}", f"10.1/{number}") for number in range(500)])
    assert set(ledger.moved(run.id)) == {(f"b{number}", f"a{number}") for number in range(500)}
    applied(ledger, run.id)
    assert ledger.moved(run.id) == ()


def pairs(ledger: Ledger) -> list[tuple[str, str, bool]]:
    found = ledger.suggested_renamings()
    return [(one.identifier, one.given, one.unseen) for one in found]


def test_two_records_that_alone_share_a_doi_may_be_one_under_two_names(ledger: Ledger) -> None:
    harvest(ledger, known_as("old", "10.1/x", "//a.example/x"), record("other"))
    harvest(ledger, known_as("new", "10.1/x", "//a.example/x"), complete=False)
    (found,) = ledger.suggested_renamings()
    assert (found.source, found.shared, found.unseen) == ("lisbon", "//a.example/x", False)
    assert (found.identifier, found.key) == ("old", "key-old")
    assert (found.given, found.given_key) == ("new", "key-new")


def test_of_what_may_be_renamed_the_missing_come_first(ledger: Ledger) -> None:
    old = [known_as(f"old-{letter}", f"10.1/{letter}") for letter in "abc"]
    harvest(ledger, *old)
    new = [known_as(f"new-{letter}", f"10.1/{letter}") for letter in "abc"]
    harvest(ledger, *new, complete=False)
    harvest(ledger, seen=["old-b", "old-c", "new-a", "new-b", "new-c"])
    assert pairs(ledger) == [("old-a", "new-a", True), ("old-c", "new-c", False), ("old-b", "new-b", False)]
    assert len(ledger.suggested_renamings(limit=1)) == 1


def test_what_three_records_cite_renames_none(ledger: Ledger) -> None:
    harvest(ledger, *(known_as(letter, "10.1/paper") for letter in "abc"))
    assert pairs(ledger) == []


def test_other_sources_and_withdrawn_records_are_no_second_name(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, known_as("old", "10.1/x"), known_as("gone", "10.1/y"), known_as("here", "10.1/y"))
    harvest(ledger, known_as("theirs", "10.1/x"), source="porto")
    harvest(ledger, withdrawn=["gone"], complete=False)
    assert pairs(ledger) == []


def test_joined_records_are_suggested_no_more(ledger: Ledger) -> None:
    harvest(ledger, known_as("old", "10.1/x"))
    harvest(ledger, known_as("new", "10.1/x"), complete=False)
    join(ledger, "new", "old")
    assert pairs(ledger) == []
