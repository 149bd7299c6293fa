"""Whether both engines mean the same by a search."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from catalogue.indexes.elasticsearch import ElasticsearchReader, ElasticsearchWriter
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.ports import Document, IndexPage, IndexQuery, IndexReader
from tests.contracts.index_builders import (
    FACETS,
    RANGES,
    SEED,
    SETTINGS,
    WORDS,
    made_up_documents,
    made_up_filter,
    made_up_range,
)
from tests.contracts.oracle import Oracle


class Engines(NamedTuple):
    tantivy: IndexReader
    elasticsearch: IndexReader


@pytest.fixture
def documents() -> list[Document]:
    return made_up_documents(Random(SEED), 400)


@pytest.fixture
def engines(place: Path, cluster: tuple[str, str], documents: list[Document]) -> Iterator[Engines]:
    """Both freshly built, for deleted documents count in a word's frequency until they are merged away."""
    url, prefix = cluster
    for writer in (TantivyWriter(place, SETTINGS), ElasticsearchWriter(url, SETTINGS, prefix)):
        with closing(writer):
            writer.rebuild(documents, watermark=1)
    with closing(ElasticsearchReader(url, SETTINGS, prefix)) as reader:
        yield Engines(TantivyReader(place, SETTINGS), reader)


def searches(documents: list[Document]) -> Iterator[IndexQuery]:
    """Fifty, of which at most five find nothing."""
    oracle, found = Oracle(documents), 0
    for query in drawn_searches(Random(SEED)):
        if oracle.total(query).datasets:
            found += 1
            yield query
        if found == 45:
            break
    yield from islice((q for q in drawn_searches(Random(1)) if not oracle.total(q).datasets), 5)


def drawn_searches(random: Random) -> Iterator[IndexQuery]:
    """In turn one facet or range alone, and a mixture of all."""
    for alone in cycle(one for name in (*FACETS, *RANGES) for one in (name, "")):
        yield IndexQuery(
            tokens=() if alone else tuple(random.choices(WORDS, k=random.choice((0, 1, 1, 2)))),
            filters=tuple(made_up_filter(random, name) for name in drawn(random, FACETS, alone)),
            ranges=tuple(made_up_range(random, name) for name in drawn(random, RANGES, alone)),
            facets=FACETS,
            histograms=RANGES,
        )


def drawn(random: Random, names: Iterable[str], alone: str) -> list[str]:
    return [name for name in names if name == alone or (not alone and random.random() < 0.25)]


def scores(page: IndexPage) -> dict[str, float]:
    return {hit.document.key: hit.score for hit in page.hits}


def test_the_fifty_searches_set_every_kind_of_condition(documents: list[Document]) -> None:
    queries = list(searches(documents))
    filters = [chosen for query in queries for chosen in query.filters]
    assert len(queries) == 50
    assert {chosen.facet for chosen in filters} == set(FACETS)
    assert {chosen.field for query in queries for chosen in query.ranges} == set(RANGES)
    assert any(query.tokens and query.filters and query.ranges for query in queries)
    assert any(chosen.unwanted for chosen in filters)
    assert any(chosen.every and len(chosen.wanted) > 1 for chosen in filters)
    assert any(chosen.missing for chosen in filters)
    assert any(chosen.unwanted_missing for chosen in filters)
    assert any(chosen.own and chosen.wanted for chosen in filters)


def test_fifty_searches_have_equal_totals_facets_and_ranges(
    engines: Engines, documents: list[Document]
) -> None:
    empty = 0
    for query in searches(documents):
        one, other = engines.tantivy.search(query), engines.elasticsearch.search(query)
        assert one.total == other.total, query
        assert one.facets == other.facets, query
        assert one.ranges == other.ranges, query
        empty += not one.total.datasets
    assert empty <= 5


def test_both_score_words_alike(engines: Engines) -> None:
    """And so rank alike, save for scores that differ by the rounding of their last digits."""
    for tokens in (*((word,) for word in WORDS), ("lung", "ct"), ("brain", "cohort", "mr")):
        query = IndexQuery(tokens=tokens, limit=400)
        one, other = scores(engines.tantivy.search(query)), scores(engines.elasticsearch.search(query))
        assert len(set(one.values())) > 10
        assert one == pytest.approx(other, rel=1e-5)
