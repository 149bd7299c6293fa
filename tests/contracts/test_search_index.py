"""What every search index promises; each adapter is a parameter."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import pytest

from catalogue.errors import BadRequest, IndexUnavailable
from catalogue.indexes.elasticsearch import ElasticsearchReader, ElasticsearchWriter
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.ports import (
    Document,
    DropDocument,
    FacetFilter,
    IndexQuery,
    IndexReader,
    IndexSettings,
    IndexWriter,
    PutDocument,
    RangeFilter,
)
from tests.contracts.index_builders import (
    OTHER_SETTINGS,
    SEED,
    SETTINGS,
    dataset,
    keys,
    made_up,
    made_up_documents,
    made_up_query,
)
from tests.contracts.oracle import Oracle, words


@dataclass(frozen=True)
class Adapter:
    """How one kind of index is opened; all writers and readers of one adapter share one place."""

    writer: Callable[[IndexSettings], IndexWriter]
    reader: Callable[[IndexSettings], IndexReader]


@pytest.fixture
def tantivy_adapter(place: Path) -> Adapter:
    return Adapter(partial(TantivyWriter, place), partial(TantivyReader, place))


@pytest.fixture
def elasticsearch_adapter(cluster: tuple[str, str]) -> Iterator[Adapter]:
    url, prefix = cluster
    with ExitStack() as opened:

        def reader(settings: IndexSettings) -> IndexReader:
            return opened.enter_context(closing(ElasticsearchReader(url, settings, prefix)))

        yield Adapter(lambda settings: ElasticsearchWriter(url, settings, prefix), reader)


@pytest.fixture(params=["tantivy", "elasticsearch"])
def adapter(request: pytest.FixtureRequest) -> Adapter:
    found: Adapter = request.getfixturevalue(f"{request.param}_adapter")
    return found


@pytest.fixture
def writer(adapter: Adapter) -> Iterator[IndexWriter]:
    with closing(adapter.writer(SETTINGS)) as opened:
        yield opened


@pytest.fixture
def reader(adapter: Adapter) -> IndexReader:
    return adapter.reader(SETTINGS)


@pytest.fixture
def documents(writer: IndexWriter) -> list[Document]:
    """Several hundred documents, written in several commits, some replaced and some dropped again."""
    random = Random(SEED)
    first = {document.key: document for document in made_up_documents(random)}
    second = {
        key: made_up(random, 0).model_copy(update={"key": key}) for key in random.sample(sorted(first), 40)
    }
    dropped = random.sample(sorted(first), 25)
    ordered = list(first.values())
    for start in range(0, len(ordered), 70):
        batch = ordered[start : start + 70]
        writer.apply([PutDocument(document=document) for document in batch], watermark=start + 1)
    writer.apply([PutDocument(document=document) for document in second.values()], watermark=400)
    writer.apply([DropDocument(key=key) for key in dropped], watermark=500)
    return [document for key, document in {**first, **second}.items() if key not in dropped]


def test_totals_facets_and_ranges_are_those_of_counting_by_hand(
    reader: IndexReader, documents: list[Document]
) -> None:
    oracle, random = Oracle(documents), Random(SEED + 1)
    found = 0
    for query in (made_up_query(random) for _ in range(80)):
        page = reader.search(query)
        found += page.total.datasets
        assert page.total == oracle.total(query), query
        assert page.facets == {name: oracle.facet(query, name) for name in query.facets}, query
        assert page.ranges == {name: oracle.range(query, name) for name in query.histograms}, query
    assert found > 1_000


def test_the_pages_of_a_search_are_its_hits_in_order_and_once_each(
    reader: IndexReader, documents: list[Document]
) -> None:
    oracle, random = Oracle(documents), Random(SEED + 2)
    for query in (made_up_query(random) for _ in range(60)):
        wanted = oracle.order(query)
        pages = (
            keys(reader, query.model_copy(update={"offset": offset}))
            for offset in range(0, len(wanted) + 1, query.limit)
        )
        found = [key for page in pages for key in page]
        if query.sort == "relevance" and query.tokens:
            found, wanted = sorted(found), sorted(wanted)
        assert found == wanted, query


def test_hits_come_by_score_and_equal_scores_by_key(reader: IndexReader, documents: list[Document]) -> None:
    query = IndexQuery(tokens=("lung",), limit=100)
    ranked = [(-round(hit.score, 5), hit.document.key) for hit in reader.search(query).hits]
    assert len(documents) > len(ranked) > 50
    assert ranked == sorted(ranked)


def test_a_hit_is_the_document_as_it_was_put_and_names_the_words_it_holds(
    reader: IndexReader, documents: list[Document]
) -> None:
    put = {document.key: document for document in documents}
    for hit in reader.search(IndexQuery(tokens=("lung", "ct"), limit=50)).hits:
        assert hit.document == put[hit.document.key]
        assert hit.matched == ("lung", "ct")
        assert {"lung", "ct"} <= words(hit.document)


def test_a_word_in_the_title_weighs_more_than_one_in_the_text(
    writer: IndexWriter, reader: IndexReader
) -> None:
    text = dataset("a", title_tokens="cohort", text_tokens="brain")
    title = dataset("b", title_tokens="brain", text_tokens="cohort")
    writer.apply([PutDocument(document=text), PutDocument(document=title)], watermark=1)
    assert keys(reader, IndexQuery(tokens=("brain",))) == ["b", "a"]


def test_a_filter_does_not_change_the_score(reader: IndexReader, documents: list[Document]) -> None:
    plain = reader.search(IndexQuery(tokens=("lung",), limit=300))
    north = FacetFilter(facet="provider", wanted=("north",))
    filtered = reader.search(IndexQuery(tokens=("lung",), filters=(north,), limit=100))
    scores = {hit.document.key: hit.score for hit in plain.hits}
    assert 0 < filtered.total.datasets < plain.total.datasets < len(documents)
    assert all(hit.score == pytest.approx(scores[hit.document.key]) for hit in filtered.hits)


def test_a_limit_of_nothing_still_counts(reader: IndexReader, documents: list[Document]) -> None:
    page = reader.search(IndexQuery(limit=0))
    assert (page.hits, page.total.datasets) == ((), len(documents))


def test_an_offset_beyond_the_hits_gives_an_empty_page(
    reader: IndexReader, documents: list[Document]
) -> None:
    page = reader.search(IndexQuery(tokens=("lung",), offset=10_000))
    assert page.hits == ()
    assert 0 < page.total.datasets < len(documents)


def test_an_index_that_nobody_has_begun_is_empty(reader: IndexReader) -> None:
    page = reader.search(IndexQuery(facets=("cancer",), histograms=("patients",)))
    query = IndexQuery(histograms=("patients",))
    assert page.facets["cancer"] == Oracle([]).facet(query, "cancer")
    assert page.ranges["patients"] == Oracle([]).range(query, "patients")
    assert list(reader.scan()) == []


def test_a_document_is_seen_when_apply_returns(writer: IndexWriter, reader: IndexReader) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    assert keys(reader) == ["a"]
    writer.apply([PutDocument(document=dataset("b"))], watermark=2)
    assert keys(reader) == ["a", "b"]


def test_a_dropped_document_is_gone_when_apply_returns(writer: IndexWriter, reader: IndexReader) -> None:
    writer.apply([PutDocument(document=dataset(key)) for key in "ab"], watermark=1)
    writer.apply([DropDocument(key="a")], watermark=2)
    assert keys(reader) == ["b"]


def test_the_last_change_of_a_batch_wins(writer: IndexWriter, reader: IndexReader) -> None:
    changes = (
        PutDocument(document=dataset("a", title="old")),
        PutDocument(document=dataset("a", title="new")),
        PutDocument(document=dataset("b")),
        DropDocument(key="b"),
    )
    writer.apply(changes, watermark=1)
    assert [hit.document.title for hit in reader.search(IndexQuery()).hits] == ["new"]


def test_changes_applied_twice_change_nothing_more(writer: IndexWriter, reader: IndexReader) -> None:
    changes = [PutDocument(document=dataset(key)) for key in "ab"] + [DropDocument(key="a")]
    writer.apply(changes, watermark=3)
    before = list(reader.scan())
    writer.apply(changes, watermark=3)
    assert list(reader.scan()) == before
    assert reader.search(IndexQuery()).total.datasets == 1


def test_a_batch_that_fails_half_way_leaves_nothing(writer: IndexWriter, reader: IndexReader) -> None:
    def broken() -> Iterator[PutDocument]:
        yield PutDocument(document=dataset("a"))
        raise LookupError

    writer.apply([PutDocument(document=dataset("z"))], watermark=1)
    with pytest.raises(LookupError):
        writer.apply(broken(), watermark=2)
    writer.apply([], watermark=1)
    assert keys(reader) == ["z"]


def test_the_watermark_outlives_the_writer(adapter: Adapter) -> None:
    writer = adapter.writer(SETTINGS)
    assert writer.watermark() == 0
    writer.apply([PutDocument(document=dataset("a"))], watermark=17)
    writer.close()
    again = adapter.writer(SETTINGS)
    assert again.watermark() == 17
    again.close()


def test_other_settings_make_an_index_that_has_followed_nothing(adapter: Adapter) -> None:
    old = adapter.writer(SETTINGS)
    old.apply([PutDocument(document=dataset("a"))], watermark=5)
    old.close()
    new = adapter.writer(OTHER_SETTINGS)
    assert new.watermark() == 0
    assert keys(adapter.reader(SETTINGS)) == ["a"]
    new.rebuild([dataset("b")], watermark=6)
    assert keys(adapter.reader(OTHER_SETTINGS)) == ["b"]
    new.close()


def test_a_reader_refuses_an_index_of_other_settings(adapter: Adapter, writer: IndexWriter) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    with pytest.raises(IndexUnavailable, match="other settings"):
        adapter.reader(OTHER_SETTINGS).search(IndexQuery())


def test_a_rebuild_holds_what_it_was_given_and_nothing_else(writer: IndexWriter, reader: IndexReader) -> None:
    writer.apply([PutDocument(document=dataset(key)) for key in "abc"], watermark=3)
    before = reader.search(IndexQuery()).generation
    writer.rebuild([dataset("b"), dataset("d")], watermark=4)
    page = reader.search(IndexQuery())
    assert [hit.document.key for hit in page.hits] == ["b", "d"]
    assert page.generation != before
    assert writer.watermark() == 4
    writer.apply([DropDocument(key="b")], watermark=5)
    assert keys(reader) == ["d"]


def test_readers_see_the_old_index_until_the_rebuild_is_done(
    writer: IndexWriter, reader: IndexReader
) -> None:
    seen: list[list[str]] = []

    def watched() -> Iterator[Document]:
        yield dataset("b")
        seen.append(keys(reader))

    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    writer.rebuild(watched(), watermark=2)
    assert seen == [["a"]]
    assert keys(reader) == ["b"]


def test_a_rebuild_that_fails_leaves_the_old_index(writer: IndexWriter, reader: IndexReader) -> None:
    def broken() -> Iterator[Document]:
        yield dataset("b")
        raise LookupError

    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    with pytest.raises(LookupError):
        writer.rebuild(broken(), watermark=2)
    writer.apply([PutDocument(document=dataset("c"))], watermark=2)
    assert keys(reader) == ["a", "c"]


def test_a_scan_goes_on_in_the_index_it_began_with(writer: IndexWriter, reader: IndexReader) -> None:
    writer.apply([PutDocument(document=dataset(key)) for key in "abc"], watermark=1)
    scan = reader.scan()
    first = next(scan)
    writer.rebuild([dataset("z")], watermark=2)
    assert sorted(digest.key for digest in (first, *scan)) == ["a", "b", "c"]


def test_a_scan_says_of_each_document_what_its_digest_says(
    reader: IndexReader, documents: list[Document]
) -> None:
    assert {each.key: each for each in reader.scan()} == {
        document.key: reader.digest(document) for document in documents
    }


def test_a_digest_does_not_depend_on_the_order_of_facets(reader: IndexReader) -> None:
    one = dataset("a", concepts={"cancer": ("C1",), "modality": ("CT",)})
    other = dataset("a", concepts={"modality": ("CT",), "cancer": ("C1",)})
    assert reader.digest(one) == reader.digest(other)
    assert reader.digest(one) != reader.digest(dataset("a", concepts={"cancer": ("C1",)}))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (IndexQuery(facets=("colour",)), "colour"),
        (IndexQuery(filters=(FacetFilter(facet="colour"),)), "colour"),
        (IndexQuery(ranges=(RangeFilter(field="weight"),)), "weight"),
        (IndexQuery(sort="colour"), "colour"),
    ],
)
def test_a_name_that_the_index_does_not_have_is_refused(
    reader: IndexReader, query: IndexQuery, name: str
) -> None:
    with pytest.raises(BadRequest, match=name):
        reader.search(query)
