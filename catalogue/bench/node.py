"""How a generated node runs as a process of its own: ``python -m catalogue.bench.node --records N --port P``.

OAI-PMH at ``/oai``, DCAT in Turtle pages at ``/catalog.ttl``; ``POST /revision/R`` revises one record in a
hundred and says how many these are.
"""

import argparse
import signal
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Final
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from catalogue.bench.generated import PAGE, PREFIXES, oai_page, revised, turtle_page, turtle_prefixes
from catalogue.sample.payloads import FORMATS

_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"


class GeneratedNode:
    def __init__(self, records: int, address: str) -> None:
        self.records = records
        self._address = address
        self.revision = 1

    def turtle(self, number: int) -> bytes:
        """Hydra's paging (https://www.hydra-cg.com/spec/latest/core/)."""
        first, last = (number - 1) * PAGE, min(number * PAGE, self.records)
        url = f"{self._address}/catalog.ttl"
        following = f" ; hydra:next <{url}?page={number + 1}>" if last < self.records else ""
        view = (
            f"<{url}?page={number}> a hydra:PartialCollectionView ; hydra:first <{url}?page=1>{following} ;"
            f" hydra:totalItems {self.records} .\n"
        )
        return (turtle_prefixes() + view + turtle_page(first, last, self.revision)).encode()

    def oai(self, given: dict[str, str]) -> bytes:
        """The three verbs that a harvest asks for; a token is the format and where its page begins."""
        verb = given.get("verb", "")
        match verb:
            case "Identify":
                body = _IDENTIFY.format(address=escape(f"{self._address}/oai"))
            case "ListMetadataFormats":
                body = "".join(_FORMAT.format(one=one) for one in FORMATS.values())
            case "ListRecords":
                body = self._listed(given)
            case _:
                return _enveloped('<error code="badVerb"/>')
        return _enveloped(f"<{verb}>{body}</{verb}>")

    def _listed(self, given: dict[str, str]) -> str:
        prefix, _, place = given.get("resumptionToken", "").partition("|")
        prefix = prefix or given.get("metadataPrefix", "")
        first = int(place or 0)
        last = min(first + PAGE, self.records)
        token = f"{prefix}|{last}" if last < self.records else ""
        size = f'completeListSize="{self.records}" cursor="{first}"'
        listed = oai_page(prefix if prefix in PREFIXES else PREFIXES[0], first, last, self.revision)
        return f"{listed}<resumptionToken {size}>{token}</resumptionToken>"


_IDENTIFY: Final = (
    "<repositoryName>Generated node</repositoryName><baseURL>{address}</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>bench@node.example</adminEmail>"
    "<earliestDatestamp>2026-01-01</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DD</granularity>"
)
_FORMAT: Final = (
    "<metadataFormat><metadataPrefix>{one.prefix}</metadataPrefix><schema>{one.schema}</schema>"
    "<metadataNamespace>{one.namespace}</metadataNamespace></metadataFormat>"
)


def _enveloped(body: str) -> bytes:
    now = datetime.now(UTC)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{_NAMESPACE}">'
        f"<responseDate>{now:%Y-%m-%dT%H:%M:%SZ}</responseDate><request/>{body}</OAI-PMH>\n"
    ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    node: GeneratedNode


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, else each answer waits for a delayed acknowledgement

    def do_GET(self) -> None:
        node, url = self._node(), urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path:
            case "/oai":
                self._send("text/xml; charset=utf-8", node.oai(given))
            case "/catalog.ttl":
                self._send("text/turtle", node.turtle(int(given.get("page", "1"))))
            case "/":
                self._send("text/plain", b"A generated node.\n")
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        node = self._node()
        node.revision = int(urlsplit(self.path).path.rpartition("/")[2])
        self._send("text/plain", str(revised(node.records)).encode())

    def log_message(self, *_: object) -> None:
        """Benchmarks print figures only."""

    def _node(self) -> GeneratedNode:
        if not isinstance(self.server, _Server):
            raise TypeError(self.server)
        return self.server.node

    def _send(self, media_type: str, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m catalogue.bench.node", description=__doc__)
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = _Server(("127.0.0.1", arguments.port), _Handler)
    server.node = GeneratedNode(arguments.records, f"http://127.0.0.1:{server.server_address[1]}")
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    ended.wait()
    server.shutdown()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
