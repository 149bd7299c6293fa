"""Do the very commands of the image work outside a container?

    python -m tests.image

There is no engine for containers here, so this plays one: the builder's instructions are carried out below a
temporary folder that stands for the root of the image, its environment and commands are taken from the
Dockerfile, those of the scaled-out service from its compose file. Needs ``pyyaml`` and a package registry.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.dockerfiles import OURS, Stage, admitted, read_compose, read_dockerfile
from tests.wheel import bare_environment, free_port, get, say

ROOT = Path(__file__).parent.parent
FOLDERS = re.compile(r"(?<![\w./])/(source|dist|opt|var/lib/catalogue)\b")
STARTING_SECONDS = 120.0
ENDING_SECONDS = 30.0
Started = subprocess.Popen[bytes]


class ImageWrong(Exception):
    """What is wrong with the image, in one sentence."""


@dataclass(frozen=True)
class Image:
    """``place`` stands for the root of the image's files, ``port`` for its port 8000."""

    place: Path
    runtime: Stage
    port: int

    def here(self, text: str) -> str:
        """A text of the image as it has to be outside: folders, port and address."""
        moved = FOLDERS.sub(lambda found: f"{self.place}{found.group()}", text)
        return moved.replace("8000", str(self.port)).replace("0.0.0.0", "127.0.0.1")  # noqa: S104  (it is replaced)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        given = {**self.runtime.environment, **more}
        path = os.environ["PATH"]
        return bare_environment() | {
            name: self.here(value).replace("$PATH", path) for name, value in given.items()
        }

    @property
    def data(self) -> Path:
        return Path(self.here(self.runtime.environment["CATALOGUE_DATA_DIR"]))

    def is_well(self) -> bool:
        command = [self.here(word) for word in self.runtime.health_check]
        return not subprocess.run(
            command, env=self.environment({}), cwd=self.data, capture_output=True, check=False
        ).returncode

    @contextmanager
    def running(self, command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Started]:
        words = [self.here(word) for word in (*self.runtime.entrypoint, *command)]
        own = self.environment(environment)
        found = shutil.which(words[0], path=own["PATH"])
        with subprocess.Popen([found or words[0], *words[1:]], env=own, cwd=self.data) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                code = end(process)
            if code:
                raise ImageWrong(f"{shlex.join(command)} ended with {code} when it was asked to end")


def end(process: Started) -> int:
    try:
        return process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def main() -> None:
    builder, runtime = read_dockerfile(ROOT / "docker" / "Dockerfile")
    with tempfile.TemporaryDirectory(prefix="catalogue-image-") as folder:
        image = Image(Path(folder).resolve(), runtime, free_port())
        build(builder, image)
        image.data.mkdir(parents=True)
        try_up(image)
        shutil.rmtree(image.data)
        image.data.mkdir()
        try_apart(image)


def build(stage: Stage, image: Image) -> None:
    """Carry out the builder's instructions, in a fresh environment that stands for its base image."""
    started = time.monotonic()
    venv.create(image.place / "base", with_pip=True)
    environment = bare_environment()
    environment["PATH"] = f"{image.place / 'base' / 'bin'}{os.pathsep}{environment['PATH']}"
    folder = image.place
    for word, rest in stage.instructions:
        if word == "WORKDIR":
            folder = Path(image.here(rest))
            folder.mkdir(parents=True)
        elif word == "COPY":
            *sources, target = shlex.split(rest)
            copy(sources, folder / target)
        elif word == "RUN":
            done = subprocess.run(
                ["/bin/sh", "-c", image.here(rest)],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise ImageWrong(f"RUN {rest} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    say(f"the builder's instructions worked in {time.monotonic() - started:.0f} s")


def copy(sources: Sequence[str], target: Path) -> None:
    known = admitted(ROOT / ".dockerignore")
    for source in sources:
        if source not in known:
            raise ImageWrong(f"COPY {source}: .dockerignore keeps it out")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, target)


def try_up(image: Image) -> None:
    """The image as it is started without any argument."""
    with image.running(image.runtime.command, {}) as process:
        wait_until_well(image, [process])
        check_answers(image)
    if image.is_well():
        raise ImageWrong("the health check still says that all is well after the end")
    if not (image.data / "ledger.sqlite").exists():
        raise ImageWrong("the ledger is not in the data folder")
    say(f"{shlex.join(image.runtime.command)}: healthy, answered, ended when asked to")


def try_apart(image: Image) -> None:
    """The parts of the scaled-out service, each by its own command, on the embedded stores."""
    services = read_compose(ROOT / "docker" / "compose.scaled.yaml")["services"]
    stores = {"CATALOGUE_DATABASE_URL": "", "CATALOGUE_ELASTICSEARCH_URL": ""}
    with ExitStack() as running:
        processes = []
        for name, service in services.items():
            if service["image"] == OURS:
                part = image.running(service["command"], service["environment"] | stores)
                processes.append(running.enter_context(part))
                say(f"{name}: {shlex.join(service['command'])}")
        wait_until_well(image, processes)
        check_answers(image)
    say("the parts were healthy together and ended when asked to")


def wait_until_well(image: Image, processes: Sequence[Started]) -> None:
    limit = time.monotonic() + STARTING_SECONDS
    while not image.is_well():
        for process in processes:
            if process.poll() is not None:
                raise ImageWrong(f"{process.args!r} ended by itself with {process.returncode}")
        if time.monotonic() > limit:
            raise ImageWrong(f"the health check did not pass within {STARTING_SECONDS:.0f} s")
        time.sleep(1)


def check_answers(image: Image) -> None:
    for path, wanted in (("/", b"</html>"), ("/catalog.ttl", b"dcat:Catalog")):
        if wanted not in get(f"http://127.0.0.1:{image.port}{path}"):
            raise ImageWrong(f"{path} is not what it should be")


if __name__ == "__main__":
    try:
        main()
    except ImageWrong as wrong:
        sys.exit(f"image: {wrong}")
