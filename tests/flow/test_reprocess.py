"""What providers gave before, through newer mappings: without a request, whatever happens meanwhile."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from catalogue.ledger import REPROCESS, Decision, JobState, KnownRecord, Ledger, MappingState
from catalogue.model.run import RecordState, Run, RunMode, RunState
from catalogue.services import FOLLOWERS, WebServices, Workshop, open_ledger
from catalogue.settings import Settings
from catalogue.web.app import create_app
from catalogue.worker.loop import Worker
from ontologies.concepts import Axis
from ontologies.mappings import Mapping as WordMapping
from ontologies.mappings import load_mappings
from tests.flow.commands import Commands
from tests.flow.faults.nodes import RECORDS, DcatNode
from tests.flow.flows import Sources, assert_agreed, found, harvest_all, host_of, register, state
from tests.harvesters.scripted_provider import Answer, Provider

WORD: Final = "Zwetschgenkrebs"
GLIOMA: Final = "CLIN1007995"
SAYS_IT: Final = f'; <https://cancerimage.eu/ontology/EUCAIM#hasCondition> "{WORD}" '
HALF: Final = 6
KILLS: Final = 4
SEED: Final = int(os.environ.get("CATALOGUE_TEST_SEED", "20261124"))
LIMIT: Final = 120.0


@pytest.fixture
def node(provider: Provider, commands: Commands) -> DcatNode:
    """It was harvested; each of its datasets states a word that means nothing yet."""
    node = DcatNode(provider, "north")
    node.lay_out(saying(node))
    commands.well("source", "add", "north", "--kind", "dcat", "--url", node.url, "--pace", "0")
    assert commands.harvest("north")["state"] == "done"
    provider.asked.clear()
    return node


def saying(node: DcatNode, numbers: range = range(RECORDS), *, more: str = "") -> list[str]:
    return [node.dataset(number, more=SAYS_IT + more) for number in numbers]


def accept(ledger: Ledger, concept: str = GLIOMA) -> None:
    """From now on the word means this concept."""
    row = WordMapping(
        record_id=f"test:{concept}",
        subject_label=WORD,
        subject_type="rdfs literal",
        subject_category=Axis.CANCER,
        predicate_id="skos:exactMatch",
        object_id=f"eucaim:{concept}",
        object_label="Glioma",
        mapping_justification="semapv:ManualMappingCuration",
    )
    ledger.decide([Decision(row, MappingState.ACCEPTED)], who="ana")


@pytest.fixture
def curated(node: DcatNode, commands: Commands) -> DcatNode:
    """The same, after a curator said what the word means."""
    with open_ledger(commands.settings) as ledger:
        accept(ledger)
    return node


def reprocess(commands: Commands) -> Run:
    commands.well("reprocess", "north")
    with open_ledger(commands.settings) as ledger:
        (run, *_) = ledger.runs("north")
        assert run.mode is RunMode.REPROCESS
        return run


def records(commands: Commands) -> Mapping[str, KnownRecord]:
    with open_ledger(commands.settings) as ledger:
        return ledger.known("north")


def texts(commands: Commands) -> list[str]:
    with open_ledger(commands.settings) as ledger:
        return [one.triples.decode() for one in ledger.iterate_published()]


def with_the_concept(commands: Commands) -> int:
    return sum(f"{GLIOMA}>" in text for text in texts(commands))


def shown_under_the_concept(commands: Commands) -> int:
    with closing(Workshop(commands.settings)) as workshop:
        return found(workshop, ("cancer", GLIOMA)).total.datasets


def test_a_mapping_moves_what_was_harvested_before_without_a_request(
    curated: DcatNode, commands: Commands
) -> None:
    assert shown_under_the_concept(commands) == 0
    (run,) = commands.well("reprocess", "north", "--json").json
    assert (run["state"], run["counts"]["offered"], run["counts"]["changed"]) == ("done", RECORDS, RECORDS)
    assert run["listing"]["total"] == RECORDS
    assert with_the_concept(commands) == shown_under_the_concept(commands) == RECORDS
    assert curated.provider.asked == []


def test_a_second_time_nothing_is_made_and_nothing_written(curated: DcatNode, commands: Commands) -> None:
    reprocess(commands)
    before = records(commands)
    run = reprocess(commands)
    assert (run.state, run.counts.offered, run.counts.versions, run.counts.changes) == ("unchanged", 0, 0, 0)
    assert records(commands) == before
    assert curated.provider.asked == []


def test_the_next_harvest_finds_nothing_to_do(curated: DcatNode, commands: Commands) -> None:
    reprocess(commands)
    run = commands.harvest("north")
    assert (run["state"], run["counts"]["unchanged"]) == ("unchanged", RECORDS)
    assert curated.provider.asked


def test_a_paused_source_whose_provider_is_gone_is_made_anew(curated: DcatNode, commands: Commands) -> None:
    curated.provider.answers.clear()
    curated.provider.otherwise = lambda _: Answer(status=503)
    commands.well("source", "pause", "north")
    (run,) = commands.well("reprocess", "--all", "--json").json
    assert (run["state"], with_the_concept(commands)) == ("done", RECORDS)


def test_without_a_source_nothing_is_made_anew(commands: Commands) -> None:
    ended = commands.run("reprocess")
    assert (ended.code != 0, "--all" in ended.err) == (True, True)


def test_every_source_of_a_catalogue_without_any_is_none(commands: Commands) -> None:
    assert commands.well("reprocess", "--all", "--json").json == []


@pytest.mark.usefixtures("curated")
def test_the_table_says_what_was_made_and_what_changed(commands: Commands) -> None:
    said = commands.well("reprocess", "north").out
    row = next(line for line in said.splitlines() if "north" in line).split()
    assert row[1:] == ["north", "done", str(RECORDS), str(RECORDS), str(RECORDS), "0", "0"]


def test_a_record_under_a_new_identifier_keeps_its_key_and_its_bytes_are_read(
    node: DcatNode, commands: Commands
) -> None:
    renamed = [
        node.dataset(number, subject=f"<{node.provider.url}/moved/{number}>", more=SAYS_IT)
        for number in range(RECORDS)
    ]
    node.lay_out(renamed)
    keys = {one.key for one in records(commands).values()}
    assert commands.harvest("north")["counts"]["changed"] == RECORDS
    with open_ledger(commands.settings) as ledger:
        accept(ledger)
    run = reprocess(commands)
    assert (run.counts.changed, run.counts.rejected) == (RECORDS, 0)
    assert {one.key for one in records(commands).values()} == keys
    assert all("/moved/" in text for text in texts(commands))


def test_a_run_that_is_held_loses_nothing_and_brings_nothing_old_back(
    node: DcatNode, commands: Commands
) -> None:
    changed = saying(node, range(HALF), more='; dcat:keyword "later" ')
    node.lay_out(changed, total=None)
    held = commands.harvest("north")
    assert held["state"] == "held"
    with open_ledger(commands.settings) as ledger:
        accept(ledger)
    run = reprocess(commands)
    assert (run.counts.changed, f"run {held['id']} waits" in run.message) == (RECORDS, True)
    commands.well("approve", held["id"], "--why", "asked", "--withdrawing", HALF)
    assert with_the_concept(commands) == HALF
    assert all('"later"' in text for text in texts(commands))
    assert [one.state for one in records(commands).values()].count(RecordState.WITHDRAWN) == HALF


@pytest.mark.usefixtures("curated")
def test_a_harvest_that_was_cut_off_goes_on_beside_it(commands: Commands) -> None:
    with open_ledger(commands.settings) as ledger:
        left = ledger.start_run("north")
        reprocess(commands)
        assert not ledger.run(left.id).state.ended
        assert with_the_concept(commands) == RECORDS
        assert commands.harvest("north")["id"] == left.id


def test_one_that_was_cut_off_is_taken_up_by_its_own_kind(curated: DcatNode, commands: Commands) -> None:
    with open_ledger(commands.settings) as ledger:
        left = ledger.start_run("north", mode=RunMode.REPROCESS)
    assert commands.harvest("north")["id"] != left.id
    curated.provider.asked.clear()
    (run,) = commands.well("reprocess", "north", "--json").json
    assert (run["id"], run["resumed"], run["state"]) == (left.id, 1, "unchanged")
    assert curated.provider.asked == []


def test_a_harvest_is_retried_after_it_and_it_is_not(curated: DcatNode, commands: Commands) -> None:
    broken = [*saying(curated, range(RECORDS - 1)), curated.dataset(11, subject="<urn:catalogue:terms#own>")]
    curated.lay_out(broken)
    partial = commands.harvest("north")
    assert partial["state"] == "partial"
    again = reprocess(commands)
    refused = commands.run("retry", again.id)
    assert (refused.code != 0, "harvest the source" in refused.err) == (True, True)
    curated.heal()
    assert "came later" not in commands.run("retry", partial["id"]).err


@pytest.mark.usefixtures("curated")
def test_the_answers_of_the_last_harvest_are_kept(commands: Commands) -> None:
    with open_ledger(commands.settings) as ledger:
        (harvested,) = ledger.runs("north")
    reprocess(commands)
    assert len(commands.well("run", harvested.id, "--answers", "--json").json) == RECORDS / 4


@pytest.mark.usefixtures("curated")
def test_its_page_says_that_nothing_was_asked(commands: Commands) -> None:
    run = reprocess(commands)
    site = create_app(WebServices(commands.settings)).test_client()
    page = site.get(f"/runs/{run.id}").text
    assert "what it gave before was made anew" in page
    assert f"catalogue retry {run.id}" not in page
    assert "nothing to make anew" not in site.get("/runs?source=north").text


def test_a_dataset_that_comes_out_as_before_is_not_touched(node: DcatNode, commands: Commands) -> None:
    """A word that nobody uses: other rules, the same records."""
    plain = [node.dataset(number) for number in range(RECORDS)]
    node.lay_out(plain)
    commands.harvest("north")
    before = records(commands)
    with open_ledger(commands.settings) as ledger:
        accept(ledger)
        last = ledger.last_change()
        run = reprocess(commands)
        assert (run.state, run.counts.offered, run.counts.unchanged) == ("unchanged", RECORDS, RECORDS)
        assert ledger.last_change() == last
    after = records(commands)
    assert {replace(one, aligner="") for one in after.values()} == {
        replace(one, aligner="") for one in before.values()
    }
    assert {one.aligner for one in after.values()}.isdisjoint(one.aligner for one in before.values())


# --- killed in the middle ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A harvested catalogue whose curators changed their minds about nearly every word, and its worker."""

    settings: Settings

    def start(self) -> subprocess.Popen[bytes]:
        environment = {
            "CATALOGUE_DATA_DIR": str(self.settings.data_dir),
            "CATALOGUE_BASE_URL": self.settings.base_url,
        }
        command = [sys.executable, "-m", "catalogue", "worker"]
        with (self.settings.data_dir / "worker.log").open("ab") as log:
            return subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)

    def put(self) -> None:
        with open_ledger(self.settings) as ledger:
            for row in ledger.sources():
                ledger.put_job(REPROCESS, row.config.id)

    def is_done(self) -> bool:
        with open_ledger(self.settings) as ledger:
            last = ledger.last_change()
            busy = ledger.queued() or ledger.running()
            return not busy and all(ledger.watermark(name) == last for name in FOLLOWERS)

    def has_begun(self) -> bool:
        with open_ledger(self.settings) as ledger:
            return any(run.mode is RunMode.REPROCESS for run in ledger.runs())

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not until():
            if time.monotonic() > end:
                pytest.fail((self.settings.data_dir / "worker.log").read_text()[-2000:])
            time.sleep(0.05)

    def end(self, worker: subprocess.Popen[bytes]) -> tuple[dict[str, str], list[Run]]:
        """What it holds once all is done, and what the runs say."""
        self.wait(self.is_done)
        worker.terminate()
        worker.wait(30)
        with closing(Workshop(self.settings)) as workshop:
            assert_agreed(workshop)
            runs = [run for run in workshop.ledger.runs() if run.mode is RunMode.REPROCESS]
            return state(workshop), runs


