"""What a record that a repository stumbles over costs: that record, and nothing beside it."""

from collections.abc import Callable

import pytest

from harvesters.errors import NotMetadata, ProviderBusy
from harvesters.source import Listing, Record, Rejected, Withdrawn
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.sources.oai_pmh.detour import MOST_REQUESTS
from harvesters.spool import Spool
from tests.harvesters.living_repository import BROKEN, BUSY, LivingRepository, daily
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.scripted_repository import DC, ENVELOPE, header

Build = Callable[..., OaiPmhSource]
HUGE = ENVELOPE.format(
    f"<ListRecords><record>{header('r20', '')}<metadata>{DC.format('x' * 10_500_000)}</metadata></record>"
    "</ListRecords>"
)


def _harvest(source: OaiPmhSource, spool: Spool) -> tuple[Listing, dict[str, Record | Withdrawn | Rejected]]:
    listing = source.listing(since=None, spool=spool)
    items = list(source.records(listing, spool=spool))
    assert len({item.identifier for item in items}) == len(items)
    return listing, {item.identifier: item for item in items}


@pytest.mark.parametrize(
    ("poison", "reason"),
    [(BUSY, "cannot answer now"), (BROKEN, "XML is broken"), (Answer(HUGE.encode()), "XML is broken")],
    ids=["500", "ill-formed", "10 MB"],
)
def test_one_poisoned_record_is_rejected_and_all_others_come_in(
    provider: Provider, oai: Build, spool: Spool, poison: Answer, reason: str
) -> None:
    LivingRepository(provider, daily(40), {"r20": poison}, tells_total=True)
    listing, items = _harvest(oai(), spool)
    rejected = items.pop("r20")
    assert isinstance(rejected, Rejected)
    assert reason in rejected.reason
    assert (len(items), {type(item) for item in items.values()}) == (39, {Record})
    assert (listing.complete, listing.total, listing.proves_absence) == (True, 40, True)


def test_the_page_that_was_gone_around_is_told(provider: Provider, oai: Build, spool: Spool) -> None:
    LivingRepository(provider, daily(10), {"r4": BUSY})
    listing, _ = _harvest(oai(), spool)
    (finding,) = listing.findings
    assert (finding.value, "cannot be had" in finding.message) == ("page 2", True)


