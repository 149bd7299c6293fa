"""Whether a preview says what the harvest that follows does, and writes nothing."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from catalogue.ingest.attended import Harvesting
from catalogue.ingest.facts import read_facts
from catalogue.ingest.harvest import harvest
from catalogue.ingest.policies import withdrawal_policy
from catalogue.ingest.preview import Preview, preview
from catalogue.model.run import Run, RunState
from catalogue.services import Desk, Workshop
from catalogue.settings import Settings
from harvesters.source import SourceConfig
from tests.flow.faults.nodes import RECORDS, DcatNode, OaiNode
from tests.harvesters.scripted_provider import Answer, Provider

MOST: Final = 3


@dataclass(frozen=True)
class Site:
    """A catalogue with one source, whose policy forgets what two lists in a row do not name."""

    workshop: Workshop
    desk: Desk
    node: DcatNode

    @property
    def config(self) -> SourceConfig:
        return self.workshop.ledger.source("north").config

    @property
    def provider(self) -> Provider:
        return self.node.provider

    def register(self, *, kind: str = "dcat", url: str = "", hold_first: bool = False, **more: str) -> None:
        options = {"missing_days": "0", **more}
        config = SourceConfig("north", kind, url or self.node.url, pace=0, options=options)
        self.workshop.ledger.add_source(config, hold_first=hold_first)

    def preview(self) -> Preview:
        config, ledger = self.config, self.workshop.ledger
        source = self.desk.source(config)
        return preview(config, source, ledger, self.desk.preparing, withdrawal_policy(config))

    def harvest(self) -> Run:
        config, workshop = self.config, self.workshop
        using = Harvesting(workshop.ledger, self.desk.preparing, workshop.spools)
        policy = withdrawal_policy(config)
        return harvest(config, lambda: self.desk.source(config), using, policy=policy)

    def offer(self, *datasets: str) -> None:
        self.node.lay_out(list(datasets), total=None)

    def all_but(self, *missing: int) -> list[str]:
        return self.node.datasets(number for number in range(RECORDS) if number not in missing)

    def address(self, number: int) -> str:
        return f"{self.provider.url}/d/{number}"

    def key(self, number: int) -> str:
        return self.workshop.ledger.known("north")[self.address(number)].key


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    provider = Provider()
    settings = Settings(
        data_dir=tmp_path / "data",
        allowed_private_hosts=(f"127.0.0.1:{provider.port}",),
        ingest_processes=0,
        request_tries=1,
    )
    with closing(Workshop(settings)) as workshop, closing(workshop.desk(remembers=False)) as desk:
        yield Site(workshop, desk, DcatNode(provider, "north"))
    provider.stop()


def told(found: Preview) -> dict[str, object]:
    """As the run that follows is to count it; a run that is held counts what approving would do."""
    going = len(found.missing) if found.held_because else len(found.due)
    unseen = len(found.missing) if found.held_because else len(found.missing) - len(found.due)
    return {
        "new": len(found.new),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
        "rejected": len(found.rejected),
        "unseen": unseen,
        "withdrawn": len(found.deleted) + going,
        "held": found.held_because,
    }


def done(run: Run) -> dict[str, object]:
    counts = run.counts
    return {
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "unseen": counts.unseen,
        "withdrawn": counts.withdrawn,
        "held": run.message if run.state is RunState.HELD else "",
    }


def traces(folder: Path) -> Mapping[str, str]:
    """Every file, and every row in place of the ledger's own files."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        rows = {"rows": "\n".join(ledger.iterdump())}
    files = (path for path in folder.rglob("*") if path.is_file() and "ledger.sqlite" not in path.name)
    return rows | {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def nothing_known(site: Site) -> None:
    site.register()


def nothing_known_and_held(site: Site) -> None:
    site.register(hold_first=True)


def all_as_before(site: Site) -> None:
    site.register()
    site.harvest()


def added_again_and_held(site: Site) -> None:
    all_as_before(site)
    site.workshop.ledger.remove_source("north")
    site.register(hold_first=True)


def one_edited_and_one_new(site: Site) -> None:
    site.offer(*site.all_but(11))
    all_as_before(site)
    site.offer(site.node.dataset(0, title="another"), *site.all_but(0))


def one_missing_for_the_first_time(site: Site) -> None:
    all_as_before(site)
    site.offer(*site.all_but(0))


def one_missing_for_the_second_time(site: Site) -> None:
    one_missing_for_the_first_time(site)
    site.harvest()


def one_missing_not_for_long_enough(site: Site) -> None:
    site.register(missing_days="7")
    site.harvest()
    site.offer(*site.all_but(0))
    site.harvest()


def some_missing_beside_those_of_before(site: Site) -> None:
    """Half of all are missing, and no more than a curator lets pass for the first time."""
    site.register(missing_days="7")
    site.harvest()
    site.offer(*site.all_but(*range(MOST)))
    site.harvest()
    site.offer(*site.all_but(*range(2 * MOST)))


def half_missing(site: Site) -> None:
    all_as_before(site)
    site.offer(*site.all_but(*range(RECORDS // 2)))


def an_empty_list(site: Site) -> None:
    all_as_before(site)
    site.offer()


def a_list_that_breaks_off(site: Site) -> None:
    all_as_before(site)
    site.node.answer(Answer(status=503))


def a_row_without_name_in_a_list_without_some(site: Site) -> None:
    all_as_before(site)
    site.offer(*site.all_but(0, 1), '[] a dcat:Dataset ; dct:title "nameless"')


def one_gone_that_comes_back(site: Site) -> None:
    one_missing_for_the_second_time(site)
    assert site.harvest().counts.withdrawn == 1
    site.offer(*site.all_but())


def one_gone_that_comes_back_edited(site: Site) -> None:
    one_gone_that_comes_back(site)
    site.offer(site.node.dataset(0, title="another"), *site.all_but(0))


def one_under_a_new_address(site: Site) -> None:
    all_as_before(site)
    moved = site.node.dataset(0, subject=f"<{site.provider.url}/moved/0>")
    site.offer(moved, *site.all_but(0, 1))


def one_under_a_new_address_in_half_a_list(site: Site) -> None:
    all_as_before(site)
    moved = site.node.dataset(0, subject=f"<{site.provider.url}/moved/0>")
    site.offer(moved, *site.node.datasets(range(6, RECORDS)))


def two_under_one_doi(site: Site) -> None:
    all_as_before(site)
    moved = (site.node.dataset(0, subject=f"<{site.provider.url}/{one}/0>") for one in ("here", "there"))
    site.offer(*moved, *site.all_but(0))


def two_names_of_one_record(site: Site) -> None:
    all_as_before(site)
    ledger = site.workshop.ledger
    for name in ("new", "newer"):
        ledger.join_identifiers("north", f"{site.provider.url}/{name}", site.address(0), why="the same")
    renamed = (site.node.dataset(0, subject=f"<{site.provider.url}/{name}>") for name in ("new", "newer"))
    site.offer(*renamed, *site.all_but(0))


def an_endless_identifier(site: Site) -> None:
    all_as_before(site)
    endless = site.node.dataset(99, subject=f"<{site.provider.url}/{'x' * 2_000}>")
    site.offer(endless, *site.all_but(0))


def one_restored_that_stays(site: Site) -> None:
    one_edited_and_one_new(site)
    site.harvest()
    ledger = site.workshop.ledger
    ledger.restore_record(site.key(0), 1, why="the edit was wrong", read=read_facts)


def one_restored_that_is_edited(site: Site) -> None:
    one_restored_that_stays(site)
    site.offer(site.node.dataset(0, title="a third"), *site.all_but(0))


def one_that_was_withdrawn_and_restored(site: Site) -> None:
    one_missing_for_the_second_time(site)
    key = site.key(0)
    assert site.harvest().counts.withdrawn == 1
    site.workshop.ledger.restore_record(key, 1, why="it is there", read=read_facts)


def one_refused(site: Site) -> None:
    site.register()
    site.offer(site.node.dataset(99, subject="<urn:catalogue:datasets/abc>"), *site.all_but())


def one_refused_before(site: Site) -> None:
    one_refused(site)
    assert site.harvest().counts.rejected == 1


def one_twice_in_the_list(site: Site) -> None:
    all_as_before(site)
    site.offer(*site.all_but(), site.node.dataset(0, title="another"))


def deleted_at_the_source(site: Site) -> None:
    node = OaiNode(site.provider, "south")
    site.register(kind="oai_pmh", url=node.url)
    site.harvest()
    node.repository.deleted = node.identifiers[:2]


def half_deleted_at_the_source(site: Site) -> None:
    deleted_at_the_source(site)
    node = OaiNode(site.provider, "south")
    node.repository.deleted = node.identifiers[: RECORDS // 2]


@pytest.mark.parametrize(
    "arrange",
    [
        nothing_known,
        nothing_known_and_held,
        all_as_before,
        one_edited_and_one_new,
        one_missing_for_the_first_time,
        one_missing_for_the_second_time,
        one_missing_not_for_long_enough,
        some_missing_beside_those_of_before,
        half_missing,
        an_empty_list,
        a_list_that_breaks_off,
        a_row_without_name_in_a_list_without_some,
        one_gone_that_comes_back,
        one_gone_that_comes_back_edited,
        one_under_a_new_address,
        one_under_a_new_address_in_half_a_list,
        two_under_one_doi,
        two_names_of_one_record,
        an_endless_identifier,
        one_restored_that_stays,
        one_restored_that_is_edited,
        one_that_was_withdrawn_and_restored,
        one_refused,
        one_refused_before,
        one_twice_in_the_list,
        deleted_at_the_source,
        half_deleted_at_the_source,
    ],
)
def test_a_preview_says_what_the_next_harvest_does_and_writes_nothing(
    site: Site, arrange: Callable[[Site], None]
) -> None:
    arrange(site)
    before = traces(site.workshop.settings.data_dir)
    found = site.preview()
    assert traces(site.workshop.settings.data_dir) == before
    run = site.harvest()
    assert told(found) == done(run)
    ledger = site.workshop.ledger
    assert sorted(found.rejected, key=str) == sorted(ledger.rejections(run.id), key=str)


def test_a_source_that_comes_back_is_held_again_and_gives_what_the_preview_says(site: Site) -> None:
    added_again_and_held(site)
    found = site.preview()
    run = site.harvest()
    assert (run.state, run.message) == (RunState.HELD, found.held_because)
    counts = site.workshop.ledger.approve_run(run.id, "they are back")
    assert (counts.new, counts.changed, counts.unchanged) == (0, len(found.changed), found.unchanged)


def test_a_record_under_a_new_identifier_is_neither_new_nor_missing(site: Site) -> None:
    one_under_a_new_address(site)
    found = site.preview()
    (renamed,) = found.renamed
    assert (renamed.given, renamed.identifier) == (f"{site.provider.url}/moved/0", site.address(0))
    assert (found.new, found.missing) == ((), (site.address(1),))


def test_what_is_as_before_is_not_prepared_again(site: Site) -> None:
    all_as_before(site)
    found = site.preview()
    assert (found.unchanged, found.unmapped, found.findings) == (RECORDS, (), ())


def test_a_list_that_breaks_off_names_nothing_missing(site: Site) -> None:
    a_list_that_breaks_off(site)
    found = site.preview()
    assert (found.proves_absence, found.missing) == (False, ())
