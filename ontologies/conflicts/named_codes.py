"""What the codes that stand in a row's subject say against the row."""

import re
from collections.abc import Iterator
from typing import Final

from ontologies.concepts import Axis, ConceptScheme
from ontologies.conflicts.kinship import Kinship
from ontologies.mappings import EXACT, Mapping

_SERIAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./-]*[A-Za-z0-9]")
_ICD: Final = re.compile(r"(?:ICD10(?:CM|WHO)?:)?([CD]\d\d)(?:\.\w{1,2})?")
_MOST_CODES: Final = 20
_LONGEST: Final = 300


def said_by_codes(row: Mapping, code: str, known: Kinship) -> str:
    """What a code in the subject says against the row, "" for nothing."""
    named = dict(_named_codes(row, known))
    if row.negative:
        against = row.predicate_id == EXACT and code in named.values()
    else:
        against = bool(named) and not any(known.related(each, code) for each in named.values())
    if against:
        written, owner = next(iter(named.items()))
        return f"{written} is the code of {known.label(owner)!r}"
    strange = not (named or row.negative) and _strange_category(row, code, known)
    return f"{strange} is of another category than its codes" if strange else ""


def _named_codes(row: Mapping, known: Kinship) -> Iterator[tuple[str, str]]:
    """Codes that stand in the subject, each with the concept that has it."""
    axis, whole = row.subject_category, row.subject_id or row.subject_label.strip()
    if found := known.find(whole, axis):
        yield whole, found
        return
    for text in _serials(whole):
        icd = _ICD.fullmatch(text)
        if found := known.find(text, axis) or (known.find(icd[1], axis) if icd else None):
            yield text, found


def _strange_category(row: Mapping, code: str, known: Kinship) -> str:
    """An ICD-10 code that the scheme lacks, where the object has codes, of other categories all."""
    if row.subject_category is not Axis.CANCER:
        return ""
    own = _icd_categories(code, known.scheme)
    texts = _serials(row.subject_id or row.subject_label)
    named = [found[1] for text in texts if (found := _ICD.fullmatch(text))]
    return named[0] if own and named and own.isdisjoint(named) else ""


def _serials(text: str) -> list[str]:
    """What may be a code: a word with a digit in it."""
    words = _SERIAL.findall(text[:_LONGEST])
    return [word for word in words if any(map(str.isdigit, word))][:_MOST_CODES]


def _icd_categories(code: str, scheme: ConceptScheme) -> frozenset[str]:
    concept = scheme.get(code)
    codes = (each.removeprefix("ICD10:") for each in (concept.notations if concept else ()))
    return frozenset(found[1] for each in codes if (found := _ICD.fullmatch(each)))
