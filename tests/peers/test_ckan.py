"""CKAN with ckanext-dcat, harvested over its paged catalogue in each of its syntaxes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harvesters.source import SourceConfig
from tests.flow.flows import Catalogue, harvest_all, host_of, register
from tests.peers.ckan_site import DATASETS, Site
from tests.peers.twice import harvest_twice

pytestmark = pytest.mark.timeout(1800)  # the first run installs the peer


def source(site: Site, suffix: str = "ttl") -> SourceConfig:
    return SourceConfig("ckan", "dcat", f"{site.url}/catalog.{suffix}", pace=0.0)


@contextmanager
def without_a_package(site: Site) -> Iterator[None]:
    name = "4d_lung"
    site.act("package_delete", id=name)
    try:
        yield
    finally:
        site.act("package_patch", id=name, state="active")


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld"])
def test_all_datasets_come_in_and_the_second_time_nothing_changes(
    suffix: str, ckan: Site, catalogue_at: Catalogue
) -> None:
    workshop = catalogue_at(host_of(ckan.url))
    again = harvest_twice(workshop, source(ckan, suffix), records=DATASETS)
    assert again.counts.unchanged == DATASETS
    assert again.listing
    assert again.listing.pages == 3


def test_a_package_deleted_in_ckan_is_unseen_and_not_withdrawn(ckan: Site, catalogue_at: Catalogue) -> None:
    workshop = catalogue_at(host_of(ckan.url))
    register(workshop, [source(ckan)])
    harvest_all(workshop)
    with without_a_package(ckan):
        run = harvest_all(workshop)["ckan"]
    assert (run.counts.offered, run.counts.unseen, run.counts.withdrawn) == (DATASETS - 1, 1, 0)
    assert workshop.ledger.count_live() == DATASETS
