"""Which concept a provider's value means, and how that is known."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from ontologies.additions import NOTHING_ADDED, Additions
from ontologies.aligner.curated import CuratedWords, stands
from ontologies.aligner.forms import category, code_and_name, other_forms, several, two_names
from ontologies.aligner.names import Names
from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import Mapping, MappingSet, load_mappings
from ontologies.mappings.subjects import place_of
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
# Providers repeat a few hundred words in all their records; texts of fifty parts would fill the memory.
_REMEMBERED: Final = 8_192
_LONGEST_REMEMBERED: Final = 200


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
    """Aligns by code, by curated mapping and by name, in this order, and never by mere likeness.

    Raises ``ValueError`` for a mapping to a concept that the scheme lacks.
    """

    version: str

    def __init__(self, scheme: ConceptScheme, mappings: MappingSet) -> None:
        self.version = f"{scheme.version}+{mappings.version}"
        self._scheme = scheme
        self._curated = CuratedWords(mappings.mappings, scheme)
        self._names = {axis: Names(scheme, axis) for axis in Axis}
        self._vague = _vague(scheme)
        self._aligned = lru_cache(_REMEMBERED)(self._align)
        self._recognised = lru_cache(_REMEMBERED)(self._recognise)

    def align(self, raw: str, axis: Axis, source: str = "") -> tuple[Alignment, ...]:
        """Align a value stated on an axis; what nobody knows gives one alignment without a concept.

        A value joined by commas is taken apart only where it means nothing as a whole. What curators said of
        the words of ``source`` goes before what they said of all.
        """
        value = raw.strip()[:_LONGEST]
        align = self._aligned if len(value) <= _LONGEST_REMEMBERED else self._align
        return align(value, axis, self._known(source))

    def _align(self, value: str, axis: Axis, source: str) -> tuple[Alignment, ...]:
        if whole := self._whole(value, axis, source):
            return whole
        parts = self._parts(value, axis, source)
        if any(found for _, found in parts):
            return tuple(_once(each for part, found in parts for each in found or (_unknown(part, axis),)))
        return (_unknown(value, axis),)

    def recognise(self, keyword: str, source: str = "") -> tuple[Alignment, ...]:
        """Find what is certain in a free keyword.

        That is: cancers, tumour sites, kinds of subject and of linked data, and modalities by DICOM code.
        Body parts are not looked for: the keyword "Lung" is the site of a tumour, not what was imaged.
        """
        value = keyword.strip()[:_LONGEST]
        recognise = self._recognised if len(value) <= _LONGEST_REMEMBERED else self._recognise
        return recognise(value, self._known(source))

    def _recognise(self, value: str, source: str) -> tuple[Alignment, ...]:
        for axis in _KEYWORD_AXES:
            if certain := self._certain(value, axis, source):
                return certain
        found: list[Alignment] = []
        for axis in _KEYWORD_AXES:
            for part, _ in self._parts(value, axis, source):
                found += self._certain(part, axis, source)
        return tuple(_once(found))

    def _certain(self, value: str, axis: Axis, source: str) -> tuple[Alignment, ...]:
        denied = self._curated.denied(value, axis, source)
        if axis is Axis.MODALITY:
            return _allowed(self._by_code(value, axis), denied) if _KEYWORD_CODE.fullmatch(value) else ()
        found = self._by_word(value, axis, source) or self._by_label(value, axis)
        return tuple(
            each for each in _allowed(found, denied) if each.concept and each.concept not in self._vague
        )

    def _known(self, source: str) -> str:
        """All sources of which no curator said anything are the same one, and are remembered once."""
        return source if source in self._curated.sources else ""

    def _whole(self, value: str, axis: Axis, source: str) -> tuple[Alignment, ...]:
        return self._stated(value, axis, source) or self._otherwise(value, axis, source)

    def _stated(self, value: str, axis: Axis, source: str) -> tuple[Alignment, ...]:
        denied = self._curated.denied(value, axis, source)
        return (
            _allowed(self._by_code(value, axis), denied)
            or _allowed(self._by_word(value, axis, source), denied)
            or _allowed(self._by_label(value, axis), denied)
        )

    def _otherwise(self, value: str, axis: Axis, source: str) -> tuple[Alignment, ...]:
        """By another form of the same: never by less than the whole of it."""
        found: Sequence[Alignment] = ()
        if pair := code_and_name(value):
            found = self._code_and_name(value, pair, axis)
        elif both := two_names(value):
            found = self._two_names(value, both, axis, source)
        if not found and (above := category(value, axis)):
            said = self._by_code(above, axis)
            found = [replace(each, raw=value, rule=f"the category {above} of this code") for each in said]
        for form in () if found else other_forms(value, axis):
            said = self._by_word(form.name, axis, source) or self._by_label(form.name, axis)
            found = found or [replace(each, raw=value, rule=each.rule + form.rule) for each in said]
        if not found and (named := several(value, axis)):
            said_of = [self._whole(name, axis, source) for name in named]
            found = [each for each in chain(*said_of) if each.concept] if all(said_of) else ()
        return _allowed(found, self._curated.denied(value, axis, source))

    def _code_and_name(self, value: str, pair: tuple[str, str], axis: Axis) -> tuple[Alignment, ...]:
        """By the code, unless the name means something else."""
        code, name = pair
        meant = {each.concept for each in self._stated(name, axis, "") if each.concept}
        found = self._stated(code, axis, "")
        if meant and meant != {each.concept for each in found}:
            return ()
        return tuple(replace(each, raw=value, rule=f"{each.rule}, which stands in it") for each in found)

    def _two_names(self, value: str, both: tuple[str, str], axis: Axis, source: str) -> tuple[Alignment, ...]:
        """By the first, where the other, in brackets, means the very same."""
        one, other = (self._stated(name, axis, source) for name in both)
        if {each.concept for each in one} != {each.concept for each in other}:
            return ()
        return tuple(
            replace(each, raw=value, rule=f"{each.rule}; the brackets say the same")
            for each in one
            if each.concept
        )

    def _by_code(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        concept = self._scheme.find(value, axis)
        if concept is None:
            return ()
        own = canonical_iri(value) in (concept.code, concept.iri) or value.endswith(concept.code)
        rule = "the concept's own code" if own else "the code of an equal concept elsewhere"
        return (Alignment(axis, value, concept.code, CODE, rule),)

    def _by_word(self, value: str, axis: Axis, source: str) -> tuple[Alignment, ...]:
        return tuple(
            Alignment(
                axis,
                value,
                row.concept if row.places else None,
                row.mapping_justification,
                _rule(row),
                row.record_id,
            )
            for row in self._curated.rows(value, axis, source)
        )

    def _by_label(self, value: str, axis: Axis) -> tuple[Alignment, ...]:
        found = self._names[axis].find(value)
        return (Alignment(axis, value, found.code, LEXICAL, found.rule),) if found else ()

    def _parts(self, value: str, axis: Axis, source: str) -> list[tuple[str, tuple[Alignment, ...]]]:
        """Take a value apart at its commas, keeping together the longest stretches that mean something."""
        pieces = [piece.strip() for piece in re.split(r"[,;|]", value, maxsplit=_MOST_PIECES)]
        pieces = [piece for piece in pieces if piece]
        if any(map(_DENYING.match, pieces)):
            return []
        parts: list[tuple[str, tuple[Alignment, ...]]] = []
        while pieces:
            for length in range(min(len(pieces), _MOST_COMMAS), 0, -1):
                part = ", ".join(pieces[:length])
                found = self._whole(part, axis, source)
                if found or length == 1:
                    parts.append((part, found))
                    del pieces[:length]
                    break
        return parts


def load_aligner(scheme: ConceptScheme, additions: Additions = NOTHING_ADDED) -> Aligner:
    """Make the aligner of a scheme and the mappings in force; ``ValueError`` where our own disagree with it.

    These are the project's own, save those that the instance's curators refused or decided otherwise. One of
    theirs whose concept is no longer known aligns nothing: conflict checks name it.
    """
    own = load_mappings()
    decided = {place_of(row) for row in additions.mappings if not row.negative}
    kept = (
        row for row in own.mappings if row.record_id not in additions.refused and place_of(row) not in decided
    )
    added = (row for row in additions.mappings if stands(row, scheme))
    version = f"{own.version}.{additions.version}" if additions else own.version
    return Aligner(scheme, replace(own, version=version, mappings=(*kept, *added)))


_MOST_COMMAS: Final = 4
# What such a piece says reaches into the others: "Lung cancer, excluded" names no cancer of the dataset.
_DENYING: Final = re.compile(
    r"(?:no|not|none|absent|negative|denied)$|(?:exclu(?:d|sion)|except\b|ruled? out\b)", re.IGNORECASE
)
# A value of more is a text, whose end is looked up as one piece.
_MOST_PIECES: Final = 50
_LIKE: Final = MappingProxyType(
    {
        "skos:narrowMatch": "the word says less than",
        "skos:closeMatch": "the word is close to",
        "skos:relatedMatch": "the word is related to",
    }
)


def _vague(scheme: ConceptScheme) -> frozenset[str]:
    """Concepts no keyword is certain to mean: those named above, and all regions of the body."""
    return frozenset((*_VAGUE, *scheme.narrower("T-region")))


def _rule(row: Mapping) -> str:
    if row.concept is None:
        return f"a curator's decision that this is no {row.subject_category.value}"
    if row.places:
        return f"a curator's mapping ({row.predicate_id})"
    like = _LIKE[row.predicate_id]
    return f"a curator's decision: {like} {row.object_label or row.concept!r} ({row.predicate_id})"


def _allowed(found: Iterable[Alignment], denied: frozenset[str]) -> tuple[Alignment, ...]:
    return tuple(each for each in found if each.concept not in denied)


def _unknown(value: str, axis: Axis) -> Alignment:
    return Alignment(axis, value, None, "", "")


def _once(found: Iterable[Alignment]) -> Iterator[Alignment]:
    return iter(dict.fromkeys(found))
