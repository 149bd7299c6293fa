"""How far a FAIR Data Point is walked, what its gaps prove, and which records come of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harvesters.errors import AddressRefused, NotMetadata, ProviderRefuses, Stopped, Terminal
from harvesters.parsing import Sandbox
from harvesters.source import Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources.fdp import FdpSource, walk
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters import poison
from tests.harvesters.scripted_provider import Answer, Provider

Build = Callable[..., FdpSource]
WORDS = """
@prefix fdp: <https://w3id.org/fdp/fdp-o#> .
@prefix ldp: <http://www.w3.org/ns/ldp#> .
"""


@pytest.fixture
def fdp(provider: Provider, sandbox: Sandbox) -> Iterator[Build]:
    """Build a source on the provider's root, unpaced and without waiting; keywords are options."""
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"], sleep=lambda _: None) as transport:

        def build(**options: str) -> FdpSource:
            config = SourceConfig("test", "fdp", f"{provider.url}/fdp", pace=0, options=options)
            return FdpSource(config, transport, sandbox)

        yield build


def _serve(provider: Provider, path: str, text: str, **headers: str) -> None:
    provider.turtle(path, WORDS + text)
    if headers:
        provider.answers[path] = Answer(provider.answers[path].body, headers=headers)


def _point(provider: Provider, datasets: str, *, links: str = "dcat:dataset") -> None:
    """A root, one catalogue, and for each letter a dataset's document that has no distribution."""
    _serve(provider, "/fdp", "<fdp> a fdp:FAIRDataPoint ; fdp:metadataCatalog <{url}/c> .")
    listed = ", ".join(f"<{{url}}/{one}>" for one in datasets)
    _serve(provider, "/c", f"<c> a dcat:Catalog ; {links} {listed} .")
    for one in datasets:
        _serve(provider, f"/{one}", f'<{one}> a dcat:Dataset ; dct:title "{one}" .')


def _harvest(source: FdpSource, spool: Spool) -> tuple[Listing, list[str], list[Rejected | Withdrawn]]:
    listing = source.listing(since=None, spool=spool)
    items = list(source.records(listing, spool=spool))
    records = [item.identifier.rpartition("/")[2] for item in items if isinstance(item, Record)]
    return listing, records, [item for item in items if not isinstance(item, Record)]


@pytest.mark.parametrize("links", ["dcat:dataset", "ldp:contains"])
def test_the_way_leads_from_the_point_to_its_datasets(
    provider: Provider, fdp: Build, spool: Spool, links: str
) -> None:
    _point(provider, "ab", links=links)
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, listing.pages, listing.total) == (True, 4, 2)
    assert (records, others) == (["a", "b"], [])


def test_a_record_is_its_document_with_those_of_its_distributions(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "a")
    _serve(
        provider, "/a", "<a> a dcat:Dataset ; dct:publisher [ dct:title 'P' ] ; dcat:distribution <{url}/d> ."
    )
    _serve(provider, "/d", "<d> a dcat:Distribution ; dct:publisher [ dct:title 'Q' ] .")
    source = fdp()
    (record,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    assert isinstance(record, Record)
    titles = sorted(
        line.partition("title> ")[2] for line in record.received.decode().splitlines() if "title>" in line
    )
    publishers = {
        line.rpartition("_:")[2] for line in record.received.decode().splitlines() if "publisher" in line
    }
    assert (titles, len(publishers)) == (['"P" .', '"Q" .'], 2)


def test_a_distribution_that_is_described_in_place_is_not_asked_for(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "a")
    _serve(
        provider,
        "/a",
        "<a> a dcat:Dataset ; dcat:distribution <{url}/d>, <#e> ."
        "<d> a dcat:Distribution . <#e> a dcat:Distribution .",
    )
    _harvest(fdp(), spool)
    assert [path for path, _ in provider.asked] == ["/fdp", "/c", "/a"]


def test_turtle_is_asked_for_first(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    _harvest(fdp(), spool)
    assert all(headers["accept"].startswith("text/turtle,") for _, headers in provider.asked)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_draft_is_told_and_does_not_spoil_the_proof(
    provider: Provider, fdp: Build, spool: Spool, status: int
) -> None:
    _point(provider, "ab")
    provider.answers["/b"] = Answer(status=status)
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, records) == (True, ["a"])
    assert [(type(one), one.identifier) for one in others] == [(Rejected, f"{provider.url}/b")]
    assert str(status) in listing.findings[0].message


def test_a_dataset_that_is_gone_is_withdrawn(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "ab")
    provider.answers["/b"] = Answer(status=410)
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, records, others) == (True, ["a"], [Withdrawn(f"{provider.url}/b")])


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(b"<!DOCTYPE html><html>", "text/html")])
def test_a_dataset_that_cannot_be_read_leaves_the_list_incomplete(
    provider: Provider, fdp: Build, spool: Spool, answer: Answer
) -> None:
    _point(provider, "ab")
    provider.answers["/a"] = answer
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["b"])
    assert f"{provider.url}/a" in listing.incomplete_because
    assert [type(one) for one in others] == [Rejected]


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_catalogue_that_is_not_shown_hides_its_datasets(
    provider: Provider, fdp: Build, spool: Spool, status: int
) -> None:
    _point(provider, "a")
    _serve(provider, "/fdp", "<fdp> a fdp:FAIRDataPoint ; ldp:contains <{url}/c>, <{url}/x> .")
    provider.answers["/x"] = Answer(status=status)
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["a"])


