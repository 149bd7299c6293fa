"""How a Redis is started that keeps nothing on disk: CKAN queues its harvest jobs there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machine import free_port
from tests.peers.kept import PeerAbsent
from tests.peers.serving import listens, running


@contextmanager
def running_redis(folder: Path) -> Iterator[int]:
    """The port of a server on loopback."""
    # One program has both names and goes by the one it was called with. Debian's redis-tools has the second
    # name alone and, unlike redis-server, starts no service of its own.
    program = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    if program is None:
        raise PeerAbsent("there is no redis-server (Debian: apt-get install redis-tools)")
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with running(command, folder, lambda: listens(port), program=program):
        yield port
