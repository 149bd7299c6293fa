"""The search index inside the process: tantivy, in one folder of versions."""

from catalogue.indexes.tantivy.reader import TantivyReader
from catalogue.indexes.tantivy.writer import TantivyWriter

__all__ = ["TantivyReader", "TantivyWriter"]
