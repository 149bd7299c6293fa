"""What runs inside the process that checks: one record after the other, until the parent hangs up."""

import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from catalogue.quality.check import Checker
from ontologies.additions import Additions
from ontologies.own_scheme import load_scheme

_NICE: Final = 10


def serve(wire: Connection, folder: Path, version: str, additions: Path | None) -> None:
    """Work only by the very rules that the parent has, and where the processor has nothing else to do."""
    os.nice(_NICE)
    checker = Checker(load_scheme(Additions.at(additions)), folder)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        wire.send(checker.version == version)
        while True:
            subject, triples = wire.recv()
            wire.send(checker.check(subject, triples))


if __name__ == "__main__":
    number, folder, version, file = sys.argv[1:]
    serve(Connection(int(number)), Path(folder), version, Path(file) if file else None)
