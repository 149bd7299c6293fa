"""Which concept a provider's value means, and how that is known."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from ontologies.additions import NOTHING_ADDED, Additions
from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.mappings import Mapping, MappingSet, load_mappings
from ontologies.namespaces import canonical_iri

CODE: Final = "semapv:BackgroundKnowledgeBasedMatching"
LEXICAL: Final = "semapv:LexicalMatching"

# DICOM's codes as archives write them among the keywords; others (ES, OP, PA) are words or places too.
_KEYWORD_CODE: Final = re.compile(
    "ANN|CR|CT|DX|FUSION|KO|M3D|MG|MR|NM|OT|PR|PT|REG|RF|RTDOSE|RTPLAN|RTSTRUCT|RWV|SEG|SM|SR|US|XA|XC"
)
# Where keywords are looked for: the first axis that knows the whole of one has it.
_KEYWORD_AXES: Final = (Axis.MODALITY, Axis.SUBJECT, Axis.CANCER, Axis.TOPOGRAPHY, Axis.LINKED)
# As a keyword, a whole axis ("cancer") says what a collection is about, not what its patients have; a region
# ("chest") may be what was imaged, blood a specimen, a treatment or an outcome what was studied.
_VAGUE: Final = (
    *("CLIN1007977", "tumour-site", "T-region", "T-blood", "T-unknown"),
    *("linked-data", "L-laboratory", "L-treatment", "L-outcome"),
)
_LONGEST: Final = 1_000
# Providers repeat a few hundred words in all their records.
_REMEMBERED: Final = 8_192


@dataclass(frozen=True, slots=True)
class Alignment:
    """One value beside the concept it means.

    ``concept`` is a code; None with a justification says that the value means no concept on purpose, None
    without one that nobody knows. ``mapping`` is the id of the curated row that decided, if one did.
    """

    axis: Axis
    raw: str
    concept: str | None
    justification: str
    rule: str
    mapping: str = ""


class Aligner:
    """Aligns by code, by curated mapping and by name, in this order, and never by mere likeness."""

    version: str

    def __init__(self, scheme: ConceptScheme, mappings: MappingSet) -> None:
        self.version = f"{scheme.version}+{mappings.version}"
        self._scheme = scheme
        self._curated = _by_word(mappings.mappings, scheme)
        self._names = {axis: _by_name(scheme.on(axis)) for axis in Axis}
        self._vague = _vague(scheme)
        self._aligned = lru_cache(_REMEMBERED)(self._align)
        self._recognised = lru_cache(_REMEMBERED)(self._recognise)

    def align(self, raw: str, axis: Axis) -> tuple[Alignment, ...]:
        """Align a value stated on an axis; what nobody knows gives one alignment without a concept.

        A value joined by commas is taken apart only where it means nothing as a whole.
        """
        return self._aligned(raw.strip()[:_LONGEST], axis)

    def _align(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        if whole := self._whole(value, axis):
            return whole
        parts = self._parts(value, axis)
        if any(found for _, found in parts):
            return tuple(_once(each for part, found in parts for each in found or (_unknown(part, axis),)))
        return (_unknown(value, axis),)

    def recognise(self, keyword: str) -> tuple[Alignment, ...]:
        """Find what is certain in a free keyword.

        That is: cancers, tumour sites, kinds of subject and of linked data, and modalities by DICOM code.
        Body parts are not looked for: the keyword "Lung" is the site of a tumour, not what was imaged.
        """
        return self._recognised(keyword.strip()[:_LONGEST])

    def _recognise(self, value: str) -> tuple[Alignment, ...]:
        for axis in _KEYWORD_AXES:
            if certain := self._certain(value, axis):
                return certain
        found: list[Alignment] = []
        for axis in _KEYWORD_AXES:
            found += (each for part, _ in self._parts(value, axis) for each in self._certain(part, axis))
        return tuple(_once(found))

    def _certain(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        if axis is Axis.MODALITY:
            return self._by_code(value, axis) if _KEYWORD_CODE.fullmatch(value) else ()
        found = self._by_word(value, axis) or self._by_label(value, axis)
        return tuple(each for each in found if each.concept and each.concept not in self._vague)

    def _whole(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        return self._by_code(value, axis) or self._by_word(value, axis) or self._by_label(value, axis)

    def _by_code(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        concept = self._scheme.find(value, axis)
        if concept is None:
            return ()
        own = canonical_iri(value) in (concept.code, concept.iri) or value.endswith(concept.code)
        rule = "the concept's own code" if own else "the code of an equal concept elsewhere"
        return (Alignment(axis, value, concept.code, CODE, rule),)

    def _by_word(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        return tuple(
            Alignment(axis, value, row.concept, row.mapping_justification, _rule(row), row.record_id)
            for row in self._curated[axis].get(_word(value), ())
        )

    def _by_label(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        found = self._names[axis].get(normalise_label(value))
        if found is None:
            return ()
        code, name = found
        rule = f"the label {name!r}" if name == self._scheme.label(code) else f"the synonym {name!r}"
        return (Alignment(axis, value, code, LEXICAL, rule),)

    def _parts(self, value: str, axis: Axis) -> list[tuple[str, tuple[Alignment, ...]]]:
        """Take a value apart at its commas, keeping together the longest stretches that mean something."""
        pieces = [piece.strip() for piece in re.split(r"[,;|]", value, maxsplit=_MOST_PIECES)]
        pieces = [piece for piece in pieces if piece]
        parts: list[tuple[str, tuple[Alignment, ...]]] = []
        while pieces:
            for length in range(min(len(pieces), _MOST_COMMAS), 0, -1):
                part = ", ".join(pieces[:length])
                found = self._whole(part, axis)
                if found or length == 1:
                    parts.append((part, found))
                    del pieces[:length]
                    break
        return parts


def load_aligner(scheme: ConceptScheme, additions: Additions = NOTHING_ADDED) -> Aligner:
    """Make the aligner of a scheme and the mappings in force; ``ValueError`` where they disagree.

    These are the project's own, save those that the instance's curators refused or decided otherwise.
    """
    own = load_mappings()
    decided = {(row.subject_category, _word(row.subject_label)) for row in additions.mappings}
    kept = (
        row
        for row in own.mappings
        if row.record_id not in additions.refused
        and (row.subject_category, _word(row.subject_label)) not in decided
    )
    version = f"{own.version}.{additions.version}" if additions else own.version
    return Aligner(scheme, replace(own, version=version, mappings=(*kept, *additions.mappings)))


_MOST_COMMAS: Final = 4
# A value of more is a text, whose end is looked up as one piece.
_MOST_PIECES: Final = 50


def _vague(scheme: ConceptScheme) -> frozenset[str]:
    """Concepts no keyword is certain to mean: those named above, and all regions of the body."""
    return frozenset((*_VAGUE, *scheme.narrower("T-region")))


def _by_name(concepts: Iterable[Concept]) -> dict[str, tuple[str, str]]:
    """Normalised names, labels before synonyms; a synonym that two concepts claim belongs to none."""
    listed = tuple(concepts)
    labels = {normalise_label(each.label): (each.code, each.label) for each in listed}
    synonyms: dict[str, set[tuple[str, str]]] = {}
    for concept in listed:
        for name in concept.synonyms:
            synonyms.setdefault(normalise_label(name), set()).add((concept.code, name))
    sole = {name: min(claims) for name, claims in synonyms.items() if len({code for code, _ in claims}) == 1}
    return {name: claim for name, claim in {**sole, **labels}.items() if name}


def _by_word(rows: Iterable[Mapping], scheme: ConceptScheme) -> dict[Axis, dict[str, list[Mapping]]]:
    words: dict[Axis, dict[str, list[Mapping]]] = {axis: {} for axis in Axis}
    for row in rows:
        concept = scheme.get(row.concept) if row.concept else None
        if row.concept and (concept is None or concept.axis is not row.subject_category):
            raise ValueError(f"{row.record_id}: {row.concept} is no concept on {row.subject_category.value}")
        words[row.subject_category].setdefault(_word(row.subject_label), []).append(row)
    return words


def _word(value: str) -> str:
    return " ".join(value.split()).casefold()


def _rule(row: Mapping) -> str:
    if row.concept is None:
        return f"a curator's decision that this is no {row.subject_category.value}"
    return f"a curator's mapping ({row.predicate_id})"


def _unknown(value: str, axis: Axis) -> Alignment:
    return Alignment(axis, value, None, "", "")


def _once(found: Iterable[Alignment]) -> Iterator[Alignment]:
    return iter(dict.fromkeys(found))
