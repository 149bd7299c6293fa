"""Files that attack the reader: each is refused in words, within its limits, and leaves nothing behind."""

import gzip
import json
import os
import socket
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ontologies.releases.reading import DEFAULT_LIMITS, read_release
from ontologies.releases.terms import ReleaseRefused
from tests.ontologies.releases.builders import RDF_XML, TURTLE, obo, written

BOMB = (
    '<!DOCTYPE rdf:RDF [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
THING = '<owl:Class rdf:about="urn:a"><rdfs:label>&a9;</rdfs:label></owl:Class>'
FILE = '<!DOCTYPE rdf:RDF [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'
LONG = f'<!DOCTYPE rdf:RDF [<!ENTITY a9 "{"x" * 100_000}">]>'
DEEP = 100_000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bomb.owl", RDF_XML.format(doctype=BOMB, body=THING), "entity"),
        ("file.owl", RDF_XML.format(doctype=FILE, body=THING), "entity"),
        ("long.owl", RDF_XML.format(doctype=LONG, body=THING), "entity"),
        ("torn.owl", RDF_XML.format(doctype="", body="<owl:Class>"), "broken"),
        ("packed.obo", gzip.compress(obo("id: A:1\nname: a").encode()), "compressed"),
        ("latin.obo", obo("id: A:1\nname: caf\xe9").encode("latin-1"), "line 7 is not UTF-8"),
        ("wide.obo", obo("id: A:1\nname: a").encode("utf-16"), "not UTF-8"),
        ("empty.obo", "", "empty"),
        ("nothing.obo", obo(), "no term"),
        ("nameless.obo", obo("name: a"), "no id"),
        ("twice.obo", obo("id: A:1\nname: a", "id: A:1\nname: b"), "identifier of two"),
        ("unnamed.obo", obo("id: A:1", "id: A:2\nname: b"), "1 of 2 terms have no English label"),
        ("cycle.obo", obo("id: A:1\nname: a\nis_a: A:2", "id: A:2\nname: b\nis_a: A:1"), "A_1 > A_2 > A_1"),
        ("self.obo", obo("id: A:1\nname: a\nis_a: A:1"), "A_1 > A_1"),
        ("blank.obo", obo("id: A:1 2\nname: a"), "is no identifier: Invalid IRI"),
        ("angle.obo", obo("id: A:1<2>\nname: a"), "is no identifier: Invalid IRI"),
        ("relative.obo", obo("id: one\nname: a"), "is no identifier"),
        ("long-id.obo", obo(f"id: A:{'1' * 1_001}\nname: a"), "identifier is longer than 1,000"),
        ("label.obo", obo(f"id: A:1\nname: {'a' * 1_001}"), "longer than 1,000 characters"),
        ("line.obo", obo(f"id: A:1\nname: {'a' * 300_000}"), "longer than 200,000 bytes"),
        (
            "names.obo",
            obo("id: A:1\nname: a\n" + "\n".join(f'synonym: "s{n}" EXACT []' for n in range(501))),
            "more than 500 names",
        ),
        (
            "deep.obo",
            obo(*(f"id: A:{n}\nname: n{n}\nis_a: A:{n + 1}" for n in range(200)), "id: A:200\nname: top"),
            "deeper than 100",
        ),
        ("prose.txt", "Dear curator, please load this.", "broken"),
        ("other.ttl", "<urn:a> <urn:b> <urn:c> .", "neither an OWL class nor a SKOS concept"),
        ("other.json", '{"graphs": []}', "neither JSON-LD nor OncoTree"),
        ("nested.json", "[" * DEEP, "JSON is broken"),
        (
            "bad.json",
            json.dumps({"T": {"code": "T", "name": "x", "children": {"A": {"code": "../a"}}}}),
            "OncoTree",
        ),
        ("far.jsonld", '{"@context": "http://127.0.0.1:9/c", "@id": "urn:a", "label": "x"}', "broken"),
        ("bytes.owl", os.urandom(4_000) + b"\x00", "not UTF-8"),
    ],
)
def test_a_hostile_file_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    with pytest.raises(ReleaseRefused, match=reason):
        read_release(written(tmp_path, name, content))


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = written(tmp_path, "large.obo", "")
    os.truncate(path, 201 * 1024 * 1024)
    with pytest.raises(ReleaseRefused, match="larger than 200 MB"):
        read_release(path)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.obo")
    with pytest.raises(ReleaseRefused, match="is no file"):
        read_release(tmp_path / "pipe.obo")


