"""What the ledger promises of notices: one for each change of a condition, for one sender at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from catalogue.ledger import Condition, Ledger, Notice
from tests.contracts.ledger_builders import SetClock, config

UNKNOWN, WELL, FAILING, HELD = Condition.UNKNOWN, Condition.WELL, Condition.FAILING, Condition.HELD


@pytest.fixture(autouse=True)
def _sources(ledger: Ledger) -> None:
    ledger.add_source(config(title="Node\nLisbon"))
    ledger.add_source(config("porto"))


def fail(ledger: Ledger, source: str = "lisbon", *, text: str = "it fails") -> bool:
    return ledger.note_condition(source, FAILING, before=UNKNOWN, text=text)


def claimed(ledger: Ledger) -> Notice:
    (notice,) = ledger.claim_notices()
    return notice


def test_a_new_condition_is_kept_with_its_notice(ledger: Ledger) -> None:
    run = ledger.start_run("lisbon")
    assert ledger.note_condition("lisbon", HELD, before=UNKNOWN, run=run.id, text="ten are missing")
    assert ledger.source("lisbon").condition == HELD
    (notice,) = ledger.notices("lisbon")
    assert (notice.kind, notice.before, notice.run, notice.text) == (HELD, UNKNOWN, run.id, "ten are missing")
    assert (notice.title, notice.sent, notice.tries) == ("Node\nLisbon", None, 0)
    assert ledger.source("porto").condition == UNKNOWN


def test_the_same_condition_is_no_news(ledger: Ledger) -> None:
    assert fail(ledger)
    assert not ledger.note_condition("lisbon", FAILING, before=FAILING, text="it still fails")
    assert len(ledger.notices()) == 1


def test_whoever_looked_too_early_changes_nothing(ledger: Ledger) -> None:
    assert fail(ledger)
    assert not fail(ledger)
    assert not ledger.note_condition("lisbon", WELL, before=HELD, text="released")
    assert ledger.source("lisbon").condition == FAILING
    assert len(ledger.notices()) == 1


def test_two_processes_that_see_one_change_tell_it_once(open_ledger: Callable[..., Ledger]) -> None:
    ledgers = [open_ledger() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        noted = list(threads.map(fail, ledgers))
    assert sorted(noted) == [False, False, False, True]
    assert len(ledgers[0].notices()) == 1


def test_a_condition_without_a_text_is_kept_and_told_to_nobody(ledger: Ledger) -> None:
    assert ledger.note_condition("lisbon", WELL, before=UNKNOWN)
    assert ledger.source("lisbon").condition == WELL
    assert ledger.notices() == ()


def test_a_source_that_was_removed_or_never_was_is_no_news(ledger: Ledger) -> None:
    ledger.remove_source("lisbon")
    assert not fail(ledger)
    assert not fail(ledger, "nowhere")


def test_what_a_provider_said_is_kept_whatever_it_is(ledger: Ledger) -> None:
    fail(ledger, text="NUL \0 and half a pair \ud800")
    assert "NUL" in ledger.notices()[0].text


def test_a_notice_is_given_to_one_sender(ledger: Ledger) -> None:
    fail(ledger)
    assert claimed(ledger).tries == 1
    assert ledger.claim_notices() == ()


def test_a_sender_that_died_is_followed_by_another(ledger: Ledger, clock: SetClock) -> None:
    fail(ledger)
    claimed(ledger)
    clock.move(121)
    assert claimed(ledger).tries == 2


def test_two_senders_at_once_do_not_share_a_notice(open_ledger: Callable[..., Ledger]) -> None:
    ledgers = [open_ledger() for _ in range(4)]
    for number in range(12):
        ledgers[0].add_source(config(f"node-{number}"))
        fail(ledgers[0], f"node-{number}")
    with ThreadPoolExecutor(4) as threads:
        given = [
            one.id for some in threads.map(lambda ledger: ledger.claim_notices(5), ledgers) for one in some
        ]
    assert len(given) == len(set(given))
    assert given


def test_the_oldest_are_given_first_and_not_all_at_once(ledger: Ledger) -> None:
    fail(ledger)
    fail(ledger, "porto")
    assert [one.source for one in ledger.claim_notices(1)] == ["lisbon"]
    assert [one.source for one in ledger.claim_notices(1)] == ["porto"]


def test_what_was_sent_is_not_given_again(ledger: Ledger, clock: SetClock) -> None:
    fail(ledger)
    ledger.notice_sent(claimed(ledger).id, told=("mail", "webhook"))
    clock.move(10 * 86_400)
    assert ledger.claim_notices() == ()
    (sent,) = ledger.notices()
    assert sent.sent is not None
    assert sent.told == ("mail", "webhook")


def test_what_failed_comes_again_after_its_pause(ledger: Ledger, clock: SetClock) -> None:
    fail(ledger)
    ledger.notice_failed(claimed(ledger).id, "no answer", again_in=timedelta(minutes=5), told=("mail",))
    clock.move(299)
    assert ledger.claim_notices() == ()
    clock.move(2)
    again = claimed(ledger)
    assert (again.tries, again.error, again.told) == (2, "no answer", ("mail",))


def test_what_was_given_up_does_not_come_again(ledger: Ledger, clock: SetClock) -> None:
    fail(ledger)
    ledger.notice_failed(claimed(ledger).id, "no answer", again_in=None)
    clock.move(10 * 86_400)
    assert ledger.claim_notices() == ()
    assert ledger.notices()[0].sent is None


def test_notices_of_a_source_come_newest_first(ledger: Ledger) -> None:
    fail(ledger)
    fail(ledger, "porto")
    ledger.note_condition("lisbon", WELL, before=FAILING, text="well again")
    assert [one.text for one in ledger.notices("lisbon")] == ["well again", "it fails"]
    assert [one.text for one in ledger.notices(limit=1)] == ["well again"]


def test_a_run_that_moves_shows_that_a_condition_may_have_changed(ledger: Ledger) -> None:
    before = ledger.last_transition()
    assert ledger.last_transition() == before
    ledger.start_run("lisbon")
    assert ledger.last_transition() > before
