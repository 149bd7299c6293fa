"""What a listing proves, and which records come of it."""

from collections.abc import Callable

import pytest

from harvesters.errors import HarvestError, NotMetadata, ProviderRefuses, Terminal
from harvesters.parsing import Sandbox
from harvesters.source import Listing, Record, Rejected, SourceConfig
from harvesters.sources import make_source
from harvesters.sources.dcat import DcatSource
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters import poison
from tests.harvesters.scripted_provider import PREFIXES, Answer, Provider

Build = Callable[..., DcatSource]


def _page(provider: Provider, number: int, ids: str, link: str = "") -> None:
    datasets = " ".join(f'<{{url}}/{one}> a dcat:Dataset ; dct:title "{one}" .' for one in ids)
    provider.turtle(
        f"/c?page={number}", f"{datasets} <?page={number}> {link or 'a hydra:PartialCollectionView'} ."
    )


def _harvest(source: DcatSource, spool: Spool) -> tuple[Listing, list[str], list[Rejected]]:
    listing = source.listing(since=None, spool=spool)
    items = list(source.records(listing, spool=spool))
    records = [item.identifier.rpartition("/")[2] for item in items if isinstance(item, Record)]
    return listing, records, [item for item in items if isinstance(item, Rejected)]


def test_a_dump_is_one_page_and_complete(provider: Provider, dcat: Build, spool: Spool) -> None:
    provider.turtle("/dump.ttl", "<a> a dcat:Dataset . <b> a dcat:Dataset .")
    listing, records, rejected = _harvest(dcat("/dump.ttl"), spool)
    assert listing == Listing(pages=1, total=None, complete=True)
    assert (records, rejected) == (["a", "b"], [])


@pytest.mark.parametrize(
    "link",
    [
        "hydra:next <{url}/c?page=2>",
        "hydra:nextPage <{url}/c?page=2>",
        'hydra:next "{url}/c?page=2"',
        'hydra:nextPage "/c?page=2"',
        "hydra:next <{url}/c?page=2> ; hydra:nextPage <{url}/c?page=2> ; hydra:totalItems 3",
    ],
)
def test_both_dialects_lead_to_the_last_page(
    provider: Provider, dcat: Build, spool: Spool, link: str
) -> None:
    _page(provider, 1, "ab", link)
    _page(provider, 2, "c")
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records) == (True, 2, ["a", "b", "c"])


def test_a_last_page_that_repeats_for_ever_ends_the_listing_incomplete(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "ab", "hydra:next <?page=2>")
    for number in range(2, 6):
        _page(provider, number, "c", f"hydra:next <?page={number + 1}>")
    listing, records, rejected = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records, rejected) == (False, 2, ["a", "b", "c"], [])
    assert "repeats an earlier one" in listing.incomplete_because


def test_a_circle_that_leaves_out_the_first_page_ends_the_listing_incomplete(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    _page(provider, 2, "b", "hydra:next <?page=3>")
    _page(provider, 3, "c", "hydra:next <?page=2>")
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records) == (False, 3, ["a", "b", "c"])
    assert "in a circle" in listing.incomplete_because
    assert len(provider.asked) == 3


def test_fewer_datasets_than_the_total_are_incomplete(provider: Provider, dcat: Build, spool: Spool) -> None:
    _page(provider, 1, "ab", "hydra:totalItems 3")
    listing, _, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.total) == (False, 3)
    assert listing.incomplete_because == "the list says 3 datasets and holds 2"


def test_an_empty_list_is_incomplete(provider: Provider, dcat: Build, spool: Spool) -> None:
    provider.turtle("/empty.ttl", "<c> a dcat:Catalog .")
    listing, records, _ = _harvest(dcat("/empty.ttl"), spool)
    assert (listing.complete, records) == (False, [])
    assert "no dataset" in listing.incomplete_because


def test_an_empty_last_page_does_no_harm(provider: Provider, dcat: Build, spool: Spool) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    _page(provider, 2, "")
    assert _harvest(dcat("/c?page=1"), spool)[0].complete


def test_a_broken_page_after_the_first_keeps_what_came_before(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    provider.turtle("/c?page=2", '<b> a dcat:Dataset ; dct:title "half')
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records) == (False, 1, ["a"])
    assert "page=2: the Turtle is broken" in listing.incomplete_because


