"""Where the catalogue's own names become addresses."""

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from catalogue.publishing.addresses import served, served_triples

BASE = "https://catalogue.example/cat"


def line(*, subject: str = "urn:a", predicate: str = "urn:p", value: NamedNode | Literal) -> bytes:
    triple = Triple(NamedNode(subject), NamedNode(predicate), value)
    return bytes(serialize([triple], format=RdfFormat.N_TRIPLES) or b"")


def test_own_names_become_addresses_wherever_they_stand() -> None:
    found = served_triples(
        b"<urn:catalogue:datasets/a> <urn:catalogue:terms#concept> <urn:catalogue:concepts/mouse> .\n", BASE
    )
    assert found == (
        b"<https://catalogue.example/cat/datasets/a> <https://catalogue.example/cat/terms#concept> "
        b"<https://catalogue.example/cat/concepts/mouse> .\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<urn:catalogue:datasets/a>",
        'she said "<urn:catalogue:x>"',
        "ends with a backslash \\",
        '\\" <urn:catalogue:x> \\\\" <urn:catalogue:y>',
        "two\nlines <urn:catalogue:x>",
    ],
)
def test_texts_are_left_alone(text: str) -> None:
    stored = line(subject="urn:catalogue:datasets/a", value=Literal(text))
    (quad,) = parse(served_triples(stored, BASE), format=RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, Literal)
    assert quad.object.value == text
    assert quad.subject == NamedNode(f"{BASE}/datasets/a")


def test_a_statement_after_a_text_is_still_rewritten() -> None:
    stored = line(value=Literal('a "quoted" \\ text')) + line(value=NamedNode("urn:catalogue:runs/1"))
    assert b"<https://catalogue.example/cat/runs/1>" in served_triples(stored, BASE)


def test_an_own_datatype_is_an_address_too() -> None:
    stored = line(value=Literal("1", datatype=NamedNode("urn:catalogue:terms#grade")))
    assert b'"1"^^<https://catalogue.example/cat/terms#grade>' in served_triples(stored, BASE)


def test_other_names_are_left_alone() -> None:
    stored = b"<urn:catalogued:a> <https://x.example/urn:catalogue:b> <URN:CATALOGUE:c> .\n"
    assert served_triples(stored, BASE) == stored


def test_one_name_is_served_as_statements_serve_it() -> None:
    assert served("urn:catalogue:runs/1", BASE) == f"{BASE}/runs/1"
    assert served("https://node.example/1", BASE) == "https://node.example/1"


def test_a_group_reference_in_the_base_is_no_group() -> None:
    assert served_triples(b"<urn:catalogue:a> ", "https://x.example/\\1") == b"<https://x.example/\\1/a> "
