"""Which levels a record reaches, and what a provider can mend."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from pyshacl.pytypes import SHACLExecutor
from rdflib import SH, BNode, Graph, URIRef
from rdflib.term import Node

from catalogue.model.quality import Level, LevelFinding, Quality
from catalogue.profile.terms import DCT
from catalogue.quality.plausible import contradictions
from catalogue.quality.record_graph import Lists, RecordTooLargeError, record_graph
from catalogue.quality.shapes import Shapes, ShapeSet
from harvesters.findings import Severity
from ontologies.concepts import ConceptScheme

# Another number checks every record again.
RULES_VERSION: Final = "1"

_SECONDS: Final = 5.0
_LONGEST_VALUE: Final = 200
_SEVERITIES: Final = {SH.Violation: Severity.ERROR, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
_ORDER: Final = tuple(Level)
_RANK: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)
# What pySHACL and rdflib are known to raise on graphs that they did not foresee.
_FAILURES: Final = (RuntimeError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


class CheckStoppedError(RuntimeError):
    """A record took longer than it may."""


class Checker:
    """Checks one record after another against the shapes in a folder; may not be shared by threads.

    ``seconds`` bound one record, at the next shape; graphs are small, so that one shape is quick.
    """

    def __init__(self, scheme: ConceptScheme, folder: Path, *, seconds: float = _SECONDS) -> None:
        self._shapes = Shapes(folder)
        self._lists = Lists(scheme)
        self._seconds = seconds
        self.version = f"{RULES_VERSION}/{self._shapes.version}/{scheme.version}"

    def check(self, subject: str, triples: bytes) -> Quality:
        """``triples`` are published N-Triples about ``subject``. What cannot be checked is a finding."""
        try:
            return self._checked(subject, triples)
        except CheckStoppedError:
            return _unchecked(subject, f"The check took more than {self._seconds:g} seconds.")
        except RecordTooLargeError as error:
            return _unchecked(subject, f"The record is too large to be checked: {error}.")
        except _FAILURES as error:
            return _unchecked(subject, f"The record could not be checked ({type(error).__name__}).")

    def _checked(self, subject: str, triples: bytes) -> Quality:
        end = time.monotonic() + self._seconds
        graph = record_graph(triples, subject, self._shapes, self._lists)
        rights = sorted(str(found) for found in graph.objects(URIRef(subject), URIRef(f"{DCT}accessRights")))
        found: list[LevelFinding] = []
        for each in self._shapes.of(rights[0] if rights else ""):
            found += _results(each, graph, end)
        found += contradictions(subject, triples)
        return _quality(found)


def _results(shapes: ShapeSet, graph: Graph, end: float) -> Iterator[LevelFinding]:
    for shape in shapes.shapes:
        if time.monotonic() > end:
            raise CheckStoppedError
        _, reports = shape.validate(SHACLExecutor(), graph)
        for _, node, statements in reports:
            yield _finding(shapes, node, statements)


def _finding(shapes: ShapeSet, node: BNode, statements: Iterable[tuple[Node, Node, object]]) -> LevelFinding:
    """Of a result, not of those nested in it. pySHACL gives terms of a graph together with that graph."""
    said: dict[Node, object] = {}
    for about, predicate, value in statements:
        if about == node:
            said[predicate] = value[1] if isinstance(value, tuple) else value
    severity = _SEVERITIES[URIRef(str(said[SH.resultSeverity]))]
    advice = shapes.advice[_node(said[SH.sourceShape])]
    return LevelFinding(
        severity,
        focus=str(said[SH.focusNode]),
        path=advice.path,
        value=str(said.get(SH.value, ""))[:_LONGEST_VALUE],
        message=str(said[SH.resultMessage]),
        how_to_fix=advice.repair,
        levels=(shapes.level,) if shapes.level and severity is Severity.ERROR else (),
    )


def _node(term: object) -> Node:
    if not isinstance(term, Node):
        raise TypeError(f"{term!r} is no node")
    return term


def _quality(found: Iterable[LevelFinding]) -> Quality:
    """What several levels miss in the same place is one finding, in the words of the first."""
    merged: dict[tuple[str, str, str], LevelFinding] = {}
    for one in sorted(found, key=_importance):
        place = (one.focus, one.path, one.value)
        known = merged.setdefault(place, one)
        merged[place] = replace(known, levels=tuple(sorted({*known.levels, *one.levels}, key=_ORDER.index)))
    failed = {level for one in merged.values() for level in one.levels}
    return Quality(tuple(level for level in Level if level not in failed), tuple(merged.values()))


def _importance(one: LevelFinding) -> tuple[int, int, str, str, str, str]:
    level = min((_ORDER.index(each) for each in one.levels), default=len(_ORDER))
    return _RANK.index(one.severity), level, one.path, one.focus, one.value, one.message


def _unchecked(subject: str, message: str) -> Quality:
    advice = "Offer the dataset in a smaller and plainer record, or tell the catalogue's operators."
    return Quality((), (LevelFinding(Severity.ERROR, subject, "", "", message, advice, tuple(Level)),))
