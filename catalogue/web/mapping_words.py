"""How a mapping's predicate and justification read in words."""

from collections.abc import Mapping as MappingOf
from typing import Final

from ontologies.mappings import Mapping

_PREDICATES: Final[MappingOf[str, str]] = {
    "skos:exactMatch": "means the same",
    "skos:broadMatch": "is narrower than the concept",
    "skos:narrowMatch": "is broader than the concept",
    "skos:closeMatch": "is close to the concept",
    "skos:relatedMatch": "is related to the concept",
}
# The terms of semapv that a mapping or an alignment may give for its reason.
_JUSTIFICATIONS: Final[MappingOf[str, str]] = {
    "semapv:BackgroundKnowledgeBasedMatching": "known by its code",
    "semapv:CompositeMatching": "found in several ways together",
    "semapv:InstanceBasedMatching": "found by what both stand for",
    "semapv:LexicalMatching": "found by its words",
    "semapv:LexicalSimilarityThresholdMatching": "found by words that look alike",
    "semapv:LogicalReasoning": "follows by logic",
    "semapv:ManualMappingCuration": "chosen by a person",
    "semapv:MappingChaining": "follows from other mappings",
    "semapv:MappingInversion": "follows from a mapping the other way",
    "semapv:MappingReview": "reviewed by a person",
    "semapv:SemanticSimilarityThresholdMatching": "found by a meaning that is near",
    "semapv:StructuralMatching": "found by its place in the tree",
    "semapv:UnspecifiedMatching": "not said how it was found",
}


def predicate_in_words(row: Mapping) -> str:
    if row.negative:
        return "does not mean the concept"
    return _PREDICATES.get(row.predicate_id, row.predicate_id)


def justification_in_words(justification: str) -> str:
    """A term that is not known stands for itself."""
    return _JUSTIFICATIONS.get(justification, justification)
