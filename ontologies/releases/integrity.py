"""Whether the scheme holds together: names and codes that two concepts of an axis have."""

from collections.abc import Iterator
from dataclasses import dataclass

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, ConceptScheme


@dataclass(frozen=True, slots=True)
class Fault:
    where: str
    what: str


def faults_of(scheme: ConceptScheme) -> tuple[Fault, ...]:
    """Cycles and unknown parents do not get this far: the scheme refuses them."""
    return tuple(fault for axis in Axis for fault in (*_names(scheme, axis), *_codes(scheme, axis)))


def _names(scheme: ConceptScheme, axis: Axis) -> Iterator[Fault]:
    holders: dict[str, set[str]] = {}
    for concept in scheme.on(axis):
        for name in (concept.label, *concept.synonyms):
            holders.setdefault(normalise_label(name), set()).add(concept.code)
    for name, codes in holders.items():
        if len(codes) > 1:
            yield Fault(axis.value, f"{name!r} names {', '.join(sorted(codes))}")


def _codes(scheme: ConceptScheme, axis: Axis) -> Iterator[Fault]:
    holders: dict[str, set[str]] = {}
    for concept in scheme.on(axis):
        for code in concept.notations:
            holders.setdefault(code, set()).add(concept.code)
    for code, codes in holders.items():
        if len(codes) > 1:
            yield Fault(axis.value, f"the code {code} is of {', '.join(sorted(codes))}")
