"""Foreign RDF, read in child processes that can be killed."""

from harvesters.parsing.pages import FoundDataset, Page, canonical, read_page, split_page
from harvesters.parsing.sandbox import Sandbox

__all__ = ["FoundDataset", "Page", "Sandbox", "canonical", "read_page", "split_page"]
