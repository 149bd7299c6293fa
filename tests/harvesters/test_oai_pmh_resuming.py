"""What a harvest that was cut off asks for when it goes on: what is missing, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from harvesters.errors import Stopped
from harvesters.parsing import Sandbox
from harvesters.source import Checkpoint, SourceConfig
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters.living_repository import BUSY, LivingRepository, daily
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.scripted_repository import ENVELOPE, Repository, error, page, record

Build = Callable[..., OaiPmhSource]
PAGES = 6
# Identify and the formats come before the pages.
ANSWERS = PAGES + 2


@pytest.fixture
def stopping(provider: Provider) -> Iterator[Transport]:
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"], sleep=lambda _: None) as transport:
        yield transport


def _cut(spool: Spool, kept: int) -> Spool:
    """The spool of a process that was killed behind this many answers."""
    for answer in reversed(list(spool)[kept:]):
        spool.discard(answer)
    return Spool(spool.folder)


def _names(source: OaiPmhSource, spool: Spool) -> list[str]:
    listing = source.listing(since=None, spool=spool)
    assert listing.complete
    return [item.identifier for item in source.records(listing, spool=spool)]


@pytest.mark.parametrize("kept", range(ANSWERS + 1))
def test_a_harvest_killed_behind_any_answer_asks_only_for_the_rest(
    provider: Provider, oai: Build, spool: Spool, kept: int
) -> None:
    LivingRepository(provider, daily(PAGES * 3), tells_total=True)
    undisturbed = _names(oai(), spool)
    provider.asked.clear()
    assert _names(oai(), _cut(spool, kept)) == undisturbed
    assert len(provider.asked) == ANSWERS - kept


def test_a_harvest_killed_before_its_last_page_was_read_reads_it_again(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    LivingRepository(provider, daily(9))
    undisturbed = _names(oai(), spool)
    list(spool)[-1].path.with_suffix(".made").unlink()
    provider.asked.clear()
    assert (_names(oai(), Spool(spool.folder)), provider.asked) == (undisturbed, [])


def test_a_token_that_ran_out_meanwhile_begins_the_list_again(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    repository.after("t1", record("b"), token="t2")
    repository.after("t2", record("c"))
    _names(oai(), spool)
    resumed = _cut(spool, 4)
    repository.in_turn("t2", error("badResumptionToken"), page(record("d")))
    assert _names(oai(), resumed) == ["a", "b", "d"]
    assert len(resumed) == 8


def test_beginning_again_is_counted_over_all_processes(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    repository.put("t1", error("badResumptionToken"))
    for _ in range(3):
        listing = oai().listing(since=None, spool=Spool(spool.folder))
        assert "badResumptionToken" in listing.incomplete_because
    assert sum("resumptionToken" in path for path, _ in repository.provider.asked) == 3


def test_records_of_a_list_that_was_begun_again_are_not_given_twice(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), record("b"), token="t1")
    repository.in_turn(
        "t1", error("badResumptionToken"), page(record("a", datestamp="2026-01-05"), record("c"))
    )
    source = oai()
    listing = source.listing(since=None, spool=spool)
    assert [item.identifier for item in source.records(listing, spool=spool)] == ["a", "b", "a", "c"]
    assert listing.pages == 2


def test_changes_are_asked_for_in_the_same_words_when_a_harvest_goes_on(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    LivingRepository(provider, daily(12))
    since = Checkpoint(datetime(2026, 1, 6, tzinfo=UTC))
    first = oai().listing(since=since, spool=spool)
    provider.asked.clear()
    assert oai().listing(since=since, spool=Spool(spool.folder)) == first
    assert (first.incremental, provider.asked) == (True, [])


@pytest.mark.parametrize(
    "stop_at", ["verb=Identify", "ListMetadataFormats", "ListRecords", "Token", "GetRecord"]
)
def test_a_wish_to_stop_is_raised_wherever_it_comes(
    provider: Provider, stopping: Transport, sandbox: Sandbox, spool: Spool, stop_at: str
) -> None:
    living = LivingRepository(provider, daily(5), {"r4": BUSY})

    def answer(path: str) -> Answer:
        if stop_at in path:
            stopping.interrupt()
        return living.answer(path)

    provider.otherwise = answer
    source = OaiPmhSource(SourceConfig("test", "oai_pmh", f"{provider.url}/oai", pace=0), stopping, sandbox)
    with pytest.raises(Stopped):
        source.listing(since=None, spool=spool)


def test_an_answer_that_was_cut_off_on_its_way_is_asked_for_again(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    living = LivingRepository(provider, daily(9))
    broken = [Answer(ENVELOPE.format("<ListRecords>").encode()[:-30], "text/xml")]

    def answer(path: str) -> Answer:
        return broken.pop() if broken and "Token" in path else living.answer(path)

    provider.otherwise = answer
    assert len(_names(oai(), spool)) == 9
    assert living.asked("ListIdentifiers") == 0
