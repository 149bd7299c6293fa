"""Answers that misbehave on the wire."""

import gzip
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Final

from tests.harvesters.scripted_provider import Answer

LOGIN: Final = Answer(
    b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in<br></body></html>",
    "text/html",
)


def cut_off(answer: Answer) -> Answer:
    """Promises all and sends half."""

    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body[: len(answer.body) // 2])

    return replace(answer, stream=stream)


def dripping(answer: Answer, *, seconds: float = 0.1) -> Answer:
    """Sends one byte after the other, and is never silent for long."""

    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        with suppress(OSError):
            for byte in answer.body:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(seconds)

    return replace(answer, stream=stream)


def reset(answer: Answer) -> Answer:
    """Hangs up without a word in the middle (TCP RST)."""

    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body[:100])
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(handler.connection.detach())

    return replace(answer, stream=stream)


def silent(seconds: float) -> Answer:
    def stream(_handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)

    return Answer(stream=stream)


def bomb(megabytes: int = 300) -> Answer:
    """Small on the wire, and endless where it is unpacked."""
    packed = gzip.compress(b"# nothing\n" * (megabytes * 100_000), 9)
    return Answer(packed, headers={"Content-Encoding": "gzip"})


def at_first(trouble: Answer, sound: Answer, *, times: int = 1) -> Iterator[Answer]:
    """Trouble as often as is said, then nothing but what is sound."""
    for _ in range(times):
        yield trouble
    while True:
        yield sound