def test_a_missing_distribution_is_a_finding_and_a_busy_one_keeps_the_record_as_it_was(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "ab")
    for one, status in (("a", 404), ("b", 503)):
        _serve(provider, f"/{one}", f"<{one}> a dcat:Dataset ; dcat:distribution <{{url}}/{one}/d> .")
        provider.answers[f"/{one}/d"] = Answer(status=status)
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, len(listing.findings), records) == (True, 2, ["a"])
    assert [one.identifier for one in others] == [f"{provider.url}/b"]


def test_a_distribution_that_is_something_else_today_keeps_the_record_as_it_was(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "a")
    _serve(provider, "/a", "<a> a dcat:Dataset ; dcat:distribution <{url}/a/d> .")
    provider.answers["/a/d"] = Answer(b"<!DOCTYPE html><html><form>", "text/html")
    _, records, others = _harvest(fdp(), spool)
    assert (records, [one.identifier for one in others]) == ([], [f"{provider.url}/a"])


def test_a_point_with_more_documents_than_are_read_is_read_so_far(
    provider: Provider, fdp: Build, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MOST_DOCUMENTS", 3)
    _point(provider, "abdef")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, len(records)) == (False, 2)
    assert "more than 3 documents" in listing.incomplete_because


def test_a_header_of_links_without_an_end_costs_no_time(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    _serve(provider, "/c", "<c> a dcat:Catalog ; dcat:dataset <{url}/a> .", Link="<" * 60_000)
    started = time.monotonic()
    listing, _, _ = _harvest(fdp(), spool)
    assert "Link header is longer" in listing.incomplete_because
    assert time.monotonic() - started < 5


def test_the_longest_wait_that_a_point_asks_for_is_kept(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "abde")
    for one, wait in (("a", "2000"), ("b", "3000"), ("e", "1000")):
        provider.answers[f"/{one}"] = Answer(status=429, headers={"Retry-After": wait})
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records, listing.retry_after) == (False, ["d"], 3000.0)


def test_a_node_that_goes_down_is_left_alone(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "abdefghij")
    for one in "bdefghij":
        provider.answers[f"/{one}"] = Answer(status=503)
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["a"])
    assert "/h" not in [path for path, _ in provider.asked]


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("", {"Link": '<{url}/c?page=2>; rel="next", <{url}/c>; rel="first"'}),
        ("", {"Link": '</c>; rel="type", </c?page=2>; rel="next"'}),
        ("<{url}/c?page=1> a ldp:Page ; ldp:nextPage <{url}/c?page=2> .", {}),
        ("@prefix hydra: <http://www.w3.org/ns/hydra/core#> . <{url}/c> hydra:next <{url}/c?page=2> .", {}),
    ],
)
def test_a_container_may_be_paged(
    provider: Provider, fdp: Build, spool: Spool, text: str, headers: dict[str, str]
) -> None:
    _point(provider, "ab")
    told = {name: value.replace("{url}", provider.url) for name, value in headers.items()}
    _serve(provider, "/c", "<{url}/c> a dcat:Catalog ; dcat:dataset <{url}/a> . " + text, **told)
    _serve(provider, "/c?page=2", "<{url}/c> a dcat:Catalog ; dcat:dataset <{url}/b> .")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (True, ["a", "b"])


