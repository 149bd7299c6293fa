"""What can be wrong between a provider and us: silence, cuts, floods, refusals, redirections, names."""

import email.utils
import time
from collections.abc import Callable
from typing import Final

from catalogue.model.run import RunState
from harvesters.addresses import check_url
from harvesters.source import SourceConfig
from tests.flow.faults.answers import at_first, bomb, cut_off, dripping, reset, silent
from tests.flow.faults.fault import Fault
from tests.flow.faults.nodes import DcatNode
from tests.harvesters.scripted_provider import Answer

FAILED, INCOMPLETE, UNCHANGED = RunState.FAILED, RunState.INCOMPLETE, RunState.UNCHANGED
REBOUND: Final = "rebound.example"


def _put(make: Callable[[Answer], Answer], *, page: int = 2) -> Callable[[DcatNode], None]:
    return lambda node: node.answer(make(node.sound(page)), page=page)


def _instead(answer: Answer, *, page: int = 2) -> Callable[[DcatNode], None]:
    return _put(lambda _: answer, page=page)


def _once(trouble: Callable[[], Answer]) -> Callable[[DcatNode], None]:
    return lambda node: node.in_turn(at_first(trouble(), node.sound()))


def _redirected(to: str, *, page: int = 1) -> Callable[[DcatNode], None]:
    return lambda node: node.answer(Answer(status=302, headers={"Location": to}), page=page)


def _in_circles(node: DcatNode) -> None:
    node.answer(Answer(status=302, headers={"Location": "/c?page=1"}), page=1)


def _rebound(node: DcatNode) -> SourceConfig:
    """The name was public when it was checked; when it is connected to, it is this machine."""
    url = f"http://{REBOUND}/c?page=1"
    check_url(url)
    return SourceConfig("", node.kind, url, pace=0)


def _date() -> str:
    return email.utils.formatdate(time.time() + 1, usegmt=True)


def _flood() -> Answer:
    return Answer(headers={"Content-Length": "900000000000"}, stream=lambda handler: handler.end_headers())


def _fault(
    name: str, spoil: Callable[[DcatNode], SourceConfig | None], state: RunState, *words: str, **options: str
) -> Fault[DcatNode]:
    return Fault(name, DcatNode, spoil, state, words, options=options)


LINES: Final = (
    _fault("answer cut off", _put(cut_off), INCOMPLETE, "cut off"),
    _fault("connection reset", _put(reset), INCOMPLETE, "cut off"),
    _fault("silent server", _put(lambda _: silent(3)), INCOMPLETE, "silent for"),
    _fault("slow drip", _put(dripping), INCOMPLETE, "not done within"),
    _fault("gzip bomb", _put(lambda _: bomb()), INCOMPLETE, "unpacks to more than"),
    _fault("a flood is announced", _put(lambda _: _flood()), INCOMPLETE, "larger than"),
    _fault("packed, and is not", _instead(Answer(b"x", headers={"Content-Encoding": "gzip"})), INCOMPLETE),
    _fault("503, Retry-After 1", _once(lambda: Answer(status=503, headers={"Retry-After": "1"})), UNCHANGED),
    _fault(
        "503, Retry-After a date",
        _once(lambda: Answer(status=503, headers={"Retry-After": _date()})),
        UNCHANGED,
    ),
    _fault("429 once", _once(lambda: Answer(status=429, headers={"Retry-After": "1"})), UNCHANGED),
    _fault(
        "503, Retry-After an hour",
        _instead(Answer(status=503, headers={"Retry-After": "3600"}), page=1),
        FAILED,
        "503",
    ),
    _fault("429 for ever", _instead(Answer(status=429)), INCOMPLETE, "429"),
    _fault("500 for ever", _instead(Answer(status=500), page=1), FAILED, "500"),
    _fault("401 for the list", _instead(Answer(status=401), page=1), FAILED, "login"),
    _fault("403 for page 2", _instead(Answer(status=403)), INCOMPLETE, "forbidden"),
    _fault("404 for the list", _instead(Answer(status=404), page=1), FAILED, "404"),
    _fault("410 for the list", _instead(Answer(status=410), page=1), FAILED, "410"),
    _fault(
        "redirect to a private address", _redirected("http://10.0.0.8/"), FAILED, "10.0.0.8", hosts="10.0.0.8"
    ),
    _fault("redirect in circles", _in_circles, FAILED, "redirected more than"),
    _fault("redirect to another host", _redirected("http://93.184.215.14/"), FAILED, "another host"),
    _fault("redirect to a file", _redirected("file:///etc/passwd"), FAILED, "redirects to file"),
    _fault("name changes its address", _rebound, FAILED, "this machine itself"),
)
