"""Concepts of cancer imaging, their labels and codes, and what is broader or narrower than what."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ontologies.closure import reached, refuse_cycles, turned
from ontologies.namespaces import (
    ACCESS_CONDITIONS,
    AUTHORITIES,
    CONCEPTS,
    DATA_USE_CONDITIONS,
    EUCAIM,
    PREFIXES,
    canonical_iri,
    expand,
    notation,
)
from ontologies.twins import twins


class Axis(StrEnum):
    CANCER = "cancer"
    BODYPART = "bodypart"
    MODALITY = "modality"
    MANUFACTURER = "manufacturer"
    SEX = "sex"
    SUBJECT = "subject"
    TOPOGRAPHY = "topography"
    MORPHOLOGY = "morphology"
    STAGING = "staging"
    COUNTRY = "country"
    TIER = "tier"
    ACCESS = "access"
    CONDITION = "condition"
    USE = "use"
    TYPE = "type"
    METHOD = "method"
    LINKED = "linked"
    SCREENING = "screening"


@dataclass(frozen=True, slots=True)
class Label:
    """A name in another language than English.

    A label that is not ``preferred`` is an exact synonym; one that is not ``reviewed`` was read by no person
    who speaks the language.
    """

    text: str
    language: str
    preferred: bool = True
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """How far a language is on one axis: ``complete`` if each concept that facets show has a name in it.

    It is ``reviewed`` if a person has read each of these names. Values align only in one that is both.
    """

    code: str
    complete: bool
    reviewed: bool

    @property
    def aligns(self) -> bool:
        return self.complete and self.reviewed


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of one axis.

    ``code`` is unique in the scheme and stands in addresses (``CLIN1000075``); ``notations`` are codes of
    other systems as ``SYSTEM:code``; ``synonyms`` are exact, ``related`` names may mean something else and
    never align, ``labels`` are names in other languages; ``parents`` are codes of this scheme, ``same_as``
    IRIs of equal concepts elsewhere. ``release`` is the loaded one that brought the concept, "" for one of
    the project's own. A ``hidden`` concept aligns but makes no facet value (a
    segmentation is no modality). A ``grouping`` is searched by but not browsed by ("Trunk structure"): it
    takes part in the closure, and no facet offers it. ``histology`` marks a tissue type under which site by
    site is filed again ("Carcinoma"): people browse by site first.
    """

    code: str
    iri: str
    axis: Axis
    label: str
    synonyms: tuple[str, ...] = ()
    notations: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    note: str = ""
    release: str = ""
    hidden: bool = False
    grouping: bool = False
    histology: bool = False

    @property
    def shown(self) -> bool:
        """Whether a facet offers it."""
        return not (self.hidden or self.grouping)


class ConceptScheme:
    """A release of the scheme, with its closure.

    Raises ``ValueError`` on a cycle, naming the path, on a parent that is no concept, and on a code that two
    concepts have. What is broader than a concept is worked out once, when it is first asked for: the whole
    closure of a deep release would fill the memory.
    """

    version: str

    def __init__(self, version: str, concepts: Iterable[Concept]) -> None:
        self.version = version
        self._concepts = _by_code(concepts)
        self._parents = {code: each.parents for code, each in self._concepts.items()}
        refuse_cycles(self._parents)
        self._children = turned(self._parents)
        self._keys = _keys(self._concepts.values())
        self._broader: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._concepts.values())

    def get(self, code: str) -> Concept | None:
        return self._concepts.get(code)

    def find(self, value: str, axis: Axis | None = None) -> Concept | None:
        """Look a concept up by its code, an IRI (any known spelling) or a code of another system.

        The latter is written as an IRI, compact (``DOID:10283``, ``DICOM:CT``) or bare (``C61``); a bare code
        that two axes share is the cancer's. An own concept is known at the address of any catalogue, and both
        of two equal classes of the hyperontology lead to the one that stands for them.
        """
        own = self._standing_for(value) or self._concepts.get(value) or self._served(value)
        if own and axis in (None, own.axis):
            return own
        for key in (value, canonical_iri(value), expand(value), notation(value)):
            for each in (axis,) if axis else Axis:
                if key and (code := self._keys[each].get(key)):
                    return self._concepts[code]
        return None

    def label(self, code: str, language: str = "en") -> str:
        """Give the label, the English one where the language has none, the code where the scheme lacks it."""
        concept = self._concepts.get(code)
        if concept is None:
            return code
        spoken = (each.text for each in concept.labels if each.preferred and each.language == language)
        return next(spoken, concept.label)

    def languages(self, axis: Axis) -> tuple[Language, ...]:
        """List the languages besides English in which any concept of the axis has a name.

        What a loaded release brings is named in English alone: it makes no language incomplete.
        """
        concepts = self.on(axis)
        shown = [each for each in concepts if each.shown and not each.release]
        spoken = sorted({label.language for each in concepts for label in each.labels})
        return tuple(_language(code, shown) for code in spoken)

    def on(self, axis: Axis) -> tuple[Concept, ...]:
        return tuple(concept for concept in self._concepts.values() if concept.axis is axis)

    def broader(self, code: str) -> tuple[str, ...]:
        """List the code itself and all that is broader, sorted; the axis's root concept is left out."""
        if code not in self._concepts:
            return (code,)
        if code not in self._broader:
            found = reached(code, self._parents)
            self._broader[code] = tuple(sorted(each for each in found if not self._is_root(each)))
        return self._broader[code]

    def narrower(self, code: str) -> tuple[str, ...]:
        """List the code itself and all that is narrower, sorted."""
        return tuple(sorted(reached(code, self._children)))

    def children(self, code: str) -> tuple[str, ...]:
        return tuple(sorted(self._children.get(code, ())))

    def is_histology(self, code: str) -> bool:
        """Whether it and all that is broader tell the tissue, not the site ("Squamous cell carcinoma")."""
        above = [self._concepts[each] for each in self.broader(code) if each in self._concepts]
        marked = {each.code for each in above if each.histology}
        return bool(marked) and all(
            marked.intersection(self.broader(each.code)) for each in above if each.shown
        )

    def _standing_for(self, value: str) -> Concept | None:
        """Give the concept that stands for its twin, where an instance added them."""
        twin = twins().get(code_of(canonical_iri(value)))
        return self._concepts.get(twin) if twin else None

    def _served(self, value: str) -> Concept | None:
        """Give the concept that a catalogue serves at its own address."""
        found = _SERVED_CONCEPT.fullmatch(value)
        return self._concepts.get(found[1]) if found else None

    def _is_root(self, code: str) -> bool:
        concept = self._concepts.get(code)
        return concept is not None and not concept.parents


