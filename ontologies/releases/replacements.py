"""What curators are asked about obsolete terms: rows that propose the replacement, decided by them alone."""

import re
from collections.abc import Iterator
from typing import Final

from ontologies.concepts import Concept, ConceptScheme
from ontologies.mappings import Mapping, object_of
from ontologies.releases.codes import iri_of_code
from ontologies.releases.difference import Obsolete, ReleaseDifference

REPLACED_BY: Final = "IAO:0100001"
CONSIDER: Final = "oboInOwl:consider"
_STATED: Final = "semapv:UnspecifiedMatching"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")


def replacement_proposals(
    difference: ReleaseDifference, scheme: ConceptScheme, *, release: str
) -> tuple[Mapping, ...]:
    """Give a row for each stated replacement of an obsolete term that concepts or mappings rest on.

    ``scheme`` is the one with the new release in it; a replacement that no concept stands for is not a row.
    """
    rows = (row for each in difference.touching for row in _proposed(each, scheme, release))
    return tuple({row.record_id: row for row in rows}.values())


def _proposed(obsolete: Obsolete, scheme: ConceptScheme, release: str) -> Iterator[Mapping]:
    term = obsolete.term
    stated = [(REPLACED_BY, code) for code in term.replaced_by] + [(CONSIDER, code) for code in term.consider]
    for predicate, code in stated:
        successor = _standing_for(code, scheme)
        # A concept that has both codes goes on as it is.
        if successor is None or successor.code in obsolete.concepts:
            continue
        yield Mapping(
            record_id=f"urn:catalogue:mappings/obsolete/{_safe(term.code)}-{_safe(successor.code)}",
            subject_id=term.code if ":" in term.code else iri_of_code(term.iri),
            subject_label=term.label,
            subject_category=successor.axis,
            subject_type="owl class",
            predicate_id=REPLACED_BY if predicate == REPLACED_BY else CONSIDER,
            object_id=object_of(successor),
            object_label=successor.label,
            mapping_justification=_STATED,
            comment=f"{release}: {term.code} is obsolete; concerns {', '.join(obsolete.concepts)}",
        )


def _standing_for(code: str, scheme: ConceptScheme) -> Concept | None:
    """Only a concept that has the very code: a bare number is nobody's."""
    own = scheme.get(code)
    return own or next((each for each in scheme if code in each.notations), None)


def _safe(code: str) -> str:
    return _UNSAFE.sub("-", code).strip("-")
