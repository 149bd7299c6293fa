"""What runs inside the sandbox: one call after the other, until the parent hangs up."""

import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

from harvesters.errors import HarvestError, LimitReached
from harvesters.parsing import extracts

_GRACE_SECONDS: Final = 2.0


def serve(wire: Connection, megabytes: int) -> None:
    """Answer each call with its error, or with its value in a tuple of one."""
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # The parent counts a call's seconds from here on: all that reading needs is imported.
    wire.send(extracts.__name__)
    # A parent that is gone has closed its end; the call under way ends by the alarm at the latest.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            seconds, function, args, kwargs = wire.recv()
            # The kernel's own alarm stops whatever the parser is doing, also with the interpreter held.
            signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
            wire.send(_outcome(function, args, kwargs, megabytes))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _outcome(
    function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object], megabytes: int
) -> HarvestError | OSError | tuple[object]:
    try:
        return (function(*args, **kwargs),)
    except (HarvestError, OSError) as error:
        return error
    except MemoryError:
        return LimitReached(f"reading needed too much memory (the limit is {megabytes} MB)")


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), int(sys.argv[2]))
