"""Whether files that real software published come through: counted, or refused with a reason."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from pytest_socket import disable_socket

from harvesters.errors import NotMetadata
from harvesters.parsing import Sandbox, read_page
from tests.harvesters.wild_payloads import URL, Reading, Wild, wild_payloads

READ_AS_SAID = (
    "is no dataset",
    "not read here",
    "no title",
    "no DataCite resource",
    "answer is empty",
    "neither an address of its own nor a dct:identifier",
    "is a placeholder",
    "longer than 1,000,000 bytes",
    "deleted",
)


@pytest.fixture
def wild(shared_data: Path) -> list[Wild]:
    return list(wild_payloads(shared_data / "wild"))


@pytest.fixture
def readings(wild: list[Wild], tmp_path: Path) -> list[tuple[Wild, Reading]]:
    """Each file read by what the sources call inside the sandbox; here, where no socket can be made."""
    disable_socket()
    return [(one, one.read(tmp_path)) for one in wild]


def test_every_file_gives_what_its_manifest_counts_or_a_reason(readings: list[tuple[Wild, Reading]]) -> None:
    faults = []
    for one, found in readings:
        fault = one.fault(found)
        faults += [f"{one.file.name}: {fault}"] if fault else []
        print(f"{fault or 'as expected':12} {one.file.name[:58]:58} {one.expected:32} {found.in_words[:150]}")
    print(f"{len(readings)} files, {len(readings) - len(faults)} as expected")
    assert readings
    assert faults == []


def test_every_record_of_an_accepted_file_is_taken_or_told_why_not(
    readings: list[tuple[Wild, Reading]],
) -> None:
    crossings = [crossing for _, found in readings for crossing in found.crossings]
    assert crossings.count("") > 50
    assert [one for one in crossings if one and not any(words in one for words in READ_AS_SAID)] == []


def test_the_sandbox_gives_the_same_count(wild: list[Wild], sandbox: Sandbox, tmp_path: Path) -> None:
    for one in wild:
        if not one.is_oai and not (found := one.read(tmp_path)).refusal:
            page = sandbox.call(read_page, one.file.read_bytes(), one.entry["format"], URL)
            assert len(page.datasets) + len(page.rejected) == found.count, one.file.name


def test_an_oai_answer_under_any_name_is_refused_or_empty(wild: list[Wild]) -> None:
    for one in wild:
        if one.is_oai:
            for media_type in ("text/xml", "application/rdf+xml"):
                try:
                    page = read_page(one.file.read_bytes(), media_type, URL)
                except NotMetadata:
                    continue
                assert (page.datasets, page.rejected) == ((), ()), one.file.name


RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
INCLUSION = """<rdf:RDF RDF xmlns:xi="http://www.w3.org/2001/XInclude"><e:a>
<e:p rdf:parseType="Literal"><xi:include href="HOME"/></e:p></e:a></rdf:RDF>"""
SCHEMA = """<rdf:RDF RDF xmlns:x="http://www.w3.org/2001/XMLSchema-instance">
<e:a x:schemaLocation="http://e HOME"/></rdf:RDF>"""
CALLS_HOME = {
    "context": '{"@context": "HOME", "@id": "http://e/a", "p": 1}',
    "imported context": '{"@context": {"@version": 1.1, "@import": "HOME"}}',
    "scoped context": '{"@context": {"p": {"@id": "http://e/p", "@context": "HOME"}}, "p": {"q": 1}}',
    "DTD": '<!DOCTYPE r SYSTEM "HOME"><rdf:RDF RDF/>',
    "entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "HOME">]><rdf:RDF RDF><e:a><e:p>&x;</e:p></e:a></rdf:RDF>',
    "inclusion": INCLUSION,
    "schema": SCHEMA,
    "stylesheet": '<?xml version="1.0"?><?xml-stylesheet href="HOME"?><rdf:RDF RDF/>',
    "ontology": "<http://e/o> <http://www.w3.org/2002/07/owl#imports> <HOME> .",
}


@contextmanager
def _visits() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and who came there: parsers in C and Rust know no guard of Python's."""
    visits: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def wait() -> None:
            while True:
                connection, visitor = server.accept()
                connection.close()
                if visitor[1] == ended:
                    return
                visits.append(str(visitor))

        ended = 0
        waiting = Thread(target=wait)
        waiting.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", visits
        with socket.socket() as last:
            last.bind(("127.0.0.1", 0))
            ended = last.getsockname()[1]
            last.connect(server.getsockname())
            waiting.join()


@pytest.mark.parametrize("text", CALLS_HOME.values(), ids=CALLS_HOME)
def test_no_parser_opens_the_network(sandbox: Sandbox, text: str) -> None:
    with _visits() as (home, visits), suppress(NotMetadata):
        sandbox.call(read_page, text.replace("RDF RDF", f"RDF {RDF}").replace("HOME", home).encode(), "", URL)
    assert visits == []
