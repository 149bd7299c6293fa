"""Which N-Triples are read line by line, and that this reads the same."""

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from catalogue.profile.lines import is_plain, term_of, value_of
from catalogue.profile.reader import Statements

SUBJECT, WORD = "https://node.example/1", "urn:x:word"
TEXTS = ("plain", "", 'said "so"', "two\nlines", "back\\slash", "tab\tbell\x07", "ü <urn:x> ^^ @en", " . ")


def line(value: NamedNode | Literal) -> bytes:
    triples = [Triple(NamedNode(SUBJECT), NamedNode(WORD), value)]
    return bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", ["text", "tagged", "directed", "typed", "node"])
def test_every_term_is_read_as_the_parser_reads_it(text: str, kind: str) -> None:
    value: NamedNode | Literal
    match kind:
        case "tagged":
            value = Literal(text, language="en-gb")
        case "typed":
            value = Literal(text, datatype=NamedNode("urn:x:type"))
        case "directed":
            (quad,) = parse(f"<x:x> <x:x> {Literal(text)}@ar--rtl .", format=RdfFormat.N_TRIPLES)
            assert isinstance(quad.object, Literal)
            value = quad.object
        case "node":
            value = NamedNode("https://node.example/ü?a=b#c")
        case _:
            value = Literal(text)
    triples = line(value)
    assert is_plain(triples)
    assert Statements.of(triples).terms(SUBJECT, WORD) == [value]
    assert Statements.of(triples).values(SUBJECT, WORD) == [value.value]
    assert term_of(str(value)) == value
    assert value_of(str(value)) == value.value


@pytest.mark.parametrize(
    "triples",
    [
        b"<urn:a> <urn:b> <urn:c>.\n",
        b"<urn:a> <urn:b> <urn:c> . # said by <urn:d> .\n",
        b"# <urn:a> <urn:b> <urn:c> .\n",
        b"<urn:a>  <urn:b> <urn:c> .\n",
        b"<urn:a>\t<urn:b> <urn:c> .\n",
        b"<urn:a> <urn:b> <urn:c> .",
        b"<urn:a> <urn:b> <urn:c> .\r\n",
        b"\n<urn:a> <urn:b> <urn:c> .\n",
        b"_:a <urn:b> <urn:c> .\n",
        b"<urn:a> <urn:b> _:c .\n",
        b"<urn:a> <urn:b> <urn:c> <urn:d> .\n",
        b'<urn:a> <urn:b> "open .\n',
        b'<urn:a> <urn:b> "x" . <urn:c> <urn:d> "y" .\n',
        b"<urn:a> <urn:\\u0062> <urn:c> .\n",
        b"<urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> .\n",
    ],
)
def test_anything_else_is_left_to_the_parser(triples: bytes) -> None:
    assert not is_plain(triples)


def test_what_is_not_plain_is_read_all_the_same() -> None:
    found = Statements.of(
        b"<urn:a>\t<urn:b> <urn:c> . # a note\n_:x <urn:b> <urn:d> .\n<urn:a> <urn:b> _:y ."
    )
    assert found.values("urn:a", "urn:b") == ["urn:c"]
