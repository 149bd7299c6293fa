"""What a spool keeps."""

from datetime import UTC, datetime
from pathlib import Path

from harvesters.spool import Spool
from harvesters.transport import Reply


def _reply(body: bytes) -> Reply:
    headers = {"content-type": "text/turtle", "x-näme": "ü"}
    return Reply("http://node.example/catalog", 200, headers, body, datetime(2026, 11, 1, 12, 0, 0, 5, UTC))


def test_an_answer_is_kept_byte_for_byte_with_its_circumstances(tmp_path: Path) -> None:
    reply = _reply(b"\xef\xbb\xbf\x00 \xff\r\n")
    stored = Spool(tmp_path / "run" / "1").store(reply)
    (page,) = Spool(tmp_path / "run" / "1")
    assert page == stored
    assert page.read() == reply.body
    assert (page.url, page.status, page.headers) == (reply.url, reply.status, reply.headers)
    assert page.fetched_at == reply.fetched_at


def test_pages_come_in_the_order_of_their_requests(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(12):
        spool.store(_reply(str(number).encode()))
    assert [page.read() for page in spool] == [str(number).encode() for number in range(12)]


def test_a_page_whose_description_was_not_written_does_not_count(tmp_path: Path) -> None:
    Spool(tmp_path).store(_reply(b"whole"))
    (tmp_path / "00002.body").write_bytes(b"half of i")
    spool = Spool(tmp_path)
    assert len(spool) == 1
    assert spool.store(_reply(b"again")).read() == b"again"


def test_what_was_made_of_a_page_lies_beside_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    page = spool.store(_reply(b"page"))
    assert spool.attached(page) is None
    spool.attach(page, b"made")
    assert Spool(tmp_path).attached(page) == b"made"


def test_a_removed_spool_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "run")
    spool.store(_reply(b"page"))
    spool.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_page_taken_out_leaves_nothing_to_its_successor(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    page = spool.store(_reply(b"bad"))
    spool.attach(page, b"made of the bad one")
    spool.discard(page)
    assert spool.attached(spool.store(_reply(b"good"))) is None
    assert len(spool) == 1
