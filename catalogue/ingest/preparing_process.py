"""What runs inside a process that prepares records: one batch after the other, until the parent hangs up."""

import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from catalogue.ingest.preparing import made
from catalogue.ingest.record import Preparation
from ontologies.aligner import load_aligner
from ontologies.own_scheme import load_scheme


def serve(wire: Connection, base_url: str, aligner: str) -> None:
    """Work only under the very rules that the parent has: ``aligner`` is their version."""
    scheme = load_scheme()
    rules = Preparation(scheme, load_aligner(scheme), base_url=base_url)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        wire.send(rules.aligner == aligner)
        while True:
            wire.send([made(one, rules) for one in wire.recv()])


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), sys.argv[2], sys.argv[3])
