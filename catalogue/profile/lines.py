"""Which N-Triples are written so plainly that they can be read line by line, and what their terms are."""

import re
from functools import lru_cache
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

Term = NamedNode | Literal

_IRI: Final = rb'<[^\x00-\x20<>"{}|^`\\]*>'
_STRING: Final = rb'"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*"'
_PLAIN: Final = re.compile(
    rb"(?:%(i)s %(i)s (?:%(i)s|%(s)s(?:@[A-Za-z0-9-]+|\^\^%(i)s)?) \.\n)*" % {b"i": _IRI, b"s": _STRING}
)


def is_plain(triples: bytes) -> bool:
    """As the catalogue writes them: a line a statement, single blanks, no comments, no blank nodes."""
    return _PLAIN.fullmatch(triples) is not None


def spelt(iri: str) -> str:
    return f"<{iri}>"


def value_of(written: str) -> str:
    """The address of a node, the text of a literal; ``written`` is a term in a plain line."""
    if written[0] == "<":
        return written[1:-1]
    text = written[1 : written.rindex('"')]
    return term_of(written).value if "\\" in text else text


@lru_cache(maxsize=4_096)
def term_of(written: str) -> Term:
    if written[0] == "<":
        return NamedNode(written[1:-1])
    (quad,) = parse(f"<x:x> <x:x> {written} .".encode(), format=RdfFormat.N_TRIPLES)
    value: Term | BlankNode | Triple = quad.object
    if isinstance(value, BlankNode | Triple):
        raise TypeError(written)
    return value
