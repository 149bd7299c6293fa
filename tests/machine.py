"""What tests ask of the machine: a free port, a place to keep servers, whether a process still runs."""

import os
import socket
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cache_folder() -> Path:
    """What was fetched for one run of the tests stays here for the next; another user may read it.

    Root's own home is closed to others, and some servers refuse to run as root.
    """
    named = os.environ.get("CATALOGUE_TEST_CACHE")
    theirs = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(named or ("/var/cache" if os.getuid() == 0 else theirs)) / "catalogue-tests"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def runs(pid: int) -> bool:
    """A zombie whom nobody has buried yet does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] not in {"Z", "X"}
