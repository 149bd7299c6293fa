"""Where a process of this machine is to answer, and whether it does yet."""

import socket
import time

import httpx

from catalogue.cli.processes import Processes


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(url: str, processes: Processes) -> None:
    """Raises ``ProcessDied`` where the one that is to answer ends instead."""
    while True:
        processes.check()
        try:
            httpx.get(url, timeout=2, trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
