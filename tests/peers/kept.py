"""Where the peers are kept between runs of the tests, and how each is put there once."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.machine import cache_folder

_INSTALL_SECONDS = 900
_MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_PROJECT = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tests</groupId><artifactId>peers</artifactId><version>1</version>
  <dependencies>{}</dependencies>
</project>
"""
_DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


class PeerAbsent(Exception):
    """Why a peer cannot run here."""


def kept(name: str, recipe: Sequence[str], build: Callable[[Path], None]) -> Path:
    """One folder a recipe: other versions get another one.

    The mark is made last, so half a folder of a killed run is begun anew. It is built where it stays, since a
    virtual environment cannot be moved.
    """
    cache = cache_folder()
    digest = hashlib.sha256("\n".join(recipe).encode()).hexdigest()
    folder = cache / f"{name}-{digest[:12]}"
    mark = folder / "COMPLETE"
    with (cache / f"{name}.LOCK").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder)
            mark.touch()
    return folder


def python_environment(name: str, *requirements: str) -> Path:
    """The folder of a virtual environment with these packages, which asks no more of the one we run in."""

    def install(folder: Path) -> None:
        pip = [str(folder / "bin" / "python"), "-m", "pip"]
        _run([sys.executable, "-m", "venv", str(folder)], folder)
        _run([*pip, "install", "--quiet", "--retries", "1", *requirements], folder)

    return kept(name, (sys.base_prefix, sys.version, *requirements), install)


def java_libraries(name: str, *artefacts: str) -> Path:
    """A folder with the jars of these artefacts (``group:name:version``) and of all that they need."""
    maven = shutil.which("mvn")
    if maven is None:
        raise PeerAbsent("there is no mvn (Debian: apt-get install maven)")

    def fetch(folder: Path) -> None:
        dependencies = "".join(_DEPENDENCY.format(*artefact.split(":")) for artefact in artefacts)
        (folder / "pom.xml").write_text(_PROJECT.format(dependencies), "utf-8")
        _run([maven, "-q", "-B", _MAVEN_COPY, "-DoutputDirectory=."], folder)

    return kept(name, artefacts, fetch)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS, cwd=folder
        )
    except subprocess.CalledProcessError as error:
        told = (error.stderr or error.stdout).strip()[-500:]
        raise PeerAbsent(f"{Path(command[0]).name} cannot install it: {told}") from error
    except subprocess.TimeoutExpired as error:
        raise PeerAbsent(f"it was not installed within {_INSTALL_SECONDS} s") from error
