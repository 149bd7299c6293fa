"""One wrong node among four spoils nothing of the others, and its run says what is wrong."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from catalogue.model.run import RunState
from harvesters.source import SourceConfig
from tests.flow.flows import Catalogue, Sources, assert_agreed, found, harvest_all, host_of, register
from tests.machine import free_port

LOGIN_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"
HALF_TURTLE = (
    b"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
    b'<http://example.org/1> a dcat:Dataset ; dct:title "One" ; dct:identifier "1" .\n'
    b'<http://example.org/2> a dcat:Dataset ; dct:title "Tw'
)


class _Wrong(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = HALF_TURTLE if self.path == "/half.ttl" else LOGIN_PAGE
        kind = "text/turtle" if self.path == "/half.ttl" else "text/html"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def wrong_node() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Wrong)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("refused", ("nothing listens", "refused")),
        ("login", ("HTML",)),
        ("half", ("Turtle", "line")),
    ],
)
def test_a_wrong_node_spoils_nothing_of_the_others(
    fault: str, words: tuple[str, ...], catalogue_at: Catalogue, sample_sources: Sources, wrong_node: str
) -> None:
    address = {"refused": f"http://127.0.0.1:{free_port()}", "login": wrong_node, "half": wrong_node}[fault]
    path = {"refused": "/", "login": "/catalog", "half": "/half.ttl"}[fault]
    good = sample_sources[1:4]
    workshop = catalogue_at(host_of(good[0].url), host_of(address))
    register(workshop, [SourceConfig("a-wrong-one", "dcat", address + path, pace=0), *good])
    runs = harvest_all(workshop)
    wrong = runs.pop("a-wrong-one")
    assert wrong.state is RunState.FAILED
    print(f"\n{fault}: {wrong.message}")
    for word in (*words, address):
        assert word in wrong.message
    assert {run.state for run in runs.values()} == {RunState.DONE}
    assert found(workshop).total.datasets == sum(run.counts.offered for run in runs.values())
    assert_agreed(workshop)


def test_a_good_node_that_turns_wrong_keeps_what_is_live(
    catalogue_at: Catalogue, sample_sources: Sources, wrong_node: str
) -> None:
    source = sample_sources[3]
    workshop = catalogue_at(host_of(source.url), host_of(wrong_node))
    register(workshop, [source])
    before = harvest_all(workshop)[source.id].counts.new
    moved = SourceConfig(source.id, "dcat", f"{wrong_node}/half.ttl", source.title, pace=0)
    workshop.ledger.update_source(moved)
    run = harvest_all(workshop)[source.id]
    assert (run.state, run.counts.unseen, run.counts.changes) == (RunState.FAILED, 0, 0)
    assert found(workshop).total.datasets == before
    assert_agreed(workshop)
