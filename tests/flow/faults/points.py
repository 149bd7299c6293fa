"""What can be wrong with a FAIR Data Point: children that are hidden, gone, broken, or too deep."""

from collections.abc import Callable
from typing import Final

from catalogue.model.run import RunState
from tests.flow.faults.answers import LOGIN
from tests.flow.faults.fault import Fault
from tests.flow.faults.nodes import RECORDS, FdpNode
from tests.harvesters.scripted_provider import Answer

DONE, HELD, INCOMPLETE = RunState.DONE, RunState.HELD, RunState.INCOMPLETE
PARTIAL, UNCHANGED = RunState.PARTIAL, RunState.UNCHANGED
LEVELS: Final = 12


def _child(answer: Answer, path: str = "/d/5") -> Callable[[FdpNode], None]:
    def spoil(node: FdpNode) -> None:
        node.provider.answers[path] = answer

    return spoil


def _many(answer: Answer, count: int) -> Callable[[FdpNode], None]:
    def spoil(node: FdpNode) -> None:
        node.provider.answers.update({f"/d/{number}": answer for number in range(count)})

    return spoil


def _deep(node: FdpNode) -> None:
    """A catalogue in a catalogue in a catalogue, and so on."""
    for level in range(LEVELS):
        node.turtle(
            f"/deep/{level}",
            f"<{{url}}/deep/{level}> a dcat:Catalog ; dcat:catalog <{{url}}/deep/{level + 1}> .",
        )
    datasets = ", ".join(f"<{{url}}/d/{number}>" for number in range(RECORDS))
    node.turtle(
        "/c", f"<{{url}}/c> a dcat:Catalog ; dcat:dataset {datasets} ; dcat:catalog <{{url}}/deep/0> ."
    )


def _foreign(node: FdpNode) -> None:
    node.contain([*(f"{node.provider.url}/d/{number}" for number in range(6)), "http://10.0.0.8/d/6"])


def _empty(node: FdpNode) -> None:
    node.turtle("/c", "<{url}/c> a dcat:Catalog ; dct:title 'C' .")


def _fault(
    name: str,
    spoil: Callable[[FdpNode], None],
    state: RunState,
    *words: str,
    withdrawn: int = 0,
    rejected: int = 0,
) -> Fault[FdpNode]:
    return Fault(name, FdpNode, spoil, state, words, withdrawn=withdrawn, rejected=rejected)


POINTS: Final = (
    _fault("child 401", _child(Answer(status=401)), PARTIAL, "401", rejected=1),
    _fault("child 404", _child(Answer(status=404)), PARTIAL, "404", rejected=1),
    _fault("child 500", _child(Answer(status=500)), INCOMPLETE, "500", rejected=1),
    _fault("child 410", _child(Answer(status=410)), DONE, "410", withdrawn=1),
    _fault("six children 410", _many(Answer(status=410), 6), HELD, "6 of 12"),
    _fault("child is a login page", _child(LOGIN), INCOMPLETE, "HTML", rejected=1),
    _fault("catalogue 404", _child(Answer(status=404), "/c"), INCOMPLETE, "404"),
    _fault("catalogue 410", _child(Answer(status=410), "/c"), INCOMPLETE, "410"),
    _fault("catalogue empty", _empty, HELD, "holds no record"),
    _fault("containers too deep", _deep, INCOMPLETE, "levels deep"),
    _fault("contains another host", _foreign, INCOMPLETE, "10.0.0.8"),
    _fault("node fails after six", _many(Answer(status=503), 6), INCOMPLETE, "503", rejected=5),
)
