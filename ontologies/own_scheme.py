"""The project's own scheme, as its files tell it, with what an instance adds to it."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Final

import pyoxigraph as ox

from ontologies.additions import NOTHING_ADDED, Additions, extended
from ontologies.concepts import Axis, Concept, ConceptScheme, Label, code_of
from ontologies.namespaces import CIMG, PREFIXES

LANGUAGES: Final = ("es", "ca", "fr", "de")

_SKOS: Final = PREFIXES["skos"]
_RELEASE: Final = PREFIXES["owl"] + "versionInfo"
_RELATED: Final = CIMG + "relatedLabel"
# What each property says of a name in another language: whether it is preferred, and reviewed.
_LABELS: Final = (
    (_SKOS + "prefLabel", True, True),
    (_SKOS + "altLabel", False, True),
    (CIMG + "draftLabel", True, False),
    (CIMG + "draftSynonym", False, False),
)


def load_scheme(additions: Additions = NOTHING_ADDED) -> ConceptScheme:
    """Read the project's own scheme from ``ontologies/data``; raises ``ValueError`` where a file is wrong.

    What an instance adds brings more names and codes to known concepts, and concepts of its own.
    """
    files = {axis: _content(f"{axis.value}.ttl") for axis in Axis}
    spoken = {language: _content(f"labels-{language}.ttl") for language in LANGUAGES}
    added = Additions(concepts=additions.concepts).version  # another mapping makes no other scheme
    digest = hashlib.sha256(b"".join((*files.values(), *spoken.values(), added.encode())))
    read = {axis: _File.of(content) for axis, content in files.items()}
    labels = _labels(spoken)
    release = max(file.release for file in read.values())
    own = [
        replace(concept, labels=tuple(labels.get(concept.iri, ())))
        for axis, file in read.items()
        for concept in file.concepts(axis)
    ]
    return ConceptScheme(f"{release}.{digest.hexdigest()[:8]}", extended(own, additions.concepts))


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose facts an axis restates: ``source`` and ``licence`` are addresses, "" for our own."""

    title: str
    note: str
    source: str
    licence: str


@lru_cache
def credit(axis: Axis) -> Credit:
    """Read the head of an axis's file; raises ``ValueError`` where it has none."""
    subjects = _File.of(_content(f"{axis.value}.ttl")).subjects
    head = next((values for values in subjects.values() if values.get(CIMG + "axis")), None)
    if head is None:
        raise ValueError(f"{axis.value}.ttl does not say of which axis it is")
    title, note, source, licence = (
        _one_line("".join(head.get(PREFIXES["dct"] + name, ())[:1]))
        for name in ("title", "description", "source", "license")
    )
    return Credit(title, note, source, licence)


def _one_line(text: str) -> str:
    """A text that its file breaks at blanks and hyphens."""
    return " ".join(re.sub(r"-\n\s*", "-", text).split())


def _content(name: str) -> bytes:
    return (resources.files("ontologies") / "data" / name).read_bytes()


_Values = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class _File:
    """The values of each subject of one file, by property."""

    subjects: Mapping[str, _Values]

    @classmethod
    def of(cls, content: bytes) -> "_File":
        subjects: dict[str, dict[str, list[str]]] = {}
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                values = subjects.setdefault(quad.subject.value, {})
                values.setdefault(quad.predicate.value, []).append(quad.object.value)
        return cls(subjects)

    @property
    def release(self) -> str:
        return "".join(value for values in self.subjects.values() for value in values.get(_RELEASE, ()))

    def concepts(self, axis: Axis) -> Iterator[Concept]:
        """In the order of their IRIs."""
        for iri, values in sorted(self.subjects.items()):
            if _SKOS + "prefLabel" in values:
                yield _concept(axis, iri, values)


def _concept(axis: Axis, iri: str, values: _Values) -> Concept:
    def of(name: str) -> tuple[str, ...]:
        return tuple(sorted(values.get(_SKOS + name, ())))

    return Concept(
        code=code_of(iri),
        iri=iri,
        axis=axis,
        label=of("prefLabel")[0],
        synonyms=of("altLabel"),
        related=tuple(sorted(values.get(_RELATED, ()))),
        notations=of("notation"),
        parents=tuple(sorted(code_of(parent) for parent in of("broader"))),
        same_as=of("exactMatch"),
        note="".join(of("scopeNote")),
        hidden=values.get(CIMG + "hidden") == ["true"],
        grouping=values.get(CIMG + "grouping") == ["true"],
        histology=values.get(CIMG + "histology") == ["true"],
    )


def _labels(spoken: Mapping[str, bytes]) -> Mapping[str, list[Label]]:
    """Names in other languages by the IRI of their concept, the preferred ones first."""
    found: dict[str, list[Label]] = {}
    for language, content in spoken.items():
        for iri, values in _File.of(content).subjects.items():
            found.setdefault(iri, []).extend(_spoken(values, language))
    return found


def _spoken(values: _Values, language: str) -> Iterable[Label]:
    for predicate, preferred, reviewed in _LABELS:
        for text in sorted(values.get(predicate, ())):
            yield Label(text, language, preferred=preferred, reviewed=reviewed)
