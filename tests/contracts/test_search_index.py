"""What every search index promises; each adapter is a parameter."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import sleep

import pytest
import tantivy

from catalogue.errors import BadRequest, IndexUnavailable
from catalogue.folders import current
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.indexes.tantivy.failures import engine_failures
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
from tests.contracts.oracle import Oracle, words

SETTINGS = IndexSettings(analysis="1", scheme="a", facets=("cancer", "modality", "provider"))
OTHER_SETTINGS = IndexSettings(analysis="2", scheme="a", facets=("cancer", "modality", "provider"))
SEED = 20_240
BROADER = {"C1": ("C0",), "C2": ("C0",), "C11": ("C1", "C0"), "C12": ("C1", "C0"), "C9": ()}
WORDS = ("lung", "brain", "ct", "mr", "screen", "cohort", "tumor", "Aa", "über", "x" * 60)
SORTS = ("relevance", "patients", "-patients", "modified", "-modified", "title")


@dataclass(frozen=True)
class Adapter:
    """How one kind of index is opened; ``place`` is all that its writer and readers share."""

    writer: Callable[[Path, IndexSettings], IndexWriter]
    reader: Callable[[Path, IndexSettings], IndexReader]


ADAPTERS = {"tantivy": Adapter(TantivyWriter, TantivyReader)}


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ADAPTERS[request.param]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def writer(adapter: Adapter, place: Path) -> Iterator[IndexWriter]:
    opened = adapter.writer(place, SETTINGS)
    yield opened
    opened.close()


@pytest.fixture
def reader(adapter: Adapter, place: Path) -> IndexReader:
    return adapter.reader(place, SETTINGS)


def made_up(random: Random, number: int) -> Document:
    own = tuple(random.sample(sorted(BROADER), random.choice((0, 1, 1, 2))))
    closure = tuple(dict.fromkeys(code for each in own for code in (each, *BROADER[each])))
    modality = tuple(random.sample(("CT", "MR", "PT"), random.choice((0, 1, 2))))
    provider = (random.choice(("north", "south")),)
    facets = {"modality": modality, "provider": provider}
    return Document(
        key=random.choice(("", "same-beginning-", "same-beginning-é")) + f"{number:03}",
        title=f"Dataset {number}",
        sort_title=random.choice(("", "alpha", "alpha beta", "alphä", "beta", f"gamma {number}")),
        provider=provider[0],
        modified=random.choice(("", "2024", "2024-01-01", "2024-02-01", "2023-12-31")),
        patients=random.choice((None, 0, 9, 10, 50, 99, 100, 499, 5_000, 10_000, 123_456)),
        studies=random.choice((None, 0, 3, 700)),
        counted=random.random() < 0.8,
        concepts={"cancer": own, **facets},
        closure={"cancer": closure, **facets},
        title_tokens=" ".join(random.choices(WORDS, k=2)),
        label_tokens=random.choice(("", "lung", "brain")),
        keyword_tokens=random.choice(("", "ct", "ct mr")),
        text_tokens=" ".join(random.choices(WORDS, k=random.randint(0, 6))),
    )


def made_up_query(random: Random) -> IndexQuery:
    return IndexQuery(
        tokens=tuple(random.choices((*WORDS, "absent"), k=random.choice((0, 0, 1, 2)))),
        filters=tuple(made_up_filter(random, name) for name in SETTINGS.facets if random.random() < 0.4),
        ranges=(made_up_range(random),) if random.random() < 0.3 else (),
        sort=random.choice(SORTS),
        limit=random.choice((1, 7, 50)),
        facets=SETTINGS.facets,
        histograms=("patients", "studies"),
    )


def made_up_filter(random: Random, name: str) -> FacetFilter:
    codes = {"cancer": ("C0", "C1", "C11", "C9"), "modality": ("CT", "MR"), "provider": ("north", "nowhere")}
    return FacetFilter(
        facet=name,
        wanted=tuple(random.sample(codes[name], random.choice((0, 1, 1, 2)))),
        every=random.random() < 0.3,
        missing=random.random() < 0.3,
        unwanted=tuple(random.sample(codes[name], random.choice((0, 0, 1)))),
        unwanted_missing=random.random() < 0.2,
        own=random.random() < 0.3,
    )


def made_up_range(random: Random) -> RangeFilter:
    least, most = random.choice(((None, None), (10, None), (None, 100), (9, 5_000), (400, 300)))
    return RangeFilter(field=random.choice(("patients", "studies")), least=least, most=most)


def dataset(key: str, **facts: object) -> Document:
    plain = {"title": key, "sort_title": key, "provider": "north", "concepts": {}, "closure": {}}
    return Document.model_validate({"key": key, "title_tokens": "lung", **plain, **facts})


def keys(reader: IndexReader, query: IndexQuery | None = None) -> list[str]:
    return [hit.document.key for hit in reader.search(query or IndexQuery()).hits]


@pytest.fixture
def documents(writer: IndexWriter) -> list[Document]:
    """Several hundred documents, written in several commits, some replaced and some dropped again."""
    random = Random(SEED)
    first = {document.key: document for document in (made_up(random, number) for number in range(300))}
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


def test_the_watermark_outlives_the_writer(adapter: Adapter, place: Path) -> None:
    writer = adapter.writer(place, SETTINGS)
    assert writer.watermark() == 0
    writer.apply([PutDocument(document=dataset("a"))], watermark=17)
    writer.close()
    again = adapter.writer(place, SETTINGS)
    assert again.watermark() == 17
    again.close()


def test_a_second_writer_is_refused_in_plain_words(
    adapter: Adapter, place: Path, writer: IndexWriter
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    with pytest.raises(IndexUnavailable, match="already has a writer"):
        adapter.writer(place, SETTINGS)


def test_other_settings_make_an_index_that_has_followed_nothing(adapter: Adapter, place: Path) -> None:
    old = adapter.writer(place, SETTINGS)
    old.apply([PutDocument(document=dataset("a"))], watermark=5)
    old.close()
    new = adapter.writer(place, OTHER_SETTINGS)
    assert new.watermark() == 0
    assert keys(adapter.reader(place, SETTINGS)) == ["a"]
    new.rebuild([dataset("b")], watermark=6)
    assert keys(adapter.reader(place, OTHER_SETTINGS)) == ["b"]
    new.close()


def test_a_reader_refuses_an_index_of_other_settings(
    adapter: Adapter, place: Path, writer: IndexWriter
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    with pytest.raises(IndexUnavailable, match="other settings"):
        adapter.reader(place, OTHER_SETTINGS).search(IndexQuery())


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


# --- what only an index in a folder promises --------------------------------------------------------------


def test_a_commit_of_another_process_is_seen_by_the_next_search(place: Path) -> None:
    reader = TantivyReader(place, SETTINGS)
    program = (
        "import sys; from pathlib import Path; from catalogue.ports import *;"
        "from catalogue.indexes.tantivy import TantivyWriter;"
        "settings = IndexSettings('1', 'a', ('cancer', 'modality', 'provider'));"
        "writer = TantivyWriter(Path(sys.argv[1]), settings);"
        "writer.apply([PutDocument(document=Document.model_validate_json(sys.argv[2]))], watermark=1);"
        "writer.close()"
    )
    for key in "ab":
        arguments = [str(place), dataset(key).model_dump_json()]
        subprocess.run([sys.executable, "-c", program, *arguments], check=True, timeout=60)
        assert keys(reader)[-1] == key


def test_a_version_that_a_crash_left_unfinished_is_cleared_away(place: Path) -> None:
    writer = TantivyWriter(place, SETTINGS)
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    writer.close()
    (place / "v000000000000-20240101T000000000000").mkdir()
    TantivyWriter(place, SETTINGS).close()
    assert [found.name for found in place.glob("v*-*")] == [current(place)]


def test_a_commit_without_its_watermark_is_repaired_by_the_same_changes(place: Path) -> None:
    changes = [PutDocument(document=dataset(key)) for key in "ab"]
    writer = TantivyWriter(place, SETTINGS)
    writer.apply(changes, watermark=2)
    writer.close()
    (place / current(place) / "WATERMARK").unlink()
    again = TantivyWriter(place, SETTINGS)
    assert again.watermark() == 0
    again.apply(changes, watermark=2)
    again.close()
    assert keys(TantivyReader(place, SETTINGS)) == ["a", "b"]


def test_a_damaged_index_is_an_answer_and_no_crash(place: Path) -> None:
    writer, reader = TantivyWriter(place, SETTINGS), TantivyReader(place, SETTINGS)
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    for part in (place / current(place)).glob("*.store"):
        part.write_bytes(b"")
    writer.close()
    with pytest.raises(IndexUnavailable):
        reader.search(IndexQuery())


def test_a_damaged_index_is_built_again_from_nothing(place: Path) -> None:
    writer = TantivyWriter(place, SETTINGS)
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    writer.close()
    (place / current(place) / "meta.json").write_text("{")
    again = TantivyWriter(place, SETTINGS)
    assert again.watermark() == 0
    again.rebuild([dataset("b")], watermark=2)
    again.close()
    assert keys(TantivyReader(place, SETTINGS)) == ["b"]


def test_a_panic_of_the_engine_becomes_an_error_of_ours(tmp_path: Path) -> None:
    index = tantivy.Index(tantivy.SchemaBuilder().build())
    with pytest.raises(IndexUnavailable), engine_failures(tmp_path):
        index.searcher().search(tantivy.Query.all_query(), limit=0)


def test_an_interruption_is_not_taken_for_a_failure_of_the_engine(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), engine_failures(tmp_path):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), engine_failures(tmp_path):
        raise KeyboardInterrupt


WRITE_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from catalogue.indexes.tantivy import TantivyWriter
from catalogue.ports import Document, IndexSettings, PutDocument

writer = TantivyWriter(Path(sys.argv[1]), IndexSettings("1", "a", ("cancer", "modality", "provider")))
plain = Document.model_validate_json(sys.argv[2])
for turn in count(writer.watermark() + 1):
    documents = [plain.model_copy(update={"key": key, "patients": turn}) for key in "abc"]
    writer.apply([PutDocument(document=document) for document in documents], watermark=turn)
    if turn % 5 == 0:
        writer.rebuild(documents, watermark=turn)
    print(turn, flush=True)
"""


def test_a_killed_writer_leaves_an_index_that_holds_what_its_watermark_promises(place: Path) -> None:
    random, arguments = Random(7), [str(place), dataset("x").model_dump_json()]
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, *arguments], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            sleep(random.random() / 2)
            process.kill()
        hits = TantivyReader(place, SETTINGS).search(IndexQuery()).hits
        writer = TantivyWriter(place, SETTINGS)
        assert [hit.document.key for hit in hits] == ["a", "b", "c"]
        assert {hit.document.patients for hit in hits} <= {writer.watermark(), writer.watermark() + 1}
        writer.close()
