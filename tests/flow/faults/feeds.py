"""What can be wrong with a DCAT feed: its documents, its pages, its numbers, its records."""

import json
from collections.abc import Callable
from typing import Final

from catalogue.model.run import RunState
from tests.flow.faults.answers import LOGIN
from tests.flow.faults.fault import Fault
from tests.flow.faults.nodes import PAGE, RECORDS, DcatNode, TaggedNode
from tests.harvesters.scripted_provider import Answer

FAILED, HELD, INCOMPLETE, PARTIAL = RunState.FAILED, RunState.HELD, RunState.INCOMPLETE, RunState.PARTIAL
DONE, UNCHANGED = RunState.DONE, RunState.UNCHANGED
RDF_XML: Final = "application/rdf+xml"
ENTITIES: Final = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY f SYSTEM "file:///etc/passwd">]><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;&f;</rdf:RDF>'
)


def _put(answer: Answer, *, page: int = 2) -> Callable[[DcatNode], None]:
    return lambda node: node.answer(answer, page=page)


def _half_turtle(node: DcatNode) -> None:
    node.answer(Answer(node.body()[: len(node.body()) * 2 // 3]))


def _endless(node: DcatNode) -> None:
    """Whatever page is asked for, there is a next one with the same records."""

    def page(path: str) -> Answer:
        number = int(path.rpartition("=")[2])
        return Answer(node.turtle(node.datasets(range(PAGE, 2 * PAGE)), following=number + 1))

    node.provider.answers.pop("/c?page=3")
    node.provider.otherwise = page


def _loop(node: DcatNode) -> None:
    node.page(3, node.datasets(range(8, RECORDS)), following=2)


def _repeated_last(node: DcatNode) -> None:
    """Past its end the feed gives its last page under any number (CKAN's DCAT extension, issue 260)."""
    node.page(3, node.datasets(range(8, RECORDS)), following=4)
    node.page(4, node.datasets(range(8, RECORDS)), following=5)


def _empty(node: DcatNode) -> None:
    node.page(1, [], total=0)


def _half(node: DcatNode) -> None:
    node.lay_out(node.datasets(range(6)), total=None)


def _claims(total: int) -> Callable[[DcatNode], None]:
    return lambda node: node.lay_out(node.datasets(), total=total)


def _lost_page(node: DcatNode) -> None:
    """The link to the last page is gone, and the total tells."""
    node.page(2, node.datasets(range(PAGE, 2 * PAGE)))


def _two_missing(node: DcatNode) -> None:
    node.lay_out(node.datasets(range(RECORDS - 2)), total=None)


def _nameless(node: DcatNode) -> None:
    """Two datasets lost their addresses, and are known by their DOIs."""
    named = node.datasets(range(RECORDS - 2))
    node.lay_out([*named, *(node.dataset(number, subject=f"_:d{number}") for number in (10, 11))])


def _placeholder(node: DcatNode) -> None:
    unnamed = '[] a dcat:Dataset ; dct:title "Draft" ; dct:identifier "TODO" .'
    node.page(3, [*node.datasets(range(8, RECORDS)), unnamed], total=None)
    node.page(1, node.datasets(range(PAGE)), total=None, following=2)
    node.page(2, node.datasets(range(PAGE, 8)), total=None, following=3)


def _twice(node: DcatNode) -> None:
    """A second description of a dataset, on another page and with another title."""
    node.page(3, [*node.datasets(range(8, RECORDS)), node.dataset(0, title="Another")])


def _renamed(node: DcatNode) -> None:
    """The provider moved house: each dataset has a new address and the DOI that it had."""
    moved = f"{node.provider.url}/moved"
    node.lay_out([node.dataset(number, subject=f"<{moved}/{number}>") for number in range(RECORDS)])


def _swapped(node: DcatNode) -> None:
    """Each dataset has the title of its neighbour: only identifiers tell which is which."""
    node.lay_out(
        [node.dataset(number, title=f"Swapped {(number + 1) % RECORDS}") for number in range(RECORDS)]
    )


def _untitled(node: DcatNode) -> None:
    untitled = node.dataset(4).replace("dct:title", "dct:alternative")
    node.page(2, [untitled, *node.datasets(range(5, 8))], following=3)


def _large_literal(node: DcatNode) -> None:
    large = node.dataset(4, more=f'; dct:provenance "{"x" * 10_000_000}" ')
    node.page(2, [large, *node.datasets(range(5, 8))], following=3)


def _long_iri(node: DcatNode) -> None:
    long = node.dataset(4, more=f"; dct:source <http://example.org/{'x' * 100_000}> ")
    node.page(2, [long, *node.datasets(range(5, 8))], following=3)


def _latin(node: DcatNode) -> None:
    umlaut = node.dataset(4, title="B\u00fccher").encode()
    body = node.turtle([umlaut.decode(), *node.datasets(range(5, 8))], following=3)
    node.answer(Answer(body.decode().encode("latin-1"), "text/turtle; charset=utf-8"))


def _mislabelled(node: DcatNode) -> None:
    for page in (1, 2, 3):
        node.answer(Answer(node.body(page), RDF_XML), page=page)


def _control(node: DcatNode) -> None:
    node.answer(Answer(node.body().replace(b"people", b"peo\x00\x01ple", 1)))


def _remote_context(node: DcatNode) -> None:
    document = {"@context": f"{node.provider.url}/context.jsonld", "@type": "dcat:Dataset", "@id": "x:y"}
    node.answer(Answer(json.dumps(document).encode(), "application/ld+json"))


def _foreign_next(node: DcatNode) -> None:
    node.page(2, node.datasets(range(PAGE, 8)), following="http://93.184.215.14/c?page=3")


def _private_next(node: DcatNode) -> None:
    node.page(2, node.datasets(range(PAGE, 8)), following="http://169.254.169.254/latest/meta-data")


def _file_next(node: DcatNode) -> None:
    node.page(2, node.datasets(range(PAGE, 8)), following="file:///etc/passwd")


def _fault(
    name: str,
    spoil: Callable[[DcatNode], None],
    state: RunState,
    *words: str,
    changed: int = 0,
    unseen: int = 0,
    rejected: int = 0,
) -> Fault[DcatNode]:
    return Fault(name, DcatNode, spoil, state, words, changed=changed, unseen=unseen, rejected=rejected)


FEEDS: Final = (
    _fault("login page with 200", _put(LOGIN, page=1), FAILED, "HTML"),
    _fault("login page for page 2", _put(LOGIN), INCOMPLETE, "HTML"),
    _fault("half a document", _half_turtle, INCOMPLETE, "Turtle", "line"),
    _fault("empty document", _put(Answer(b""), page=1), FAILED, "empty"),
    _fault(
        "an error as JSON with 200", _put(Answer(b'{"error": "down"}', "application/json"), page=1), FAILED
    ),
    _fault("ill-formed page 2", _put(Answer(b"<rdf:RDF><a></rdf:RDF>", RDF_XML)), INCOMPLETE, "XML"),
    _fault("wrong content type", _mislabelled, UNCHANGED, "application/rdf+xml"),
    _fault("wrong charset", _latin, INCOMPLETE, "UTF-8"),
    _fault("control characters", _control, DONE, "control characters", changed=1),
    _fault("DTD with entities", _put(Answer(ENTITIES, RDF_XML)), INCOMPLETE, "DOCTYPE"),
    _fault("remote JSON-LD context", _remote_context, INCOMPLETE, "context"),
    _fault("endless pages", _endless, INCOMPLETE, "repeats"),
    _fault("two pages in a circle", _loop, INCOMPLETE, "circle"),
    _fault("last page repeated", _repeated_last, INCOMPLETE, "repeats"),
    _fault("next on another host", _foreign_next, INCOMPLETE, "93.184.215.14"),
    _fault("next at a private address", _private_next, INCOMPLETE, "169.254.169.254"),
    _fault("next is a file", _file_next, INCOMPLETE, "only http"),
    _fault("empty valid feed", _empty, HELD, "holds no record"),
    _fault("half a feed", _half, HELD, "6 of 12"),
    _fault("total says more", _claims(20), INCOMPLETE, "20"),
    _fault("total says less", _claims(5), INCOMPLETE, "5"),
    _fault("last page lost", _lost_page, INCOMPLETE, "12", "8"),
    _fault("two vanished", _two_missing, DONE, "missing at the source", unseen=2),
    Fault("304, and two vanished", TaggedNode, _two_missing, UNCHANGED, ("no proof of absence",), well=2),
    _fault("two lost their names", _nameless, DONE, changed=2),
    _fault("placeholder for a name", _placeholder, PARTIAL, rejected=1),
    _fault("one dataset twice", _twice, PARTIAL, "twice", rejected=1),
    _fault("a title lost", _untitled, PARTIAL, "title", rejected=1),
    _fault("10 MB literal", _large_literal, PARTIAL, rejected=1),
    _fault("an address of 100 kB", _long_iri, PARTIAL, rejected=1),
    _fault("new names, DOIs kept", _renamed, DONE, changed=12),
    _fault("all titles swapped", _swapped, DONE, changed=12),
)
