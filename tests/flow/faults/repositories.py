"""What can be wrong with an OAI-PMH repository: tokens, clocks, errors, pages and records."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Final

from catalogue.model.run import RunState
from tests.flow.faults.answers import LOGIN
from tests.flow.faults.fault import Fault
from tests.flow.faults.nodes import OaiNode, is_page
from tests.harvesters.living_repository import BROKEN, BUSY
from tests.harvesters.scripted_provider import Answer
from tests.harvesters.scripted_repository import ENVELOPE, error

DONE, FAILED, HELD, INCOMPLETE = RunState.DONE, RunState.FAILED, RunState.HELD, RunState.INCOMPLETE
PARTIAL, UNCHANGED = RunState.PARTIAL, RunState.UNCHANGED


def _said(content: str) -> Answer:
    return Answer(ENVELOPE.format(content).encode(), "text/xml")


def _for_page(number: int, answer: Answer) -> Callable[[OaiNode], None]:
    return lambda node: node.say(lambda given: answer if is_page(given, number) else None)


def _for_all(answer: Answer) -> Callable[[OaiNode], None]:
    return lambda node: node.say(lambda _: answer)


def _rewritten(*pairs: tuple[str, str]) -> Callable[[OaiNode], None]:
    """Every answer of the sound repository, with other words in it."""

    def spoil(node: OaiNode) -> None:
        def say(path: str) -> Answer:
            answer = node.sound(path)
            body = answer.body
            for old, new in pairs:
                body = body.replace(old.encode(), new.encode())
            return replace(answer, body=body)

        node.provider.otherwise = say

    return spoil


def _expires(*, times: int) -> Callable[[OaiNode], None]:
    """The token of page 2 has run out, so often."""

    def spoil(node: OaiNode) -> None:
        asked = count(1)

        def say(given: Mapping[str, str]) -> Answer | None:
            if is_page(given, 2) and next(asked) <= times:
                return _said(error("badResumptionToken"))
            return None

        node.say(say)

    return spoil


def _endless(node: OaiNode) -> None:
    """Each page has a token of its own, and the records of the second."""
    numbers = count(1)

    def say(given: Mapping[str, str]) -> Answer | None:
        if given["verb"] != "ListRecords" or "resumptionToken" not in given:
            return None
        page = node.page("!!4")
        return replace(page, body=page.body.replace(b"!!8", f"more-{next(numbers)}".encode()))

    node.say(say)


def _same_token(node: OaiNode) -> None:
    node.say(lambda given: node.page("!!4") if is_page(given, 3) else None)


def _lost_token(node: OaiNode) -> None:
    """The second page has none, and the list says that it is longer."""
    page = node.page("!!4")
    shortened = replace(page, body=page.body.replace(b"!!8", b""))
    node.say(lambda given: shortened if is_page(given, 2) else None)


def _control(node: OaiNode) -> None:
    page = node.page("!!4")
    spoiled = replace(page, body=page.body.replace(b"<dc:title>", b"<dc:title>\x01", 1))
    node.say(lambda given: spoiled if is_page(given, 2) else None)


def _latin(node: OaiNode) -> None:
    page = node.page("!!4")
    spoiled = replace(page, body=page.body.replace(b"<dc:title>", b"<dc:title>\xfc", 1))
    node.say(lambda given: spoiled if is_page(given, 2) else None)


def _with_doctype(node: OaiNode) -> None:
    page = node.page("!!4")
    entity = b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    spoiled = replace(page, body=entity + page.body.replace(b"<dc:title>", b"<dc:title>&f;", 1))
    node.say(lambda given: spoiled if is_page(given, 2) else None)


def _xinclude(node: OaiNode) -> None:
    include = (
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    )
    page = node.page("!!4")
    first = b"<dc:title>" + node.identifiers[4].encode() + b"</dc:title>"
    spoiled = replace(page, body=page.body.replace(first, b"<dc:title>" + include + b"</dc:title>"))
    node.say(lambda given: spoiled if is_page(given, 2) else None)


def _poison(answer: Answer) -> Callable[[OaiNode], None]:
    def spoil(node: OaiNode) -> None:
        node.repository.poison = {node.identifiers[5]: answer}

    return spoil


def _broken_page(node: OaiNode) -> None:
    """It is the page that is broken, whatever it holds: each record alone can be had."""
    node.say(lambda given: BROKEN if is_page(given, 2) else None)


def _placeholder(node: OaiNode) -> None:
    page = node.page("!!4")
    name = f"<identifier>{node.identifiers[4]}</identifier>".encode()
    spoiled = replace(page, body=page.body.replace(name, b"<identifier>n/a</identifier>"))
    node.say(lambda given: spoiled if is_page(given, 2) else None)


def _all_deleted(node: OaiNode) -> None:
    _rewritten(("<header>", '<header status="deleted">'))(node)


def _nothing_matches(node: OaiNode) -> None:
    node.say(lambda given: _said(error("noRecordsMatch")) if given["verb"] == "ListRecords" else None)


def _fault(
    name: str, spoil: Callable[[OaiNode], None], state: RunState, *words: str, rejected: int = 0
) -> Fault[OaiNode]:
    return Fault(name, OaiNode, spoil, state, words, rejected=rejected)


REPOSITORIES: Final = (
    _fault("login page for a repository", _for_all(LOGIN), FAILED, "HTML"),
    _fault("login page for its page 2", _for_page(2, LOGIN), UNCHANGED, "HTML"),
    _fault("endless token", _endless, INCOMPLETE, "repeats"),
    _fault("token of page 2 repeated", _same_token, INCOMPLETE, "repeats"),
    _fault("token lost", _lost_token, INCOMPLETE, "12 records and holds 8"),
    _fault("token expires, once", _expires(times=1), UNCHANGED),
    _fault("token expires, always", _expires(times=99), INCOMPLETE, "badResumptionToken"),
    _fault(
        "clock in the future",
        _rewritten(("2026-03-01T12:00:00Z", "2099-01-01T00:00:00Z")),
        UNCHANGED,
        "clock",
    ),
    _fault("noRecordsMatch for all", _nothing_matches, HELD, "holds no record"),
    _fault("badArgument", _for_page(1, _said(error("badArgument"))), FAILED, "badArgument"),
    _fault("an error on page 2", _for_page(2, _said(error("badArgument"))), INCOMPLETE, "badArgument"),
    _fault("wrong root element", _for_all(Answer(b"<feed/>", "text/xml")), FAILED, "feed"),
    _fault("total says more records", _rewritten(('"12"', '"20"')), INCOMPLETE, "20"),
    _fault("control character", _control, UNCHANGED, "dropped"),
    _fault("latin-1 that says UTF-8", _latin, UNCHANGED),
    _fault("DTD in page 2", _with_doctype, UNCHANGED, "DOCTYPE"),
    _fault("XInclude of a file", _xinclude, PARTIAL, rejected=1),
    _fault("ill-formed page 2 for ever", _broken_page, UNCHANGED, "broken"),
    _fault("500 for one record", _poison(BUSY), PARTIAL, "500", rejected=1),
    _fault("ill-formed record", _poison(BROKEN), PARTIAL, "broken", rejected=1),
    _fault("identifier n/a", _placeholder, PARTIAL, "no identifier", rejected=1),
    _fault("all deleted at once", _all_deleted, HELD, "12 of 12"),
)
