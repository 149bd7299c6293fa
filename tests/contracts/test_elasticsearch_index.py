"""What only an index in a cluster promises: refusals in words, swaps under load, deep pages."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Event, Thread

import httpx
import pytest

from catalogue.errors import IndexUnavailable, SettingsInvalid
from catalogue.indexes.elasticsearch import ElasticsearchReader, ElasticsearchWriter
from catalogue.ports import DropDocument, IndexQuery, PutDocument
from tests.contracts.index_builders import (
    OTHER_SETTINGS,
    SEED,
    SETTINGS,
    SORTS,
    dataset,
    keys,
    made_up_documents,
)
from tests.contracts.oracle import Oracle

Place = tuple[str, str]


@pytest.fixture
def writer(cluster: Place) -> Iterator[ElasticsearchWriter]:
    url, prefix = cluster
    with closing(ElasticsearchWriter(url, SETTINGS, prefix)) as opened:
        yield opened


@pytest.fixture
def reader(cluster: Place) -> Iterator[ElasticsearchReader]:
    url, prefix = cluster
    with closing(ElasticsearchReader(url, SETTINGS, prefix)) as opened:
        yield opened


def indexes(cluster: Place) -> dict[str, object]:
    url, prefix = cluster
    found: dict[str, object] = httpx.get(f"{url}/{prefix}-*").raise_for_status().json()
    return found


@contextmanager
def answering(status: int, body: object) -> Iterator[str]:
    """A server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_writer_that_another_has_overtaken_is_refused_until_it_asks_for_the_watermark(
    cluster: Place, writer: ElasticsearchWriter, reader: ElasticsearchReader
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    with closing(ElasticsearchWriter(cluster[0], SETTINGS, cluster[1])) as other:
        other.apply([PutDocument(document=dataset("b"))], watermark=2)
    with pytest.raises(IndexUnavailable, match="another writer"):
        writer.apply([DropDocument(key="b")], watermark=2)
    assert keys(reader) == ["a", "b"]
    assert writer.watermark() == 2
    writer.apply([DropDocument(key="b")], watermark=3)
    assert keys(reader) == ["a"]


def test_an_index_that_was_deleted_is_noticed_and_not_made_anew_by_its_next_change(
    cluster: Place, writer: ElasticsearchWriter
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=8)
    for name in indexes(cluster):
        httpx.delete(f"{cluster[0]}/{name}").raise_for_status()
    with pytest.raises(IndexUnavailable):
        writer.apply([PutDocument(document=dataset("b"))], watermark=9)
    assert indexes(cluster) == {}
    assert writer.watermark() == 0


def test_a_document_that_the_cluster_refuses_is_named_and_the_watermark_stays(
    writer: ElasticsearchWriter,
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    too_many = dataset("odd", patients=2**70)
    with pytest.raises(IndexUnavailable, match="refused 1 documents, among them dataset/odd: "):
        writer.apply([PutDocument(document=too_many), PutDocument(document=dataset("b"))], watermark=2)
    assert writer.watermark() == 1


def test_dropping_what_is_not_there_is_no_failure(
    writer: ElasticsearchWriter, reader: ElasticsearchReader
) -> None:
    writer.apply([PutDocument(document=dataset("a")), DropDocument(key="nobody")], watermark=1)
    assert keys(reader) == ["a"]


def test_a_field_that_the_mapping_does_not_name_is_refused(
    cluster: Place, writer: ElasticsearchWriter
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    (name,) = indexes(cluster)
    answer = httpx.post(f"{cluster[0]}/{name}/_doc", json={"colour": "red"})
    assert answer.status_code == 400
    assert "strict" in answer.text


def test_a_rebuild_leaves_one_index_behind_one_alias(cluster: Place, writer: ElasticsearchWriter) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    with closing(ElasticsearchWriter(cluster[0], OTHER_SETTINGS, cluster[1])) as other:
        other.rebuild([dataset("b")], watermark=2)
    (found,) = indexes(cluster).values()
    assert isinstance(found, dict)
    assert len(found["aliases"]) == 1


def test_a_rebuild_leaves_an_index_alone_that_only_begins_alike(
    cluster: Place, writer: ElasticsearchWriter, reader: ElasticsearchReader
) -> None:
    alike = f"{cluster[1]}-vocabulary"
    httpx.put(f"{cluster[0]}/{alike}", json={"aliases": {"words": {}}}).raise_for_status()
    assert keys(reader) == []
    writer.rebuild([dataset("a")], watermark=1)
    assert alike in indexes(cluster)
    assert keys(reader) == ["a"]


def test_what_a_killed_writer_left_unseen_is_seen_when_the_next_one_opens(
    cluster: Place, writer: ElasticsearchWriter, reader: ElasticsearchReader
) -> None:
    writer.apply([PutDocument(document=dataset("a"))], watermark=1)
    (name,) = indexes(cluster)
    httpx.delete(f"{cluster[0]}/{name}/_doc/dataset%2Fa").raise_for_status()  # and no refresh
    assert keys(reader) == ["a"]
    ElasticsearchWriter(cluster[0], SETTINGS, cluster[1]).close()
    assert keys(reader) == []


def test_searches_are_answered_while_the_index_is_replaced(
    writer: ElasticsearchWriter, reader: ElasticsearchReader
) -> None:
    writer.rebuild([dataset("a"), dataset("b")], watermark=1)
    done, found, failures = Event(), set[tuple[str, ...]](), list[IndexUnavailable]()

    def search_on() -> None:
        while not done.is_set():
            try:
                found.add(tuple(keys(reader, IndexQuery(facets=("cancer",)))))
            except IndexUnavailable as error:
                failures.append(error)

    searching = [Thread(target=search_on) for _ in range(3)]
    for thread in searching:
        thread.start()
    for turn in range(8):
        writer.rebuild([dataset("a"), dataset("b")], watermark=turn + 2)
    done.set()
    for thread in searching:
        thread.join()
    assert failures == []
    assert found == {("a", "b")}


def test_hits_behind_the_window_come_in_the_same_order_and_once_each(
    cluster: Place, writer: ElasticsearchWriter
) -> None:
    documents = made_up_documents(Random(SEED), 60)
    writer.rebuild(documents, watermark=1)
    oracle = Oracle(documents)
    with closing(ElasticsearchReader(cluster[0], SETTINGS, cluster[1], window=10)) as reader:
        for sort in SORTS:
            query = IndexQuery(sort=sort, limit=7)
            pages = (keys(reader, query.model_copy(update={"offset": offset})) for offset in range(0, 70, 7))
            assert [key for page in pages for key in page] == oracle.order(query)


def test_a_page_behind_the_engines_own_window_is_found(cluster: Place, writer: ElasticsearchWriter) -> None:
    writer.rebuild((dataset(f"{number:05}") for number in range(10_030)), watermark=1)
    with closing(ElasticsearchReader(cluster[0], SETTINGS, cluster[1])) as reader:
        page = reader.search(IndexQuery(tokens=("lung",), offset=10_020, limit=20))
        assert [hit.document.key for hit in page.hits] == [f"{number:05}" for number in range(10_020, 10_030)]
        assert page.total.datasets == 10_030
        assert len(list(reader.scan())) == 10_030


def test_a_cluster_that_does_not_answer_is_one_sentence_without_the_password() -> None:
    reader = ElasticsearchReader("http://ada:secret@127.0.0.1:9", SETTINGS, "x")
    with closing(reader), pytest.raises(IndexUnavailable) as failure:
        reader.search(IndexQuery())
    assert "http://127.0.0.1:9 does not answer" in str(failure.value)
    assert "secret" not in str(failure.value)


def test_a_server_of_another_major_version_is_told_in_words() -> None:
    error = {"error": {"type": "media_type_header_exception", "reason": "Invalid header"}, "status": 400}
    with answering(400, error) as url, pytest.raises(IndexUnavailable, match="another major version"):
        ElasticsearchWriter(url, SETTINGS, "x")


def test_what_is_no_elasticsearch_is_told_in_words() -> None:
    with answering(200, {}) as url, pytest.raises(IndexUnavailable, match="is no Elasticsearch"):
        ElasticsearchWriter(url, SETTINGS, "x")


@pytest.mark.parametrize("url", ["", "localhost", "ftp://localhost:9200", "http://localhost"])
def test_an_address_that_is_none_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        ElasticsearchReader(url, SETTINGS, "x")