# Codes that are mere numbers, and not of SNOMED CT's length, name nothing without their system; OncoTree's
# are words, or genes ("BRCA"), and NCIt's are bare only where they are not ICD-10-CM's (``notation``).
_NO_BARE_CODES: Final = frozenset(
    ("birnlex", "DOID", "DUO", "EFO", "FMA", "MONDO", "NCBITaxon", "NCIT", "ONCOTREE", "Orphanet", "UBERON")
)

_NUMBERED: Final = re.compile(r"\d{2}")
_SERVED_CONCEPT: Final = re.compile(r"https?://[^?#]+/concepts/([^/?#]+)")

# Where concepts are at home, and what their codes begin with; the names of the last two are words.
_HOMES: Final = MappingProxyType(
    {
        EUCAIM: "",
        CONCEPTS: "",
        ACCESS_CONDITIONS: "",
        DATA_USE_CONDITIONS: "",
        f"{AUTHORITIES}country/": "",
        f"{AUTHORITIES}dataset-type/": "",
        f"{AUTHORITIES}access-right/": "",
        PREFIXES["dpv"]: "dpv-",
        PREFIXES["dcmitype"]: "dcmitype-",
        "http://purl.obolibrary.org/obo/": "",
        "http://oncotree.info/oncotree/": "ONCOTREE_",
    }
)


def _language(code: str, shown: Iterable[Concept]) -> Language:
    named = [[label for label in each.labels if label.language == code and label.preferred] for each in shown]
    return Language(
        code, complete=all(named), reviewed=all(label.reviewed for labels in named for label in labels)
    )


def _by_code(concepts: Iterable[Concept]) -> dict[str, Concept]:
    found: dict[str, Concept] = {}
    for concept in concepts:
        if concept.code in found:
            raise ValueError(f"{concept.iri} and {found[concept.code].iri} have the same code")
        found[concept.code] = concept
    return found


def code_of(iri: str) -> str:
    """Give the code under which the scheme keeps a concept of this IRI."""
    for home, beginning in _HOMES.items():
        if iri.startswith(home):
            return beginning + iri.removeprefix(home)
    return iri


def _keys(concepts: Iterable[Concept]) -> dict[Axis, dict[str, str]]:
    """Everything that names a concept, by axis; what is more the concept's own wins over what is less.

    No name that a loaded release brings takes one away from a concept of the project's own; the last part of
    an IRI that is a word (``obo/Melanoma``) would go before the label of another, and is none.
    """
    keys: dict[Axis, dict[str, str]] = {axis: {} for axis in Axis}
    ranked = [
        (rank, key, each)
        for each in concepts
        for rank, key in _names(each)
        if not each.release or ":" in key or _NUMBERED.search(key)
    ]
    for _, key, concept in sorted(ranked, key=lambda item: (bool(item[2].release), item[0], item[2].code)):
        keys[concept.axis].setdefault(key, concept.code)
    return keys


def _names(concept: Concept) -> Iterator[tuple[int, str]]:
    yield 0, concept.code
    yield 0, concept.iri
    for iri in concept.same_as:
        yield 1, iri
        yield 1, code_of(iri)
    for each in concept.notations:
        system, _, code = each.partition(":")
        yield 2, each
        if system not in _NO_BARE_CODES:
            yield 3, code
