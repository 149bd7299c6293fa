"""How a real PostgreSQL is started for the tests: Debian's server, as a user other than root, on loopback."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from tests.machine import free_port

_OWNER = "catalogue"
_START_SECONDS = 30


class ServerAbsent(Exception):
    """Why no server can run here."""


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    numbers: Iterator[int]

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """An empty database's SQLAlchemy address; it lasts as long as the context."""
        name = f"ledger_{next(self.numbers)}"
        with _connect(self.port) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        yield f"postgresql+psycopg://{_OWNER}@127.0.0.1:{self.port}/{name}"
        with _connect(self.port) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def running_server() -> Iterator[Server]:
    """A cluster of its own that goes when the tests end; raises ``ServerAbsent``."""
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="catalogue-postgresql-"))
    try:
        if user is not None:
            shutil.chown(folder, user=user)
        _make_cluster(programs, folder, user)
        with _started(programs, folder, user) as port:
            yield Server(port, count(1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("pg_config")
    if found:
        told = subprocess.run([found, "--bindir"], check=True, capture_output=True, text=True)
        if (Path(told.stdout.strip()) / "initdb").exists():
            return Path(told.stdout.strip())
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise ServerAbsent("there is no initdb (Debian: apt-get install postgresql)")


def _user() -> str | None:
    """The server refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise ServerAbsent("these tests run as root and there is no other user for the server")


def _make_cluster(programs: Path, folder: Path, user: str | None) -> None:
    arguments = ["-D", str(folder / "data"), "-U", _OWNER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
    made = subprocess.run(
        [str(programs / "initdb"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        user=user,
        cwd=folder,
    )
    if made.returncode:
        raise ServerAbsent(f"initdb failed: {made.stderr.strip()[-300:]}")


@contextmanager
def _started(programs: Path, folder: Path, user: str | None) -> Iterator[int]:
    port = free_port()
    log = folder / "log"
    arguments = ["-D", str(folder / "data"), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    arguments += ["-c", "shared_buffers=32MB", "-c", "fsync=off"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(programs / "postgres"), *arguments], stdout=output, stderr=output, user=user, cwd=folder
        )
    try:
        _wait(server, port, log)
        yield port
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: the folder goes anyway
        server.wait(_START_SECONDS)


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            _connect(port).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > end:
                raise ServerAbsent(f"the server does not start: {log.read_text()[-300:]}") from error
            time.sleep(0.05)
        else:
            return


def _connect(port: int) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        f"host=127.0.0.1 port={port} user={_OWNER} dbname=postgres", autocommit=True, connect_timeout=10
    )
