"""What runs in the process that reads one file: without network, and within limits of the kernel.

    python -m ontologies.releases.reading_process read|check FILE LIMITS

The answer is JSON on the standard output.
"""

import hashlib
import io
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from pydantic import TypeAdapter

from ontologies.releases.formats import Format, format_of
from ontologies.releases.obo import read_obo
from ontologies.releases.oncotree import read_oncotree
from ontologies.releases.owl import statements_of, unsatisfiable, world_of
from ontologies.releases.soundness import sound
from ontologies.releases.statements import (
    CLASS,
    CONCEPT,
    TYPE,
    Statements,
    Value,
    disjoint_of,
    gathered,
    header_of,
    terms_of,
)
from ontologies.releases.terms import MEGABYTE, Limits, Release, ReleaseRefused, Term
from ontologies.releases.wording import Header, stated_version

# A Java machine reserves far more addresses than it uses; its heap is bounded by an option.
_JAVA_ADDRESSES: Final = 8192 * MEGABYTE
_FILE_BYTES: Final = 4096 * MEGABYTE
_PROCESSES_EACH: Final = 4
_CLOSED: Final = ("socket.__new__", "socket.connect", "socket.getaddrinfo", "urllib.Request")
_SYNTAX: Final = {
    Format.RDF_XML: ox.RdfFormat.RDF_XML,
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.JSON_LD: ox.RdfFormat.JSON_LD,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """``refused`` says why there is no release.

    ``unsatisfiable`` is ``None`` where HermiT was not asked, for the reason in ``not_reasoned``.
    """

    refused: str = ""
    release: Release | None = None
    unsatisfiable: tuple[str, ...] | None = None
    not_reasoned: str = ""
    megabytes: float = 0.0


@dataclass(frozen=True, slots=True)
class _Read:
    header: Header
    terms: tuple[Term, ...]
    disjoint: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Graph:
    """A graph as N-Triples, and whether it is of classes or of concepts."""

    ntriples: bytes
    types: set[str] = field(default_factory=set)


LIMITS: Final = TypeAdapter(Limits)
ANSWER: Final = TypeAdapter(Answer)


def main(operation: str, path: str, limits: Limits) -> None:
    # What libraries print must not stand in the answer.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        _confine(limits, reasoning=operation == "check")
        try:
            answer = (
                _consistency(Path(path), limits) if operation == "check" else _reading(Path(path), limits)
            )
        except ReleaseRefused as error:
            answer = Answer(refused=str(error))
        out.write(ANSWER.dump_json(answer))


def _confine(limits: Limits, *, reasoning: bool) -> None:
    addresses = _JAVA_ADDRESSES if reasoning else limits.megabytes * MEGABYTE
    seconds = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Should the parent be gone, the kernel ends this process, and a Java machine that it started.
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSES_EACH * seconds, _PROCESSES_EACH * seconds))
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)
    sys.addaudithook(_no_network)


def _no_network(event: str, _arguments: object) -> None:
    if event in _CLOSED:
        raise ReleaseRefused("reading a release fetches nothing from elsewhere")


def _reading(path: Path, limits: Limits) -> Answer:
    content = path.read_bytes()
    found = _read(content, path.name, limits)
    terms = sound(found.terms, limits)
    digest = hashlib.sha256(content).hexdigest()
    release = Release(
        title=found.header.title,
        version=found.header.version,
        licence=found.header.licence,
        iri=found.header.iri,
        sha256=digest,
        terms=terms,
        disjoint=found.disjoint,
        unnamed=len(found.terms) - len(terms),
    )
    return Answer(release=release, megabytes=_peak_megabytes())


def _peak_megabytes() -> float:
    """Of this process alone (``proc_pid_status(5)``, VmHWM): ``getrusage`` counts the parent that it was."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _consistency(path: Path, limits: Limits) -> Answer:
    answer = _reading(path, limits)
    content = path.read_bytes()
    kind = format_of(content, path.name)
    graph = _graph(content, kind) if kind in _SYNTAX else None
    if graph is None or CLASS not in graph.types:
        return replace(answer, not_reasoned="not checked by HermiT: the file is no OWL")
    found = unsatisfiable(world_of(graph.ntriples))
    word = "not checked by HermiT: there is no Java on this machine" if found is None else ""
    return replace(answer, unsatisfiable=found, not_reasoned=word)


def _read(content: bytes, name: str, limits: Limits) -> _Read:
    match format_of(content, name):
        case Format.OBO:
            obo = read_obo(io.BytesIO(content), limits)
            return _Read(obo.header, obo.terms, obo.disjoint)
        case Format.ONCOTREE:
            header = Header("OncoTree", stated_version(name.replace("_", "-")), iri="http://oncotree.info/")
            return _Read(header, read_oncotree(content, limits))
        case kind:
            statements = _statements(_graph(content, kind))
            return _Read(header_of(statements), terms_of(statements, limits), disjoint_of(statements, limits))


def _graph(content: bytes, kind: Format) -> _Graph:
    """Read strictly, whatever the syntax: owlready2 overlooks faults and some of the forms of RDF/XML."""
    graph, out = _Graph(b""), io.BytesIO()
    try:
        ox.serialize(_triples(content, kind, graph), out, format=ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise ReleaseRefused(f"the {kind} is broken: {error}") from error
    graph.ntriples = out.getvalue()
    return graph


def _triples(content: bytes, kind: Format, graph: _Graph) -> Iterator[ox.Triple]:
    for quad in ox.parse(content, format=_SYNTAX[kind], base_iri="urn:catalogue:release"):
        if isinstance(quad.object, ox.Triple):
            continue
        if quad.predicate.value == TYPE and isinstance(quad.object, ox.NamedNode):
            graph.types.add(quad.object.value)
        yield quad.triple


def _statements(graph: _Graph) -> Statements:
    if CLASS in graph.types:
        return gathered(statements_of(world_of(graph.ntriples)))
    if CONCEPT in graph.types:
        return gathered(map(_statement, ox.parse(graph.ntriples, format=ox.RdfFormat.N_TRIPLES)))
    raise ReleaseRefused("there is neither an OWL class nor a SKOS concept in it")


def _statement(quad: ox.Quad) -> tuple[str, str, Value]:
    subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else f"{quad.subject}"
    match quad.object:
        case ox.NamedNode():
            value = Value(quad.object.value, iri=True)
        case ox.Literal():
            value = Value(quad.object.value, quad.object.language or "")
        case _:
            value = Value(f"{quad.object}", iri=True)
    return subject, quad.predicate.value, value


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], LIMITS.validate_json(sys.argv[3]))