@pytest.mark.parametrize("last", ["</c?page=2>; rel=next", "</c?page=4>; rel=next"])
def test_pages_without_an_end_prove_nothing(provider: Provider, fdp: Build, spool: Spool, last: str) -> None:
    _point(provider, "ab")
    page = "<{url}/c> a dcat:Catalog ; dcat:dataset "
    _serve(provider, "/c", page + "<{url}/a> .", Link="</c?page=2>; rel=next")
    _serve(provider, "/c?page=2", page + "<{url}/b> .", Link="</c?page=3>; rel=next")
    _serve(provider, "/c?page=3", page + "<{url}/b> .", Link=last)
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["a", "b"])
    assert "/c?page=4" not in [path for path, _ in provider.asked]


def test_links_that_go_in_a_circle_are_followed_once(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    _serve(
        provider,
        "/c",
        "<c> a dcat:Catalog ; dcat:dataset <{url}/a> ; ldp:contains <{url}/fdp>, <{url}/c#x> .",
    )
    assert _harvest(fdp(), spool)[0].complete
    assert [path for path, _ in provider.asked] == ["/fdp", "/c", "/a"]


def test_containers_beyond_the_eighth_level_leave_the_list_incomplete(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _serve(provider, "/fdp", "<fdp> ldp:contains <{url}/c1> .")
    for level in range(1, 12):
        _serve(provider, f"/c{level}", f"<c{level}> a dcat:Catalog ; dcat:catalog <{{url}}/c{level + 1}> .")
    listing, _, _ = _harvest(fdp(), spool)
    assert "more than 8 levels" in listing.incomplete_because
    assert "/c9" not in [path for path, _ in provider.asked]


def test_a_list_that_leads_to_another_host_is_not_followed_there(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "a")
    _serve(provider, "/c", "<c> a dcat:Catalog ; dcat:dataset <{url}/a>, <http://other.example/b> .")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["a"])
    assert "on another host; name other.example" in listing.incomplete_because


def test_a_distribution_on_another_host_is_only_told(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    _serve(provider, "/a", "<a> a dcat:Dataset ; dcat:distribution <http://other.example/d> .")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, len(listing.findings), records) == (True, 1, ["a"])


def test_a_point_without_datasets_is_a_complete_list(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    _serve(provider, "/c", "<c> a dcat:Catalog .")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.proves_absence, records) == (True, [])


def test_triples_that_are_no_point_are_no_empty_one(provider: Provider, fdp: Build, spool: Spool) -> None:
    _serve(provider, "/fdp", "<x> dct:title 'out of service' .")
    with pytest.raises(NotMetadata, match="says nothing of a catalogue or a dataset"):
        fdp().listing(since=None, spool=spool)


def test_a_catalogue_that_answers_with_something_else_hides_its_datasets(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "ab")
    _serve(provider, "/c", "<x> dct:title 'out of service' .")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, [])


