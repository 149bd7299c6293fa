"""Reading OWL with owlready2, and what HermiT says of it.

One ``World`` a file, in memory, and in a process of its own: its store has global state. ``Ontology.load`` is
never called: it fetches what a file imports, and imports the Python module that a file names.
"""

import io
import shutil
from collections.abc import Iterable, Iterator
from typing import Final

import owlready2  # type: ignore[import-untyped]  # it has no annotations

from ontologies.releases.statements import Value
from ontologies.releases.terms import ReleaseRefused

_JAVA_MEGABYTES: Final = 1024


def world_of(ntriples: bytes) -> owlready2.World:
    """Raises ``ReleaseRefused`` for what owlready2 cannot hold."""
    world = owlready2.World(filename=":memory:")
    ontology = world.get_ontology("urn:catalogue:release#")
    try:
        ontology.graph.parse(io.BytesIO(ntriples), format="ntriples")
    except owlready2.OwlReadyOntologyParsingError as error:
        raise ReleaseRefused(f"owlready2 cannot read it: {error.__cause__ or error}") from error
    return world


def statements_of(world: owlready2.World) -> Iterator[tuple[str, str, Value]]:
    names = world.graph.get_storid_dict()
    # Its public ways make a Python class of each class of the file, and lose cycles on the way.
    every = world._get_triples_spod_spod(None, None, None, None)  # noqa: SLF001
    for subject, predicate, found, datatype in every:
        yield _resource(subject, names), names[predicate], _value(found, datatype, names)


def unsatisfiable(world: owlready2.World) -> tuple[str, ...] | None:
    """Give the IRIs of classes that can have no member, ``None`` where Java is not there to ask HermiT.

    Raises ``ReleaseRefused`` for axioms that contradict one another as a whole, or that HermiT cannot read.
    """
    if shutil.which(owlready2.JAVA_EXE) is None:
        return None
    owlready2.reasoning.JAVA_MEMORY = _JAVA_MEGABYTES
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError as error:
        raise ReleaseRefused("HermiT: the axioms contradict one another") from error
    except owlready2.OwlReadyJavaError as error:
        raise ReleaseRefused(f"HermiT cannot read it: {_first_line(str(error))}") from error
    return tuple(sorted(_iris(world.inconsistent_classes())))


def _iris(classes: Iterable[owlready2.ThingClass]) -> Iterator[str]:
    for each in classes:
        if each is not owlready2.Nothing:
            yield str(each.iri)


def _resource(number: int, names: dict[int, str]) -> str:
    return names[number] if number > 0 else f"_:{-number}"


def _value(found: object, datatype: object, names: dict[int, str]) -> Value:
    """Literals have a datatype's number, or ``@`` and their language; resources have neither."""
    if datatype is None and isinstance(found, int):
        return Value(_resource(found, names), iri=True)
    language = datatype.removeprefix("@") if isinstance(datatype, str) else ""
    return Value(str(found), language)


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("Java error")), "no reason given")[:300]
