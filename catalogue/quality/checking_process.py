"""What runs inside the process that checks: one record after the other, until the parent hangs up."""

import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from catalogue.quality.check import Checker
from ontologies.own_scheme import load_scheme

_NICE: Final = 10


def serve(wire: Connection, folder: Path, version: str) -> None:
    """Work only by the very rules that the parent has, and where the processor has nothing else to do."""
    os.nice(_NICE)
    checker = Checker(load_scheme(), folder)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        wire.send(checker.version == version)
        while True:
            subject, triples = wire.recv()
            wire.send(checker.check(subject, triples))


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), Path(sys.argv[2]), sys.argv[3])
