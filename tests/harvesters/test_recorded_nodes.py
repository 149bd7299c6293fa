"""Whether what real servers answered comes through: CKAN's DCAT extension, and a FAIR Data Point."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harvesters.crosswalks import crosswalk
from harvesters.parsing import Sandbox
from harvesters.source import Record, Rejected, SourceConfig
from harvesters.sources.dcat import DcatSource
from harvesters.sources.fdp import FdpSource
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters.scripted_provider import Answer, Provider

MEDIA_TYPES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}


def _recorded(file: Path, provider: Provider) -> bytes:
    """The answer, with this provider's address in the place of the server's."""
    return re.sub(rb"http://127\.0\.0\.1:\d+", provider.url.encode(), file.read_bytes())


@pytest.fixture(params=["ttl", "jsonld"])
def ckan(request: pytest.FixtureRequest, shared_data: Path, provider: Provider) -> str:
    """The path of the catalogue, 60 datasets on three pages."""
    suffix = request.param
    for page in range(1, 5):
        body = _recorded(shared_data / "recordings" / "ckan" / f"catalog.page{page}.{suffix}", provider)
        provider.answers[f"/catalog.{suffix}?page={page}"] = Answer(body, MEDIA_TYPES[suffix])
    provider.answers[f"/catalog.{suffix}"] = provider.answers[f"/catalog.{suffix}?page=1"]
    return f"/catalog.{suffix}"


@pytest.mark.parametrize("query", ["", "?page=1"])
def test_all_pages_of_ckan_make_a_complete_list(
    ckan: str, query: str, dcat: Callable[..., DcatSource], spool: Spool
) -> None:
    source = dcat(ckan + query)
    listing = source.listing(since=None, spool=spool)
    items = list(source.records(listing, spool=spool))
    assert (listing.proves_absence, listing.total, listing.pages) == (True, 60, 3)
    assert [type(item) for item in items] == [Record] * 60


def test_ckans_page_past_the_end_is_no_empty_catalogue(
    ckan: str, dcat: Callable[..., DcatSource], spool: Spool
) -> None:
    listing = dcat(ckan + "?page=4").listing(since=None, spool=spool)
    assert listing.incomplete_because == "the list says 60 datasets and holds 0"


def test_a_page_of_ckan_that_lost_its_link_is_not_taken_for_the_last(
    ckan: str, provider: Provider, dcat: Callable[..., DcatSource], spool: Spool
) -> None:
    path = f"{ckan}?page=2"
    body = re.sub(rb"(core#|hydra:)next(Page)?", rb"\1other", provider.answers[path].body)
    provider.answers[path] = Answer(body, provider.answers[path].media_type)
    listing = dcat(ckan).listing(since=None, spool=spool)
    assert listing.incomplete_because == "the list says 60 datasets and holds 40"


def test_both_formats_of_ckan_give_the_same_datasets(
    shared_data: Path, provider: Provider, dcat: Callable[..., DcatSource], tmp_path: Path
) -> None:
    names = []
    for suffix, media_type in MEDIA_TYPES.items():
        body = _recorded(shared_data / "recordings" / "ckan" / f"catalog.page1.{suffix}", provider)
        provider.answers[f"/{suffix}"] = Answer(body, media_type)
        source = dcat(f"/{suffix}")
        spool = Spool(tmp_path / suffix)
        spool_listing = source.listing(since=None, spool=spool)
        names.append(sorted(item.identifier for item in source.records(spool_listing, spool=spool)))
    assert names[0] == names[1] == names[2]
    assert len(names[0]) == 20


@pytest.fixture
def point(shared_data: Path, provider: Provider) -> str:
    """The address of a FAIR Data Point of which one catalogue, dataset and distribution were recorded."""
    for file in sorted((shared_data / "recordings" / "fdpneo").glob("*.ttl")):
        path = "/" + file.stem.removeprefix("root_").replace("_", "/", 1)
        provider.answers[path] = Answer(_recorded(file, provider))
    return provider.url


def _harvested(
    config: SourceConfig, provider: Provider, sandbox: Sandbox, spool: Spool
) -> tuple[str, list[Record], list[Rejected]]:
    with Transport(allowed_private_hosts=[f"127.0.0.1:{provider.port}"]) as transport:
        source = FdpSource(config, transport, sandbox)
        listing = source.listing(since=None, spool=spool)
        items = list(source.records(listing, spool=spool))
    records = [item for item in items if isinstance(item, Record)]
    return listing.incomplete_because, records, [item for item in items if isinstance(item, Rejected)]


def test_a_recorded_catalogue_gives_its_dataset_with_the_distribution(
    point: str, provider: Provider, sandbox: Sandbox, spool: Spool
) -> None:
    config = SourceConfig("fdpneo", "fdp", f"{point}/catalog/qiba", pace=0)
    missing, (record,), (draft,) = _harvested(config, provider, sandbox, spool)
    assert (missing, draft.identifier) == ("", f"{point}/dataset/qiba_ct_liver_phantom")
    assert record.identifier == f"{point}/dataset/qiba_ct_1c"
    assert (
        b"36509592000" in crosswalk(record.media_type)(record.received, identifier=record.identifier).triples
    )


def test_a_recorded_point_whose_other_catalogues_are_missing_proves_nothing(
    point: str, provider: Provider, sandbox: Sandbox, spool: Spool
) -> None:
    missing, records, _ = _harvested(SourceConfig("fdpneo", "fdp", point, pace=0), provider, sandbox, spool)
    assert (missing.partition(": ")[0], len(records)) == (f"{point}/catalog/fda", 1)
