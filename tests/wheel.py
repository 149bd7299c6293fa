"""Does the wheel hold what it should, and does it answer from any folder?

    python tests/wheel.py DIST

``DIST`` is the folder of a built wheel. The wheel is checked, installed into a fresh environment, and its
demo is started from a folder that has nothing to do with the project. Needs ``check-wheel-contents`` only.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path

TOP_LEVEL = "catalogue,harvesters,ontologies"
# Alembic loads its revisions as files, so these need no importable names.
IGNORED = "W004"
STARTING_SECONDS = 120.0
ENDING_SECONDS = 30.0


class WheelWrong(Exception):
    """What is wrong with the wheel, in one sentence."""


def main(dist: Path) -> None:
    wheel = only_wheel(dist)
    say(f"checking {wheel.name}")
    check_contents(wheel)
    with tempfile.TemporaryDirectory(prefix="catalogue-wheel-") as folder:
        commands = installed(wheel, Path(folder) / "environment")
        elsewhere = Path(folder) / "elsewhere"
        elsewhere.mkdir()
        run([commands / "catalogue", "--help"], elsewhere)
        say("catalogue --help answers")
        try_demo(commands, elsewhere)
        if left := sorted(path.name for path in elsewhere.iterdir()):
            raise WheelWrong(f"the demo left {', '.join(left)} in the folder that it was started from")


def only_wheel(dist: Path) -> Path:
    wheels = sorted(dist.glob("*.whl"))
    if len(wheels) != 1:
        raise WheelWrong(f"{dist} holds {len(wheels)} wheels; one is wanted")
    return wheels[0]


def check_contents(wheel: Path) -> None:
    command = shutil.which(
        "check-wheel-contents", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if command is None:
        raise WheelWrong("check-wheel-contents is not installed")
    run([command, "--no-config", "--ignore", IGNORED, "--toplevel", TOP_LEVEL, wheel], wheel.parent)
    say("its contents are as they should be")


def installed(wheel: Path, environment: Path) -> Path:
    """The folder of the commands of a fresh environment that holds the wheel and what it requires."""
    started = time.monotonic()
    venv.create(environment, with_pip=True)
    commands = environment / "bin"
    run([commands / "python", "-m", "pip", "install", "--quiet", wheel], environment)
    run([commands / "python", "-m", "pip", "check"], environment)
    say(f"installed into a fresh environment in {time.monotonic() - started:.0f} s")
    return commands


def try_demo(commands: Path, folder: Path) -> None:
    port, sample_port = free_port(), free_port()
    arguments = ["demo", "--no-browser", "--port", str(port), "--sample-port", str(sample_port)]
    started = time.monotonic()
    with (folder.parent / "demo.log").open("w+b") as log:
        demo = subprocess.Popen(
            [commands / "catalogue", *arguments],
            cwd=folder,
            env=bare_environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            datasets = first_datasets(demo, f"http://127.0.0.1:{port}")
            say(f"the demo's search found {datasets} datasets after {time.monotonic() - started:.1f} s")
            check_pages(f"http://127.0.0.1:{port}")
            end(demo)
        finally:
            if demo.poll() is None:
                demo.kill()
                demo.wait()
            log.seek(0)
            say("the demo said:\n  " + log.read().decode().strip().replace("\n", "\n  "))


def first_datasets(demo: "subprocess.Popen[bytes]", site: str) -> int:
    limit = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < limit:
        if demo.poll() is not None:
            raise WheelWrong(f"the demo ended by itself with {demo.returncode}")
        try:
            datasets = int(json.loads(get(f"{site}/api/v1/search"))["total"]["datasets"])
        except OSError:
            datasets = 0
        if datasets:
            return datasets
        time.sleep(0.3)
    raise WheelWrong(f"{site}/api/v1/search found no dataset within {STARTING_SECONDS:.0f} s")


def check_pages(site: str) -> None:
    for path, wanted in (("/", b"</html>"), ("/search", b"</html>"), ("/static/theme.css", b"{")):
        if wanted not in get(f"{site}{path}"):
            raise WheelWrong(f"{site}{path} is not what it should be")
    say("home page, search page and style sheet are there")


def end(demo: "subprocess.Popen[bytes]") -> None:
    demo.send_signal(signal.SIGTERM)
    code = demo.wait(ENDING_SECONDS)
    if code:
        raise WheelWrong(f"the demo ended with {code} when it was asked to end")
    say("the demo ended when it was asked to")


def get(address: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=10) as answer:
        return bytes(answer.read())


def run(command: "list[str | Path]", folder: Path) -> None:
    found = subprocess.run(
        command, cwd=folder, env=bare_environment(), capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise WheelWrong(
            f"{' '.join(map(str, command))} ended with {found.returncode}:\n{found.stdout}{found.stderr}"
        )


def bare_environment() -> dict[str, str]:
    """Without anything that could lead an interpreter back to the checkout."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "CATALOGUE_", "VIRTUAL_ENV"))
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(Path(sys.argv[1]).resolve())
    except WheelWrong as wrong:
        sys.exit(f"wheel: {wrong}")