@pytest.fixture
def harvested(tmp_path: Path, sample_sources: Sources) -> Path:
    """The sample nodes, harvested; since then every mapping of the project but one was refused."""
    folder = tmp_path / "harvested"
    hosts = tuple(dict.fromkeys(host_of(source.url) for source in sample_sources))
    with closing(Workshop(Settings(data_dir=folder, allowed_private_hosts=hosts))) as workshop:
        register(workshop, sample_sources)
        harvest_all(workshop)
        refused = (Decision(row, MappingState.REJECTED) for row in load_mappings().mappings[1:])
        workshop.ledger.decide(refused, who="ana", why="a trial")
    return folder


def trial_of(harvested: Path, folder: Path) -> Trial:
    shutil.copytree(harvested, folder)
    trial = Trial(Settings(data_dir=folder))
    trial.put()
    return trial


@pytest.mark.timeout(600)
def test_kills_in_the_middle_change_nothing_of_its_end(harvested: Path, tmp_path: Path) -> None:
    trial = trial_of(harvested, tmp_path / "undisturbed")
    wanted, runs = trial.end(trial.start())
    assert sum(run.counts.changed for run in runs) > HALF
    seconds = (max(ended_of(run) for run in runs) - min(run.started for run in runs)).total_seconds()
    drawn = random.Random(SEED)
    cut_off = 0
    for number in range(KILLS):
        moment = drawn.uniform(0, seconds)
        trial = trial_of(harvested, tmp_path / f"kill-{number}")
        worker = trial.start()
        trial.wait(trial.has_begun)
        time.sleep(moment)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        found, runs = trial.end(trial.start())
        resumed = [run.source for run in runs if run.resumed]
        print(f"killed at {moment:.2f} of {seconds:.2f} s; resumed {resumed}")
        assert found == wanted
        assert {run.state for run in runs} <= {RunState.DONE, RunState.UNCHANGED, RunState.PARTIAL}
        cut_off += len(resumed)
    assert cut_off, "no kill hit a run"


def ended_of(run: Run) -> datetime:
    assert run.ended
    return run.ended


@pytest.mark.usefixtures("curated")
def test_a_running_worker_does_it(commands: Commands) -> None:
    with closing(Workshop(commands.settings)) as workshop:
        job = workshop.ledger.put_job(REPROCESS, "north")
        assert Worker(workshop).drain()
        assert workshop.ledger.job(job.id).state is JobState.DONE
    assert with_the_concept(commands) == RECORDS
