"""What a spool keeps."""

import errno
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

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


def _asked(spool: Spool, *numbers: int) -> None:
    for number in numbers:
        spool.store(_reply(str(number).encode()), asked=f"http://node.example/{number}")


def _replayed(folder: Path, *numbers: int) -> list[bytes | None]:
    spool = Spool(folder)
    pages = [spool.replay(f"http://node.example/{number}") for number in numbers]
    return [page.read() if page else None for page in pages]


def test_what_was_asked_before_is_given_again_in_its_order(tmp_path: Path) -> None:
    _asked(Spool(tmp_path), 1, 2, 3)
    assert _replayed(tmp_path, 1, 2, 3, 4) == [b"1", b"2", b"3", None]


def test_another_way_drops_the_rest_of_the_old_one(tmp_path: Path) -> None:
    _asked(Spool(tmp_path), 1, 2, 3)
    assert _replayed(tmp_path, 1, 7, 2) == [b"1", None, None]
    assert [page.read() for page in Spool(tmp_path)] == [b"1"]


def test_a_request_without_a_question_drops_what_was_not_given_again(tmp_path: Path) -> None:
    _asked(Spool(tmp_path), 1, 2, 3)
    spool = Spool(tmp_path)
    spool.replay("http://node.example/1")
    _asked(spool, 9)
    assert [page.read() for page in spool] == [b"1", b"9"]


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"\xff\x00", b'{"number": 2}', b"[" * 100_000])
def test_a_description_that_is_damaged_takes_those_behind_it_along(tmp_path: Path, garbage: bytes) -> None:
    _asked(Spool(tmp_path), 1, 2, 3)
    (tmp_path / "00002.json").write_bytes(garbage)
    assert [page.number for page in Spool(tmp_path)] == [1]
    assert not (tmp_path / "00003.json").exists()


def test_a_description_of_another_page_is_damage_too(tmp_path: Path) -> None:
    _asked(Spool(tmp_path), 1, 2, 3)
    (tmp_path / "00002.json").write_bytes((tmp_path / "00003.json").read_bytes())
    assert _replayed(tmp_path, 1, 2) == [b"1", None]


def test_a_description_without_its_bytes_does_not_count(tmp_path: Path) -> None:
    _asked(Spool(tmp_path), 1, 2)
    (tmp_path / "00001.body").unlink()
    assert len(Spool(tmp_path)) == 0


def test_bytes_that_changed_on_disk_are_not_given_again(tmp_path: Path) -> None:
    _asked(Spool(tmp_path), 1, 2, 3)
    (tmp_path / "00002.body").write_bytes(b"3")
    assert _replayed(tmp_path, 1, 2, 3) == [b"1", None, None]


def test_what_was_no_answer_is_asked_for_again_and_its_successors_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    _asked(spool, 1)
    spool.attach(spool.store(replace(_reply(b""), status=0), asked="http://node.example/2"), b"why")
    _asked(spool, 3)
    again = Spool(tmp_path)
    assert [bool(again.replay(f"http://node.example/{number}")) for number in (1, 2)] == [True, False]
    _asked(again, 2)
    assert again.replay("http://node.example/3")
    assert [(page.read(), again.attached(page)) for page in again] == [
        (b"1", None),
        (b"2", None),
        (b"3", None),
    ]


def test_pages_from_memory_are_asked_for_again_where_new_ones_are_wanted(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.store(replace(_reply(b"old"), revalidated=True))
    _asked(spool, 2)
    spool.rewind()
    assert spool.replay("http://node.example/catalog", only_new=True) is None
    spool.store(_reply(b"new"))
    assert spool.replay("http://node.example/2", only_new=True)
    assert [page.read() for page in spool] == [b"new", b"2"]


def test_a_full_disk_is_told_and_leaves_what_was_whole(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from harvesters.spool import Spool; from harvesters.transport import Reply\n"
        "reply = lambda body: Reply('http://node.example/', 200, {}, body, datetime.now(UTC))\n"
        "spool = Spool(Path(sys.argv[1])); spool.store(reply(b'whole'))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    spool.store(reply(b'x' * 5000))\n"
        "except OSError as error:\n    print(error.errno, len(spool), len(list(spool)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(errno.EFBIG), "1", "1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00001.body", "00001.json"]