def test_a_point_may_call_itself_a_service(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    _serve(provider, "/fdp", "<fdp> a fdp:MetadataService, dcat:DataService ; ldp:contains <{url}/c> .")
    assert _harvest(fdp(), spool)[1] == ["a"]


def test_a_direct_container_says_what_its_members_are(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "ab")
    _serve(
        provider,
        "/c",
        "<c> a dcat:Catalog . <c/dataset/> a ldp:DirectContainer ; ldp:membershipResource <c> ;"
        " ldp:hasMemberRelation dcat:dataset ; ldp:contains <{url}/a>, <{url}/b> .",
    )
    provider.answers["/b"] = Answer(status=404)
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, records, len(others)) == (True, ["a"], 1)
    assert "/c/dataset/" not in [path for path, _ in provider.asked]


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(status=401)])
def test_a_page_of_a_list_that_is_not_shown_is_no_draft(
    provider: Provider, fdp: Build, spool: Spool, answer: Answer
) -> None:
    _point(provider, "a")
    _serve(provider, "/c", "<c> a dcat:Catalog ; dcat:dataset <{url}/a>, <{url}/n> .")
    _serve(provider, "/n", "<n> a dcat:Catalog ; dcat:dataset <{url}/a> .", Link="</n?page=1>; rel=next")
    provider.answers["/n?page=1"] = answer
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["a"])


def test_an_empty_page_that_was_promised_proves_nothing(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "a")
    page = "<{url}/c> a dcat:Catalog "
    _serve(provider, "/c", page + "; dcat:dataset <{url}/a> .", Link="</c?page=2>; rel=next")
    _serve(provider, "/c?page=2", "<{url}/c?page=2> a ldp:Page .")
    listing, records, _ = _harvest(fdp(), spool)
    assert (listing.complete, records) == (False, ["a"])
    assert "is empty" in listing.incomplete_because


def test_a_draft_may_be_any_dataset_where_names_are_not_the_addresses_of_documents(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "ab")
    _serve(provider, "/a", "<http://purl.example/a> a dcat:Dataset ; dct:title 'A' .")
    provider.answers["/b"] = Answer(status=403)
    _, records, others = _harvest(fdp(), spool)
    assert (records, [one.identified for one in others if isinstance(one, Rejected)]) == (["a"], [False])


@pytest.mark.parametrize("kept", range(7))
def test_a_walk_cut_off_asks_only_for_what_is_missing(
    provider: Provider, fdp: Build, spool: Spool, kept: int
) -> None:
    _point(provider, "abz")
    _serve(provider, "/a", "<a> a dcat:Dataset ; dcat:distribution <{url}/a/d> .")
    _serve(provider, "/a/d", "<d> a dcat:Distribution .")
    undisturbed = _harvest(fdp(), spool)
    asked = [path for path, _ in provider.asked]
    for page in list(spool)[kept:][:1]:
        spool.discard(page)
    provider.asked.clear()
    assert _harvest(fdp(), Spool(spool.folder)) == undisturbed
    assert [path for path, _ in provider.asked] == asked[kept:]


def test_a_failed_visit_is_asked_again_and_what_came_after_it_is_not(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "abz")
    sound = provider.answers["/b"]
    provider.answers["/b"] = Answer(status=503)
    assert _harvest(fdp(), spool)[1] == ["a", "z"]
    provider.answers["/b"] = sound
    provider.asked.clear()
    listing, records, others = _harvest(fdp(), Spool(spool.folder))
    assert (listing.complete, records, others) == (True, ["a", "b", "z"], [])
    assert [path for path, _ in provider.asked] == ["/b"]


def test_who_stops_a_run_stops_it_within_a_walk(provider: Provider, sandbox: Sandbox, spool: Spool) -> None:
    _point(provider, "ab")
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"]) as transport:
        provider.answers["/a"] = Answer(stream=lambda _: transport.interrupt())
        source = FdpSource(SourceConfig("test", "fdp", f"{provider.url}/fdp", pace=0), transport, sandbox)
        with pytest.raises(Stopped):
            source.listing(since=None, spool=spool)
    assert len(spool) == 2


def test_some_datasets_are_asked_for_by_name_with_their_distributions(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "abz")
    _serve(provider, "/b", "<b> a dcat:Dataset ; dcat:distribution <{url}/b/d> ; dcat:dataset <{url}/a> .")
    _serve(provider, "/b/d", "<d> a dcat:Distribution .")
    source = fdp()
    listing = source.listing(since=None, spool=spool, only=[f"{provider.url}/b", f"{provider.url}/x"])
    items = list(source.records(listing, spool=spool))
    assert (listing.incremental, listing.proves_absence) == (True, False)
    assert [type(item) for item in items] == [Record, Rejected]
    assert [path for path, _ in provider.asked] == ["/b", "/x", "/b/d"]


