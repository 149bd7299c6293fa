"""Which rows of a set of mappings contradict one another, the scheme, or a code that they name."""

from ontologies.conflicts.finding import Conflict, ConflictKind, find_conflicts

__all__ = ("Conflict", "ConflictKind", "find_conflicts")
