"""A dataset's canonical form is RDFC-1.0's, though only statements with blank nodes are given to it."""

from random import Random

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from harvesters.parsing.pages import canonical

WORDS = [NamedNode(f"urn:x:{letter}") for letter in "abc"]
TEXTS = [Literal("_:b0"), Literal("a _:b1 b"), Literal("plain"), Literal('"_:', language="en")]


def triples(drawn: Random) -> list[Triple]:
    nodes = [BlankNode(f"n{drawn.randrange(1000)}x{number}") for number in range(4)]
    subjects: list[NamedNode | BlankNode] = [*WORDS, *nodes]
    values: list[NamedNode | BlankNode | Literal] = [*WORDS, *nodes, *TEXTS]
    return [
        Triple(drawn.choice(subjects), drawn.choice(WORDS), drawn.choice(values))
        for _ in range(drawn.randint(1, 12))
    ]


def lines(given: list[Triple]) -> bytes:
    written = serialize(given, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(written.splitlines(keepends=True))))


@pytest.mark.parametrize("seed", range(60))
def test_it_is_that_of_the_whole_graph(seed: int) -> None:
    given = triples(Random(seed))
    whole = Dataset(Quad(one.subject, one.predicate, one.object) for one in given)
    whole.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert canonical(lines(given)) == lines([quad.triple for quad in whole])
