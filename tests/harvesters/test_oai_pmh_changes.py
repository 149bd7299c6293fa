"""Which changes a repository is asked for, from when on, and which records by name."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from harvesters.errors import ProviderUnreachable
from harvesters.parsing import Sandbox
from harvesters.source import Checkpoint, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.sources.oai_pmh.dates import Grain, last_moment_of, moment_of, overlapping
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters import scripted_repository as said
from tests.harvesters.living_repository import BROKEN, BUSY, LivingRepository, daily
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.scripted_repository import Repository, error, record

Build = Callable[..., OaiPmhSource]
SECONDS = "YYYY-MM-DDThh:mm:ssZ"
SINCE = Checkpoint(datetime(2026, 1, 10, 10, tzinfo=UTC))


def _first(start: str) -> dict[str, str]:
    return {"metadataPrefix": "oai_dc", "from": start, "verb": "ListRecords"}


@pytest.mark.parametrize(
    ("granularity", "asked"), [("YYYY-MM-DD", "2026-01-09"), (SECONDS, "2026-01-10T09:54:59Z")]
)
def test_changes_are_asked_for_in_the_repositorys_granularity_with_an_overlap(
    repository: Repository, oai: Build, spool: Spool, granularity: str, asked: str
) -> None:
    repository.identify(granularity)
    repository.answer(_first(asked), said.page(record("a")))
    listing = oai().listing(since=SINCE, spool=spool)
    assert (listing.complete, listing.incremental, listing.proves_absence) == (True, True, False)


def test_no_change_since_the_last_time_is_no_error(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.answer(_first("2026-01-09"), error("noRecordsMatch"))
    source = oai()
    listing = source.listing(since=SINCE, spool=spool)
    assert (listing.complete, listing.incremental) == (True, True)
    assert listing.as_of == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert list(source.records(listing, spool=spool)) == []


def test_a_first_harvest_names_no_date(provider: Provider, oai: Build, spool: Spool) -> None:
    LivingRepository(provider, daily(3))
    oai().listing(since=None, spool=spool)
    assert not any("from=" in path or "until=" in path for path, _ in provider.asked)


def test_a_date_before_the_earliest_is_left_out_and_the_list_proves_absence(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    LivingRepository(provider, daily(3))
    listing = oai().listing(since=Checkpoint(datetime(2025, 6, 1, tzinfo=UTC)), spool=spool)
    assert not any("from=" in path for path, _ in provider.asked)
    assert (listing.incremental, listing.proves_absence) == (False, True)


def test_a_repository_that_refuses_the_seconds_it_promised_is_asked_by_days(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.identify(SECONDS)
    repository.answer(_first("2026-01-10T09:54:59Z"), error("badArgument"))
    repository.answer(_first("2026-01-09"), said.page(record("a")))
    source = oai()
    listing = source.listing(since=SINCE, spool=spool)
    assert (listing.complete, listing.incremental) == (True, True)
    assert "quirks=days-only" in listing.findings[0].how_to_fix
    assert [item.identifier for item in source.records(listing, spool=spool)] == ["a"]


def test_seconds_that_are_known_to_be_refused_are_not_tried(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.identify(SECONDS)
    repository.answer(_first("2026-01-09"), said.page(record("a")))
    assert oai(quirks="days-only").listing(since=SINCE, spool=spool).findings == ()


def test_dates_that_say_nothing_of_changes_make_every_list_a_full_one(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"))
    assert oai(quirks="dates-unreliable").listing(since=SINCE, spool=spool).proves_absence


def test_the_time_of_a_list_is_that_of_its_first_page(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    later = said.ENVELOPE.replace("2026-03-01", "2026-03-09").format(said.page(record("b")))
    repository.raw({"verb": "ListRecords", "resumptionToken": "t1"}, Answer(later.encode(), "text/xml"))
    assert oai().listing(since=None, spool=spool).as_of == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_clock_in_the_future_is_cut_down_to_ours(repository: Repository, oai: Build, spool: Spool) -> None:
    content = said.ENVELOPE.replace("2026-03-01", "9999-12-31").format(said.page(record("a")))
    repository.raw({"metadataPrefix": "oai_dc", "verb": "ListRecords"}, Answer(content.encode(), "text/xml"))
    listing = oai().listing(since=None, spool=spool)
    assert listing.as_of is not None
    assert datetime.now(UTC) - timedelta(minutes=1) < listing.as_of <= datetime.now(UTC)
    assert "clock" in listing.findings[0].message


def test_a_list_that_tells_no_time_has_none(repository: Repository, oai: Build, spool: Spool) -> None:
    content = said.ENVELOPE.replace("2026-03-01T12:00:00Z", "yesterday").format(said.page(record("a")))
    repository.raw({"metadataPrefix": "oai_dc", "verb": "ListRecords"}, Answer(content.encode(), "text/xml"))
    assert oai().listing(since=None, spool=spool).as_of is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456+01:00", datetime(2026, 1, 2, 2, 4, 5, 123456, tzinfo=UTC)),
        ("2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("02/01/2026", None),
        ("", None),
    ],
)
def test_datestamps_come_in_many_spellings(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment


def test_a_day_ends_with_its_last_second() -> None:
    assert last_moment_of("2026-01-02") == datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC)


def test_nothing_comes_before_the_first_moment_of_all() -> None:
    start = overlapping(datetime(1, 1, 1, tzinfo=UTC), Grain.DAY)
    assert Grain.DAY.write(start) == "0001-01-01"


def test_records_asked_for_by_name_come_alone(provider: Provider, oai: Build, spool: Spool) -> None:
    living = LivingRepository(provider, daily(9), {"r3": BUSY, "r4": BROKEN}, deleted=["r2"])
    source = oai()
    listing = source.listing(since=None, spool=spool, only={"r1", "r2", "r3", "r4", "r99"})
    items = {item.identifier: item for item in source.records(listing, spool=spool)}
    kinds = [type(items[name]) for name in ("r1", "r2", "r3", "r4", "r99")]
    assert kinds == [Record, Withdrawn, Rejected, Rejected, Rejected]
    assert (listing.complete, listing.incremental, listing.as_of) == (True, True, None)
    assert living.asked("ListRecords") == 0


def test_why_a_record_did_not_come_is_told(provider: Provider, oai: Build, spool: Spool) -> None:
    LivingRepository(provider, daily(3), {"r1": BUSY})
    source = oai()
    listing = source.listing(since=None, spool=spool, only=["r1", "r99"])
    reasons = [item.reason for item in source.records(listing, spool=spool) if isinstance(item, Rejected)]
    assert ["cannot answer now" in reasons[0], "not there" in reasons[1]] == [True, True]


def test_another_record_in_its_place_is_not_taken(repository: Repository, oai: Build, spool: Spool) -> None:
    asked = {"verb": "GetRecord", "identifier": "a", "metadataPrefix": "oai_dc"}
    repository.answer(asked, f"<GetRecord>{record('b')}</GetRecord>")
    source = oai()
    listing = source.listing(since=None, spool=spool, only=["a"])
    (item,) = source.records(listing, spool=spool)
    assert item == Rejected("a", "the repository gives another record in its place: b")


def test_records_asked_for_by_name_go_on_where_they_were_cut_off(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    LivingRepository(provider, daily(9))
    names = [f"r{number}" for number in range(9)]
    oai().listing(since=None, spool=spool, only=names)
    kept = list(spool)
    spool.discard(kept[6])
    provider.asked.clear()
    oai().listing(since=None, spool=Spool(spool.folder), only=list(reversed(names)))
    assert len(provider.asked) == len(kept) - 6


def test_a_server_that_is_gone_is_not_asked_for_each_record(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    living = LivingRepository(provider, daily(40), {f"r{number}": BUSY for number in range(40)})
    listing = oai().listing(since=None, spool=spool, only=list(living.dates))
    assert "in a row failed" in listing.incomplete_because
    assert living.asked("GetRecord") < 20


def test_a_repository_out_of_reach_is_raised_by_name_too(sandbox: Sandbox, spool: Spool) -> None:
    config = SourceConfig("test", "oai_pmh", "http://127.0.0.1:9/oai", pace=0, options={"prefix": "oai_dc"})
    with (
        Transport(allowed_private_hosts=["127.0.0.1:9"], sleep=lambda _: None) as transport,
        pytest.raises(ProviderUnreachable),
    ):
        OaiPmhSource(config, transport, sandbox).listing(since=None, spool=spool, only=["a"])
