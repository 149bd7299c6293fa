"""Whether a repository that departs from the protocol is met half-way: pycsw as recorded, and its likes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from harvesters.errors import ProviderRefuses, Terminal
from harvesters.source import Checkpoint, Record, Rejected, Withdrawn
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.sources.oai_pmh.items import LONGEST_IDENTIFIER
from harvesters.spool import Spool
from tests.harvesters import scripted_repository as said
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.scripted_repository import Repository, record

Build = Callable[..., OaiPmhSource]
PYCSW = "prefix-with-token,token-zero-ends,dates-unreliable"


@pytest.fixture
def pycsw(provider: Provider, shared_data: Path) -> Provider:
    """The recorded pages under the rules of pycsw 2.6.2: no token without the prefix; 0 is the first page."""
    folder = shared_data / "recordings" / "pycsw"
    tokens = {"": 1, "0": 1, **{f"{place}1": place + 1 for place in range(1, 18)}}

    def answer(path: str) -> Answer:
        given = dict(parse_qsl(urlsplit(path).query))
        if given["verb"] == "Identify":
            return Answer((folder / "Identify.xml").read_bytes(), "application/xml")
        if given.get("metadataPrefix") != "oai_dc":
            return Answer(said.ENVELOPE.format(said.error("badArgument")).encode(), "application/xml")
        page = tokens[given.get("resumptionToken", "")]
        return Answer((folder / f"ListRecords.{page}.xml").read_bytes(), "application/xml")

    provider.otherwise = answer
    return provider


@pytest.mark.usefixtures("pycsw")
def test_all_records_of_pycsw_come_in(oai: Build, spool: Spool) -> None:
    source = oai("/?mode=oaipmh", prefix="oai_dc", quirks=PYCSW)
    listing = source.listing(since=None, spool=spool)
    items = [item for item in source.records(listing, spool=spool) if isinstance(item, Record)]
    assert (listing.complete, listing.pages, listing.total, len(items)) == (True, 18, 179, 179)
    assert len({item.identifier for item in items}) == 179
    assert all(item.datestamp for item in items)


@pytest.mark.usefixtures("pycsw")
def test_the_switch_that_helps_against_a_refused_token_is_named(oai: Build, spool: Spool) -> None:
    listing = oai("/?mode=oaipmh", prefix="oai_dc").listing(since=None, spool=spool)
    assert (listing.complete, listing.pages) == (False, 1)
    assert "set quirks=prefix-with-token" in listing.incomplete_because


@pytest.mark.usefixtures("pycsw")
def test_the_switch_that_helps_against_a_last_token_of_zero_is_named(oai: Build, spool: Spool) -> None:
    source = oai("/?mode=oaipmh", prefix="oai_dc", quirks="prefix-with-token")
    listing = source.listing(since=None, spool=spool)
    assert (listing.complete, listing.pages) == (False, 18)
    assert "set quirks=token-zero-ends" in listing.incomplete_because


def test_a_switch_that_there_is_not_is_refused_with_those_there_are(oai: Build) -> None:
    with pytest.raises(
        Terminal, match=r"no quirk sorcery; known are dates-unreliable, days-only, prefix-with"
    ):
        oai(quirks="prefix-with-token, sorcery")


def test_tokens_may_be_the_names_of_files(repository: Repository, oai: Build, spool: Spool) -> None:
    token = "../tmp/état du 1er & 2e.xml?x=1#y"
    repository.first(record("a"), token=token.replace("&", "&amp;"))
    repository.after(token, record("b"))
    provider = repository.provider
    answers = {tuple(parse_qsl(urlsplit(path).query)): answer for path, answer in provider.answers.items()}
    provider.answers = {}
    provider.otherwise = lambda path: answers[tuple(parse_qsl(urlsplit(path).query))]
    assert oai().listing(since=None, spool=spool).pages == 2


def test_a_token_too_long_for_an_address_ends_the_list_incomplete(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a"), token="t" * 70_000)
    listing = oai().listing(since=None, spool=spool)
    assert (listing.complete, "no address" in listing.incomplete_because) == (False, True)


def test_a_header_may_be_as_bare_as_a_name(repository: Repository, oai: Build, spool: Spool) -> None:
    gone = "<record><header status='deleted'><identifier>gone</identifier></header></record>"
    described = f"<metadata>{said.DC.format('x')}</metadata>"
    bare = f"<record><header><identifier>bare</identifier></header>{described}</record>"
    repository.first(gone, bare)
    source = oai()
    items = list(source.records(source.listing(since=None, spool=spool), spool=spool))
    assert [(type(item), item.identifier) for item in items] == [(Withdrawn, "gone"), (Record, "bare")]


def test_an_escaped_payload_is_text_and_no_record_of_a_format(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("a", metadata="<![CDATA[<dc><title>t</title></dc>]]>"))
    source = oai()
    (item,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    assert isinstance(item, Rejected)


def test_a_name_too_long_to_be_kept_is_cut_and_rejected(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    repository.first(record("n" * (LONGEST_IDENTIFIER + 1)), record("b"))
    source = oai()
    items = list(source.records(source.listing(since=None, spool=spool), spool=spool))
    assert [(type(item), len(item.identifier)) for item in items] == [(Rejected, 200), (Record, 1)]


def _under_status(status: int, content: str) -> Answer:
    return Answer(said.ENVELOPE.format(content).encode(), "text/xml; charset=utf-8", status=status)


def test_no_change_may_be_told_under_an_error_of_http(
    repository: Repository, oai: Build, spool: Spool
) -> None:
    """As Invenio and Zenodo do."""
    asked = {"metadataPrefix": "oai_dc", "from": "2026-01-09", "verb": "ListRecords"}
    repository.raw(asked, _under_status(422, said.error("noRecordsMatch")))
    since = Checkpoint(datetime(2026, 1, 10, tzinfo=UTC))
    listing = oai().listing(since=since, spool=spool)
    assert (listing.complete, listing.incremental) == (True, True)


def test_a_token_may_run_out_under_an_error_of_http(repository: Repository, oai: Build, spool: Spool) -> None:
    repository.first(record("a"), token="t1")
    token = {"verb": "ListRecords", "resumptionToken": "t1"}
    repository.raw(token, _under_status(422, said.error("badResumptionToken")))
    listing = oai().listing(since=None, spool=spool)
    assert "badResumptionToken" in listing.incomplete_because
    assert sum("resumptionToken" in path for path, _ in repository.provider.asked) == 3


@pytest.mark.parametrize("content", ["<ListRecords/>", "<request/>", "</ListRecords>"])
def test_under_an_error_of_http_only_an_error_is_believed(
    repository: Repository, oai: Build, spool: Spool, content: str
) -> None:
    first = {"metadataPrefix": "oai_dc", "verb": "ListRecords"}
    repository.raw(first, _under_status(404, content))
    with pytest.raises(ProviderRefuses, match="404"):
        oai().listing(since=None, spool=spool)
    assert len(spool) == 2
