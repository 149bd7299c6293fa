"""A small catalogue and a fuller one for all tests of search and web: they are only read."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.search.vocabulary import Vocabulary
from catalogue.web.app import create_app
from ontologies.concepts import ConceptScheme
from ontologies.own_scheme import load_scheme
from tests.rich_catalogue import RichCatalogue, rich_catalogue
from tests.small_catalogue import SmallCatalogue, fill, small_catalogue


@pytest.fixture(scope="session")
def scheme() -> ConceptScheme:
    return load_scheme()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, scheme: ConceptScheme) -> SmallCatalogue:
    folder = tmp_path_factory.mktemp("index")
    fill(folder, scheme)
    return small_catalogue(folder, scheme)


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory, scheme: ConceptScheme) -> RichCatalogue:
    return rich_catalogue(tmp_path_factory.mktemp("rich-index"), scheme)


@pytest.fixture
def rich_client(rich: RichCatalogue) -> FlaskClient:
    return create_app(rich).test_client()


@pytest.fixture
def vocabulary(small: SmallCatalogue) -> Vocabulary:
    return Vocabulary(small.scheme, {provider.id: provider.title for provider in small.providers()})


@pytest.fixture
def site(small: SmallCatalogue) -> Flask:
    return create_app(small)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()
