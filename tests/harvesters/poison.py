"""Work that a sandbox must survive."""

import errno
import os
import time

from harvesters.errors import ProviderBusy


def linked(count: int, subject: str = "http://node.example/poison") -> bytes:
    """N-Triples in which every blank node is linked to every other: nine of them take RDFC-1.0 about 40 s."""
    nodes = [f"_:b{number}" for number in range(count)]
    lines = [f"<{subject}> <http://node.example/has> {node} ." for node in nodes]
    lines += [f"{one} <http://node.example/p> {other} ." for one in nodes for other in nodes if one != other]
    return "\n".join(lines).encode() + b"\n"


def double(number: int, *, plus: int = 0) -> int:
    return 2 * number + plus


def process_id() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def be_busy() -> None:
    raise ProviderBusy("the sentence", retry_after=7.0)


def fall_over() -> None:
    os._exit(3)


def fill_disk() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def fill_memory() -> int:
    return len(bytearray(4_000_000_000))


def abort() -> None:
    os.abort()
