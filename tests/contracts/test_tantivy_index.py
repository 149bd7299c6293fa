"""What only an index in a folder promises: other processes, crashes, damage."""

import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from time import sleep

import pytest
import tantivy

from catalogue.errors import IndexUnavailable
from catalogue.folders import current
from catalogue.indexes.tantivy import TantivyReader, TantivyWriter
from catalogue.indexes.tantivy.failures import engine_failures
from catalogue.ports import IndexQuery, PutDocument
from tests.contracts.index_builders import SETTINGS, dataset, keys


def test_a_second_writer_is_refused_in_plain_words(place: Path) -> None:
    with closing(TantivyWriter(place, SETTINGS)) as writer:
        writer.apply([PutDocument(document=dataset("a"))], watermark=1)
        with pytest.raises(IndexUnavailable, match="already has a writer"):
            TantivyWriter(place, SETTINGS)


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
from catalogue.indexes.elasticsearch import ElasticsearchReader, ElasticsearchWriter
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
