"""What an OAI-PMH listing proves, what a repository in trouble costs, and which records come of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from harvesters.errors import NotMetadata, ProviderBusy, ProviderRefuses, Terminal
from harvesters.source import Listing, Record, Rejected, Withdrawn
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.spool import Spool
from tests.harvesters import scripted_repository as said
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.scripted_repository import Repository, deleted, error, record

Build = Callable[..., OaiPmhSource]
FIRST = {"metadataPrefix": "oai_dc", "verb": "ListRecords"}
SECOND = {"verb": "ListRecords", "resumptionToken": "t1"}


def _harvest(source: OaiPmhSource, spool: Spool) -> tuple[Listing, list[str]]:
    listing = source.listing(since=None, spool=spool)
    return listing, [
        item.identifier for item in source.records(listing, spool=spool) if isinstance(item, Record)
    ]


def test_pages_are_joined_by_tokens(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), record("b"), token="t1", total=3)
    repository.after("t1", record("c"), total=3)
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, listing.pages, listing.total, records) == (True, 2, 3, ["a", "b", "c"])
    assert listing.as_of == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_record_is_its_metadata_and_not_the_page_around_it(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a", metadata="\n  <x xmlns='u:x' xmlns:unused='u:y'>\n <y>t</y>\n</x>\n"))
    source = oai()
    (item,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    assert item == Record(
        "a",
        b'<x xmlns="u:x"><y>t</y></x>',
        'application/xml; profile="u:x"',
        datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_metadata_without_a_namespace_is_known_by_its_prefix(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a", metadata="<resource/>"))
    source = oai()
    (item,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    assert isinstance(item, Record)
    assert item.media_type == 'application/xml; profile="oai_dc"'


def test_a_deleted_header_is_a_withdrawal(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(deleted("a"), record("b"))
    source = oai()
    items = list(source.records(source.listing(since=None, spool=spool), spool=spool))
    assert items[0] == Withdrawn("a", datetime(2026, 2, 2, tzinfo=UTC))


def test_what_cannot_be_identified_or_holds_nothing_is_rejected_alone(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    bare = f"<record>{said.header('c', '2026-01-01')}</record>"
    repository.first(record(""), record("TODO"), bare, record("d", metadata=""), "<record/>", record("e"))
    source = oai()
    items = list(source.records(source.listing(since=None, spool=spool), spool=spool))
    assert [type(item) for item in items] == [Rejected] * 5 + [Record]


def test_a_record_listed_twice_is_taken_once(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), record("b"), token="t1")
    repository.after("t1", record("b"), record("a", datestamp="2026-01-09"), record("c"))
    source = oai()
    items = list(source.records(source.listing(since=None, spool=spool), spool=spool))
    assert [(type(item), item.identifier) for item in items] == [
        (Record, "a"),
        (Record, "b"),
        (Rejected, "a"),
        (Record, "c"),
    ]


def test_the_richest_format_is_asked_for(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.answer(
        {"verb": "ListMetadataFormats"}, said.formats("marc", "oai_dc", "oai_datacite4", "Datacite")
    )
    repository.first(record("a"), metadataPrefix="oai_datacite4")
    assert _harvest(oai(), spool)[1] == ["a"]


def test_a_prefix_and_a_set_can_be_chosen(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), metadataPrefix="oai_x", set="eucaim:nodes")
    assert _harvest(oai(prefix="oai_x", set="eucaim:nodes"), spool)[1] == ["a"]


def test_formats_that_are_not_read_are_named(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.answer({"verb": "ListMetadataFormats"}, said.formats("marc21", "mods"))
    with pytest.raises(Terminal, match="marc21, mods"):
        oai().listing(since=None, spool=spool)


def test_an_address_may_have_a_query_of_its_own(provider: Provider, oai: Build, spool: Spool) -> None:
    provider.answers["/?mode=oaipmh&verb=Identify"] = Answer(said.ENVELOPE.format("<Identify/>").encode())
    content = said.ENVELOPE.format(said.page(record("a"))).encode()
    provider.answers["/?mode=oaipmh&metadataPrefix=oai_dc&verb=ListRecords"] = Answer(content)
    assert _harvest(oai("/?mode=oaipmh", prefix="oai_dc"), spool)[1] == ["a"]


@pytest.mark.parametrize("content", [error("noRecordsMatch"), "<ListRecords/>"])
def test_a_list_may_be_whole_and_empty(
    repository: Repository, oai: Build, spool: Spool, content: str
) -> None:
    repository.answer(FIRST, content)
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, listing.proves_absence, records) == (True, True, [])


def test_an_answer_without_a_list_is_no_empty_list(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.answer(FIRST, "<request/>")
    with pytest.raises(NotMetadata, match="holds no ListRecords"):
        oai().listing(since=None, spool=spool)


def test_a_total_counts_each_record_once(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), record("b"), token="t1", total=4)
    repository.after("t1", record("b"), record("a"), total=4)
    assert _harvest(oai(), spool)[0].incomplete_because == "the list says 4 records and holds 2"


def test_the_largest_total_counts(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), token="t1", total=9)
    repository.after("t1", record("b"), total=2)
    assert _harvest(oai(), spool)[0].incomplete_because == "the list says 9 records and holds 2"


def test_a_total_of_thousands_of_digits_is_not_met(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), total=10**4299)
    assert not _harvest(oai(), spool)[0].complete


def test_records_without_a_name_count_and_say_so(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), record("TODO"), record(""), total=3)
    source = oai()
    listing = source.listing(since=None, spool=spool)
    rejected = [item for item in source.records(listing, spool=spool) if isinstance(item, Rejected)]
    assert (listing.complete, [item.identified for item in rejected]) == (True, [False, False])


def test_fewer_records_than_the_total_are_incomplete(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), deleted("b"), total=3)
    listing, _ = _harvest(oai(), spool)
    assert listing.incomplete_because == "the list says 3 records and holds 2"


def test_a_token_that_comes_again_ends_the_list_incomplete(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    repository.after("t1", record("b"), token="t2")
    repository.after("t2", record("c"), token="t1")
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, records) == (False, ["a", "b", "c"])
    assert "repeats an earlier one" in listing.incomplete_because


def test_a_page_that_comes_again_under_new_tokens_ends_the_list_incomplete(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    for number in range(1, 9):
        repository.after(f"t{number}", record("b"), token=f"t{number + 1}")
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, listing.pages, records) == (False, 2, ["a", "b"])


def test_a_lost_token_starts_the_list_again(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), token="t1")
    repository.in_turn("t1", error("badResumptionToken"), said.page(record("b")))
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, listing.pages, records) == (True, 2, ["a", "b"])


def test_a_token_that_is_lost_each_time_ends_the_list_incomplete(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    repository.put("t1", error("badResumptionToken"))
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, records) == (False, ["a"])
    assert "badResumptionToken" in listing.incomplete_because
    assert sum("resumptionToken" in path for path, _ in repository.provider.asked) == 3


def test_a_token_behind_the_last_record_may_lead_to_an_error(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1", total=1)
    repository.put("t1", error("noRecordsMatch"))
    assert _harvest(oai(), spool)[0].complete


CUT = said.ENVELOPE.format(said.page(record("b"))).encode()[:-30]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(b"<!DOCTYPE html><html><body><form></form></body></html>", "text/html"), "HTML page"),
        (Answer(b"<html><body>Please log in</body></html>", "text/html"), "<html>, no OAI-PMH"),
        (Answer(CUT, "text/xml"), "the XML is broken"),
        (Answer(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text/xml"), "DOCTYPE"),
        (Answer(b"<a>R&D</a>", "text/xml"), "the XML is broken"),
        (Answer(b"", "text/xml"), "empty"),
        (Answer(b"<a/>", "text/xml"), "no OAI-PMH"),
        (Answer(status=404), "nothing is at this address"),
        (Answer(status=503), "cannot answer now"),
    ],
)
def test_a_bad_page_keeps_what_came_before(
    repository: Repository, oai: Build, spool: Spool, answer: Answer, why: str
) -> None:
    repository.first(record("a"), token="t1")
    repository.raw(SECOND, answer)
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, records) == (False, ["a"])
    assert why in listing.incomplete_because


def test_a_list_that_breaks_off_tells_when_to_come_back(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t1")
    repository.raw(SECOND, Answer(status=503, headers={"Retry-After": "3000"}))
    listing, records = _harvest(oai(), spool)
    assert (listing.complete, records, listing.retry_after) == (False, ["a"], 3000.0)


def test_a_question_for_single_records_that_breaks_off_tells_when_to_come_back(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    named = {"verb": "GetRecord", "identifier": "a", "metadataPrefix": "oai_dc"}
    repository.answer(named, f"<GetRecord>{record('a')}</GetRecord>")
    repository.raw({**named, "identifier": "b"}, Answer(status=503, headers={"Retry-After": "3000"}))
    listing = oai().listing(since=None, spool=spool, only=["a", "b"])
    assert (listing.complete, listing.retry_after) == (False, 3000.0)


@pytest.mark.parametrize("name", ["oai:node.example:undefined", "oai:node.example:", "undefined", " NIL "])
def test_a_record_that_its_identifier_does_not_name_is_rejected_and_may_be_any(
    repository: Repository, oai: Build, spool: Spool, name: str
) -> None:
    repository.first(record("oai:node.example:a"), record(name), record(name, metadata="<other/>"))
    source = oai()
    listing = source.listing(since=None, spool=spool)
    items = list(source.records(listing, spool=spool))
    assert [type(item) for item in items] == [Record, Rejected, Rejected]
    assert not any(item.identified for item in items if isinstance(item, Rejected))


def test_characters_that_no_xml_may_hold_are_dropped_and_counted(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a", metadata="<x xmlns=''>one\x0btwo&#x1f;three</x>"))
    source = oai()
    listing = source.listing(since=None, spool=spool)
    (item,) = source.records(listing, spool=spool)
    assert isinstance(item, Record)
    assert item.received == b"<x>onetwothree</x>"
    assert "2 characters" in listing.findings[0].message


def test_a_busy_repository_is_asked_again_when_it_says(
    repository: Repository, oai: Build, spool: Spool, pauses: list[float]
) -> None:
    repository.raw(FIRST, Answer(status=503, headers={"Retry-After": "7"}))
    with pytest.raises(ProviderBusy):
        oai().listing(since=None, spool=spool)
    assert set(pauses) == {7.0}


def test_a_pause_that_is_too_long_is_left_to_the_worker(
    repository: Repository, oai: Build, spool: Spool, pauses: list[float]
) -> None:
    repository.raw(FIRST, Answer(status=503, headers={"Retry-After": "3000"}))
    with pytest.raises(ProviderBusy) as caught:
        oai().listing(since=None, spool=spool)
    assert (caught.value.retry_after, pauses) == (3000.0, [])


def test_a_refusal_of_the_protocol_is_told_in_its_words(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.answer({**FIRST, "metadataPrefix": "x"}, error("cannotDisseminateFormat"))
    with pytest.raises(ProviderRefuses, match=r"ListRecords is refused .cannotDisseminateFormat: told"):
        oai(prefix="x").listing(since=None, spool=spool)


def test_a_login_page_in_place_of_the_repository_is_raised(
    provider: Provider, oai: Build, spool: Spool
) -> None:
    provider.answers["/oai?verb=Identify"] = Answer(b"<html><form>", "text/html")
    with pytest.raises(NotMetadata, match="an HTML page"):
        oai().listing(since=None, spool=spool)


def test_records_come_from_the_spool_alone(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a", metadata="<resource/>"), token="t1")
    repository.after("t1", record("b", metadata="<resource/>"))
    source = oai()
    listing = source.listing(since=None, spool=spool)
    asked = len(repository.provider.asked)
    first = list(source.records(listing, spool=spool))
    for made in spool.folder.glob("*.made"):
        made.unlink()
    assert list(source.records(listing, spool=Spool(spool.folder))) == first
    assert len(repository.provider.asked) == asked


@pytest.mark.parametrize("options", [{"colour": "red"}, {"derived": "yes"}])
def test_an_option_that_is_not_known_is_told_at_once(oai: Build, options: dict[str, str]) -> None:
    with pytest.raises(Terminal, match="test: "):
        oai(**options)


def test_what_ingest_reads_is_an_option_of_every_kind(oai: Build) -> None:
    assert oai(derived="true", fictional="false", rank="2")
