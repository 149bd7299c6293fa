"""What a page of results costs beside the bare engine: the same queries in one run."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import httpx

from catalogue.bench.figures import Figure, compare
from catalogue.model.query import SearchQuery, Selection, Span
from catalogue.ports import IndexReader
from catalogue.search.compile import compile_query
from catalogue.search.page import search
from catalogue.search.render import render
from catalogue.search.vocabulary import Vocabulary

_WORDS: Final = (
    "lung",
    "breast",
    "segmentation",
    "screening",
    "trial",
    "tumor",
    "pet",
    "prostate",
    "scan",
    "clinical",
)
_FACETS: Final = ("cancer", "modality", "bodypart", "manufacturer")
_BARE_HITS: Final = 10


@dataclass(frozen=True, slots=True)
class Measured:
    datasets: int
    queries: int
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Engine:
    """One index, and the address at which the same catalogue is served from it."""

    name: str
    index: IndexReader
    base_url: str


def measure(
    engines: Sequence[Engine], vocabulary: Vocabulary, *, queries: int, rounds: int, seed: int
) -> Measured:
    """All engines hold the same catalogue; the first one's values make the queries."""
    index = engines[0].index
    chosen = list(_queries(index, vocabulary, queries, seed))
    candidates: dict[str, Callable[[SearchQuery], object]] = {}
    with ExitStack() as opened:
        for engine in engines:
            client = opened.enter_context(httpx.Client(base_url=engine.base_url, timeout=60, trust_env=False))
            candidates |= _candidates(engine, vocabulary, client)
        figures = compare(candidates, chosen, rounds)
    return Measured(search(SearchQuery(), index, vocabulary).total.datasets, len(chosen), figures)


def _candidates(
    engine: Engine, vocabulary: Vocabulary, client: httpx.Client
) -> dict[str, Callable[[SearchQuery], object]]:
    index = engine.index

    def page(query: SearchQuery) -> object:
        return render(search(query, index, vocabulary), lambda _: {}).model_dump_json()

    return {
        f"{engine.name}: top 10": _bare(index, vocabulary),
        f"{engine.name}: top 20, facets, sums, ranges": lambda query: index.search(
            compile_query(query, vocabulary).query
        ),
        f"{engine.name}: our page, in process": page,
        f"{engine.name}: our page, over HTTP (JSON)": _over_http(client, "/api/v1/search"),
        f"{engine.name}: our page, over HTTP (HTML)": _over_http(client, "/search"),
    }


def _bare(index: IndexReader, vocabulary: Vocabulary) -> Callable[[SearchQuery], object]:
    bare = {"facets": (), "histograms": (), "limit": _BARE_HITS, "sort": "relevance"}
    return lambda query: index.search(compile_query(query, vocabulary).query.model_copy(update=bare))


def _over_http(client: httpx.Client, path: str) -> Callable[[SearchQuery], object]:
    def ask(query: SearchQuery) -> object:
        return client.get(f"{path}?{urlencode(query.pairs())}").raise_for_status().content

    return ask


def _queries(index: IndexReader, vocabulary: Vocabulary, count: int, seed: int) -> Iterator[SearchQuery]:
    """A mixture of words, facet values that occur and patient ranges; equal for equal seed and catalogue."""
    drawn = random.Random(seed)  # noqa: S311
    facets = search(SearchQuery(), index, vocabulary).facets
    values = {name: [node.code for node in facets[name].values] for name in _FACETS}
    for _ in range(count):
        names = drawn.sample(_FACETS, drawn.randint(0, 2))
        chosen = {name: Selection(values=(drawn.choice(values[name]),)) for name in names if values[name]}
        yield SearchQuery(
            q=drawn.choice(("", *_WORDS)),
            facets=chosen,
            ranges={"patients": Span(least=drawn.choice((10, 50, 100)))} if drawn.random() < 1 / 3 else {},
        )
