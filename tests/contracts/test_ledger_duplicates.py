"""What the ledger promises of datasets that several sources offer: one group, one representative."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations, product
from random import Random

import pytest
from alembic import command
from sqlalchemy import text

from catalogue.errors import BadRequest
from catalogue.ledger import ChangeKind, Ledger, Offer, StagedRecord
from catalogue.ledger.engine import Database
from catalogue.ledger.migrations import _configuration
from catalogue.model.run import RecordState, RunCounts
from tests.contracts.ledger_builders import SetClock, config, harvest, record, rejected, row_counts

Opener = Callable[..., Ledger]
DOI, HANDLE, IRI = "doi:10.7937/k9", "hdl:20.500/1", "https://archive.example/collection/1"
SOURCES = ("evora", "faro", "lisbon", "porto")


@pytest.fixture(autouse=True)
def _sources(request: pytest.FixtureRequest) -> None:
    """For every test but those that open the database in their own way."""
    if "ledger" in request.fixturenames or "open_ledger" in request.fixturenames:
        ledger: Ledger = request.getfixturevalue("ledger")
        for source in SOURCES:
            ledger.add_source(config(source))


def known_as(identifier: str, *identities: str, words: str = "first") -> StagedRecord:
    return replace(record(identifier, words), identities=identities)


def represented(ledger: Ledger) -> dict[str, str]:
    """Each shown record's key without ``key-``, and what it is a duplicate of."""
    return {
        each.key.removeprefix("key-"): each.duplicate_of.removeprefix("key-")
        for each in ledger.iterate_published()
    }


def lines(ledger: Ledger, after: int) -> dict[str, ChangeKind]:
    found = ledger.changes_after(after, 1000)
    assert len({each.key for each in found}) == len(found)
    return {each.key.removeprefix("key-"): each.kind for each in found}


def keys(offers: tuple[Offer, ...]) -> list[str]:
    return [each.key for each in offers]


# --- groups ------------------------------------------------------------------------------------------------