def test_dates_are_halved_before_records_are_asked_for_one_by_one(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    living = LivingRepository(provider, daily(300), {"r150": BUSY}, page=50)
    assert len(_harvest(oai(), spool)[1]) == 300
    assert living.asked("GetRecord") < 6
    assert living.asked("ListRecords") < 50


def test_a_repository_of_three_records_on_one_bad_page_gives_two(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    living = LivingRepository(provider, daily(3), {"r1": BROKEN})
    listing, items = _harvest(oai(), spool)
    assert ([type(items[name]) for name in ("r0", "r1", "r2")], listing.complete) == (
        [Record, Rejected, Record],
        True,
    )
    assert living.asked("GetRecord") < 6


def test_poison_at_both_ends_and_in_a_crowd_of_one_date_is_found(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    dates = {
        **daily(12),
        **{f"same{number}": "2026-03-03T03:03:03Z" for number in range(9)},
        "last": "2026-04-04",
    }
    LivingRepository(provider, dates, {"r0": BUSY, "same5": BROKEN, "last": BUSY}, tells_total=True)
    listing, items = _harvest(oai(), spool)
    assert {name for name, item in items.items() if isinstance(item, Rejected)} == {"r0", "same5", "last"}
    assert (len(items), listing.complete) == (22, True)


def test_a_header_is_enough_to_withdraw_what_lies_behind_poison(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    LivingRepository(provider, daily(9), {"r1": BUSY}, deleted=["r8"])
    assert isinstance(_harvest(oai(), spool)[1]["r8"], Withdrawn)


def test_a_record_that_is_deleted_while_it_is_asked_for_is_withdrawn(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    dates = {f"r{number}": "no date" for number in range(3)}
    living = LivingRepository(provider, dates, {"r0": BROKEN})
    living.deleted = ["r2"]
    assert isinstance(_harvest(oai(), spool)[1]["r2"], Withdrawn)


def test_records_without_dates_are_asked_for_one_by_one(provider: Provider, oai: Build, spool: Spool) -> None:
    dates = {f"r{number}": "" for number in range(12)}
    LivingRepository(provider, dates, {"r5": BUSY})
    listing, items = _harvest(oai(), spool)
    assert (len(items), listing.complete) == (12, True)


def test_more_poison_than_there_is_patience_for_leaves_the_list_incomplete(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    poison = {f"r{number}": BUSY for number in range(0, 300, 2)}
    living = LivingRepository(provider, daily(300), poison, page=50)
    listing, items = _harvest(oai(), spool)
    assert (listing.complete, listing.proves_absence) == (False, False)
    assert "too many pages and records" in listing.incomplete_because
    assert len(living.provider.asked) < 2 * MOST_REQUESTS + 20
    assert 80 < len([item for item in items.values() if isinstance(item, Record)]) < 150


def test_a_server_that_has_gone_down_is_left_in_peace(provider: Provider, oai: Build, spool: Spool) -> None:
    dates = daily(200)
    living = LivingRepository(provider, dates, {f"r{number}": BUSY for number in range(6, 200)})
    listing, items = _harvest(oai(), spool)
    assert (listing.complete, sum(isinstance(item, Record) for item in items.values())) == (False, 6)
    assert "in a row failed" in listing.incomplete_because
    assert living.asked("ListRecords") + living.asked("GetRecord") < 60


@pytest.mark.parametrize("tells_total", [True, False])
def test_without_the_names_the_dates_alone_lead_around(
    provider: Provider, oai: Build, spool: Spool, *, tells_total: bool
) -> None:
    """The poisoned record itself stays unknown, so nothing is proven."""
    LivingRepository(provider, daily(40), {"r20": BUSY}, heads=["r20"], tells_total=tells_total)
    listing, items = _harvest(oai(), spool)
    assert (len(items), listing.complete) == (39, False)
    assert "2026-01-21T12:00:00Z cannot be had" in listing.incomplete_because


def test_a_repository_that_cannot_list_names_is_gone_around_by_dates(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    LivingRepository(provider, daily(40), {"r20": BROKEN}, refused=["ListIdentifiers"])
    listing, items = _harvest(oai(), spool)
    assert (len(items), listing.complete) == (39, False)


@pytest.mark.parametrize(("answer", "error"), [(BUSY, ProviderBusy), (BROKEN, NotMetadata)])
def test_a_first_page_that_nothing_leads_around_is_raised(
    provider: Provider, oai: Build, spool: Spool, answer: Answer, error: type[Exception]
) -> None:
    LivingRepository(provider, {"r0": "2026-01-01"}, {"r0": answer}, refused=["ListIdentifiers"])
    with pytest.raises(error):
        oai().listing(since=None, spool=spool)


def test_the_way_around_tells_when_to_come_back(provider: Provider, oai: Build, spool: Spool) -> None:
    later = Answer(status=503, headers={"Retry-After": "3000"})
    living = LivingRepository(provider, daily(10), {"r4": BUSY})
    provider.otherwise = lambda path: later if "ListIdentifiers" in path else living.answer(path)
    listing, items = _harvest(oai(), spool)
    assert (listing.complete, listing.retry_after, "r0" in items) == (False, 3000.0, True)
    assert "until" not in living.provider.asked[-1][0]


@pytest.mark.parametrize("named", ["oai:node.example:undefined", "undefined"])
def test_a_record_without_a_name_behind_a_broken_page_leaves_no_proof(
    provider: Provider, oai: Build, spool: Spool, named: str
) -> None:
    LivingRepository(provider, {**daily(8), named: "2026-01-05T12:00:00Z"}, {"r7": BUSY, named: BUSY})
    listing, items = _harvest(oai(), spool)
    assert (listing.proves_absence, named in items) == (False, False)
    assert "1 of its records have no identifier" in listing.incomplete_because


@pytest.mark.parametrize("cut", [4, 9, 14, 19, 24])
def test_the_way_around_goes_on_where_it_was_cut_off(
    provider: Provider, oai: Build, spool: Spool, cut: int
) -> None:
    living = LivingRepository(provider, daily(40), {"r20": BROKEN}, tells_total=True)
    undisturbed = _harvest(oai(), spool)
    kept = Spool(spool.folder)
    pages = list(kept)
    kept.discard(pages[cut])
    living.provider.asked.clear()
    assert _harvest(oai(), Spool(spool.folder)) == undisturbed
    # A page that could not be read is asked for twice.
    assert len(pages) - cut <= len(living.provider.asked) <= 2 * (len(pages) - cut)


def test_only_what_failed_is_asked_for_again_when_a_harvest_goes_on(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    living = LivingRepository(provider, daily(40), {"r20": BUSY}, tells_total=True)
    undisturbed = _harvest(oai(), spool)
    living.provider.asked.clear()
    assert _harvest(oai(), Spool(spool.folder)) == undisturbed
    failed = {page.asked for page in spool if not page.is_answer}
    assert {living.provider.url + path for path, _ in living.provider.asked} == failed
