"""How a real Elasticsearch is started for the tests: the minimal distribution, its own user, on loopback."""

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx

from tests.machine import cache_folder, free_port

VERSION = "9.5.3"
_COORDINATES = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_MAVEN_GET = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"
_LEAST_JAVA = 21
_FETCH_SECONDS = 180
_START_SECONDS = 100
_SETTINGS = """
cluster.name: catalogue-tests
discovery.type: single-node
http.host: 127.0.0.1
transport.host: 127.0.0.1
http.port: {port}
transport.port: {transport_port}
path.data: {folder}/data
path.logs: {folder}/logs
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""


class ServerAbsent(Exception):
    """Why no server can run here."""


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    numbers: Iterator[int]

    def new_prefix(self) -> str:
        """A name that no other test's indexes begin with."""
        return f"test{next(self.numbers)}"

    def remove(self, prefix: str) -> None:
        """Delete the indexes of one test."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            for name in client.get(f"/{prefix}-*/_settings").raise_for_status().json():
                client.delete(f"/{name}").raise_for_status()


@contextmanager
def running_server() -> Iterator[Server]:
    """A node of its own that goes when the tests end; raises ``ServerAbsent``."""
    java = _java()
    user = _user()
    home = _installed()
    folder = Path(tempfile.mkdtemp(prefix="catalogue-elasticsearch-"))
    try:
        port = _configure(home, folder, user)
        with _started(home, folder, java, user, port) as url:
            yield Server(url, count(1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _java() -> Path:
    """The first Java that is new enough: a named one, or one of Debian's."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    for home in (*named, *sorted(Path("/usr/lib/jvm").glob("*"))):
        if (home / "bin" / "java").exists() and _release(home) >= _LEAST_JAVA:
            return home
    raise ServerAbsent(f"there is no Java {_LEAST_JAVA} or later (JAVA_HOME, /usr/lib/jvm)")


def _release(home: Path) -> int:
    told = home / "release"
    found = (
        re.search(r'^JAVA_VERSION="(\d+)', told.read_text("utf-8"), re.MULTILINE) if told.exists() else None
    )
    return int(found[1]) if found else 0


def _user() -> str | None:
    """The server refuses to run as root."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_name
    except KeyError:
        raise ServerAbsent("these tests run as root and there is no other user for the server") from None


def _installed() -> Path:
    """The unpacked distribution, fetched once and kept for later runs."""
    cache = cache_folder()
    home = cache / f"elasticsearch-{VERSION}"
    with (cache / "LOCK").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            _unpack(_fetched(), cache)
    return home


def _fetched() -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerAbsent("there is no mvn to fetch it with (Debian: apt-get install maven)")
    command = [maven, "-q", "-B", _MAVEN_GET, f"-Dartifact={_COORDINATES}", "-Dtransitive=false"]
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=_FETCH_SECONDS, cwd=cache_folder()
        )
    except subprocess.CalledProcessError as error:
        raise ServerAbsent(f"mvn cannot fetch {_COORDINATES}: {error.stdout.strip()[-300:]}") from error
    except subprocess.TimeoutExpired as error:
        raise ServerAbsent(f"mvn did not fetch {_COORDINATES} within {_FETCH_SECONDS} s") from error
    group, name, version, kind = _COORDINATES.split(":")
    repository = Path.home() / ".m2" / "repository"
    return repository.joinpath(*group.split("."), name, version, f"{name}-{version}.{kind}")


def _unpack(archive: Path, cache: Path) -> None:
    """Unpack aside, then rename, so that a killed run leaves no half of a server."""
    aside = Path(tempfile.mkdtemp(dir=cache))
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(aside)
        for program in (aside / f"elasticsearch-{VERSION}" / "bin").iterdir():
            program.chmod(0o755)
        (aside / f"elasticsearch-{VERSION}").rename(cache / f"elasticsearch-{VERSION}")
    finally:
        shutil.rmtree(aside)


def _configure(home: Path, folder: Path, user: str | None) -> int:
    port, transport_port = free_port(), free_port()
    configuration = folder / "config"
    (folder / "tmp").mkdir()
    shutil.copytree(home / "config", configuration)
    (configuration / "elasticsearch.yml").write_text(
        _SETTINGS.format(folder=folder, port=port, transport_port=transport_port), "utf-8"
    )
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user=user)
    return port


@contextmanager
def _started(home: Path, folder: Path, java: Path, user: str | None, port: int) -> Iterator[str]:
    log = folder / "log"
    surroundings = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "tmp"),
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(home / "bin" / "elasticsearch")],
            stdout=output,
            stderr=output,
            user=user,
            cwd=folder,
            env=surroundings,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(server, url, log)
        yield url
    finally:
        server.terminate()  # the launcher ends the server that it started
        server.wait(_START_SECONDS)


def _wait(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """This distribution has nothing at ``/``; the cluster's health says when it is ready."""
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            httpx.get(f"{url}/_cluster/health", timeout=10).raise_for_status()
        except httpx.HTTPError as error:
            if server.poll() is not None or time.monotonic() > end:
                raise ServerAbsent(f"the server does not start: {log.read_text()[-1000:]}") from error
            time.sleep(0.25)
        else:
            return
