"""How the sample nodes run as a process of their own: ``python -m catalogue.sample --port N``."""

import argparse
import signal
import sys
from threading import Event

from catalogue.sample.server import DEFAULT_PORT, SampleServer


def main() -> int:
    """Print the address, then serve until SIGTERM or Ctrl-C, which end the process with 0."""
    arguments = _arguments()
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = SampleServer()
    try:
        server.start(arguments.port)
    except OSError as error:
        sys.stderr.write(f"port {arguments.port}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"{server.address}\n")
    sys.stdout.flush()
    ended.wait()
    server.stop()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m catalogue.sample",
        description="Serve the bundled sample provider nodes on 127.0.0.1.",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="0 takes a free port (default: %(default)s)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
