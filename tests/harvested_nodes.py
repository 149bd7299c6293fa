"""A catalogue in a folder whose nodes stand in every way: fresh, held, failing, late, incomplete, paused."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from catalogue.ingest.identity import mint_key
from catalogue.ledger import Ledger, StagedRecord
from catalogue.ledger.quality import QualityState
from catalogue.model.quality import CheckedRecord, Level, LevelFinding, Quality
from catalogue.model.run import ListingFacts, Run, RunMode, RunState, WithdrawalPolicy
from catalogue.projections.follower import follow
from catalogue.projections.index import IndexProjection
from catalogue.services import WebServices, open_index_writer
from catalogue.settings import Settings
from harvesters.findings import Finding, Severity
from harvesters.source import SourceConfig
from ontologies.own_scheme import load_scheme
from tests.catalogue.descriptions import received, rules
from tests.contracts.ledger_builders import NEVER_HELD, SetClock, listed
from tests.small_catalogue import HOSTILE

# Turns the direction of writing, hides, and is long.
NASTY: Final = f"{HOSTILE} \u202eevil\u202c \x1b[31m" + "x" * 2_000
NODES: Final = {
    "tcga": "TCGA node",
    "mirror": "Mirror node",
    "htan": "HTAN node",
    "slow": "Slow node",
    "part": "Partial node",
    "quiet": "Quiet node",
    "new": "New node",
    "nasty": NASTY,
}


class Nodes:
    """Harvests into the ledger of a folder, at times of its own choosing."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder, base_url="http://catalogue.test")
        self.clock = SetClock()
        self.clock.time = datetime.now(UTC) - timedelta(days=80, hours=1)
        self.ledger = Ledger.open(self.settings.ledger_url, clock=self.clock)

    def add(self, name: str, **options: str) -> None:
        url = f"https://{name}.example/catalogue.ttl"
        self.ledger.add_source(SourceConfig(name, "dcat", url, NODES.get(name, name), 1.0, options))

    def run(
        self,
        source: str,
        names: Iterable[str],
        *,
        complete: bool = True,
        mode: RunMode = RunMode.FULL,
        findings: tuple[Finding, ...] = (),
        policy: WithdrawalPolicy | None = None,
    ) -> Run:
        """One harvest whose list holds these datasets and no others."""
        run = self.ledger.start_run(source, mode=mode)
        self.ledger.move_run(run.id, RunState.FETCHING, "page 1")
        self.clock.move(2.5)
        self.ledger.stage(run.id, [staged(source, name, findings) for name in names])
        self.ledger.move_run(run.id, RunState.STAGED, "all pages read")
        because = "" if complete else "page 2 answered 503"
        proves = complete and mode is RunMode.FULL
        self.ledger.note_listing(run.id, ListingFacts(2, None, complete, because, proves, None))
        self.clock.move(1)
        self.ledger.apply_run(run.id, policy=policy)
        return self.ledger.run(run.id)

    def finish(self, run_id: int) -> None:
        """Of a list that names everything it holds, and whose losses nobody minds."""
        self.ledger.note_listing(run_id, listed(proves_absence=False))
        self.ledger.apply_run(run_id, policy=NEVER_HELD)

    def fail(self, source: str, message: str) -> Run:
        run = self.ledger.start_run(source)
        self.clock.move(60)
        return self.ledger.end_run(run.id, RunState.FAILED, message)

    def check(self, keys: Iterable[str], finding: LevelFinding) -> None:
        quality = Quality((Level.ACCEPT, Level.EUCAIM), (finding,))
        checked = [CheckedRecord(key, iri("tcga", key), 1, quality) for key in keys]
        self.ledger.put_quality(checked, QualityState(self.ledger.last_change(), "test"))

    def index(self) -> None:
        scheme = load_scheme()
        with closing(open_index_writer(self.settings, scheme)) as writer:
            follow(self.ledger, IndexProjection(self.ledger, writer, scheme=scheme))

    def services(self) -> WebServices:
        return WebServices(self.settings)


def harvested_nodes(folder: Path) -> Nodes:
    """All of ``NODES``, each in its own way, as if harvested over the last weeks."""
    nodes = Nodes(folder)
    for name in NODES:
        nodes.add(name, **({"fictional": "true"} if name == "quiet" else {}))
    nodes.run("slow", ["slow-a", "slow-b"])
    nodes.clock.time = datetime.now(UTC) - timedelta(days=5)
    for step in range(3):
        nodes.run("tcga", [f"tcga-{number}" for number in range(10 + step)], findings=(remark("size"),))
        nodes.run("mirror", [f"mirror-{number}" for number in range(40)])
        nodes.clock.move(86_400)
    nodes.run("htan", ["htan-a"])
    nodes.run("quiet", ["quiet-a"])
    nodes.ledger.pause_source("quiet")
    nodes.run("part", ["part-a", "part-b"], complete=False)
    for _ in range(3):
        nodes.fail("htan", "https://htan.example/: no answer in 60 s")
    nodes.run("nasty", [NASTY], findings=tuple(remark(NASTY) for _ in range(3)))
    nodes.run("mirror", ["mirror-0", "mirror-1"])
    nodes.fail("nasty", NASTY * 500)
    nodes.check([key("tcga", f"tcga-{number}") for number in range(8)], lacking("dct:provenance"))
    nodes.index()
    return nodes


def iri(source: str, name: str) -> str:
    slug = "".join(letter for letter in name if letter.isalnum() or letter == "-")[:60]
    return f"https://{source}.example/dataset/{slug}"


def key(source: str, name: str) -> str:
    return mint_key(source, iri(source, name), taken=lambda _: False)


def staged(source: str, name: str, findings: tuple[Finding, ...] = ()) -> StagedRecord:
    """Has a hundred patients more for each further number in its name."""
    number = name.rpartition("-")[2]
    patients = 100 * (int(number) + 1) if number.isdigit() else None
    escaped = name.encode("unicode_escape").decode().replace("\\x", "\\u00")
    record = received('eucaim:hasCondition "Prostate Cancer" .', title=escaped, identifier=iri(source, name))
    prepared = rules().prepare(record, key=key(source, name))
    return StagedRecord(
        identifier=record.identifier,
        key=key(source, name),
        subject=prepared.subject,
        received=record.received,
        received_sha256=prepared.sha256,
        media_type=record.media_type,
        crosswalk="1",
        published=prepared.triples,
        published_sha256=prepared.sha256,
        findings=findings,
        title=name,
        patients=patients,
    )


def copied(record: StagedRecord, new_key: str) -> StagedRecord:
    """The same dataset as another provider gives it."""
    return replace(record, key=new_key, identities=(record.subject,))


def remark(message: str) -> Finding:
    return Finding(Severity.WARNING, "", "dcat:byteSize", "unknown", message, "Give the size in bytes.")


def lacking(path: str) -> LevelFinding:
    return LevelFinding(
        Severity.ERROR, "", path, "", f"{path} is missing.", "Say where it comes from.", (Level.EHDS,)
    )
