"""Which concept a provider's value means, and how that is known."""

from ontologies.aligner.aligning import Aligner, Alignment, load_aligner

__all__ = ("Aligner", "Alignment", "load_aligner")
