"""Servers that nobody here wrote: each is installed once and started for the session."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from catalogue.sample.facts import collections
from catalogue.sample.items import collection_item
from tests.conftest import absent
from tests.contracts import postgresql
from tests.flow.conftest import catalogue_at, sample_sources
from tests.peers import ckan_site
from tests.peers.ckan_packages import package
from tests.peers.csw_server import running_csw
from tests.peers.kept import PeerAbsent
from tests.peers.oai_server import running_oai_repository

__all__ = ("catalogue_at", "sample_sources")


@contextmanager
def _or_skipped() -> Iterator[None]:
    try:
        yield
    except PeerAbsent as error:
        absent("peers", str(error))


@pytest.fixture(scope="session")
def ckan(
    postgresql_server: postgresql.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ckan_site.Site]:
    """A site with 60 datasets."""
    folder = tmp_path_factory.mktemp("ckan")
    with _or_skipped(), ExitStack() as started:
        database = started.enter_context(postgresql_server.new_database())
        site = started.enter_context(ckan_site.running_site(folder, database.replace("+psycopg", "")))
        for collection in collections()[: ckan_site.DATASETS]:
            site.load(package(collection))
        yield site


@pytest.fixture(scope="session")
def pycsw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an OAI-PMH door with the 179 collections of the sample."""
    items = map(collection_item, collections())
    with _or_skipped(), running_csw(tmp_path_factory.mktemp("pycsw"), items) as url:
        yield url


@pytest.fixture(scope="session")
def oai_repo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an OAI-PMH repository with the 179 collections of the sample."""
    items = map(collection_item, collections())
    with _or_skipped(), running_oai_repository(tmp_path_factory.mktemp("oai-repo"), items) as url:
        yield url