@pytest.mark.parametrize(
    "name", ["urn:catalogue:unnamed/x", "http://other.example/a", "{url}/a (dataset 2 of the page)"]
)
def test_a_name_that_is_no_address_of_the_point_means_the_whole_list(
    provider: Provider, fdp: Build, spool: Spool, name: str
) -> None:
    _point(provider, "a")
    only = [f"{provider.url}/a", name.replace("{url}", provider.url)]
    listing = fdp().listing(since=None, spool=spool, only=only)
    assert (listing.incremental, listing.total) == (False, 1)


def test_lists_are_sent_anew_and_their_documents_are_not(
    provider: Provider, sandbox: Sandbox, tmp_path: Path
) -> None:
    _point(provider, "ab")
    for path, answer in provider.answers.items():
        provider.answers[path] = replace(answer, headers={"ETag": f'"{path}"'})
    config = SourceConfig("test", "fdp", f"{provider.url}/fdp", pace=0)
    hosts = [f"127.0.0.1:{provider.port}"]
    with Transport(allowed_private_hosts=hosts, memory=tmp_path / "memory") as transport:
        first, again = (
            _harvest(FdpSource(config, transport, sandbox), Spool(tmp_path / turn)) for turn in "12"
        )
    assert (first, again[0].proves_absence) == (again, True)
    asked_by_tag = [path for path, headers in provider.asked if "if-none-match" in headers]
    assert asked_by_tag == ["/a", "/b"]


def test_a_document_that_describes_no_dataset_is_rejected(
    provider: Provider, fdp: Build, spool: Spool
) -> None:
    _point(provider, "ab")
    _serve(provider, "/b", "<x> dct:title 'something else' .")
    listing, records, others = _harvest(fdp(), spool)
    assert (listing.complete, records) == (True, ["a"])
    assert [one.identifier for one in others] == [f"{provider.url}/b"]


def test_services_in_a_catalogue_are_passed_over(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "as", links="ldp:contains")
    _serve(provider, "/s", "<s> a dcat:DataService .")
    assert _harvest(fdp(), spool)[1:] == (["a"], [])


def test_a_poison_dataset_costs_only_itself(provider: Provider, spool: Spool) -> None:
    _point(provider, "ap")
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>"
    subject = f"{provider.url}/p"
    body = f"<{subject}> {kind} .\n".encode() + poison.linked(9, subject)
    provider.answers["/p"] = Answer(body, "application/n-triples")
    config = SourceConfig("test", "fdp", f"{provider.url}/fdp", pace=0)
    with Sandbox(seconds=1) as sandbox, Transport(allowed_private_hosts=["127.0.0.1"]) as transport:
        listing, records, others = _harvest(FdpSource(config, transport, sandbox), spool)
    assert (listing.complete, records) == (True, ["a"])
    assert [one.identifier for one in others] == [subject]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"<!DOCTYPE html><html><form>", "text/html"), NotMetadata),
        (Answer(status=401), ProviderRefuses),
        (Answer(status=302, headers={"Location": "http://other.example/"}), AddressRefused),
    ],
)
def test_a_fault_of_the_point_itself_is_raised(
    provider: Provider, fdp: Build, spool: Spool, answer: Answer, error: type[Exception]
) -> None:
    provider.answers["/fdp"] = answer
    with pytest.raises(error):
        fdp().listing(since=None, spool=spool)


def test_records_come_from_the_spool_alone(provider: Provider, fdp: Build, spool: Spool) -> None:
    _point(provider, "ab")
    provider.answers["/b"] = Answer(status=410)
    source = fdp()
    listing = source.listing(since=None, spool=spool)
    asked = len(provider.asked)
    assert len(list(source.records(listing, spool=Spool(spool.folder)))) == 2
    assert len(provider.asked) == asked


def test_an_option_that_is_not_known_is_told_at_once(fdp: Build) -> None:
    with pytest.raises(Terminal, match="no option colour; known are charset, "):
        fdp(colour="red")
