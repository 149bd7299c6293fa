"""Whether the sample nodes are reached over real HTTP, in this process and in one of their own."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import unescape

import pytest

from catalogue.sample.dcat_node import DcatNode
from catalogue.sample.nodes import NODES
from catalogue.sample.server import SampleServer, sources

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "catalogue.sample"]


@pytest.fixture(scope="module")
def served() -> Iterator[SampleServer]:
    server = SampleServer()
    server.start()
    yield server
    server.stop()


def ask(url: str, *, method: str = "GET", form: str = "", **headers: str) -> tuple[HTTPResponse, bytes]:
    parts = urlsplit(url)
    with closing(HTTPConnection(parts.netloc, timeout=10)) as connection:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, form or None, headers)
        answer = connection.getresponse()
        return answer, answer.read()


def walk(url: str) -> Iterator[bytes]:
    """Give the pages from ``url`` on, by the links that each of them holds."""
    following = re.compile(rb'hydra:nextPage <([^>]+)>|"hydra:next": \{\s*"@id": "([^"]+)"')
    while url:
        answer, body = ask(url)
        assert answer.status == 200
        yield body
        found = following.search(body)
        url = next(link for link in found.groups() if link).decode() if found else ""


@pytest.mark.parametrize(("name", "pages"), [("idc-tcga", 4), ("idc-community", 3)])
def test_links_lead_to_every_page(served: SampleServer, name: str, pages: int) -> None:
    source = next(source for source in sources(served.address) if source.id == name)
    spec = next(spec for spec in NODES if f"idc-{spec.id}" == name and isinstance(spec, DcatNode))
    bodies = list(walk(source.url))
    assert len(bodies) == pages
    assert bodies == [item.body for item in spec.documents(served.address)]


def test_each_source_answers_in_its_media_type(served: SampleServer) -> None:
    told = {source.id: ask(source.url)[0].headers["Content-Type"] for source in sources(served.address)}
    assert told == {
        "idc-tcga": "text/turtle",
        "idc-community": "application/ld+json",
        "idc-cptac": "application/rdf+xml",
        "idc-research": "application/n-triples",
        "idc-fdp": "text/turtle",
        "idc-trials": "text/xml; charset=utf-8",
        "idc-analysis": "text/xml; charset=utf-8",
        "idc-eucaim": "text/turtle",
        "example": "text/turtle",
    }


def test_sources_have_their_kinds_and_no_pace(served: SampleServer) -> None:
    found = sources(served.address)
    assert {(source.id, source.kind) for source in found if source.kind != "dcat"} == {
        ("idc-fdp", "fdp"),
        ("idc-eucaim", "fdp"),
        ("idc-trials", "oai_pmh"),
        ("idc-analysis", "oai_pmh"),
    }
    assert {source.pace for source in found} == {0.0}
    assert all(source.url.startswith(served.address) for source in found)


def test_all_nodes_are_ready_at_once() -> None:
    server = SampleServer()
    begun = time.perf_counter()
    server.start()
    taken = time.perf_counter() - begun
    server.stop()
    assert taken < 1.0


def test_a_container_leads_to_its_next_page_in_the_head(served: SampleServer) -> None:
    url = f"{served.address}/fdp/catalog/qin"
    children = []
    while url:
        answer, body = ask(url)
        assert answer.status == 200
        children += re.findall(rb"dcat:dataset <([^>]+)>", body)
        links = dict(re.findall(r'<([^>]+)>; rel="(\w+)"', ", ".join(answer.headers.get_all("Link") or [])))
        url = next((link for link, relation in links.items() if relation == "next"), "")
    assert len(set(children)) == len(children) == 9
    assert {ask(child.decode())[0].status for child in children} == {200}


def test_a_draft_is_not_found(served: SampleServer) -> None:
    assert ask(f"{served.address}/fdp/distribution/rider_pilot-draft")[0].status == 404


def test_a_record_unchanged_since_is_not_sent_again(served: SampleServer) -> None:
    url = f"{served.address}/fdp/dataset/qin_sarcoma"
    when = ask(url)[0].headers["Last-Modified"]
    assert when == "Thu, 04 Sep 2014 00:00:00 GMT"
    assert ask(url, **{"If-Modified-Since": when})[0].status == 304
    assert ask(url, **{"If-Modified-Since": "Wed, 03 Sep 2014 00:00:00 GMT"})[0].status == 200
    assert ask(url, **{"If-Modified-Since": "yesterday"})[0].status == 200


def test_a_tag_goes_before_a_date(served: SampleServer) -> None:
    url = f"{served.address}/fdp/dataset/qin_sarcoma"
    when = ask(url)[0].headers["Last-Modified"]
    assert ask(url, **{"If-None-Match": '"other"', "If-Modified-Since": when})[0].status == 200


def test_tokens_lead_through_the_repository(served: SampleServer) -> None:
    url = f"{served.address}/trials/oai"
    query = "verb=ListRecords&metadataPrefix=oai_datacite&set=collections"
    found = []
    while query:
        body = ask(f"{url}?{query}")[1].decode()
        found += re.findall(r"<identifier>oai:trials.node.example:(\w+)</identifier>", body)
        token = re.search(r"<resumptionToken[^>]*>([^<]+)<", body)
        query = urlencode({"verb": "ListRecords", "resumptionToken": unescape(token[1])}) if token else ""
    assert len(set(found)) == len(found) == 22


def test_a_form_is_answered_as_a_query_is(served: SampleServer) -> None:
    url = f"{served.address}/trials/oai"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = ask(url, method="POST", form="verb=ListSets", **kind)[1]
    got = ask(f"{url}?verb=ListSets")[1]
    stamp = re.compile(rb"<responseDate>[^<]+")
    assert stamp.sub(b"", posted) == stamp.sub(b"", got)
    assert b"collections:cmb" in posted


def test_only_the_repository_takes_a_form(served: SampleServer) -> None:
    assert ask(f"{served.address}/fdp", method="POST", form="verb=ListSets")[0].status == 400


def test_an_unchanged_document_is_not_sent_again(served: SampleServer) -> None:
    url = sources(served.address)[0].url
    tag = ask(url)[0].headers["ETag"]
    answer, body = ask(url, **{"If-None-Match": tag})
    assert (answer.status, body) == (304, b"")


def test_another_tag_gets_the_document(served: SampleServer) -> None:
    answer, body = ask(sources(served.address)[0].url, **{"If-None-Match": '"other"'})
    assert answer.status == 200
    assert body


@pytest.mark.parametrize("place", ["/nowhere", "/tcga/catalog.ttl?page=5", "/tcga/catalog.ttl?page=abc"])
def test_what_is_not_there_is_not_found(served: SampleServer, place: str) -> None:
    assert ask(served.address + place)[0].status == 404


def test_head_tells_the_length_alone(served: SampleServer) -> None:
    url = sources(served.address)[2].url
    answer, body = ask(url, method="HEAD")
    assert body == b""
    assert int(answer.headers["Content-Length"]) == len(ask(url)[1])


def test_the_front_page_says_whose_data_it_is(served: SampleServer) -> None:
    body = ask(f"{served.address}/")[1].decode()
    assert "Not EUCAIM's own data" in body
    assert "(invented data)" in body
    assert all(source.url in body for source in sources(served.address))


def test_a_stopped_server_no_longer_listens() -> None:
    server = SampleServer()
    server.start()
    address = server.address
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        ask(address)


def test_an_address_is_known_only_while_serving() -> None:
    with pytest.raises(RuntimeError, match="not being served"):
        _ = SampleServer().address


def test_a_process_of_its_own_ends_cleanly_on_sigterm() -> None:
    with subprocess.Popen([*PROGRAM, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer, _ = ask(f"{address}/cptac/catalog.rdf")
        process.send_signal(signal.SIGTERM)
        assert (answer.status, process.wait(timeout=10)) == (200, 0)


def test_a_taken_port_is_told_in_one_line(served: SampleServer) -> None:
    port = str(urlsplit(served.address).port)
    ended = subprocess.run(
        [*PROGRAM, "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    assert (ended.returncode, ended.stderr) == (1, f"port {port}: Address already in use\n")