def test_two_sources_with_one_doi_offer_one_dataset(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    first, second = ledger.published("key-a"), ledger.published("key-b")
    assert (first.state, first.duplicate_of) == (RecordState.LIVE, "")
    assert (second.state, second.duplicate_of, second.shown) == (RecordState.DUPLICATE, "key-a", True)
    assert ledger.known("faro")["b"].state is RecordState.DUPLICATE


def test_a_group_is_counted_once_and_all_of_it_is_shown(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("c", HANDLE), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    assert (ledger.count_live(), ledger.count_distinct()) == (3, 2)
    assert ledger.count_by_source() == {"evora": 2, "faro": 1}
    assert len(ledger.published_many(["key-a", "key-b", "key-c"])) == 3


def test_each_offer_of_a_dataset_names_the_others_with_the_representative_first(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    ledger.update_source(config("porto", options={"rank": "-1"}))  # type: ignore[arg-type]
    harvest(ledger, known_as("c", DOI), known_as("d"), source="porto")
    offers = ledger.offers(["key-a", "key-b", "key-c", "key-d", "key-none"])
    a, b, c = Offer("key-a", "evora"), Offer("key-b", "faro"), Offer("key-c", "porto")
    assert offers == {"key-a": (c, b), "key-b": (c, a), "key-c": (a, b), "key-d": (), "key-none": ()}


def test_two_records_of_one_source_are_two_datasets_whatever_they_share(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("b", DOI), source="evora")
    assert represented(ledger) == {"a": "", "b": ""}


def test_two_records_of_one_source_are_bound_by_another_source(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("b", DOI), source="evora")
    harvest(ledger, known_as("c", DOI), source="faro")
    assert represented(ledger) == {"a": "", "b": "a", "c": "a"}


def test_a_chain_of_identities_is_one_group(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b", DOI, HANDLE), source="faro")
    harvest(ledger, known_as("c", HANDLE, IRI), source="lisbon")
    harvest(ledger, known_as("d", IRI), source="porto")
    assert represented(ledger) == {"a": "", "b": "a", "c": "a", "d": "a"}


def test_a_record_that_shares_with_two_groups_joins_them(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("c", HANDLE), source="evora")
    harvest(ledger, known_as("b", DOI), known_as("d", HANDLE), source="faro")
    last = ledger.last_change()
    assert represented(ledger) == {"a": "", "b": "a", "c": "", "d": "c"}
    harvest(ledger, known_as("e", DOI, HANDLE), source="lisbon")
    assert represented(ledger) == {"a": "", "b": "a", "c": "a", "d": "a", "e": "a"}
    assert lines(ledger, last) == dict.fromkeys("abcde", ChangeKind.PUT)


def test_a_group_falls_apart_when_the_record_between_its_halves_goes(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b", DOI), known_as("x"), source="faro")
    harvest(ledger, known_as("c", HANDLE), source="porto")
    harvest(ledger, known_as("d", DOI, HANDLE), known_as("y"), source="lisbon")
    last = ledger.last_change()
    harvest(ledger, seen=["y"], withdrawn=["d"], source="lisbon")
    assert represented(ledger) == {"a": "", "b": "a", "c": "", "x": "", "y": ""}
    assert lines(ledger, last) == {**dict.fromkeys("abc", ChangeKind.PUT), "d": ChangeKind.DROP}
    assert keys(ledger.offers(["key-a"])["key-a"]) == ["key-b"]


def test_groups_beside_one_that_changes_are_left_alone(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("c", HANDLE), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    last = ledger.last_change()
    harvest(ledger, known_as("d", HANDLE), source="porto")
    assert set(lines(ledger, last)) == {"c", "d"}
    assert represented(ledger)["b"] == "a"


def test_an_identity_too_long_to_be_one_binds_nothing(ledger: Ledger) -> None:
    long = "https://archive.example/" + "x" * 5_000
    harvest(ledger, known_as("a", long, "", DOI, DOI), source="evora")
    harvest(ledger, known_as("b", long, ""), source="faro")
    assert represented(ledger) == {"a": "", "b": ""}
    assert ledger.resolve(DOI) == ("key-a",)


def test_identities_that_no_database_can_tell_apart_do_not_stop_a_run(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", "odd \0", "odd \N{REPLACEMENT CHARACTER}"), source="evora")
    assert ledger.resolve("odd \0") == ("key-a",)


# --- who represents ----------------------------------------------------------------------------------------


def test_the_first_seen_represents_even_if_it_changes_later(ledger: Ledger) -> None:
    harvest(ledger, known_as("z", DOI), source="porto")
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("z", DOI, words="second"), source="porto")
    assert represented(ledger) == {"a": "z", "z": ""}


def test_the_source_of_the_lowest_rank_represents(ledger: Ledger) -> None:
    ledger.update_source(config("porto", options={"rank": "-1"}))  # type: ignore[arg-type]
    ledger.update_source(config("faro", options={"rank": "2"}))  # type: ignore[arg-type]
    for source in SOURCES:
        harvest(ledger, known_as(source, DOI), source=source)
    assert represented(ledger) == {"evora": "porto", "faro": "porto", "lisbon": "porto", "porto": ""}


def test_another_rank_changes_the_representative_of_what_is_there(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("c"), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    last = ledger.last_change()
    ledger.update_source(config("faro", options={"rank": "-1"}))  # type: ignore[arg-type]
    assert represented(ledger) == {"a": "b", "b": "", "c": ""}
    assert lines(ledger, last) == {"a": ChangeKind.PUT, "b": ChangeKind.PUT}
    ledger.update_source(config("faro", title="Faro", options={"rank": "-1"}))  # type: ignore[arg-type]
    assert ledger.last_change() == last + 2


def test_a_rank_that_is_no_number_is_refused(ledger: Ledger) -> None:
    with pytest.raises(BadRequest, match="first"):
        ledger.add_source(config("braga", options={"rank": "first"}))  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match="first"):
        ledger.update_source(config("evora", options={"rank": "first"}))  # type: ignore[arg-type]


def test_the_order_of_harvest_changes_nothing_but_who_was_first(ledger: Ledger) -> None:
    """Eight orders of four sources that are bound in a chain; rank decides, so all end alike."""
    for number, source in enumerate(SOURCES):
        ledger.update_source(config(source, options={"rank": str(number)}))  # type: ignore[arg-type]
    orders = list(permutations(range(4)))[::3]
    for number, order in enumerate(orders):
        for place in order:
            row = known_as(f"{number}-{place}", f"doi:{number}/{place}", f"doi:{number}/{place + 1}")
            harvest(ledger, row, source=SOURCES[place], complete=False)
    expected = {f"{number}-{place}": f"{number}-0" for number, place in product(range(8), range(1, 4))}
    assert represented(ledger) == expected | {f"{number}-0": "" for number in range(8)}


# --- what changes a group ----------------------------------------------------------------------------------


def test_a_representative_that_is_withdrawn_hands_over_to_the_next(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("x"), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    harvest(ledger, known_as("c", DOI), source="porto")
    last = ledger.last_change()
    counts = harvest(ledger, seen=["x"], withdrawn=["a"], source="evora")
    assert represented(ledger) == {"b": "", "c": "b", "x": ""}
    assert lines(ledger, last) == {"a": ChangeKind.DROP, "b": ChangeKind.PUT, "c": ChangeKind.PUT}
    assert (counts.changes, ledger.published("key-a").duplicate_of) == (3, "")
    assert keys(ledger.offers(["key-c"])["key-c"]) == ["key-b"]


@pytest.mark.parametrize("how", ["seen", "staged"])
def test_a_representative_that_reappears_takes_its_place_again(ledger: Ledger, how: str) -> None:
    harvest(ledger, known_as("a", DOI), known_as("x"), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    harvest(ledger, seen=["x"], withdrawn=["a"], source="evora")
    last = ledger.last_change()
    if how == "seen":
        harvest(ledger, seen=["x", "a"], source="evora")
    else:
        harvest(ledger, known_as("a", DOI), seen=["x"], source="evora")
    assert represented(ledger) == {"a": "", "b": "a", "x": ""}
    assert lines(ledger, last) == {"a": ChangeKind.PUT, "b": ChangeKind.PUT}


def test_a_source_that_is_removed_leaves_its_groups(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("c", HANDLE), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    last = ledger.last_change()
    assert ledger.remove_source("evora") == 2
    assert represented(ledger) == {"b": ""}
    assert lines(ledger, last) == {"a": ChangeKind.DROP, "b": ChangeKind.PUT, "c": ChangeKind.DROP}
    assert (ledger.count_distinct(), row_counts(ledger)["member"]) == (1, 0)


def test_a_record_with_another_identity_changes_its_group(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("c", HANDLE), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    last = ledger.last_change()
    harvest(ledger, known_as("b", HANDLE, words="second"), source="faro")
    assert represented(ledger) == {"a": "", "b": "c", "c": ""}
    assert lines(ledger, last) == dict.fromkeys("abc", ChangeKind.PUT)
    assert ledger.resolve(DOI) == ("key-a",)


def test_identities_that_change_alone_move_no_version_and_no_datestamp(
    ledger: Ledger, clock: SetClock
) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b"), source="faro")
    before, last = [ledger.published(key) for key in ("key-a", "key-b")], ledger.last_change()
    clock.move(60)
    counts = harvest(ledger, known_as("b", DOI), source="faro")
    after = [ledger.published(key) for key in ("key-a", "key-b")]
    assert [(row.version, row.datestamp) for row in after] == [(row.version, row.datestamp) for row in before]
    assert (represented(ledger), counts.versions, counts.changes) == ({"a": "", "b": "a"}, 0, 2)
    assert lines(ledger, last) == {"a": ChangeKind.PUT, "b": ChangeKind.PUT}


def test_a_rejected_record_keeps_the_identities_of_its_last_good_version(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    harvest(ledger, replace(rejected("b"), identities=(HANDLE,)), source="faro")
    assert represented(ledger) == {"a": "", "b": "a"}
    assert ledger.resolve(HANDLE) == ()


def test_a_record_that_was_never_taken_in_joins_no_group(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, replace(rejected("b"), identities=(DOI,)), source="faro")
    assert ledger.offers(["key-a"]) == {"key-a": ()}


def test_a_duplicate_that_is_missing_is_unseen_once_its_group_is_gone(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), known_as("x"), source="evora")
    harvest(ledger, known_as("b", DOI), known_as("y"), source="faro")
    assert harvest(ledger, seen=["y"], source="faro").unseen == 1
    assert ledger.published("key-b").state is RecordState.DUPLICATE
    harvest(ledger, seen=["x"], withdrawn=["a"], source="evora")
    assert ledger.published("key-b").state is RecordState.UNSEEN
    harvest(ledger, seen=["y", "b"], source="faro")
    assert ledger.published("key-b").state is RecordState.LIVE


def test_a_second_harvest_without_changes_writes_nothing(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, known_as("a", DOI, IRI), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    before, stamp = row_counts(ledger), ledger.last_datestamp()
    clock.move(60)
    assert harvest(ledger, seen=["a"], source="evora") == RunCounts(offered=1, unchanged=1)
    assert harvest(ledger, seen=["b"], source="faro").changes == 0
    assert harvest(ledger, known_as("b", DOI), source="faro").changes == 0
    after = row_counts(ledger)
    assert {name for name in after if after[name] != before[name]} == {"run", "transition"}
    assert ledger.last_datestamp() == stamp


def test_a_changed_duplicate_is_its_own_affair(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    last = ledger.last_change()
    harvest(ledger, known_as("b", DOI, words="second"), source="faro")
    assert lines(ledger, last) == {"b": ChangeKind.PUT}


# --- finding -----------------------------------------------------------------------------------------------


def test_an_identity_finds_its_records_the_representative_first_and_withdrawn_ones_last(
    ledger: Ledger,
) -> None:
    harvest(ledger, known_as("a", DOI), known_as("x"), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    ledger.update_source(config("porto", options={"rank": "-1"}))  # type: ignore[arg-type]
    harvest(ledger, known_as("c", DOI), source="porto")
    assert ledger.resolve(DOI) == ("key-c", "key-a", "key-b")
    harvest(ledger, seen=["x"], withdrawn=["a"], source="evora")
    assert ledger.resolve(DOI) == ("key-c", "key-b", "key-a")


def test_a_key_finds_its_own_record_even_if_it_is_a_duplicate(ledger: Ledger) -> None:
    harvest(ledger, known_as("a", DOI, "key-b"), source="evora")
    harvest(ledger, known_as("b", DOI), source="faro")
    assert ledger.resolve("key-b") == ("key-b", "key-a")


# --- many, and at once -------------------------------------------------------------------------------------


def test_sources_that_are_applied_at_once_end_in_one_group_each(open_ledger: Opener) -> None:
    ledgers = [open_ledger() for _ in SOURCES]

    def apply(place: int) -> None:
        for number in range(6):
            row = known_as(f"{SOURCES[place]}-{number}", f"doi:{number}")
            harvest(ledgers[place], row, source=SOURCES[place], complete=False)

    with ThreadPoolExecutor(len(SOURCES)) as threads:
        list(threads.map(apply, range(len(SOURCES))))
    assert (ledgers[0].count_live(), ledgers[0].count_distinct()) == (24, 6)
    assert {len(each) for each in ledgers[0].offers(f"key-evora-{n}" for n in range(6)).values()} == {3}


def test_random_histories_end_in_the_groups_that_a_plain_search_finds(ledger: Ledger) -> None:
    """After each of 40 draws: staged, withdrawn or brought back, against groups made from nothing."""
    draw, shown = Random(7), dict[str, tuple[str, tuple[str, ...]]]()
    first_seen: dict[str, int] = {}
    for number in range(40):
        source = draw.choice(SOURCES)
        identifier = f"{source}-{draw.randrange(3)}"
        last, before = ledger.last_change(), _members(shown)
        if identifier in shown and draw.random() < 0.4:
            harvest(ledger, withdrawn=[identifier], source=source)
            del shown[identifier]
        else:
            identities = tuple(f"doi:{value}" for value in draw.sample(range(6), draw.randrange(4)))
            row = known_as(identifier, *identities, words=str(number))
            harvest(ledger, row, source=source, complete=False)
            shown[identifier] = (source, identities)
            first_seen.setdefault(identifier, number)
        after = _members(shown)
        assert represented(ledger) == {
            each: "" if each == (least := min(group, key=first_seen.__getitem__)) else least
            for each, group in after.items()
        }
        moved = {each for each in after if after[each] != before.get(each, {each})}
        assert set(lines(ledger, last)) == moved | {identifier}


def _members(shown: dict[str, tuple[str, tuple[str, ...]]]) -> dict[str, set[str]]:
    """Each record's group by growing it until it grows no more."""
    return {each: _grown({each}, shown) for each in shown}


def _grown(group: set[str], shown: dict[str, tuple[str, tuple[str, ...]]]) -> set[str]:
    more = {
        other
        for each in group
        for other in shown
        if shown[each][0] != shown[other][0] and set(shown[each][1]) & set(shown[other][1])
    }
    return group if more <= group else _grown(group | more, shown)


def test_a_ledger_of_the_first_version_is_upgraded_with_what_it_holds(ledger_url: str) -> None:
    database = Database.at(ledger_url)
    scripts = _configuration()
    with database.writing() as connection:
        scripts.attributes["connection"] = connection
        command.upgrade(scripts, "0001")
        connection.execute(text(_OLD_SOURCE))
        connection.execute(text(_OLD_RECORD))
    database.close()
    with Ledger.open(ledger_url) as ledger:
        ledger.add_source(config("tavira"))
        harvest(ledger, known_as("b", DOI), source="tavira")
        harvest(ledger, known_as("a", DOI), source="braga")
        assert represented(ledger) == {"a": "", "b": "a"}


_OLD_SOURCE = """
INSERT INTO source (id, kind, url, title, pace, options, hold_first, paused, added)
VALUES ('braga', 'dcat', 'https://braga.example/', '', 1.0, '{}', false, false, '2026-03-01 12:00:00.000000')
"""
_OLD_RECORD = """
INSERT INTO record (key, source, identifier, state, first_seen, last_seen, missed_runs, crosswalk,
                    aligner, rejection)
SELECT 'key-a', 'braga', 'a', 'quarantined', added, added, 0, '1', '1', '' FROM source
"""
