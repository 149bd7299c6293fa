"""What the ledger tells of each record in a run, and which datasets it suggests to be one."""

from dataclasses import replace

import pytest

from catalogue.errors import NotFound
from catalogue.ledger import Facts, Ledger, Rejection
from catalogue.ledger.rows import Outcome
from catalogue.model.run import RecordState, RunState
from tests.contracts.ledger_builders import SetClock, config, harvest, record, rejected


@pytest.fixture(autouse=True)
def _source(ledger: Ledger) -> None:
    ledger.add_source(config())


def outcomes(ledger: Ledger, run: int) -> list[tuple[str, Outcome, str]]:
    return [(one.identifier, one.outcome, one.reason) for one in ledger.run_log(run)]


def test_the_run_log_tells_what_became_of_each_record(ledger: Ledger) -> None:
    harvest(ledger, record("a"), record("b"), record("c"), record("d"), record("e"))
    harvest(
        ledger,
        *(record("b", "second"), rejected("c", "broken"), rejected("f"), record("n")),
        seen=["a"],
        withdrawn=["d"],
    )
    assert outcomes(ledger, 2) == [
        ("n", Outcome.NEW, ""),
        ("b", Outcome.CHANGED, ""),
        ("d", Outcome.WITHDRAWN, "its provider says that it is deleted"),
        ("f", Outcome.REJECTED, "it has no title"),
        ("c", Outcome.KEPT, "it has no title"),
        ("e", Outcome.UNSEEN, ""),
    ]
    assert [one.key for one in ledger.run_log(2)] == ["key-n", "key-b", "key-d", "key-f", "key-c", "key-e"]
    assert ledger.count_run_log(2) == 6


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_run_log_can_be_asked_for_one_outcome(outcome: Outcome, ledger: Ledger) -> None:
    harvest(ledger, record("b"), record("c"), record("d"), record("e"))
    harvest(ledger, record("b", "2"), rejected("c"), rejected("f"), record("n"), withdrawn=["d"])
    found = ledger.run_log(2, outcome=outcome)
    assert [one.outcome for one in found] == [outcome]
    assert ledger.count_run_log(2, outcome) == 1


def test_the_run_log_is_read_page_by_page(ledger: Ledger) -> None:
    harvest(ledger, *(record(f"r{number}") for number in range(7)), rejected("x"), rejected("y"))
    pages = [ledger.run_log(1, offset=offset, limit=4) for offset in (0, 4, 8, 12)]
    assert [len(page) for page in pages] == [4, 4, 1, 0]
    assert len({one.identifier for page in pages for one in page}) == 9


def test_what_happens_later_does_not_alter_a_run_log(ledger: Ledger, clock: SetClock) -> None:
    harvest(ledger, record("a"), rejected("b"))
    harvest(ledger, record("a", "second"), rejected("b", "worse"))
    before = [outcomes(ledger, run) for run in (1, 2)]
    clock.move(60)
    ledger.restore_record("key-a", 1, why="broken", read=lambda _subject, _triples: Facts())
    harvest(ledger, record("b", "good"), seen=["a"])
    assert [outcomes(ledger, run) for run in (1, 2)] == before


def test_a_run_that_cannot_be_staged_still_tells_its_rejections(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    ledger.add_rejections(run.id, [Rejection("a", "it cannot be read")])
    ledger.end_run(run.id, RunState.FAILED, "it does not answer")
    (line,) = ledger.run_log(run.id)
    assert (line.identifier, line.key, line.title, line.outcome) == ("a", "", "", Outcome.REJECTED)


def test_an_unknown_run_has_no_log(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="run 9"):
        ledger.run_log(9)


def test_the_title_alone_is_only_suggested(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, replace(record("a"), title="Prostate  MR (Évora)"), replace(record("b"), title="CT"))
    theirs = [replace(record("p"), title="PROSTATE MR, Evora"), replace(record("q"), title="Other")]
    harvest(ledger, *theirs, source="porto")
    (found,) = ledger.suggested_duplicates()
    assert found.title == "Prostate  MR (Évora)"
    assert [(one.key, one.source) for one in found.offers] == [("key-a", "lisbon"), ("key-p", "porto")]
    assert ledger.published("key-p").state is RecordState.LIVE


def test_what_is_known_or_needs_no_suggestion_is_not_suggested(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    grouped = {"title": "Known", "identities": ("10.1/x",)}
    mine = [replace(record("a"), **grouped), replace(record("b"), title="Twice here")]  # type: ignore[arg-type]
    mine += [replace(record("c"), title="Twice here"), replace(record("d"), title="Gone"), record("e")]
    harvest(ledger, *mine)
    theirs = [replace(record("p"), **grouped), replace(record("q"), title="Gone"), record("r")]  # type: ignore[arg-type]
    harvest(ledger, *theirs, source="porto")
    harvest(ledger, withdrawn=["d"])
    assert ledger.published("key-p").duplicate_of == "key-a"
    assert ledger.suggested_duplicates() == ()


def test_as_many_suggestions_as_wanted(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    harvest(ledger, *(replace(record(f"a{number}"), title=f"T{number}") for number in range(5)))
    theirs = (replace(record(f"p{number}"), title=f"t{number}") for number in range(5))
    harvest(ledger, *theirs, source="porto")
    assert [one.title for one in ledger.suggested_duplicates(3)] == ["T0", "T1", "T2"]
