"""Which shapes make up each level, and what they say to a provider."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, BNode, Graph, URIRef
from rdflib.term import Node

from catalogue.model.quality import Level
from catalogue.profile import terms
from ontologies.namespaces import compact

PUBLIC: Final = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
RESTRICTED: Final = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
NON_PUBLIC: Final = "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"

_EHDS: Final = ("ehds", "described")
_FILES: Final[Mapping[tuple[Level | None, str], tuple[str, ...]]] = {
    (Level.ACCEPT, ""): ("accept",),
    (Level.EUCAIM, ""): ("eucaim", "described"),
    (Level.EHDS, ""): _EHDS,
    (Level.EHDS, PUBLIC): (*_EHDS, "ehds-public"),
    (Level.EHDS, RESTRICTED): (*_EHDS, "ehds-restricted"),
    (Level.EHDS, NON_PUBLIC): (*_EHDS, "ehds-non-public"),
    (None, ""): ("plausible",),
}
_REPAIR: Final = URIRef(f"{terms.CIMG}repair")
_ABOUT: Final = URIRef(f"{terms.CIMG}about")


@dataclass(frozen=True, slots=True)
class Advice:
    """``path`` names the property in question, with its prefix."""

    path: str
    repair: str


@dataclass(frozen=True, slots=True)
class ShapeSet:
    """The shapes of one level, None for those that no level asks for.

    ``followed`` are the properties whose values have shapes of their own, ``mentioned`` all properties.
    """

    level: Level | None
    shapes: tuple[Shape, ...]
    advice: Mapping[Node, Advice]
    followed: frozenset[str]
    mentioned: frozenset[str]


class Shapes:
    """All sets, read once. ``version`` changes with any of their files."""

    def __init__(self, folder: Path) -> None:
        names = sorted({name for files in _FILES.values() for name in files})
        texts = {name: (folder / f"{name}.ttl").read_bytes() for name in names}
        self.version = hashlib.sha256(b"".join(texts.values())).hexdigest()[:12]
        self._sets = {key: _set(key[0], [texts[name] for name in names]) for key, names in _FILES.items()}
        self.followed = frozenset[str]().union(*(each.followed for each in self._sets.values()))
        self.mentioned = frozenset[str]().union(*(each.mentioned for each in self._sets.values()))

    def of(self, access_right: str) -> Iterator[ShapeSet]:
        """The sets for a record of this access right; another than the three has the EHDS's common rules."""
        yield self._sets[Level.ACCEPT, ""]
        yield self._sets[Level.EUCAIM, ""]
        yield self._sets.get((Level.EHDS, access_right)) or self._sets[Level.EHDS, ""]
        yield self._sets[None, ""]


def _set(level: Level | None, texts: list[bytes]) -> ShapeSet:
    graph = Graph(bind_namespaces="none")
    for text in texts:
        graph.parse(data=text, format="turtle")
    followed = frozenset(str(found) for found in graph.objects(None, SH.targetObjectsOf))
    mentioned = frozenset(str(found) for found in graph.objects() if isinstance(found, URIRef))
    advice = {shape: _advice(graph, shape) for shape in graph.subjects(SH.message)}
    return ShapeSet(
        level=level,
        shapes=tuple(shape for shape in ShapesGraph(graph).shapes if _has_a_target(graph, shape)),
        advice=advice,
        followed=followed,
        mentioned=mentioned | {str(RDF.type)},
    )


def _has_a_target(graph: Graph, shape: Shape) -> bool:
    return any((shape.node, target, None) in graph for target in (SH.targetClass, SH.targetObjectsOf))


def _advice(graph: Graph, shape: Node) -> Advice:
    path = graph.value(shape, SH.path) or graph.value(shape, _ABOUT)
    return Advice(path=_name(graph, path), repair=str(graph.value(shape, _REPAIR) or ""))


def _name(graph: Graph, path: Node | None) -> str:
    """Alternatives in the order in which the shape has them."""
    if isinstance(path, BNode):
        alternatives = graph.value(path, SH.alternativePath)
        return " or ".join(_name(graph, each) for each in graph.items(alternatives)) if alternatives else ""
    return compact(str(path)) if path else ""
