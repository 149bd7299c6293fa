"""A second catalogue harvests the first one's own feed and knows the same."""

import threading
from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode
from werkzeug.serving import WSGIRequestHandler, make_server

from catalogue.ingest.canonical import parse_triples
from catalogue.ledger import Listed
from catalogue.model.run import RunState
from catalogue.publishing.feed import offered
from catalogue.search.page import SearchPage
from catalogue.services import WebServices, Workshop
from catalogue.settings import Settings
from catalogue.web.app import create_app
from harvesters.source import SourceConfig
from tests.flow.flows import (
    Catalogue,
    Sources,
    assert_agreed,
    found,
    harvest_all,
    host_of,
    register,
    state,
)
from tests.machine import free_port


class _Silent(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, sample_sources: Sources) -> Iterator[Workshop]:
    """Only read, once it is filled."""
    folder = tmp_path_factory.mktemp("first")
    workshop = Workshop(Settings(data_dir=folder, allowed_private_hosts=(host_of(sample_sources[0].url),)))
    register(workshop, sample_sources)
    harvest_all(workshop)
    yield workshop
    workshop.close()


@pytest.fixture(scope="module")
def address(first: Workshop) -> Iterator[str]:
    """Where the first catalogue's site answers."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    site = create_app(WebServices(first.settings.model_copy(update={"base_url": base_url})))
    server = make_server("127.0.0.1", port, site, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield base_url
    server.shutdown()
    thread.join()
    server.server_close()


def known(page: SearchPage) -> dict[str, object]:
    """Totals, ranges and all facets but the providers, which are others."""
    facets = {name: facet for name, facet in page.facets.items() if name != "provider"}
    return {"total": page.total, "ranges": page.ranges, **facets}


def subjects(workshop: Workshop) -> set[str]:
    return {one.subject for one in workshop.ledger.iterate_published() if not one.duplicate_of}


@pytest.mark.parametrize("suffix", ["ttl", "jsonld"])
def test_the_feed_gives_a_second_catalogue_the_same_datasets_and_counts(
    first: Workshop, address: str, catalogue_at: Catalogue, suffix: str
) -> None:
    second = catalogue_at(host_of(address), name="second")
    register(second, [SourceConfig("first", "dcat", f"{address}/catalog.{suffix}")])
    run = harvest_all(second)["first"]
    distinct = first.ledger.count_distinct()
    print(f"\n{distinct} distinct datasets, {run.counts.new} harvested from the feed")
    assert (run.state, run.counts.new, run.counts.rejected) == (RunState.DONE, distinct, 0)
    assert subjects(second) == subjects(first)
    assert known(found(second)) == known(found(first))
    assert_agreed(second)
    before = state(second)
    assert harvest_all(second)["first"].state is RunState.UNCHANGED
    assert state(second) == before


def test_the_feed_of_the_second_catalogue_says_the_same_of_each_dataset(
    first: Workshop, address: str, catalogue_at: Catalogue
) -> None:
    """Nothing wears away on the way: a third catalogue could harvest either."""
    second = catalogue_at(host_of(address), name="second")
    register(second, [SourceConfig("first", "dcat", f"{address}/catalog.nt")])
    harvest_all(second)
    given = {one.subject: statements(one) for one in listed(first)}
    handed_on = {one.subject: statements(one) for one in listed(second)}
    assert {iri for iri in given if given[iri] != handed_on[iri]} == set()


def listed(workshop: Workshop) -> tuple[Listed, ...]:
    return workshop.ledger.page_at(workshop.ledger.snapshot(), offset=0, limit=1000)


def statements(one: Listed) -> set[tuple[str, str]]:
    """What is said of the dataset itself, without the names of its parts, which each catalogue gives anew."""
    return {
        (quad.predicate.value, quad.object.value)
        for quad in parse_triples(offered(one))
        if isinstance(quad.subject, NamedNode)
        and quad.subject.value == one.subject
        and isinstance(quad.object, NamedNode | Literal)
        and "/datasets/" not in quad.object.value
        and not quad.object.value.startswith("urn:catalogue:datasets/")
    }
