"""What runs inside a process that prepares records: one batch after the other, until the parent hangs up."""

import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from catalogue.ingest.preparing import made
from catalogue.ingest.record import Preparation
from ontologies.additions import Additions
from ontologies.aligner import load_aligner
from ontologies.own_scheme import load_scheme


def serve(wire: Connection, base_url: str, aligner: str, additions: Path | None) -> None:
    """Work only under the very rules that the parent has: ``aligner`` is their version."""
    added = Additions.at(additions)
    scheme = load_scheme(added)
    rules = Preparation(scheme, load_aligner(scheme, added), base_url=base_url)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        wire.send(rules.aligner == aligner)
        while True:
            wire.send([made(one, rules) for one in wire.recv()])


if __name__ == "__main__":
    number, base_url, aligner, file = sys.argv[1:]
    serve(Connection(int(number)), base_url, aligner, Path(file) if file else None)
