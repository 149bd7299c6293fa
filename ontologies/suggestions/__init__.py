"""Which concepts a value may mean, best first, each with its reasons; a person decides."""

from ontologies.suggestions.ranking import (
    Candidate,
    Kind,
    Method,
    Ranking,
    Scored,
    Suggester,
    Suggestion,
    candidates,
)
from ontologies.suggestions.rewriting import Rewriting, load_rewriting

__all__ = (
    "Candidate",
    "Kind",
    "Method",
    "Ranking",
    "Rewriting",
    "Scored",
    "Suggester",
    "Suggestion",
    "candidates",
    "load_rewriting",
)