def test_reading_ends_at_its_time_limit_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = written(tmp_path, "a.obo", obo("id: A:1\nname: a"))
    started = time.monotonic()
    with pytest.raises(ReleaseRefused, match=r"longer than 0\.01 s"):
        read_release(path, limits=replace(DEFAULT_LIMITS, seconds=0.01))
    assert time.monotonic() - started < 10
    assert [each.name for each in tmp_path.iterdir()] == ["a.obo"]


def test_reading_ends_at_its_memory_limit(tmp_path: Path) -> None:
    stanzas = (f"id: A:{n}\nname: n{n}\nxref: NCI:C{n}" for n in range(120_000))
    path = written(tmp_path, "a.obo", obo(*stanzas))
    with pytest.raises(ReleaseRefused, match="MB of memory"):
        read_release(path, limits=replace(DEFAULT_LIMITS, megabytes=160))


def test_imports_are_not_followed_and_modules_named_by_a_file_not_imported(tmp_path: Path) -> None:
    asked: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        listener = threading.Thread(target=lambda: asked.extend(_calls(server)))
        listener.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.owl"
        (tmp_path / "evil_module.py").write_text(f"open({str(tmp_path / 'owned')!r}, 'w')")
        text = (
            f"{TURTLE}<urn:x> a owl:Ontology ; owl:imports <{address}> ;"
            " <http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#python_module>"
            ' "evil_module" . obo:DOID_1 a owl:Class ; rdfs:label "a" .'
        )
        found = read_release(written(tmp_path, "x.ttl", text))
        listener.join()
    assert len(found.terms) == 1
    assert not asked
    assert not (tmp_path / "owned").exists()


def _calls(server: socket.socket) -> list[object]:
    try:
        connection, _ = server.accept()
    except TimeoutError:
        return []
    connection.close()
    return [connection]


def test_names_carry_nothing_that_moves_a_cursor(tmp_path: Path) -> None:
    path = written(tmp_path, "a.obo", obo("id: A:1\nname: red\x1b[31m \u202egnorw"))
    assert read_release(path).terms[0].label == "red [31m gnorw"


def test_a_short_list_of_disjoint_classes_does_not_grow_to_its_square(tmp_path: Path) -> None:
    numbers = range(1_100)
    classes = "".join(f'obo:A_{n} a owl:Class ; rdfs:label "a{n}" .' for n in numbers)
    members = " ".join(f"obo:A_{n}" for n in numbers)
    text = f"{TURTLE}{classes}[] a owl:AllDisjointClasses ; owl:members ({members}) ."
    with pytest.raises(ReleaseRefused, match="500,000 pairs of classes"):
        read_release(written(tmp_path, "apart.ttl", text))


def test_an_answer_that_entities_made_larger_than_any_file_is_not_taken_in(tmp_path: Path) -> None:
    entity = f'<!DOCTYPE rdf:RDF [<!ENTITY e "{"x" * 300}">]>'
    names = "".join(f"<synonym>{n}{'&e;' * 3}</synonym>" for n in range(400))
    body = "".join(
        f'<owl:Class rdf:about="urn:a{n}"><rdfs:label>a{n}</rdfs:label>{names}</owl:Class>' for n in range(30)
    )
    path = written(tmp_path, "grown.owl", RDF_XML.format(doctype=entity, body=body))
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(ReleaseRefused, match="what it says is larger than 1 MB"):
        read_release(path, limits=replace(DEFAULT_LIMITS, file_megabytes=1))
