"""What a listing proves, and which records come of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harvesters.errors import HarvestError, LimitReached, NotMetadata, ProviderRefuses, Stopped, Terminal
from harvesters.parsing import FoundDataset, Sandbox, extracts
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


@pytest.mark.parametrize("total", [1, 3])
def test_a_total_that_the_list_does_not_hold_proves_nothing(
    provider: Provider, dcat: Build, spool: Spool, total: int
) -> None:
    _page(provider, 1, "ab", f"hydra:totalItems {total}")
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.total, records) == (False, total, ["a", "b"])
    assert listing.incomplete_because == f"the list says {total} datasets and holds 2"


def test_a_total_is_met_by_different_datasets_alone(provider: Provider, dcat: Build, spool: Spool) -> None:
    _page(provider, 1, "ab", "hydra:totalItems 4 ; hydra:next <?page=2>")
    _page(provider, 2, "bc", "hydra:totalItems 4")
    assert _harvest(dcat("/c?page=1"), spool)[0].incomplete_because == "the list says 4 datasets and holds 3"


def test_a_total_that_changes_on_the_way_proves_nothing(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "ab", "hydra:totalItems 4 ; hydra:next <?page=2>")
    _page(provider, 2, "c", "hydra:totalItems 3")
    assert "says 3 and 4 datasets" in _harvest(dcat("/c?page=1"), spool)[0].incomplete_because


def test_a_last_page_that_was_never_reached_proves_nothing(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "ab", "hydra:last <?page=3> ; hydra:next <?page=2>")
    _page(provider, 2, "cd", "hydra:last <?page=3>")
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, records) == (False, ["a", "b", "c", "d"])
    assert "no link led there" in listing.incomplete_because


def test_the_only_page_may_call_itself_the_last(provider: Provider, dcat: Build, spool: Spool) -> None:
    provider.turtle("/c", "<a> a dcat:Dataset . <c?page=1> hydra:last <c?page=1> .")
    assert _harvest(dcat("/c"), spool)[0].complete


@pytest.mark.parametrize("total", ["", "; hydra:totalItems 0"])
def test_a_catalogue_without_datasets_is_a_complete_list(
    provider: Provider, dcat: Build, spool: Spool, total: str
) -> None:
    provider.turtle("/empty.ttl", f"<c> a dcat:Catalog {total} .")
    listing, records, _ = _harvest(dcat("/empty.ttl"), spool)
    assert (listing.complete, listing.proves_absence, records) == (True, True, [])


def test_sound_triples_that_are_no_catalogue_are_no_empty_list(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    provider.turtle("/c", '<x> dct:title "out of service" .')
    with pytest.raises(NotMetadata, match="neither a catalogue nor a dataset"):
        dcat("/c").listing(since=None, spool=spool)


def test_a_later_page_that_is_no_catalogue_is_missing(provider: Provider, dcat: Build, spool: Spool) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    provider.turtle("/c?page=2", '<x> dct:title "out of service" .')
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records) == (False, 1, ["a"])


def test_an_empty_page_past_the_end_is_the_end_where_the_total_is_met(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:totalItems 1 ; hydra:next <?page=2>")
    _page(provider, 2, "", "hydra:totalItems 1")
    assert _harvest(dcat("/c?page=1"), spool)[0].complete


def test_an_empty_page_that_was_promised_proves_nothing_without_a_total(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    _page(provider, 2, "", "hydra:next <?page=3>")
    _page(provider, 3, "b")
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, records) == (False, ["a", "b"])
    assert "page=2: the page is empty" in listing.incomplete_because


def test_empty_pages_without_an_end_are_left_at_the_second(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    for number in range(1, 9):
        _page(provider, number, "", f"hydra:next <?page={number + 1}>")
    assert "has no end" in _harvest(dcat("/c?page=1"), spool)[0].incomplete_because
    assert len(provider.asked) == 2


def test_a_page_without_anything_new_ends_the_listing_incomplete(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "ab", "hydra:next <?page=2>")
    _page(provider, 2, "cd", "hydra:next <?page=3>")
    _page(provider, 3, "bc", "hydra:next <?page=4>")
    listing, _, rejected = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, rejected) == (False, 2, [])


def test_a_broken_page_after_the_first_keeps_what_came_before(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    provider.turtle("/c?page=2", '<b> a dcat:Dataset ; dct:title "half')
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records) == (False, 1, ["a"])
    assert "page=2: the Turtle is broken" in listing.incomplete_because


def test_a_list_that_breaks_off_tells_when_to_come_back(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    provider.answers["/c?page=2"] = Answer(status=503, headers={"Retry-After": "3000"})
    listing, records, _ = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, records, listing.retry_after) == (False, ["a"], 3000.0)


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


def test_a_dataset_without_identifier_does_not_make_an_old_page_new(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    for number in range(1, 9):
        nameless = f"[] a dcat:Dataset ; dct:title '{number}' . "
        link = f"<?page={number}> a hydra:PagedCollection ; hydra:nextPage <?page={number + 1}> ."
        provider.turtle(f"/c?page={number}", nameless + "<{url}/a> a dcat:Dataset . " + link)
    listing, records, rejected = _harvest(dcat("/c?page=1"), spool)
    assert (listing.complete, listing.pages, records) == (False, 1, ["a"])
    assert [one.identified for one in rejected] == [False]


@pytest.mark.parametrize("kept", range(5))
def test_a_run_cut_off_asks_only_for_what_is_missing(
    provider: Provider, dcat: Build, spool: Spool, kept: int
) -> None:
    for number, ids in enumerate(("ab", "c", "d", "ef"), start=1):
        _page(provider, number, ids, f"hydra:next <?page={number + 1}>" if number < 4 else "")
    undisturbed = _harvest(dcat("/c?page=1"), spool)
    for page in list(spool)[kept:][:1]:
        spool.discard(page)
    provider.asked.clear()
    assert _harvest(dcat("/c?page=1"), Spool(spool.folder)) == undisturbed
    assert [path for path, _ in provider.asked] == [f"/c?page={number}" for number in range(kept + 1, 5)]


def test_a_page_damaged_on_disk_is_asked_for_again_with_those_behind_it(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    for number, ids in enumerate("abc", start=1):
        _page(provider, number, ids, f"hydra:next <?page={number + 1}>" if number < 3 else "")
    undisturbed = _harvest(dcat("/c?page=1"), spool)
    (spool.folder / "00002.body").write_bytes(PREFIXES.encode() + b"<x> a dcat:Dataset .")
    assert _harvest(dcat("/c?page=1"), Spool(spool.folder)) == undisturbed
    assert len(provider.asked) == 5


def test_who_stops_a_run_stops_it_within_a_list(
    provider: Provider, transport: Transport, dcat: Build, spool: Spool
) -> None:
    _page(provider, 1, "a", "hydra:next <?page=2>")
    provider.answers["/c?page=2"] = Answer(stream=lambda _: transport.interrupt())
    with pytest.raises(Stopped):
        dcat("/c?page=1").listing(since=None, spool=spool)
    assert len(spool) == 1


@pytest.fixture
def remembering(provider: Provider, sandbox: Sandbox, tmp_path: Path) -> Iterator[DcatSource]:
    """A source that need not be sent twice what it was sent before."""
    hosts = [f"127.0.0.1:{provider.port}"]
    with Transport(allowed_private_hosts=hosts, memory=tmp_path / "memory") as transport:
        yield DcatSource(SourceConfig("test", "dcat", provider.url + "/c?page=1", pace=0), transport, sandbox)


def _tagged(provider: Provider, number: int, ids: str, link: str = "") -> None:
    _page(provider, number, ids, link)
    path = f"/c?page={number}"
    provider.answers[path] = replace(provider.answers[path], headers={"ETag": f'"{number}{ids}"'})


def test_a_list_that_is_unchanged_in_all_its_pages_is_not_sent_again_and_proves_no_absence(
    provider: Provider, remembering: DcatSource, tmp_path: Path
) -> None:
    _tagged(provider, 1, "a", "hydra:next <?page=2>")
    _tagged(provider, 2, "b")
    first, again = (_harvest(remembering, Spool(tmp_path / turn)) for turn in "12")
    assert first[0].proves_absence
    assert (again[0].complete, again[0].revalidated, again[0].proves_absence) == (True, True, False)
    assert again[1:] == first[1:]


def test_a_list_that_changed_in_one_page_is_asked_for_whole(
    provider: Provider, remembering: DcatSource, tmp_path: Path
) -> None:
    _tagged(provider, 1, "a", "hydra:next <?page=2>")
    _tagged(provider, 2, "bc", "hydra:next <?page=3>")
    _tagged(provider, 3, "d")
    _harvest(remembering, Spool(tmp_path / "1"))
    _tagged(provider, 2, "b", "hydra:next <?page=3>")
    provider.asked.clear()
    listing, records, _ = _harvest(remembering, Spool(tmp_path / "2"))
    assert (listing.proves_absence, listing.pages, records) == (True, 3, ["a", "b", "d"])
    assert [path for path, _ in provider.asked] == [f"/c?page={number}" for number in (1, 2, 3, 1, 3)]


def test_a_text_in_latin_1_is_taken_where_the_source_says_so(
    provider: Provider, dcat: Build, spool: Spool
) -> None:
    body = (PREFIXES + '<a> a dcat:Dataset ; dct:title "Tümör" .').encode("latin-1")
    provider.answers["/d"] = Answer(body, "text/turtle; charset=utf-8")
    with pytest.raises(NotMetadata, match=r"not utf-8 as it says \(line 5\); .* charset="):
        dcat("/d").listing(since=None, spool=spool)
    source = dcat("/d", charset="latin-1")
    (record,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    assert isinstance(record, Record)
    assert "Tümör" in record.received.decode()


def test_what_a_page_leads_to_fills_no_disk(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracts, "MOST_BYTES", 1000)
    target = spool.folder / "00001.more"
    with pytest.raises(LimitReached, match="1,000 bytes together"):
        extracts.written((FoundDataset(f"http://e/{number}", b"x" * 100) for number in range(50)), target)
    assert not target.exists()


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


@pytest.mark.parametrize("options", [{"format": "word"}, {"charset": "ebcdic"}, {"colour": "red"}])
def test_an_option_that_is_not_known_is_told_at_once(dcat: Build, options: dict[str, str]) -> None:
    with pytest.raises(Terminal, match="test: "):
        dcat("/d", **options)


def test_a_kind_that_is_not_known_is_told_with_the_known_ones(transport: Transport, sandbox: Sandbox) -> None:
    with pytest.raises(Terminal, match="no source kind 'csw'; known are dcat"):
        make_source(SourceConfig("x", "csw", "http://node.example/"), transport, sandbox)