def test_a_missing_page_after_the_first_is_incomplete(provider: Provider, dcat: Build, spool: Spool) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, records) == (False, ["a"])
    assert "nothing is at this address (404)" in listing.incomplete_because


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"<!DOCTYPE html><html><form>", "text/html"), NotMetadata("an HTML page")),
        (Answer(PREFIXES.encode() + b"<a> a dcat:Dataset ; dct:t"), NotMetadata("the Turtle is broken")),
        (Answer(status=401), ProviderRefuses("a login is needed")),
    ],
)
def test_a_fault_of_the_first_page_is_raised(
    provider: Provider, dcat: Build, spool: Spool, answer: Answer, error: HarvestError
) -> None:
    provider.answers["/c"] = answer
    with pytest.raises(type(error), match=str(error)):
        dcat("/c").listing(since=None, spool=spool)


def test_the_next_page_must_be_on_the_same_host(provider: Provider, dcat: Build, spool: Spool) -> None:
    _page(provider, 1, "a", "hydra:next <http://other.example/c?page=2>")
    listing, _, _ = _harvest(dcat("/c?page=1"), spool)
    assert not listing.complete
    assert "on another host" in listing.incomplete_because


def test_a_named_further_host_is_asked_and_still_guarded(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <http://localhost/c?page=2>")
    listing, _, _ = _harvest(dcat("/c?page=1", hosts="localhost"), spool)
    assert "not on the list of allowed hosts" in listing.incomplete_because


def test_the_second_of_two_datasets_with_one_address_is_rejected(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "ab", "hydra:next <?page=2>")
    _page(provider, 2, "bc")
    listing, records, rejected = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, records) == (True, ["a", "b", "c"])
    assert [(one.identifier.rpartition("/")[2], "twice" in one.reason) for one in rejected] == [("b", True)]


def test_a_record_is_the_canonical_form_of_its_closure(provider: Provider, dcat: Build, spool: Spool) -> None:
    provider.turtle("/d", "<b> a dcat:Dataset ; dct:publisher [ dct:title 'P' ] .")
    source = dcat("/d")
    (record,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    base = f"<{provider.url}/b>"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>"
    assert record == Record(
        f"{provider.url}/b",
        (
            f"{base} <http://purl.org/dc/terms/publisher> _:c14n0 .\n"
            f"{base} {kind} .\n"
            '_:c14n0 <http://purl.org/dc/terms/title> "P" .\n'
        ).encode(),
        "application/n-triples",
    )


def test_records_come_from_the_spool_alone(provider: Provider, dcat: Build, spool: Spool) -> None:
    provider.turtle("/d", "<a> a dcat:Dataset .")
    source = dcat("/d")
    listing = source.listing(since=None, spool=spool)
    for made in spool.folder.glob("*.made"):
        made.unlink()
    assert len(list(source.records(listing, spool=Spool(spool.folder)))) == 1
    assert len(provider.asked) == 1


def test_a_poison_dataset_costs_only_itself(provider: Provider, transport: Transport, spool: Spool) -> None:
    subject = f"{provider.url}/poison"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>"
    sound = f"<{provider.url}/a> {kind} .\n<{provider.url}/z> {kind} .\n<{subject}> {kind} .\n".encode()
    provider.answers["/d.nt"] = Answer(sound + poison.linked(9, subject), "application/n-triples")
    with Sandbox(seconds=1) as sandbox:
        source = DcatSource(SourceConfig("test", "dcat", provider.url + "/d.nt", pace=0), transport, sandbox)
        listing, records, rejected = _harvest(source, spool)
    assert (listing.complete, records) == (True, ["a", "z"])
    assert [one.identifier for one in rejected] == [subject]


def test_the_format_of_a_source_can_be_told(provider: Provider, dcat: Build, spool: Spool) -> None:
    provider.answers["/d"] = Answer(
        b"<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> .", "application/rdf+xml"
    )
    _, records, _ = _harvest(dcat("/d", format="turtle"), spool)
    assert records == ["a"]


@pytest.mark.parametrize("options", [{"format": "word"}, {"colour": "red"}])
def test_an_option_that_is_not_known_is_told_at_once(dcat: Build, options: dict[str, str]) -> None:
    with pytest.raises(Terminal, match="test: "):
        dcat("/d", **options)


def test_a_kind_that_is_not_known_is_told_with_the_known_ones(transport: Transport, sandbox: Sandbox) -> None:
    with pytest.raises(Terminal, match="no source kind 'csw'; known are dcat"):
        make_source(SourceConfig("x", "csw", "http://node.example/"), transport, sandbox)
