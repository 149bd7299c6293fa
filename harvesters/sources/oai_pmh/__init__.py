"""OAI-PMH 2.0 repositories: sickle for the verbs, the rest by ourselves."""

from harvesters.sources.oai_pmh.repository import OaiPmhSource

__all__ = ["OaiPmhSource"]
