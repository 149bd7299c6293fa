"""What the ledger promises of sources, runs, jobs and leases."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest

from catalogue.errors import Conflict, LeaseLost, NotFound
from catalogue.ledger import JobState, Ledger, Rejection, this_holder
from catalogue.ledger.holders import has_died
from catalogue.model.run import RunCounts, RunState
from harvesters.findings import Finding, Severity
from harvesters.source import SourceConfig
from tests.contracts.ledger_builders import SetClock, applied, config, harvest, listed, record, row_counts

Opener = Callable[..., Ledger]

# --- sources -----------------------------------------------------------------------------------------------


def test_a_source_is_kept_with_all_that_was_said_of_it(ledger: Ledger, clock: SetClock) -> None:
    said = SourceConfig("lisbon", "dcat", "https://l.example/", "Lisboa", 0.5, {"derived": "true"})
    ledger.add_source(said, hold_first=True)
    row = ledger.source("lisbon")
    assert row.config == said
    assert (row.hold_first, row.paused, row.removed, row.last_run) == (True, False, None, None)
    assert row.added == clock.time
    assert row.added.tzinfo is UTC


def test_an_id_is_taken_once(ledger: Ledger) -> None:
    ledger.add_source(config())
    with pytest.raises(Conflict, match="lisbon"):
        ledger.add_source(config())


def test_sources_come_by_id_and_an_unknown_one_is_not_found(ledger: Ledger) -> None:
    ledger.add_source(config("porto"))
    ledger.add_source(config("evora"))
    assert [row.config.id for row in ledger.sources()] == ["evora", "porto"]
    with pytest.raises(NotFound, match="faro"):
        ledger.source("faro")


def test_a_source_can_be_changed_and_paused(ledger: Ledger) -> None:
    ledger.add_source(config())
    ledger.update_source(config(title="Lisboa"))
    assert ledger.pause_source("lisbon").paused
    assert ledger.source("lisbon").config.title == "Lisboa"
    assert not ledger.pause_source("lisbon", paused=False).paused


def test_a_removed_source_is_harvested_no_more(ledger: Ledger) -> None:
    ledger.add_source(config())
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    ledger.remove_source("lisbon")
    assert ledger.sources() == ()
    assert [row.config.id for row in ledger.sources(removed=True)] == ["lisbon"]
    assert ledger.run(run.id).state is RunState.CANCELLED
    with pytest.raises(NotFound):
        ledger.start_run("lisbon")
    with pytest.raises(Conflict):
        applied(ledger, run.id, complete=True)


def test_a_held_run_of_a_removed_source_cannot_be_applied(ledger: Ledger) -> None:
    ledger.add_source(config())
    run = ledger.start_run("lisbon")
    ledger.stage(run.id, [record("a")])
    ledger.note_listing(run.id, listed())
    ledger.end_run(run.id, RunState.HELD, "first run")
    ledger.remove_source("lisbon")
    with pytest.raises(Conflict, match="not held"):
        ledger.approve_run(run.id, "too late")


def test_a_source_that_comes_back_finds_its_keys(ledger: Ledger) -> None:
    ledger.add_source(config())
    harvest(ledger, record("a"))
    ledger.remove_source("lisbon")
    ledger.add_source(config(title="again"))
    harvest(ledger, record("a"))
    assert ledger.resolve("a") == ("key-a",)
    assert ledger.published("key-a").shown


def test_a_source_tells_its_last_run_and_its_last_harvest(ledger: Ledger, clock: SetClock) -> None:
    ledger.add_source(config())
    harvested = clock.time
    harvest(ledger, record("a"))
    clock.move(60)
    failed = ledger.start_run("lisbon")
    ledger.end_run(failed.id, RunState.FAILED, "no answer in 30 s")
    row = ledger.source("lisbon")
    assert row.last_run == ledger.run(failed.id)
    assert row.last_harvested == harvested


# --- runs --------------------------------------------------------------------------------------------------


def test_each_step_of_a_run_is_written_with_time_and_cause(ledger: Ledger, clock: SetClock) -> None:
    ledger.add_source(config())
    run = ledger.start_run("lisbon")
    later = clock.move(5)
    ledger.move_run(run.id, RunState.FETCHING, "asking for the list")
    ended = ledger.end_run(run.id, RunState.FAILED, "the host is unknown", RunCounts(offered=3))
    steps = [(step.state, step.cause) for step in ledger.transitions(run.id)]
    assert steps == [
        (RunState.QUEUED, "started"),
        (RunState.FETCHING, "asking for the list"),
        (RunState.FAILED, "the host is unknown"),
    ]
    assert ledger.transitions(run.id)[1].at == later
    assert (ended.ended, ended.message, ended.counts.offered) == (later, "the host is unknown", 3)


def test_a_run_that_has_ended_moves_no_more(ledger: Ledger) -> None:
    ledger.add_source(config())
    run = ledger.start_run("lisbon")
    ledger.end_run(run.id, RunState.CANCELLED, "stopped")
    with pytest.raises(Conflict, match="already ended: cancelled"):
        ledger.move_run(run.id, RunState.STAGED, "late")
    with pytest.raises(Conflict):
        ledger.stage(run.id, [record("a")])


def test_runs_come_newest_first_by_source(ledger: Ledger) -> None:
    for name in ("evora", "porto"):
        ledger.add_source(config(name))
    ids = [ledger.start_run(name).id for name in ("evora", "porto", "evora")]
    assert [run.id for run in ledger.runs()] == ids[::-1]
    assert [run.id for run in ledger.runs("evora")] == [ids[2], ids[0]]
    assert [run.id for run in ledger.runs(limit=1)] == [ids[2]]
    with pytest.raises(NotFound):
        ledger.run(99)


def test_runs_left_by_a_dead_worker_fail_and_lose_what_they_staged(ledger: Ledger) -> None:
    ledger.add_source(config())
    left = ledger.start_run("lisbon")
    ledger.stage(left.id, [record("a")])
    ledger.seen(left.id, ["b"])
    assert ledger.abandon_runs("lisbon", "its worker died") == 1
    assert (ledger.run(left.id).state, ledger.run(left.id).message) == (RunState.FAILED, "its worker died")
    assert (row_counts(ledger)["staged"], row_counts(ledger)["mention"]) == (0, 0)
    assert ledger.abandon_runs("lisbon", "again") == 0


def test_findings_of_a_listing_and_rejections_are_kept(ledger: Ledger) -> None:
    ledger.add_source(config())
    run = ledger.start_run("lisbon")
    found = Finding(Severity.INFO, "", "hydra:next", "2", "the link is a literal")
    ledger.add_findings(run.id, [found])
    ledger.add_findings(run.id, [])
    ledger.add_rejections(run.id, [Rejection("a", "it has no identifier")])
    assert ledger.findings(run.id) == (found,)
    assert [(each.identifier, each.reason) for each in ledger.rejections(run.id)] == [
        ("a", "it has no identifier")
    ]


def test_projections_add_their_writes_to_the_run(ledger: Ledger) -> None:
    ledger.add_source(config())
    harvest(ledger, record("a"))
    for follower, writes in (("graph", 2), ("graph", 1), ("index", 4), ("quality", 9)):
        ledger.count_projection_writes(1, follower, writes)
    counts = ledger.run(1).counts
    assert (counts.graph_writes, counts.index_writes) == (3, 4)


def test_runs_with_changes_are_told_apart(ledger: Ledger) -> None:
    ledger.add_source(config())
    harvest(ledger, record("a"))
    harvest(ledger, seen=["a"])
    assert [run.id for run in ledger.runs_with_changes()] == [1]


def test_a_run_under_way_says_how_much_it_has_read(ledger: Ledger) -> None:
    ledger.add_source(config())
    run = ledger.start_run("lisbon")
    ledger.note_offered(run.id, 17)
    assert ledger.run(run.id).counts.offered == 17


# --- jobs --------------------------------------------------------------------------------------------------


def test_an_equal_queued_job_is_given_back_instead_of_a_second(ledger: Ledger) -> None:
    first = ledger.put_job("harvest", "lisbon")
    assert ledger.put_job("harvest", "lisbon") == first
    assert ledger.put_job("rebuild", "lisbon") != first
    assert len(ledger.queued()) == 2


def test_an_equal_job_that_runs_already_does_not_stand_for_a_new_one(ledger: Ledger) -> None:
    first = ledger.put_job("harvest", "lisbon")
    ledger.claim_job("worker")
    assert ledger.put_job("harvest", "lisbon").id != first.id


def test_jobs_are_claimed_in_their_order_and_each_once(ledger: Ledger, clock: SetClock) -> None:
    jobs = [ledger.put_job("harvest", name) for name in ("evora", "porto")]
    claimed = [ledger.claim_job("first"), ledger.claim_job("second"), ledger.claim_job("third")]
    assert [job and job.id for job in claimed] == [jobs[0].id, jobs[1].id, None]
    found = ledger.job(jobs[0].id)
    assert (found.state, found.holder, found.claimed) == (JobState.RUNNING, "first", clock.time)


def test_workers_that_claim_at_once_never_share_a_job(open_ledger: Opener) -> None:
    ledgers = [open_ledger() for _ in range(3)]
    jobs = {ledgers[0].put_job("harvest", f"source-{number}").id for number in range(9)}

    def claim(ledger: Ledger) -> list[int]:
        found = []
        while job := ledger.claim_job("worker"):
            found.append(job.id)
        return found

    with ThreadPoolExecutor(3) as threads:
        claimed = [number for found in threads.map(claim, ledgers) for number in found]
    assert sorted(claimed) == sorted(jobs)


@pytest.mark.parametrize(("ok", "state"), [(True, JobState.DONE), (False, JobState.FAILED)])
def test_a_job_ends_well_or_badly_with_a_message(ledger: Ledger, *, ok: bool, state: JobState) -> None:
    job = ledger.put_job("rebuild", "index")
    ledger.claim_job("worker")
    ended = ledger.end_job(job.id, ok=ok, message="told")
    assert (ended.state, ended.message) == (state, "told")
    assert ledger.job(job.id) == ended
    with pytest.raises(Conflict):
        ledger.end_job(job.id, ok=True, message="twice")


def test_the_jobs_of_a_dead_holder_go_back_to_the_queue(open_ledger: Opener) -> None:
    ledger = open_ledger(has_died=lambda holder: holder == "dead")
    lost, kept = ledger.put_job("harvest", "evora"), ledger.put_job("harvest", "porto")
    ledger.claim_job("dead")
    ledger.claim_job("alive")
    assert [job.id for job in ledger.requeue_lost_jobs()] == [lost.id]
    assert [job.id for job in ledger.queued()] == [lost.id]
    assert ledger.job(kept.id).state is JobState.RUNNING


def test_a_job_whose_holder_has_no_lease_any_more_goes_back(ledger: Ledger, clock: SetClock) -> None:
    """The holder is on another host: only its leases tell that it is gone."""
    for name in ("evora", "porto"):
        ledger.put_job("harvest", name)
        ledger.claim_job(f"far:{name}")
    clock.move(61)
    assert ledger.acquire("source:porto", "far:porto", 30)
    assert [job.argument for job in ledger.requeue_lost_jobs()] == ["evora"]


def test_a_lost_job_ends_where_an_equal_one_is_queued_already(ledger: Ledger) -> None:
    lost = ledger.put_job("harvest", "lisbon")
    ledger.claim_job("dead")
    waiting = ledger.put_job("harvest", "lisbon")
    ledger.requeue_jobs_of("dead")
    assert [job.id for job in ledger.queued()] == [waiting.id]
    assert ledger.job(lost.id).state is JobState.FAILED


def test_an_unknown_job_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.job(5)


# --- leases ------------------------------------------------------------------------------------------------


def test_a_lease_excludes_others_until_it_expires(ledger: Ledger, clock: SetClock) -> None:
    first = ledger.acquire("projecting", "first", 30)
    assert first
    assert ledger.acquire("projecting", "second", 30) is None
    assert ledger.holder_of("projecting") == "first"
    clock.move(31)
    assert ledger.holder_of("projecting") is None
    second = ledger.acquire("projecting", "second", 30)
    assert second
    assert second.token > first.token


def test_a_heartbeat_keeps_a_lease(ledger: Ledger, clock: SetClock) -> None:
    lease = ledger.acquire("projecting", "first", 30)
    assert lease
    for _ in range(3):
        clock.move(20)
        lease = ledger.renew(lease, 30)
    assert ledger.acquire("projecting", "second", 30) is None


def test_a_lease_that_was_taken_over_cannot_be_renewed_or_released(ledger: Ledger, clock: SetClock) -> None:
    lost = ledger.acquire("projecting", "first", 30)
    assert lost
    clock.move(31)
    ledger.acquire("projecting", "second", 30)
    with pytest.raises(LeaseLost, match="projecting"):
        ledger.renew(lost, 30)
    ledger.release(lost)
    assert ledger.holder_of("projecting") == "second"


def test_a_released_lease_is_free_at_once_and_its_token_goes_on(ledger: Ledger) -> None:
    first = ledger.acquire("projecting", "first", 30)
    assert first
    ledger.release(first)
    assert ledger.holder_of("projecting") is None
    second = ledger.acquire("projecting", "second", 30)
    assert second
    assert second.token == first.token + 1


def test_the_lease_of_a_dead_process_is_taken_over_before_it_expires(
    open_ledger: Opener, ledger_url: str
) -> None:
    ledger = open_ledger()
    program = "import sys; from catalogue.ledger import Ledger, this_holder; "
    program += "print(Ledger.open(sys.argv[1]).acquire('projecting', this_holder(), 3600).holder)"
    told = subprocess.run(
        [sys.executable, "-c", program, ledger_url], check=True, capture_output=True, text=True, timeout=60
    )
    lease = ledger.acquire("projecting", this_holder(), 30)
    assert lease
    assert lease.token == 2
    assert told.stdout.strip() != this_holder()


def test_of_many_who_ask_at_once_one_gets_the_lease(open_ledger: Opener) -> None:
    ledgers = [open_ledger() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda one: one.acquire("projecting", f"holder {id(one)}", 30), ledgers))
    assert sum(lease is not None for lease in found) == 1


def test_this_process_is_known_to_run() -> None:
    assert not has_died(this_holder())


def test_a_process_number_that_another_process_has_now_is_not_taken_for_the_holder() -> None:
    host, pid, start = this_holder().rsplit(":", 2)
    assert has_died(f"{host}:{pid}:{int(start) - 1}")


def test_nothing_is_known_of_processes_of_other_hosts() -> None:
    assert not has_died(f"elsewhere+1:{os.getpid()}:1")
    assert not has_died("a name without parts")


def test_a_killed_process_that_nobody_has_buried_has_died() -> None:
    """A zombie still has its number and its start."""
    program = "from catalogue.ledger import this_holder; print(this_holder(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        holder = child.stdout.readline().strip()
        assert not has_died(holder)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert has_died(holder)
