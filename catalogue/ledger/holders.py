"""Who holds a lease, and whether that process still runs: ``host:pid:start``.

The host part carries the process-number space too: containers may share a name, but not their numbers.
"""

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


def this_holder() -> str:
    """The name under which this process holds leases and jobs."""
    pid = os.getpid()
    return f"{_host()}:{pid}:{_Process.of(pid).start}"


def has_died(holder: str) -> bool:
    """True only for a process of this host that is known not to run any more."""
    place, _, start = holder.rpartition(":")
    host, _, pid = place.rpartition(":")
    if host != _host() or not pid.isdigit():
        return False
    found = _Process.of(int(pid))
    return not found.runs or found.start != start


@dataclass(frozen=True, slots=True)
class _Process:
    runs: bool
    start: str

    @classmethod
    def of(cls, pid: int) -> "_Process":
        """``start`` is in clock ticks since boot (proc(5), field 22), "" where the system does not tell."""
        if not (_PROC / "self").exists():
            return cls(runs=_answers(pid), start="")
        try:
            text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return cls(runs=False, start="")
        # The second field is the command in brackets and may hold anything, brackets too.
        fields = text.rpartition(")")[2].split()
        return cls(runs=fields[0] not in {"Z", "X"}, start=fields[19])


def _host() -> str:
    try:
        space = "".join(re.findall(r"\d+", str((_PROC / "self/ns/pid").readlink())))
    except OSError:
        space = "0"
    return f"{socket.gethostname()}+{space}"


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
